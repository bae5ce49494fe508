/**
 * Runs: one turn of an agent each, at most one at a time per thread. A run goes in legs: each leg is a DBOS workflow,
 * started directly; waiting for a person ends the leg, a decision begins the next.
 *
 *     queued → running → completed | failed | cancelled
 *        ↑        ↓
 *        └─ awaiting_approval (also → cancelled)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import { isDatabaseAway } from '../database/away.ts';
import { jsonb, storableText } from '../database/json.ts';
import { createPool } from '../database/pool.ts';
import type { Schema } from '../database/schema.ts';
import { voidApprovals } from '../guard/approvals.ts';
import type { Policy } from '../guard/policy.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { conflict, notFound, Problem } from '../problem.ts';
import { maskCardNumbers } from '../secrets/card-numbers.ts';
import { redactText } from '../secrets/redact.ts';
import { joinInstances } from './instances.ts';
import { appendEntry, LostRun } from './journal.ts';
import { explainModelError, ModelError } from './models/errors.ts';
import { ModelUnavailable } from './models/models.ts';
import type { RunError } from './models/types.ts';
import { titleFrom } from './title.ts';
import { isResting, type RunStatus, userMessageId } from './transcript.ts';
import { type TurnEnd, type TurnFacts, type TurnNeeds, takeTurn } from './turn.ts';

/** Who sent the message. */
export interface Requester {
  type: 'person' | 'token' | 'system';
  id: string;
  name: string;
}

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
  /** Begins the next leg of a run whose approval was decided. */
  resume(runId: string): Promise<void>;
  /** Finishes nothing: what runs is taken up by whoever starts next. */
  close(): Promise<void>;
}

export interface RunsNeeds extends TurnNeeds {
  log: Log;
  audit: Audit;
  /** Postgres of DBOS's own tables, in the schema `dbos`. */
  databaseUrl: string;
}

/** An instance that has not picked up a queued run by now lost it between storing and starting. */
const sweepEveryMs = 2_000;
/** One leg may take this long; waiting for people does not count. */
const legLimitMs = 15 * 60 * 1000;
/** Connections for DBOS's own bookkeeping. */
const workflowPoolSize = 8;
/** While the database is away a turn tries again this often. */
const databaseRetryMs = 1_000;

