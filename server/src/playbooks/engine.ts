/**
 * Runs of playbooks. Each is a row that sleeps until its time comes or something happens to its subject; then it takes
 * one turn in its thread, which is journaled, guarded, resumed and shown as every other turn.
 *
 *     waiting ──→ working ──→ waiting | done
 *        │           ├──→ waiting     the turn failed: again later, a few times
 *        │           ├──→ waiting     what it wanted approved is not wanted any more
 *        │           └──→ failed | stopped
 *        └──→ failed | stopped
 */
import { type Kysely, sql } from 'kysely';
import { readEntries } from '../agents/journal.ts';
import type { RunError } from '../agents/models/types.ts';
import { insertRun } from '../agents/run-rows.ts';
import type { Runs } from '../agents/runs.ts';
import type { Decider } from '../agents/script.ts';
import type { Actor, Audit } from '../audit/audit.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { OpenTool } from '../guard/reconcile.ts';
import type { Log } from '../log.ts';
import { conflict, invalidInput, notFound, Problem } from '../problem.ts';
import { type Json, ToolError } from '../tools/tool.ts';
import { namedPlaybook } from './decider.ts';
import type { AskedOfRun, Playbook } from './playbook.ts';
import type { RunRow } from './rows.ts';
import { movePlaybookRun } from './run-moves.ts';

export interface Engine {
  /** Lets those go on whose turn it is. @returns how many turns began */
  wake(): Promise<number>;
  /** Looks after turns that failed, were stopped, or wait for an approval that is not wanted any more. */
  settle(): Promise<void>;
  /** Ends a run for good. @throws Problem 404, 409 when it has ended */
  stop(id: string, by: Actor): Promise<void>;
  /**
   * Tells a run what somebody wants of it; what becomes of that its playbook decides.
   * @throws Problem 404, 409 when it has ended, 422 for what its playbook does not take
   */
  ask(id: string, asked: { what: string; note?: string | undefined }, by: Actor): Promise<void>;
}

/** Minutes after which a turn that failed is tried again; after the last a person has to look. */
const patienceMinutes = [1, 5, 30, 120, 720];
/** While its thread is busy or all is halted, it is tried again this often. */
const busyMs = 60_000;

