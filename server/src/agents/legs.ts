/**
 * Legs of runs, durably: each is a DBOS workflow that is taken up again by this instance or another until it rests.
 * What a leg does stands in `turn.ts`; here is only who does it, and that somebody does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { isDatabaseAway, isDatabaseFull } from '../database/away.ts';
import { createPool } from '../database/pool.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { observed } from '../telemetry.ts';
import { joinInstances } from './instances.ts';
import { LostRun } from './journal.ts';
import { explainModelError, ModelError } from './models/errors.ts';
import { ModelUnavailable } from './models/models.ts';
import type { RunError } from './models/types.ts';
import { claimLeg, decidedRuns, finishRun, lostRuns, requeue, waitForPerson } from './run-rows.ts';
import { type TurnEnd, type TurnFacts, type TurnNeeds, takeTurn } from './turn.ts';

export interface LegsNeeds extends TurnNeeds {
  log: Log;
  /** Postgres of DBOS's own tables, in the schema `dbos`. */
  databaseUrl: string;
}

export interface Legs {
  /** Starts a leg, once: a second call for the same one changes nothing. */
  begin(runId: string, leg: number): Promise<void>;
  /** Finishes nothing: what runs is taken up by whoever starts next. */
  close(): Promise<void>;
}

/** An instance that has not picked up a queued run by now lost it between storing and starting. */
const sweepEveryMs = 2_000;
/** One leg may take this long; waiting for people does not count. */
const legLimitMs = 15 * 60 * 1000;
/** Connections for DBOS's own bookkeeping. */
const workflowPoolSize = 8;
/** While the database is away a turn tries again this often. */
const databaseRetryMs = 1_000;

export async function startLegs(needs: LegsNeeds): Promise<Legs> {
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

  async function sweep(): Promise<void> {
    for (const run of await lostRuns(db, sweepEveryMs)) await begin(run.id, run.leg);
    for (const id of await decidedRuns(db)) {
      const run = await requeue(db, id, ['awaiting_approval']);
      if (run) await begin(run.id, run.leg);
    }
  }

  async function takeLeg(runId: string, leg: number): Promise<void> {
    const controller = new AbortController();
    active.set(runId, controller);
    const timer = setTimeout(() => controller.abort(tookTooLong), legLimitMs);
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
        await finishRun(db, needs.clock, runId, { status: 'cancelled' });
        await live.publish({ kind: 'run', threadId: facts.threadId, runId });
        return 'rest';
      }
      await live.publish({ kind: 'run', threadId: facts.threadId, runId });
      let end = await endOf(needs, facts, signal);
      while (end.status === 'waiting' && !(await waitForPerson(db, runId)))
        end = await endOf(needs, facts, signal);
      // Cut short by shutting down, not by a person: the turn goes on at the next start.
      if (closing && end.status === 'cancelled') return 'rest';
      if (end.status !== 'waiting') await finishRun(db, needs.clock, runId, end);
      await live.publish({ kind: 'run', threadId: facts.threadId, runId });
      await live.publish({ kind: 'changed', what: 'approvals' });
      return 'rest';
    } catch (error) {
      if (error instanceof LostRun || closing) return 'rest';
      log.error({ err: error, runId }, 'A turn was interrupted');
      if (isDatabaseAway(error)) return 'again';
      // Not tried again and again: each time a model would be asked, and paid.
      const why = isDatabaseFull(error) ? diskFull : unexpected;
      return finishRun(db, needs.clock, runId, { status: 'failed', error: why }).then(
        () => 'rest',
        () => 'again',
      );
    }
  }

  return {
    begin,

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
async function endOf(needs: LegsNeeds, facts: TurnFacts, signal: AbortSignal): Promise<TurnEnd> {
  try {
    const ids = {
      'purser.run': facts.runId,
      'purser.thread': facts.threadId,
      'purser.agent': facts.agent.id,
    };
    const end = await observed('turn', 'of an agent', ids, () => takeTurn(needs, facts, signal));
    return end.status === 'cancelled' ? endOfStop(signal) : end;
  } catch (error) {
    if (signal.aborted) return endOfStop(signal);
    if (error instanceof ModelError) return { status: 'failed', error: error.runError };
    if (error instanceof ModelUnavailable) return { status: 'failed', error: explainModelError(error) };
    if (error instanceof Problem) {
      return { status: 'failed', error: { code: error.code, message: error.detail, retryable: true } };
    }
    throw error;
  }
}

/** A person stopped it, or the clock did. */
function endOfStop(signal: AbortSignal): TurnEnd {
  return signal.reason === tookTooLong ? { status: 'failed', error: tookTooLong } : { status: 'cancelled' };
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

const tookTooLong: RunError = {
  code: 'took_too_long',
  message: `This turn took longer than ${legLimitMs / 60_000} minutes, so it was ended.`,
  next: 'What was done so far stands above. Retry goes on where it stopped.',
  retryable: true,
};

const diskFull: RunError = {
  code: 'disk_full',
  message: 'The disk of the database is full, so that this turn could not be stored. Nothing was done twice.',
  next: 'Make room, then retry: the turn goes on where it stopped.',
  retryable: true,
};

const unexpected: RunError = {
  code: 'internal',
  message: 'Something went wrong inside Purser; the log says what. Nothing was done twice.',
  next: 'Retry goes on where it stopped.',
  retryable: true,
};