export async function startRuns(needs: RunsNeeds): Promise<Runs> {
  const { db, live, log } = needs;
  const instanceId = newId('ins');
  const active = new Map<string, AbortController>();
  let closing = false;

  const pool = createPool({ url: needs.databaseUrl, log, max: workflowPoolSize });
  const workflow = DBOS.registerWorkflow(async (runId: string, leg: number) => takeLeg(runId, leg), {
    name: 'turn',
  });
  DBOS.setConfig({
    name: 'purser',
    systemDatabaseUrl: needs.databaseUrl,
    systemDatabasePool: pool,
    executorID: instanceId,
    applicationVersion: 'purser-1',
    logger: dbosLog(log),
  });
  await DBOS.launch();
  const instances = await joinInstances({
    db,
    id: instanceId,
    takeOver: async (dead) => {
      log.info({ dead }, 'Taking over the turns of an instance that died');
      const { getExecutor } = await import('@dbos-inc/dbos-sdk/internal/dbos');
      await getExecutor().recoverPendingWorkflows(dead);
    },
    onError: (error) => log.warn({ err: error }, 'Heartbeat failed'),
  });
  const unsubscribe = live.subscribe((news) => {
    if (news.kind === 'cancel') active.get(news.runId)?.abort();
  });
  const sweeper = setInterval(
    () => void sweep().catch((error) => log.warn({ err: error }, 'Sweep failed')),
    sweepEveryMs,
  );

  async function begin(runId: string, leg: number): Promise<void> {
    await DBOS.startWorkflow(workflow, { workflowID: `${runId}:${leg}` })(runId, leg);
  }

  /** Starts what was stored and never started, because its instance died between the two. */
  async function sweep(): Promise<void> {
    const lost = await db
      .selectFrom('runs')
      .select(['id', 'leg'])
      .where('status', '=', 'queued')
      .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${sweepEveryMs / 1000})`)
      .execute();
    for (const run of lost) await begin(run.id, run.leg);
  }

  async function takeLeg(runId: string, leg: number): Promise<void> {
    const controller = new AbortController();
    active.set(runId, controller);
    const timer = setTimeout(() => controller.abort(), legLimitMs);
    try {
      while (!closing && (await untilRest(runId, leg, controller.signal)) === 'again')
        await sleep(databaseRetryMs);
    } finally {
      clearTimeout(timer);
      if (active.get(runId) === controller) active.delete(runId);
    }
    // A leg cut short by shutting down must stay pending, so that the next instance takes it up.
    if (closing) await new Promise(() => undefined);
  }

  /** @returns 'again' when the database went away: nothing is lost, and nobody else will go on with this leg. */
  async function untilRest(runId: string, leg: number, signal: AbortSignal): Promise<'rest' | 'again'> {
    try {
      const facts = await claimLeg(db, runId, leg);
      if (!facts) return 'rest';
      if (facts.stopped) {
        await finish(runId, { status: 'cancelled' });
        return 'rest';
      }
      await live.publish({ kind: 'run', threadId: facts.threadId, runId });
      let end = await endOf(needs, facts, signal);
      while (end.status === 'waiting' && !(await waitForPerson(db, runId)))
        end = await endOf(needs, facts, signal);
      // Cut short by shutting down, not by a person: the turn goes on at the next start.
      if (closing && end.status === 'cancelled') return 'rest';
      if (end.status !== 'waiting') await finish(runId, end);
      await live.publish({ kind: 'run', threadId: facts.threadId, runId });
      await live.publish({ kind: 'changed', what: 'approvals' });
      return 'rest';
    } catch (error) {
      if (error instanceof LostRun || closing) return 'rest';
      log.error({ err: error, runId }, 'A turn was interrupted');
      if (isDatabaseAway(error)) return 'again';
      await finish(runId, { status: 'failed', error: unexpected }).catch(() => undefined);
      return 'rest';
    }
  }

  async function finish(runId: string, end: Exclude<TurnEnd, { status: 'waiting' }>): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const done = await trx
        .updateTable('runs')
        .set({
          status: end.status,
          error: end.status === 'failed' ? jsonb(end.error) : null,
          finished_at: needs.clock.now(),
        })
        .where('id', '=', runId)
        .where('status', 'in', ['queued', 'running', 'awaiting_approval'])
        .returning('thread_id')
        .executeTakeFirst();
      if (!done) return;
      await voidApprovals(trx, runId);
      await trx
        .updateTable('threads')
        .set({ updated_at: needs.clock.now() })
        .where('id', '=', done.thread_id)
        .execute();
    });
  }

  async function insertRun(
    trx: Transaction<Schema>,
    threadId: string,
    said: string,
    by: Requester,
  ): Promise<string> {
    const thread = await lockThread(trx, threadId);
    const runId = newId('run');
    // At the entrance, before anything is stored or a model sees it.
    const text = storableText(redactText(maskCardNumbers(said).text));
    await trx
      .insertInto('runs')
      .values({
        id: runId,
        thread_id: threadId,
        agent_id: thread.agent_id,
        connection_id: thread.connection_id,
        status: 'queued',
        model: thread.model ?? needs.models.defaultId,
        requested_by: jsonb(by),
      })
      .execute();
    await appendEntry(trx, { threadId, runId, step: 0 }, { kind: 'user', content: { text } });
    const isFirst = thread.title_by === 'auto' && thread.title === '';
    await trx
      .updateTable('threads')
      .set({
        updated_at: needs.clock.now(),
        connection_id: thread.connection_id,
        ...(isFirst ? { title: titleFrom(text) } : {}),
      })
      .where('id', '=', threadId)
      .execute();
    return runId;
  }

  async function announce(threadId: string, runId: string): Promise<void> {
    await live.publish({ kind: 'run', threadId, runId });
    await begin(runId, 0);
  }

  return {
    async send(threadId, text, by) {
      const runId = await db.transaction().execute((trx) => insertRun(trx, threadId, text, by));
      await announce(threadId, runId);
      return { runId };
    },

    async retry(threadId) {
      const run = await db.transaction().execute(async (trx) => {
        await lockThread(trx, threadId);
        const last = await lastRun(trx, threadId);
        if (!last || (last.status !== 'failed' && last.status !== 'cancelled')) throw nothingToRetry;
        return requeue(trx, last.id, [last.status]);
      });
      if (!run) throw nothingToRetry;
      await begin(run.id, run.leg);
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
        return insertRun(trx, threadId, text, by);
      });
      await announce(threadId, runId);
      return { runId };
    },

    async cancel(threadId) {
      const run = await lastRun(db, threadId);
      if (!run || isResting(run.status)) return false;
      if (run.status === 'awaiting_approval') await finish(run.id, { status: 'cancelled' });
      // Stored first: an instance that takes the run up later must know it too.
      await db.updateTable('runs').set({ cancel_requested: true }).where('id', '=', run.id).execute();
      await live.publish({ kind: 'cancel', threadId, runId: run.id });
      await live.publish({ kind: 'run', threadId, runId: run.id });
      return true;
    },

    async resume(runId) {
      const run = await requeue(db, runId, ['awaiting_approval']);
      if (run) await begin(run.id, run.leg);
    },

    async close() {
      closing = true;
      clearInterval(sweeper);
      unsubscribe();
      for (const controller of active.values()) controller.abort();
      // With turns cut short the row stays and goes stale, so that another instance takes them over.
      await instances.leave({ keepRow: active.size > 0 });
      await DBOS.shutdown({ workflowCompletionTimeoutMS: 200 });
      await pool.end();
    },
  };
}

/** Takes one turn and turns every known way of failing into words. */
async function endOf(needs: RunsNeeds, facts: TurnFacts, signal: AbortSignal): Promise<TurnEnd> {
  try {
    return await takeTurn(needs, facts, signal);
  } catch (error) {
    if (signal.aborted) return { status: 'cancelled' };
    if (error instanceof ModelError) return { status: 'failed', error: error.runError };
    if (error instanceof ModelUnavailable) return { status: 'failed', error: explainModelError(error) };
    if (error instanceof Problem) {
      return { status: 'failed', error: { code: error.code, message: error.detail, retryable: true } };
    }
    throw error;
  }
}

/** Marks the leg as running. @returns null when the run has moved on without it, or was stopped. */
async function claimLeg(
  db: Kysely<Schema>,
  runId: string,
  leg: number,
): Promise<(TurnFacts & { stopped: boolean }) | null> {
  const run = await db
    .updateTable('runs')
    .set({ status: 'running', started_at: sql<Date>`coalesce(started_at, now())` })
    .where('id', '=', runId)
    .where('leg', '=', leg)
    .where('status', 'in', ['queued', 'running'])
    .returning(['id', 'thread_id', 'agent_id', 'connection_id', 'model', 'cancel_requested'])
    .executeTakeFirst();
  if (!run) return null;
  const agent = await db
    .selectFrom('agents')
    .leftJoin('agent_connections', (join) =>
      join
        .onRef('agent_connections.agent_id', '=', 'agents.id')
        .on('connection_id', '=', run.connection_id ?? ''),
    )
    .select(['agents.id', 'name', 'instructions', 'policy', 'agent_connections.connection_id'])
    .where('agents.id', '=', run.agent_id)
    .executeTakeFirstOrThrow();
  return {
    runId,
    threadId: run.thread_id,
    model: run.model,
    agent,
    stopped: run.cancel_requested,
    // Detached since the thread was pinned: the agent may no longer use it.
    connectionId: agent.connection_id,
    policy: (agent.policy ?? {}) as Policy,
  };
}

/** Puts the run to rest until a decision. @returns false when a decision came meanwhile: the leg goes on. */
async function waitForPerson(db: Kysely<Schema>, runId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await trx.selectFrom('runs').select('id').where('id', '=', runId).forUpdate().execute();
    const decided = await trx
      .selectFrom('operations')
      .select('id')
      .where('run_id', '=', runId)
      .where('state', 'in', ['approved', 'rejected'])
      .where('tool_call_id', 'not in', (entries) =>
        entries
          .selectFrom('entries')
          .select(sql<string>`content->>'callId'`.as('id'))
          .where('run_id', '=', runId)
          .where('kind', '=', 'tool'),
      )
      .executeTakeFirst();
    if (decided) return false;
    await trx
      .updateTable('runs')
      .set({ status: 'awaiting_approval' })
      .where('id', '=', runId)
      .where('status', '=', 'running')
      .execute();
    return true;
  });
}

/** Puts a resting or waiting run back in line, as its next leg. */
async function requeue(
  db: Kysely<Schema>,
  runId: string,
  from: RunStatus[],
): Promise<{ id: string; leg: number } | undefined> {
  return db
    .updateTable('runs')
    .set({
      status: 'queued',
      leg: sql<number>`leg + 1`,
      error: null,
      partial: null,
      finished_at: null,
      cancel_requested: false,
    })
    .where('id', '=', runId)
    .where('status', 'in', from)
    .returning(['id', 'leg'])
    .executeTakeFirst();
}

interface LockedThread {
  agent_id: string;
  /** Pinned now, if it was not: the agent's only Stripe connection. */
  connection_id: string | null;
  model: string | null;
  title: string;
  title_by: 'auto' | 'person';
}

/** Locks the thread against a second message. @throws Problem 404, or 409 when it cannot take one. */
async function lockThread(trx: Transaction<Schema>, threadId: string): Promise<LockedThread> {
  const thread = await trx
    .selectFrom('threads')
    .innerJoin('agents', 'agents.id', 'threads.agent_id')
    .select(['threads.agent_id', 'threads.connection_id', 'threads.title', 'threads.title_by'])
    .select(['agents.model', 'agents.deleted_at as agent_deleted_at', 'agents.name as agent_name'])
    .where('threads.id', '=', threadId)
    .where('threads.deleted_at', 'is', null)
    .forUpdate('threads')
    .executeTakeFirst();
  if (!thread) throw notFound('thread', threadId);
  if (thread.agent_deleted_at) {
    throw conflict(
      'agent_deleted',
      `${thread.agent_name} was deleted. The thread can be read; to go on, start one with another agent.`,
    );
  }
  const active = await lastRun(trx, threadId);
  if (active && !isResting(active.status)) {
    throw conflict(
      'run_active',
      active.status === 'awaiting_approval'
        ? 'The last turn waits for an approval: approve or reject it, or stop the turn, then send the message again.'
        : 'The last turn is still running: wait for its answer or stop it, then send the message again.',
    );
  }
  return { ...thread, connection_id: thread.connection_id ?? (await onlyConnection(trx, thread.agent_id)) };
}

/** @throws Problem 409 when the agent has several and the thread names none: an account is never guessed. */
async function onlyConnection(trx: Transaction<Schema>, agentId: string): Promise<string | null> {
  const attached = await trx
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'agent_connections.connection_id')
    .select(['connections.id', 'connections.name', 'connections.mode'])
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .execute();
  if (attached.length <= 1) return attached[0]?.id ?? null;
  const names = attached
    .map((connection) => `${connection.name} (${connection.mode}, ${connection.id})`)
    .join('; ');
  throw conflict(
    'connection_ambiguous',
    `This agent reaches several accounts: ${names}. Choose one for this thread with its connectionId.`,
  );
}

async function lastRun(
  db: Kysely<Schema>,
  threadId: string,
): Promise<{ id: string; status: RunStatus } | undefined> {
  return db
    .selectFrom('runs')
    .select(['id', 'status'])
    .where('thread_id', '=', threadId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

async function refuseIfItWrote(trx: Transaction<Schema>, runId: string): Promise<void> {
  const wrote = await trx
    .selectFrom('operations')
    .select('preview')
    .where('run_id', '=', runId)
    .where('state', 'in', ['claimed', 'sent', 'done', 'unknown'])
    .executeTakeFirst();
  if (!wrote) return;
  throw conflict(
    'run_wrote',
    'The turn of this message changed something in Stripe, and editing it would hide that. Send a new message instead.',
  );
}

/** DBOS speaks through our log, one level quieter: its news is plumbing. */
function dbosLog(log: Log) {
  const child = log.child({ part: 'dbos' });
  return {
    info: (entry: unknown) => child.debug(String(entry)),
    debug: (entry: unknown) => child.trace(String(entry)),
    warn: (entry: unknown) => child.info(String(entry)),
    error: (entry: unknown) => child.warn({ err: entry }, 'DBOS reports an error'),
  };
}

const nothingToRetry = conflict(
  'nothing_to_retry',
  'The last turn of this thread did not fail and was not stopped.',
);

const unexpected: RunError = {
  code: 'internal',
  message: 'Something went wrong inside Purser; the log says what. Nothing was done twice.',
  next: 'Retry goes on where it stopped.',
  retryable: true,
};