export function createEngine(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  log: Log;
  runs: Runs;
  defaultModel: string;
  openTool: OpenTool;
  decider: Decider;
  playbooks: readonly Playbook[];
}): Engine {
  const { db, audit, clock, log, runs, playbooks } = needs;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  /** Takes one that is due, so that no other instance does, and begins its turn. */
  async function wakeOne(): Promise<{ threadId: string; runId: string | null } | null> {
    return db.transaction().execute(async (trx) => {
      const now = clock.now();
      const { rows } = await sql<RunRow>`
        select r.* from playbook_runs r
        left join playbooks p on p.name = r.playbook and p.connection_id = r.connection_id
        where r.state = 'waiting' and (r.wake_at <= ${now} or r.pokes > r.seen)
          -- What began by itself rests while its playbook is off; what somebody began goes on.
          and (p.enabled or r.started_by->>'type' <> 'system')
        order by r.wake_at limit 1 for update of r skip locked`.execute(trx);
      const [row] = rows;
      if (!row) return null;
      const { id, thread_id: threadId } = row;
      try {
        const { title } = namedPlaybook(playbooks, row.playbook);
        const by = { type: 'playbook', id: row.playbook, name: title } as const;
        const message = { threadId, said: saidTo(row), by, defaultModel: needs.defaultModel, now };
        const runId = await insertRun(trx, { ...message, playbookRun: id });
        await trx
          .updateTable('playbook_runs')
          .set({ state: 'working', run_id: runId, seen: row.pokes, wake_at: null })
          .where('id', '=', id)
          .execute();
        return { threadId, runId };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const waits = error.code === 'run_active' || error.code === 'halted';
        const { detail: problem } = error;
        const move = waits
          ? ({ to: 'waiting', until: later(busyMs), failures: row.failures, problem } as const)
          : ({ to: 'failed', problem, at: now } as const);
        await movePlaybookRun(trx, id, move);
        await trx.updateTable('playbook_runs').set({ seen: row.pokes }).where('id', '=', id).execute();
        return { threadId, runId: null };
      }
    });
  }

  /** Turns that ended without their playbook's word: they failed, or somebody stopped them. */
  async function settleEnded(): Promise<void> {
    const ended = await db
      .selectFrom('playbook_runs')
      .innerJoin('runs', 'runs.id', 'playbook_runs.run_id')
      .select(['playbook_runs.id', 'playbook_runs.run_id', 'failures', 'runs.status', 'runs.error'])
      .where('state', '=', 'working')
      .where('runs.status', 'in', ['failed', 'cancelled'])
      .execute();
    for (const { id, run_id, failures, status, error } of ended) {
      const at = clock.now();
      const problem = (error as unknown as RunError | null)?.message ?? null;
      const minutes = patienceMinutes[failures];
      if (status === 'cancelled') {
        await movePlaybookRun(db, id, { to: 'stopped', problem: 'Its turn was stopped.', at }, run_id ?? '');
      } else if (minutes === undefined) {
        await movePlaybookRun(db, id, { to: 'failed', problem, at }, run_id ?? '');
      } else {
        const until = later(minutes * 60_000);
        const again = { to: 'waiting', until, failures: failures + 1, problem: problem ?? '' } as const;
        await movePlaybookRun(db, id, again, run_id ?? '');
      }
    }
  }

  /** Something happened while an approval is waited for: what is no longer the same is withdrawn and decided anew. */
  async function settleWaiting(): Promise<void> {
    const waiting = await db
      .selectFrom('playbook_runs')
      .innerJoin('runs', 'runs.id', 'playbook_runs.run_id')
      .select(['playbook_runs.id', 'playbook_runs.thread_id', 'run_id', 'pokes'])
      .where('state', '=', 'working')
      .where('status', '=', 'awaiting_approval')
      .whereRef('pokes', '>', 'seen')
      .execute();
    for (const { id, thread_id, run_id, pokes } of waiting) {
      const isWanted = await isStillWanted(id, thread_id, run_id ?? '').catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        // The account does not answer now: it is asked again with the next round, and keeps no other run waiting.
        log.warn({ playbookRun: id, why: error.detail }, 'A playbook could not be asked');
        return null;
      });
      if (isWanted === null) continue;
      if (isWanted) {
        await db.updateTable('playbook_runs').set({ seen: pokes }).where('id', '=', id).execute();
      } else if (await movePlaybookRun(db, id, { to: 'waiting', until: clock.now() }, run_id ?? '')) {
        await runs.cancel(thread_id);
      }
    }
  }

  async function isStillWanted(playbookRun: string, threadId: string, runId: string): Promise<boolean> {
    const entries = await readEntries(db, { threadId });
    const operations = await db
      .selectFrom('operations')
      .select(['connection_id', 'tool', 'tool_call_id', 'input', 'sealed'])
      .where('run_id', '=', runId)
      .where('state', '=', 'waiting')
      .execute();
    for (const { connection_id, tool: name, tool_call_id: id, input, sealed } of operations) {
      const call = { id, name, input: input as { [key: string]: Json } };
      if (!(await needs.decider.stillWants({ playbookRun, entries }, call))) return false;
      const tool = await needs.openTool(connection_id, name);
      if (!tool) return false;
      try {
        const { sealed: now } = await tool.plan(input, {});
        if (canonicalJson(now) !== canonicalJson(sealed as Json)) return false;
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        return false;
      }
    }
    return true;
  }

  return {
    async wake() {
      let count = 0;
      for (let woken = await wakeOne(); woken; woken = await wakeOne()) {
        if (woken.runId === null) continue;
        await runs.begin(woken.threadId, woken.runId);
        count += 1;
      }
      return count;
    },

    async settle() {
      await settleEnded();
      await settleWaiting();
    },

    async stop(id, by) {
      const row = await db.selectFrom('playbook_runs').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw notFound('playbook run', id);
      const problem = `${by.name} stopped it.`;
      if (!(await movePlaybookRun(db, id, { to: 'stopped', problem, at: clock.now() })))
        throw conflict('playbook_run_ended', `This run has ended already: it is ${row.state}.`);
      await audit.record({ actor: by, action: 'playbook_run.stopped', subject: id });
      await runs.cancel(row.thread_id);
    },

    async ask(id, { what, note }, by) {
      const row = await db.selectFrom('playbook_runs').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw notFound('playbook run', id);
      const { asks = {}, title } = namedPlaybook(playbooks, row.playbook);
      if (!Object.hasOwn(asks, what)) {
        const known = Object.keys(asks).join(', ') || 'nothing';
        throw invalidInput([{ path: 'what', message: `${title} can be asked: ${known}.` }]);
      }
      const asked: AskedOfRun = { what, by: by.name, at: clock.now().toISOString(), note: note ?? null };
      await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('playbook_runs')
          .set((run) => ({
            asked: sql<string>`asked || ${jsonb([asked])}::jsonb`,
            pokes: run('pokes', '+', 1),
          }))
          .where('id', '=', id)
          .where('state', 'in', ['working', 'waiting'])
          .executeTakeFirst();
        if (numUpdatedRows === 0n)
          throw conflict('playbook_run_ended', `This run has ended already: it is ${row.state}.`);
        const details = { what, ...(note && { note }) };
        await audit.record({ actor: by, action: 'playbook_run.asked', subject: id, details }, trx);
      });
    },
  };
}

/** What stands at the top of a turn in the run's thread. */
function saidTo({ run_id, pokes, seen }: RunRow): string {
  if (run_id === null) return 'Begin.';
  return pokes > seen ? 'Something happened: look again.' : 'It is time to go on.';
}
