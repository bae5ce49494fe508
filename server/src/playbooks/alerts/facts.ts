/** What alerts look at: the account's payments and payouts, what was done through Purser, and how its events come in. */
import { money, sumMoney } from '@purser/money';
import { type Kysely, sql } from 'kysely';
import { fromStripe } from '../../connections/stripe/amounts.ts';
import type { Schema } from '../../database/schema.ts';
import type { Surroundings } from '../playbook.ts';
import type { Conduct, Ways } from './conduct.ts';
import { type Pulse, takePulse } from './pulse.ts';

export interface AlertFacts {
  payments(where: Surroundings): Promise<{ pulses: readonly Pulse[]; knownFrom: Date }>;
  conduct(where: Pick<Surroundings, 'connectionId' | 'now'>): Promise<Conduct[]>;
  ways(where: Surroundings): Promise<Ways>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const daysBefore = 28;
const refundTools = ['create_refund'];

export function createAlertFacts(db: Kysely<Schema>): AlertFacts {
  return {
    payments: (where) => takePulse(db, where),

    async conduct({ connectionId, now }) {
      const rows = await db
        .selectFrom('operations')
        .select([
          'id',
          'requester',
          'requester_name',
          'tool',
          'state',
          'amount_minor',
          'currency',
          'created_at',
        ])
        .where('connection_id', '=', connectionId)
        .where('created_at', '>', new Date(now.getTime() - (daysBefore + 1) * dayMs))
        .where('created_at', '<=', now)
        .where((where) =>
          where.or([where('tool', 'in', refundTools), where('state', 'in', ['failed', 'rejected'])]),
        )
        .orderBy('created_at', 'desc')
        .limit(20_000)
        .execute();
      return [...Map.groupBy(rows, ({ requester }) => requester)].map(([requester, own]) => {
        const daysAgo = (at: Date) => Math.floor((now.getTime() - at.getTime()) / dayMs);
        const refunds = own.filter(({ tool, state }) => refundTools.includes(tool) && state === 'done');
        const today = refunds.filter(({ created_at }) => daysAgo(created_at) === 0);
        const refused = own.filter(
          ({ state, created_at }) =>
            (state === 'failed' || state === 'rejected') && created_at.getTime() > now.getTime() - hourMs,
        );
        const before = Array.from({ length: daysBefore }, () => 0);
        for (const { created_at } of refunds) {
          const day = daysAgo(created_at) - 1;
          if (day >= 0 && day < daysBefore) before[day] = (before[day] ?? 0) + 1;
        }
        return {
          ...{ requester, name: own[0]?.requester_name ?? requester, refunds: today.length },
          refunded: sumMoney(
            today.flatMap(({ amount_minor: minor, currency }) =>
              minor !== null && currency !== null ? [money(BigInt(minor), currency)] : [],
            ),
          ),
          ...{ refundsBefore: before, refusals: refused.length },
          operations: [...today, ...refused].map(({ id }) => id),
        };
      });
    },

    async ways({ connectionId, now, read }) {
      const since = Math.floor((now.getTime() - 7 * dayMs) / 1000);
      const { data } = await read((api) =>
        api.payouts.list({ status: 'failed', limit: 20, created: { gte: since } }),
      );
      return {
        failedPayouts: data.map(({ id, amount, currency, failure_message: message, failure_code: code }) => ({
          ...{
            id,
            amount: fromStripe(amount, currency),
            why: message ?? code ?? 'The bank did not say why.',
          },
        })),
        webhook: await webhookOf(db, connectionId, now),
      };
    },
  };
}

async function webhookOf(db: Kysely<Schema>, connectionId: string, now: Date): Promise<Ways['webhook']> {
  const webhook = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('status', '=', 'enabled')
    .executeTakeFirst();
  if (!webhook) return null;
  // A list may well be read a moment before a delivery comes: only what no delivery told for an hour is missing.
  const since = new Date(Math.max(now.getTime() - dayMs, webhook.last_received_at?.getTime() ?? 0));
  const { count } = await db
    .selectFrom('events')
    .select(sql<string>`count(*)`.as('count'))
    .where('connection_id', '=', connectionId)
    .where('source', '=', 'poll')
    .where('created_at', '>', since)
    .where('created_at', '<', new Date(now.getTime() - hourMs))
    .executeTakeFirstOrThrow();
  return {
    ...{ lastReceivedAt: webhook.last_received_at, untold: Number(count) },
    ...{ refused: webhook.refused_count, refusedWhy: webhook.refused_why },
  };
}
