/**
 * What a business's own endpoint is told of an order. Each is a row before anything leaves, and is posted until the endpoint
 * answers with 2xx: at least once, under an id that stays the same, so that whoever keeps the ids is told once.
 *
 *     queued ──→ delivered
 *        │└──→ queued          no answer, or another than 2xx: again later
 *        └──→ failed           for three days
 *        ↑─── a person tries it again ←── failed
 */
import { createHmac } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Clock } from '../../clock.ts';
import type { DeliveriesTable, Schema } from '../../database/schema.ts';
import { conflict } from '../../problem.ts';
import type { Vault } from '../../secrets/vault.ts';

export interface Delivery {
  /** `webhook-id`: `ord_…:order.paid`. */
  id: string;
  state: 'queued' | 'delivered' | 'failed';
  url: string;
  body: string;
  operationId: string | null;
  attempts: number;
  nextAttemptAt: string | null;
  /** The last answer. */
  status: number | null;
  problem: string | null;
  settledAt: string | null;
}

export interface Deliveries {
  /** Keeps it, to be posted as soon as can be. @returns the first one where it was asked for before */
  put(told: {
    id: string;
    run: string;
    connectionId: string;
    operationId: string;
    url: string;
    body: string;
  }): Promise<Delivery>;
  find(id: string): Promise<Delivery | undefined>;
  /** Of one run, oldest first. */
  list(run: string): Promise<Delivery[]>;
  /** Tries those of a run that failed again, to where they are to go now. @throws Problem 409 where none did */
  again(run: string, url: string | null): Promise<void>;
  /** Posts what is due. @returns how many were tried */
  deliver(): Promise<number>;
  /** What a connection's deliveries are signed with, as Standard Webhooks writes it: `whsec_…`. */
  secret(connectionId: string, version: number): string;
}

/** Minutes between attempts: three days in all. */
const patienceMinutes = [1, 5, 30, 120, 300, 600, 600, 720, 720, 1_200];
/** An attempt that says nothing for so long died with its process; the endpoint is told again. */
const attemptMs = 20_000;
const timeoutMs = 15_000;
const mostAnswer = 300;
const perRound = 50;

export function createDeliveries(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  vault: Pick<Vault, 'derive'>;
  /** Keeps to where settings may point, and follows no redirect. */
  fetch: typeof fetch;
  /** Which secret a connection signs with now. */
  secretVersion(connectionId: string): Promise<number>;
}): Deliveries {
  const { db, clock } = needs;
  const keyOf = (connectionId: string, version: number) =>
    needs.vault.derive(`fulfilment ${connectionId} ${version}`);

  /** Takes one that is due, so that no other instance posts it at the same time. */
  async function claim(): Promise<Selectable<DeliveriesTable> | undefined> {
    const now = clock.now();
    return db
      .updateTable('deliveries')
      .set({ attempts: sql<number>`attempts + 1`, next_attempt_at: new Date(now.getTime() + attemptMs) })
      .where('id', '=', (due) =>
        due
          .selectFrom('deliveries')
          .select('id')
          .where('state', '=', 'queued')
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .executeTakeFirst();
  }

  async function post({ id, url, body, connection_id }: Selectable<DeliveriesTable>) {
    const key = keyOf(connection_id, await needs.secretVersion(connection_id));
    const seconds = Math.floor(clock.now().getTime() / 1000);
    try {
      const answer = await needs.fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Purser',
          'idempotency-key': id,
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': `v1,${signatureOf(key, { id, seconds, body })}`,
        },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { status } = answer;
      const text = await beginningOf(answer);
      const isTaken = status >= 200 && status < 300;
      return { isTaken, status, problem: isTaken ? null : `It answered ${status}: ${text}` };
    } catch (error) {
      return {
        isTaken: false,
        status: null,
        problem: error instanceof Error ? error.message : String(error),
      };
    }
  }

  /** What came of an attempt; its run is woken in the same transaction once it is settled. */
  async function settle(row: Selectable<DeliveriesTable>, came: Awaited<ReturnType<typeof post>>) {
    const now = clock.now();
    const { isTaken, status, problem } = came;
    const minutes = patienceMinutes[row.attempts - 1];
    const next =
      isTaken || minutes === undefined
        ? ({ state: isTaken ? 'delivered' : 'failed', next_attempt_at: null, settled_at: now } as const)
        : ({ next_attempt_at: new Date(now.getTime() + minutes * 60_000) } as const);
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('deliveries')
        .set({ ...next, status, problem })
        .where('id', '=', row.id)
        .where('state', '=', 'queued')
        .where('attempts', '=', row.attempts)
        .execute();
      if ('state' in next) await wake(trx, row.playbook_run_id);
    });
  }

  async function find(id: string): Promise<Delivery | undefined> {
    const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
    return row && deliveryOf(row);
  }

  return {
    find,

    async put({ id, run, connectionId, operationId, url, body }) {
      const now = clock.now();
      await db
        .insertInto('deliveries')
        .values({
          ...{ id, playbook_run_id: run, connection_id: connectionId, operation_id: operationId, url, body },
          ...{ state: 'queued', next_attempt_at: now, created_at: now },
        })
        .onConflict((known) => known.column('id').doNothing())
        .execute();
      const kept = await find(id);
      if (!kept) throw new Error(`The delivery ${id} was not kept.`);
      return kept;
    },

    async list(run) {
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('playbook_run_id', '=', run)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(deliveryOf);
    },

    async again(run, url) {
      const moved = await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('deliveries')
          .set({
            ...{
              state: 'queued',
              attempts: 0,
              next_attempt_at: clock.now(),
              settled_at: null,
              problem: null,
            },
            ...(url !== null && { url }),
          })
          .where('playbook_run_id', '=', run)
          .where('state', '=', 'failed')
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await wake(trx, run);
        return numUpdatedRows > 0n;
      });
      if (!moved) throw conflict('nothing_failed', 'Nothing that this order’s endpoint is told has failed.');
    },

    async deliver() {
      for (let tried = 0; tried < perRound; tried += 1) {
        const row = await claim();
        if (!row) return tried;
        await settle(row, await post(row));
      }
      return perRound;
    },

    secret: (connectionId, version) => `whsec_${keyOf(connectionId, version)}`,
  };
}

/** As much of an answer as is kept; the rest is not read. */
async function beginningOf({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= mostAnswer) break;
  }
  return text.slice(0, mostAnswer);
}

/** Standard Webhooks: HMAC-SHA256 over id, time and body, in base64. */
export function signatureOf(
  key: string,
  { id, seconds, body }: { id: string; seconds: number; body: string },
): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${seconds}.${body}`).digest('base64');
}

async function wake(db: Kysely<Schema>, run: string): Promise<void> {
  await db
    .updateTable('playbook_runs')
    .set((row) => ({ pokes: row('pokes', '+', 1) }))
    .where('id', '=', run)
    .where('state', 'in', ['working', 'waiting'])
    .execute();
}

const deliveryOf = (row: Selectable<DeliveriesTable>): Delivery => ({
  ...{ id: row.id, state: row.state, url: row.url, body: row.body, operationId: row.operation_id },
  ...{ attempts: row.attempts, status: row.status, problem: row.problem },
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  settledAt: row.settled_at?.toISOString() ?? null,
});
