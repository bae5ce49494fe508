/**
 * A twin does what was done a short while ago: the same tool, the same objects, the same amount, in whatever words.
 * Two honest refunds are two operations and both may happen, but the second is put before a person, unless that person
 * asked for another one in so many words.
 */
import { formatMoney } from '@purser/money';
import { sql, type Transaction } from 'kysely';
import { digestOf } from '../canonical-json.ts';
import type { Schema } from '../database/schema.ts';
import type { Mode } from '../tools/account.ts';
import type { Plan, WriteTool } from '../tools/tool.ts';
import type { OperationState } from './operation.ts';
import { amountOf } from './policy.ts';

/** Later than this nobody mistakes a repetition for an accident. */
const twinHours = 24;

const again =
  /\b(again|another|second|twice|once more|one more|a further|additional|duplicate|nochmals?|noch ein\w*|encore|otr[ao]|un altr[ao])\b/i;

/** Equal for writes that would do the same thing; null for what may well happen many times a day. */
export function twinOf(tool: WriteTool<unknown>, plan: Plan): string | null {
  if (tool.effect === 'write' || tool.repeatable) return null;
  const amount = amountOf(plan.preview);
  const touched = plan.preview.objects.map(({ id }) => id).sort();
  const same =
    amount && touched.length > 0
      ? { minor: amount.minor.toString(), currency: amount.currency, touched }
      : { sealed: plan.sealed };
  return digestOf({ tool: tool.name, ...same });
}

export interface Twin {
  readonly id: string;
  readonly state: OperationState;
  readonly summary: string;
  readonly at: Date;
}

/**
 * The newest twin that happened, is about to, or may have. Holds a lock until the transaction ends, so that of two that
 * are proposed at once one sees the other.
 */
export async function findTwin(
  trx: Transaction<Schema>,
  where: { accountId: string; mode: Mode; twin: string; now: Date; except: string },
): Promise<Twin | null> {
  const { accountId, mode, twin } = where;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`twin ${accountId} ${mode} ${twin}`}, 0))`.execute(
    trx,
  );
  const row = await trx
    .selectFrom('operations')
    .select(['id', 'state', 'preview', 'created_at'])
    .where('account_id', '=', accountId)
    .where('mode', '=', mode)
    .where('twin', '=', twin)
    .where('id', '!=', where.except)
    .where('state', 'not in', ['failed', 'rejected'])
    .where('created_at', '>', new Date(where.now.getTime() - twinHours * 3_600_000))
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  if (!row) return null;
  const { summary } = row.preview as unknown as Plan['preview'];
  return { id: row.id, state: row.state, summary, at: row.created_at };
}

/** Whether the person asked for one more, knowing of the first. */
export function asksAgain(texts: readonly string[]): boolean {
  return texts.some((text) => again.test(text));
}

/** Why a person is asked about a twin. */
export function twinReason(twin: Twin, plan: Plan, now: Date): string {
  const minutes = Math.max(1, Math.round((now.getTime() - twin.at.getTime()) / 60_000));
  const earlier =
    minutes < 90 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${Math.round(minutes / 60)} hours`;
  const amount = amountOf(plan.preview);
  const of = amount ? ` of ${formatMoney(amount)}` : '';
  const state = {
    done: 'was done',
    unknown: 'was sent, nobody knows yet whether it happened,',
  } as const;
  const how =
    twin.state === 'done' || twin.state === 'unknown' ? state[twin.state] : 'is under way, asked for';
  // It is read later than it is written: how long ago would be wrong by then.
  return `The same${of} ${how} ${earlier} earlier (${twin.id}). Approve only if it should happen once more.`;
}
