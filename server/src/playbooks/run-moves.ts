/** How runs of playbooks go on: each move is made once, by whoever has the run's last turn. */
import type { Money } from '@purser/money';
import type { Kysely } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { Standing } from './playbook.ts';

/** Where a run goes from `working` or `waiting`. */
export type RunMove = (
  | { to: 'waiting'; until: Date | null; on?: string; failures?: number; problem?: string }
  | { to: 'done'; outcome: string; amount?: Money; at: Date }
  | { to: 'failed' | 'stopped'; problem: string | null; at: Date }
) & {
  /** Left out: as it was. */
  standing?: Standing;
};

/**
 * Moves a run on, as long as the turn `turn` is still its last.
 * @returns false when somebody else moved it first, or it has ended
 */
export async function movePlaybookRun(
  db: Kysely<Schema>,
  id: string,
  move: RunMove,
  turn?: string,
): Promise<boolean> {
  let query = db
    .updateTable('playbook_runs')
    .set({ ...columnsOf(move), ...(move.standing && { standing: jsonb(move.standing) }) })
    .where('id', '=', id)
    .where('state', 'in', ['working', 'waiting']);
  if (turn) query = query.where('run_id', '=', turn);
  const isMoved = (await query.executeTakeFirst()).numUpdatedRows > 0n;
  if (isMoved && move.to === 'waiting' && move.on) await lookAgainIfTold(db, id, move.on);
  return isMoved;
}

/**
 * What a turn made may have been told of before the turn said that it waits for it, when nobody knew whose it is: then the
 * run looks again.
 */
async function lookAgainIfTold(db: Kysely<Schema>, id: string, object: string): Promise<void> {
  await db
    .updateTable('playbook_runs')
    .set((run) => ({ pokes: run('pokes', '+', 1) }))
    .where('id', '=', id)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('events')
          .innerJoin('runs', (join) => join.onRef('runs.id', '=', 'playbook_runs.run_id'))
          .select('events.id')
          .whereRef('events.connection_id', '=', 'playbook_runs.connection_id')
          .where('events.object_id', '=', object)
          .whereRef('events.received_at', '>=', 'runs.created_at'),
      ),
    )
    .execute();
}

/** Writes down where a run stands, as long as the turn `turn` is still its last. */
export async function noteStanding(
  db: Kysely<Schema>,
  id: string,
  standing: Standing,
  turn: string,
): Promise<void> {
  await db
    .updateTable('playbook_runs')
    .set({ standing: jsonb(standing) })
    .where('id', '=', id)
    .where('run_id', '=', turn)
    .execute();
}

function columnsOf(move: RunMove) {
  switch (move.to) {
    case 'waiting':
      return {
        ...{ state: move.to, wake_at: move.until, failures: move.failures ?? 0 },
        waits_on: move.on ?? null,
        problem: move.problem ?? null,
      };
    case 'done':
      return {
        ...{ state: move.to, wake_at: null, outcome: move.outcome, finished_at: move.at, problem: null },
        amount_minor: move.amount?.minor.toString() ?? null,
        currency: move.amount?.currency ?? null,
      };
    default:
      return { state: move.to, wake_at: null, problem: move.problem, finished_at: move.at };
  }
}
