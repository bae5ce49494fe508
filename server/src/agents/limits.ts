/** How much an agent's models are used, what that costs, and where it has to stop. */
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { RunError } from './models/types.ts';

const dollars = z.string().regex(/^\d{1,6}(\.\d{1,6})?$/, 'Write US dollars as a decimal, such as "2.50".');

/** Per day in UTC. The built-in model costs nothing and counts for none of them. */
export const agentLimitsSchema = z.strictObject({
  /** Tokens in and out. */
  tokensPerDay: z.int().min(1).max(1_000_000_000).optional(),
  /** By the prices that were entered for the models. */
  dollarsPerDay: dollars.optional(),
});
export type AgentLimits = z.infer<typeof agentLimitsSchema>;

/** US dollars per million tokens, by model. */
export const modelPricesSchema = z.record(
  z.string().min(1).max(200),
  z.strictObject({ input: dollars, output: dollars, cachedInput: dollars.optional() }),
);
export type ModelPrices = z.infer<typeof modelPricesSchema>;

export interface DayOfUse {
  /** `2026-11-23`, in UTC. */
  day: string;
  model: string;
  runs: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  /** US dollars; null where the model has no price. */
  dollars: string | null;
}

const pricesKey = 'model_prices';

export async function readPrices(db: Kysely<Schema>): Promise<ModelPrices> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', pricesKey).executeTakeFirst();
  return row ? modelPricesSchema.parse(row.value) : {};
}

export async function savePrices(db: Kysely<Schema>, prices: ModelPrices): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key: pricesKey, value: jsonb(prices) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: jsonb(prices) }))
    .execute();
}

/** Newest day first. */
export async function usageOf(
  db: Kysely<Schema>,
  agentId: string,
  { from, to }: { from: Date; to: Date },
): Promise<DayOfUse[]> {
  const { rows } = await sql<Record<'day' | 'model' | 'runs' | 'input' | 'cached' | 'output', string>>`
    select to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD') as day, r.model, count(distinct r.id) as runs,
      coalesce(sum((e.content->'usage'->>'inputTokens')::bigint), 0) as input,
      coalesce(sum((e.content->'usage'->>'cachedInputTokens')::bigint), 0) as cached,
      coalesce(sum((e.content->'usage'->>'outputTokens')::bigint), 0) as output
    from runs r join entries e on e.run_id = r.id and e.kind = 'model'
    where r.agent_id = ${agentId} and e.created_at >= ${from} and e.created_at < ${to}
    group by 1, 2 order by 1 desc, 2`.execute(db);
  const prices = await readPrices(db);
  return rows.map(({ day, model, runs, input, cached, output }) => {
    const tokens = {
      inputTokens: Number(input),
      cachedInputTokens: Number(cached),
      outputTokens: Number(output),
    };
    return { day, model, runs: Number(runs), ...tokens, dollars: costOf(model, tokens, prices) };
  });
}

/** Micro-dollars in a dollar, and tokens in a price. */
const million = 1_000_000n;

/** Exact to a millionth of a dollar, rounded up. null: the model has no price. */
export function costOf(
  model: string,
  used: Pick<DayOfUse, 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>,
  prices: ModelPrices,
): string | null {
  if (model === 'builtin') return '0';
  const price = prices[model];
  if (!price) return null;
  const fresh = BigInt(used.inputTokens - used.cachedInputTokens);
  const micro =
    fresh * microsIn(price.input) +
    BigInt(used.cachedInputTokens) * microsIn(price.cachedInput ?? price.input) +
    BigInt(used.outputTokens) * microsIn(price.output);
  return dollarsFrom((micro + million - 1n) / million);
}

function microsIn(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * million + BigInt(fraction.padEnd(6, '0'));
}

function dollarsFrom(micros: bigint): string {
  const fraction = (micros % million).toString().padStart(6, '0').replace(/0+$/, '');
  return fraction === '' ? (micros / million).toString() : `${micros / million}.${fraction}`;
}

const dayMs = 86_400_000;

/** Why the agent may ask no model any more today; null while it may. */
export async function overLimit(
  db: Kysely<Schema>,
  { agentId, model, now }: { agentId: string; model: string; now: Date },
): Promise<RunError | null> {
  if (model === 'builtin') return null;
  const row = await db.selectFrom('agents').select('limits').where('id', '=', agentId).executeTakeFirst();
  const limits = agentLimitsSchema.catch({}).parse(row?.limits);
  if (limits.tokensPerDay === undefined && limits.dollarsPerDay === undefined) return null;
  const from = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  const used = (await usageOf(db, agentId, { from, to: new Date(from.getTime() + dayMs) })).filter(
    (day) => day.model !== 'builtin',
  );
  const tokens = used.reduce((sum, day) => sum + day.inputTokens + day.outputTokens, 0);
  if (limits.tokensPerDay !== undefined && tokens >= limits.tokensPerDay)
    return spent(`${limits.tokensPerDay.toLocaleString('en')} tokens`);
  if (limits.dollarsPerDay === undefined) return null;
  // A price that nobody entered cannot be kept to.
  if (used.some((day) => day.dollars === null) || !(model in (await readPrices(db)))) return noPrice(model);
  const micros = used.reduce((sum, day) => sum + microsIn(day.dollars ?? '0'), 0n);
  return micros >= microsIn(limits.dollarsPerDay) ? spent(`$${limits.dollarsPerDay}`) : null;
}

function spent(limit: string): RunError {
  return {
    code: 'daily_limit',
    message: `This agent has used up its limit of ${limit} a day (UTC).`,
    next: 'It goes on tomorrow. An operator can raise the limit on its overview, or give it another model.',
    retryable: true,
  };
}

function noPrice(model: string): RunError {
  return {
    code: 'no_price',
    message: `This agent may spend so much a day, but what ${model} costs is not known, so it was not asked.`,
    next: 'An owner enters the price in the settings under Models.',
    retryable: true,
  };
}
