import { formatMoney, MoneyError, parseMoney, sumMoney } from '@purser/money';
import type { Approval } from '@purser/server/api';
import { moneyText } from './money-text.ts';

const moneyVerbs: Record<string, string> = {
  create_refund: 'Refund',
  charge_customer: 'Charge',
  capture_payment_intent: 'Capture',
  confirm_payment_intent: 'Charge',
  pay_invoice: 'Collect',
};

/** What the button that approves says: a verb with its object, and the sum where money moves. */
export function approveLabel(
  approval: Pick<Approval, 'tool' | 'title' | 'preview'> & { loweredTo?: string | null },
): string {
  const { amount } = approval.preview;
  const sum = amount ? moneyText(approval.loweredTo ?? amount.decimal, amount.currency) : null;
  const verb = moneyVerbs[approval.tool];
  if (verb && sum) return `${verb} ${sum}`;
  return sum ? `${approval.title} for ${sum}` : approval.title;
}

type Fact = Approval['preview']['facts'][number];

/** What the card lists: not that it cannot be undone where the reason says so already. */
export function tellingFacts({ preview, reason }: Pick<Approval, 'preview' | 'reason'>): Fact[] {
  const said = reason.includes('cannot be undone');
  return preview.facts.filter((fact) => !(said && fact.label === 'Can be undone' && fact.value === 'no'));
}

/** Every reason a person is asked for, the gravest first. */
export function reasonsOf({ reason }: Pick<Approval, 'reason'>): string[] {
  return reason
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** What was decided and became of it, in a word or two. */
export function outcomeOf(
  approval: Pick<Approval, 'status' | 'operationState' | 'needed' | 'given'>,
): string {
  const { status, operationState } = approval;
  if (status === 'rejected') return 'Rejected';
  if (status === 'expired') return 'Expired';
  if (status === 'void') return 'No longer applies';
  if (status === 'pending')
    return waitsForSecond(approval) ? 'Waiting for a second person' : 'Waiting for you';
  if (operationState === 'done') return 'Approved and done';
  if (operationState === 'failed') return 'Approved, not done';
  if (operationState === 'unknown') return 'Approved, outcome unknown';
  return 'Approved, under way';
}

export function waitsForSecond({ needed, given }: Pick<Approval, 'needed' | 'given'>): boolean {
  return given.length > 0 && given.length < needed;
}

/** What moves in all, per currency: `$210.00, €12.00`; empty where nothing does. */
export function sumText(approvals: readonly Pick<Approval, 'preview' | 'loweredTo'>[]): string {
  const amounts = approvals.flatMap(({ preview: { amount }, loweredTo }) =>
    amount ? [parseMoney(loweredTo ?? amount.decimal, amount.currency)] : [],
  );
  return sumMoney(amounts)
    .map((sum) => formatMoney(sum))
    .join(', ');
}

/** More are several decisions: nobody reads more rows than these for one click. */
const mostAtOnce = 100;

/**
 * Approvals that are one decision: several of the same kind that the same turn waits for, so many at once as the server
 * takes. In the order they came;
 * what Stripe decides, what waits for a second person and what is alone stays alone.
 */
export function batchesOf(approvals: readonly Approval[]): Approval[][] {
  const batches = new Map<string, Approval[]>();
  for (const approval of approvals) {
    const alone = approval.outside !== null || approval.needed > 1 || approval.status !== 'pending';
    const key = alone ? approval.id : `${approval.threadId} ${approval.tool} ${approval.mode}`;
    batches.set(key, [...(batches.get(key) ?? []), approval]);
  }
  return [...batches.values()].flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / mostAtOnce) }, (_, n) =>
      batch.slice(n * mostAtOnce, (n + 1) * mostAtOnce),
    ),
  );
}

/** What is wrong with an amount that an approver types, null where nothing is. */
export function amountProblem(typed: string, asked: { decimal: string; currency: string }): string | null {
  try {
    const most = parseMoney(asked.decimal, asked.currency);
    const amount = parseMoney(typed.trim(), asked.currency);
    if (amount.minor <= 0n) return `Write an amount such as ${asked.decimal}.`;
    return amount.minor > most.minor ? `At most ${formatMoney(most)}: it can be lowered, not raised.` : null;
  } catch (error) {
    if (error instanceof MoneyError) return `Write an amount such as ${asked.decimal}.`;
    throw error;
  }
}
