/**
 * Erasing a customer's data. Where Stripe shall forget them, too, that comes first, as an ordinary write in a thread that
 * policy and approvals judge: only when it has ended is what Purser holds erased, the traces of the deletion included.
 *
 *     waiting → done
 */
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { ErasuresTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { Problem } from '../problem.ts';
import { type ErasureReport, eraseSubject } from './subject.ts';

/** What became of the customer at Stripe: not asked for, deleted, or not deleted (rejected, failed). */
export type StripeOutcome = 'not_asked' | 'deleted' | 'kept';

export interface Erasure {
  readonly id: string;
  readonly customer: string;
  readonly connectionId: string;
  readonly state: 'waiting' | 'done';
  /** Where Stripe is asked to delete the customer. */
  readonly threadId: string | null;
  readonly stripe: StripeOutcome | null;
  readonly report: ErasureReport | null;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

export interface Erasures {
  /** @throws Problem 409 while a turn about the customer is under way */
  request(
    erasure: { connectionId: string; customer: string; alsoKnownAs: readonly string[]; inStripe: boolean },
    by: Actor,
  ): Promise<Erasure>;
  list(): Promise<Erasure[]>;
  /** Finishes those whose deletion at Stripe has ended. @returns how many */
  settle(): Promise<number>;
}

/** Begins a turn that deletes the customer at Stripe. */
export type DeleteAtStripe = (
  what: { connectionId: string; customer: string },
  by: Actor,
) => Promise<{ threadId: string; runId: string }>;

const toErasure = (row: Selectable<ErasuresTable>): Erasure => ({
  id: row.id,
  customer: row.customer,
  connectionId: row.connection_id,
  state: row.state,
  threadId: row.thread_id,
  stripe: row.stripe,
  report: row.report as unknown as ErasureReport | null,
  requestedAt: row.requested_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

export function createErasures(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  deleteAtStripe: DeleteAtStripe;
}): Erasures {
  const { db, audit, clock } = needs;

  async function get(id: string): Promise<Erasure> {
    return toErasure(
      await db.selectFrom('erasures').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
  }

  async function finish(
    trx: Transaction<Schema>,
    row: Selectable<ErasuresTable>,
    stripe: StripeOutcome,
  ): Promise<void> {
    const alsoKnownAs = row.also_known_as as unknown as string[];
    const report = await eraseSubject(trx, { customer: row.customer, alsoKnownAs });
    const now = clock.now();
    await trx
      .updateTable('erasures')
      .set({
        ...{ state: 'done', stripe, report: jsonb(report), also_known_as: jsonb([]), finished_at: now },
      })
      .where('id', '=', row.id)
      .execute();
    const actor = row.requested_by as unknown as Actor;
    const details = { customer: row.customer, stripe, erased: report.erased };
    await audit.record({ actor, action: 'erasure.done', subject: row.id, details }, trx);
  }

  /** Whether the deletion was done; null while nobody can say yet. */
  async function outcomeOf(runId: string): Promise<StripeOutcome | null> {
    const run = await db.selectFrom('runs').select('status').where('id', '=', runId).executeTakeFirst();
    if (run && ['queued', 'running', 'awaiting_approval'].includes(run.status)) return null;
    const operations = await db
      .selectFrom('operations')
      .select('state')
      .where('run_id', '=', runId)
      .where('tool', '=', 'delete_customer')
      .execute();
    if (operations.some(({ state }) => !['done', 'failed', 'rejected'].includes(state))) return null;
    return operations.some(({ state }) => state === 'done') ? 'deleted' : 'kept';
  }

  return {
    async request({ connectionId, customer, alsoKnownAs, inStripe }, by) {
      const id = newId('era');
      const at = inStripe ? await needs.deleteAtStripe({ connectionId, customer }, by) : null;
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .insertInto('erasures')
          .values({
            ...{ id, customer, connection_id: connectionId, also_known_as: jsonb(alsoKnownAs) },
            ...{ thread_id: at?.threadId ?? null, run_id: at?.runId ?? null },
            ...{ requested_by: jsonb(by), requested_at: clock.now() },
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        if (!at) await finish(trx, row, 'not_asked');
        else
          await audit.record(
            { actor: by, action: 'erasure.requested', subject: id, details: { customer, connectionId } },
            trx,
          );
      });
      return get(id);
    },

    async list() {
      const rows = await db
        .selectFrom('erasures')
        .selectAll()
        .orderBy('requested_at', 'desc')
        .limit(100)
        .execute();
      return rows.map(toErasure);
    },

    async settle() {
      const waiting = await db.selectFrom('erasures').selectAll().where('state', '=', 'waiting').execute();
      let settled = 0;
      for (const { id, run_id } of waiting) {
        const stripe = run_id ? await outcomeOf(run_id) : 'not_asked';
        if (stripe === null) continue;
        try {
          await db.transaction().execute(async (trx) => {
            const row = await trx
              .selectFrom('erasures')
              .selectAll()
              .where('id', '=', id)
              .where('state', '=', 'waiting')
              .forUpdate()
              .executeTakeFirst();
            if (row) await finish(trx, row, stripe);
          });
          settled += 1;
        } catch (error) {
          // Another turn about the customer is under way: once it has ended.
          if (!(error instanceof Problem) || error.status !== 409) throw error;
        }
      }
      return settled;
    },
  };
}
