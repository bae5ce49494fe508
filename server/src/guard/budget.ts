/**
 * Budgets: how much and how often an agent may write on a connection in a day. What counts is every operation of the
 * day that was not refused: the row that says what is meant to happen is the reservation, and failing frees it again.
 */
import { formatMoney, type Money, money } from '@purser/money';
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../database/schema.ts';
import type { Effect } from '../tools/tool.ts';
import { inCurrency, moneySchema } from './limits.ts';

export const budgetSchema = z
  .strictObject({
    /** Who shares it: all that this agent does here, what each person asks of it, what each of its tasks does. */
    per: z.enum(['agent', 'person', 'task']),
    /** A day's sum in each currency; in a currency that is not named nothing is free. */
    amounts: z.array(moneySchema).min(1).max(50).optional(),
    /** So many writes a day. */
    count: z.number().int().min(0).max(1_000_000).optional(),
    /** Only these effects count. Default: all writes for a count, all that moves money for amounts. */
    effects: z
      .array(z.enum(['write', 'money', 'destructive', 'outbound']))
      .min(1)
      .optional(),
    /** What happens beyond it. */
    over: z.enum(['ask', 'deny']),
  })
  .refine(({ amounts, count }) => amounts !== undefined || count !== undefined, {
    message: 'A budget needs amounts, a count, or both.',
  });
export type Budget = z.infer<typeof budgetSchema>;

/** Who a write is made for. */
export interface Spender {
  readonly agentId: string;
  readonly connectionId: string;
  /** `person:usr_…`, `token:…`, `task:tsk_…`, `playbook:dunning`: who asked. */
  readonly requester: string;
}

export interface Overrun {
  readonly decision: 'ask' | 'deny';
  readonly reason: string;
}

/**
 * Whether one more write goes beyond a budget. Holds a lock until the transaction ends, so that of two that would
 * exceed it together one sees the other. @returns the strictest overrun, null when there is room
 */
export async function overBudget(
  trx: Transaction<Schema>,
  budgets: readonly Budget[],
  write: { spender: Spender; effect: Effect; amount: Money | null; now: Date; timeZone: string },
): Promise<Overrun | null> {
  if (budgets.length === 0) return null;
  const { agentId, connectionId } = write.spender;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`budget ${agentId} ${connectionId}`}, 0))`.execute(
    trx,
  );
  const overruns: Overrun[] = [];
  for (const budget of budgets) {
    const reason = await beyond(trx, budget, write);
    if (reason) overruns.push({ decision: budget.over, reason });
  }
  return overruns.find(({ decision }) => decision === 'deny') ?? overruns[0] ?? null;
}

async function beyond(
  db: Kysely<Schema>,
  budget: Budget,
  write: Parameters<typeof overBudget>[2],
): Promise<string | null> {
  const { spender, effect, amount } = write;
  if (budget.per === 'task' && !spender.requester.startsWith('task:')) return null;
  if (budget.per === 'person' && !/^(person|token):/.test(spender.requester)) return null;
  if (budget.effects && !budget.effects.some((each) => each === effect)) return null;
  const whose = { agent: "this agent's", person: 'your', task: "this task's" }[budget.per];
  if (budget.count !== undefined) {
    const { count } = await spentToday(db, budget, write);
    if (count + 1 > budget.count)
      return `It would go beyond ${whose} budget of ${budget.count} ${budget.count === 1 ? 'write' : 'writes'} a day.`;
  }
  if (budget.amounts && amount) {
    const limit = inCurrency(budget.amounts, amount.currency);
    if (!limit) return `There is no budget in ${amount.currency.toUpperCase()}.`;
    const { minor } = await spentToday(db, budget, write, amount.currency);
    if (minor + amount.minor > limit.minor)
      return `It would go beyond ${whose} budget of ${formatMoney(limit)} a day; ${formatMoney(money(minor, amount.currency))} of it is used.`;
  }
  return null;
}

/** What stands against a budget since midnight in the account's time zone. */
async function spentToday(
  db: Kysely<Schema>,
  budget: Budget,
  { spender, now, timeZone }: Parameters<typeof overBudget>[2],
  currency?: string,
): Promise<{ count: number; minor: bigint }> {
  let query = db
    .selectFrom('operations')
    .select([sql<string>`count(*)`.as('count'), sql<string>`coalesce(sum(amount_minor), 0)`.as('minor')])
    .where('agent_id', '=', spender.agentId)
    .where('connection_id', '=', spender.connectionId)
    .where('state', 'not in', ['failed', 'rejected'])
    .where(
      'created_at',
      '>=',
      sql<Date>`date_trunc('day', ${now}::timestamptz at time zone ${timeZone}) at time zone ${timeZone}`,
    );
  if (budget.per !== 'agent') query = query.where('requester', '=', spender.requester);
  if (budget.effects) query = query.where('effect', 'in', budget.effects);
  if (currency) query = query.where('currency', '=', currency);
  const { count, minor } = await query.executeTakeFirstOrThrow();
  return { count: Number(count), minor: BigInt(minor) };
}
