/**
 * Runs: one turn of an agent each, at most one at a time per thread. A run goes in legs: each leg is a DBOS workflow,
 * started directly; waiting for a person ends the leg, a decision begins the next.
 *
 *     queued → running → completed | failed | cancelled
 *        ↑        ↓
 *        └─ awaiting_approval (also → cancelled)
 */
import { conflict } from '../problem.ts';
import { type ClientCall, type ClientSession, insertClientCall } from './client-calls.ts';
import { type LegsNeeds, startLegs } from './legs.ts';
import {
  activeRuns,
  finishRun,
  insertRun,
  lastRun,
  lockThread,
  type Requester,
  refuseIfItWrote,
  requeue,
} from './run-rows.ts';
import { isResting, type RunStatus, userMessageId } from './transcript.ts';
import { appendUndoCall, undoOf } from './undo.ts';

export interface Runs {
  /**
   * Stores the message and its run in one transaction, then begins.
   * @throws Problem 404 for an unknown thread, 409 when one is running or the agent is gone.
   */
  send(threadId: string, text: string, by: Requester): Promise<{ runId: string }>;
  /** Takes the thread's last run up again where it failed or was stopped. @throws Problem 409 when there is none. */
  retry(threadId: string): Promise<{ runId: string }>;
  /** Replaces the thread's last message by another. @throws Problem 409 when its run changed something in Stripe. */
  edit(
    threadId: string,
    edit: { messageId: string; text: string },
    by: Requester,
  ): Promise<{ runId: string }>;
  /** Stops the thread's run; what was sent is seen through. @returns false when nothing was running. */
  cancel(threadId: string): Promise<boolean>;
  /**
   * Sets an operation back, as a turn of its own in the operation's thread.
   * @throws Problem 404 for an unknown operation, 409 when it cannot be undone or the thread is busy.
   */
  undo(operationId: string, by: Requester): Promise<{ threadId: string; runId: string }>;
  /** Stops every run of an agent or connection, or all. @returns how many were stopped. */
  cancelAll(where: { agentId?: string; connectionId?: string }): Promise<number>;
  /**
   * Carries out a call that a program outside chose, as a turn of its own, or finds the one that it repeats.
   * @throws Problem 409 while all is halted or the agent is gone
   */
  call(session: ClientSession, call: ClientCall): Promise<{ threadId: string; runId: string }>;
  /** Begins a run that was stored with its message elsewhere. */
  begin(threadId: string, runId: string): Promise<void>;
  /** Begins the next leg of a run whose approval was decided. */
  resume(runId: string): Promise<void>;
  /** Finishes nothing: what runs is taken up by whoever starts next. */
  close(): Promise<void>;
}

export async function startRuns(needs: LegsNeeds): Promise<Runs> {
  const { db, live } = needs;
  const legs = await startLegs(needs);

  function message(threadId: string, said: string, by: Requester) {
    return { threadId, said, by, defaultModel: needs.models.defaultId, now: needs.clock.now() };
  }

  async function announce(threadId: string, runId: string): Promise<void> {
    await live.publish({ kind: 'run', threadId, runId });
    await legs.begin(runId, 0);
  }

  async function cancelRun(run: { id: string; status: RunStatus; threadId: string }): Promise<void> {
    const { threadId } = run;
    if (run.status === 'awaiting_approval') await finishRun(db, needs.clock, run.id, { status: 'cancelled' });
    // Stored first: an instance that takes the run up later must know it too.
    await db.updateTable('runs').set({ cancel_requested: true }).where('id', '=', run.id).execute();
    await live.publish({ kind: 'cancel', threadId, runId: run.id });
    await live.publish({ kind: 'run', threadId, runId: run.id });
  }

  return {
    async send(threadId, text, by) {
      const runId = await db.transaction().execute((trx) => insertRun(trx, message(threadId, text, by)));
      await announce(threadId, runId);
      return { runId };
    },

    async retry(threadId) {
      const run = await db.transaction().execute(async (trx) => {
        const thread = await lockThread(trx, threadId);
        const last = await lastRun(trx, threadId);
        if (!last || (last.status !== 'failed' && last.status !== 'cancelled')) throw nothingToRetry;
        return requeue(trx, last.id, [last.status], thread.model ?? needs.models.defaultId);
      });
      if (!run) throw nothingToRetry;
      await legs.begin(run.id, run.leg);
      return { runId: run.id };
    },

    async edit(threadId, { messageId, text }, by) {
      const runId = await db.transaction().execute(async (trx) => {
        await lockThread(trx, threadId);
        const last = await lastRun(trx, threadId);
        if (!last || userMessageId(last.id) !== messageId) {
          throw conflict('not_the_last', 'Only the last message of a thread can be edited.');
        }
        await refuseIfItWrote(trx, last.id);
        await trx.updateTable('entries').set({ superseded: true }).where('run_id', '=', last.id).execute();
        return insertRun(trx, message(threadId, text, by));
      });
      await announce(threadId, runId);
      return { runId };
    },

    async cancel(threadId) {
      const run = await lastRun(db, threadId);
      if (!run || isResting(run.status)) return false;
      await cancelRun({ ...run, threadId });
      return true;
    },

    async cancelAll(where) {
      const active = await activeRuns(db, where);
      for (const run of active) await cancelRun(run);
      return active.length;
    },

    async undo(operationId, by) {
      const { threadId, undo } = await undoOf(db, operationId, needs.clock);
      const runId = await db.transaction().execute(async (trx) => {
        const said = message(threadId, `Undo: ${undo.label}`, by);
        const id = await insertRun(trx, { ...said, undoes: operationId });
        await appendUndoCall(trx, { threadId, runId: id, operationId }, undo);
        return id;
      });
      await announce(threadId, runId);
      return { threadId, runId };
    },

    async call(session, call) {
      const facts = { defaultModel: needs.models.defaultId, now: needs.clock.now() };
      const { isNew, ...run } = await db
        .transaction()
        .execute((trx) => insertClientCall(trx, session, call, facts));
      if (isNew) await announce(run.threadId, run.runId);
      return run;
    },

    begin: announce,

    async resume(runId) {
      const run = await requeue(db, runId, ['awaiting_approval']);
      if (run) await legs.begin(run.id, run.leg);
    },

    close: () => legs.close(),
  };
}

const nothingToRetry = conflict(
  'nothing_to_retry',
  'The last turn of this thread did not fail and was not stopped.',
);
