/** An account's payments in stretches of ten minutes: counted once from its list, and kept for eight weeks. */
import type { Kysely } from 'kysely';
import type Stripe from 'stripe';
import { jsonb } from '../../database/json.ts';
import type { Schema } from '../../database/schema.ts';
import type { Surroundings } from '../playbook.ts';

/** Ten minutes. Amounts in minor units as Stripe writes them. */
export interface Pulse {
  readonly at: Date;
  readonly succeeded: number;
  readonly failed: number;
  /** Cards that failed, by fingerprint; at most `mostKept`. */
  readonly failedCards: readonly string[];
  /** Charges that failed, newest first; at most `mostNamed`. */
  readonly failedCharges: readonly string[];
  /** Single payments that succeeded, by currency; at most `mostKept` of each. */
  readonly amounts: {
    readonly [currency: string]: readonly { readonly id: string; readonly amount: number }[];
  };
}

export const stretchMs = 10 * 60_000;
const mostKept = 300;
const mostNamed = 5;
/** What one look goes through at most. */
const mostCharges = 5_000;
const mostAtFirst = 20_000;
const historyMs = 56 * 86_400_000;
/** Charges may appear in the list a little late. */
const overlapMs = 2 * 60_000;

const startOf = (ms: number) => Math.floor(ms / stretchMs) * stretchMs;

/** Brings an account's pulses up to date. @returns all there are, oldest first, and since when they are whole */
export async function takePulse(
  db: Kysely<Schema>,
  { connectionId, now, read }: Pick<Surroundings, 'connectionId' | 'now' | 'read'>,
): Promise<{ pulses: Pulse[]; knownFrom: Date }> {
  const known = await db
    .selectFrom('pulse_spans')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  const since = known ? startOf(known.read_to.getTime() - overlapMs) : startOf(now.getTime() - historyMs);
  const most = known ? mostCharges : mostAtFirst;
  const charges = await read((api) => chargesSince(api, since, most));
  // A list that was not read to its end is whole only from its last charge on.
  const last = charges.length < most ? undefined : charges.at(-1);
  const from = last ? startOf(last.created * 1000) + stretchMs : since;
  const fresh = pulsesOf(charges).filter(({ at }) => at.getTime() >= from);
  await db.transaction().execute(async (trx) => {
    for (const { at, ...data } of fresh)
      await trx
        .insertInto('pulses')
        .values({ connection_id: connectionId, at, data: jsonb(data) })
        .onConflict((kept) => kept.columns(['connection_id', 'at']).doUpdateSet({ data: jsonb(data) }))
        .execute();
    await trx
      .insertInto('pulse_spans')
      .values({ connection_id: connectionId, known_from: new Date(from), read_to: now })
      .onConflict((kept) =>
        kept
          .column('connection_id')
          .doUpdateSet({ read_to: now, ...(last && { known_from: new Date(from) }) }),
      )
      .execute();
    await trx
      .deleteFrom('pulses')
      .where('connection_id', '=', connectionId)
      .where('at', '<', new Date(now.getTime() - historyMs - 86_400_000))
      .execute();
  });
  const rows = await db
    .selectFrom('pulses')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('at')
    .execute();
  const knownFrom = last || !known ? new Date(from) : known.known_from;
  return {
    pulses: rows.map(({ at, data }) => ({ at, ...(data as unknown as Omit<Pulse, 'at'>) })),
    knownFrom,
  };
}

async function chargesSince(api: Stripe, sinceMs: number, most: number): Promise<Stripe.Charge[]> {
  const found = [];
  const list = api.charges.list({ limit: 100, created: { gte: Math.floor(sinceMs / 1000) } });
  for await (const charge of list) {
    found.push(charge);
    if (found.length === most) break;
  }
  return found;
}

/** Charges, newest first, summed up. */
export function pulsesOf(charges: readonly Stripe.Charge[]): Pulse[] {
  const byStart = Map.groupBy(charges, ({ created }) => startOf(created * 1000));
  return [...byStart].map(([start, some]) => {
    const failed = some.filter(({ status }) => status === 'failed');
    const succeeded = some.filter(({ status }) => status === 'succeeded');
    const byCurrency = Map.groupBy(succeeded, ({ currency }) => currency);
    const cards = failed.flatMap(({ payment_method_details: how }) => how?.card?.fingerprint ?? []);
    return {
      at: new Date(start),
      ...{ succeeded: succeeded.length, failed: failed.length },
      failedCards: [...new Set(cards)].slice(0, mostKept),
      failedCharges: failed.slice(0, mostNamed).map(({ id }) => id),
      amounts: Object.fromEntries(
        [...byCurrency].map(([currency, of]) => [
          currency,
          of
            .toSorted((a, b) => b.amount - a.amount)
            .slice(0, mostKept)
            .map(({ id, amount }) => ({ id, amount })),
        ]),
      ),
    };
  });
}
