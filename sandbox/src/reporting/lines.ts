import type { Account } from '../account.ts';
import { type BalanceTransaction, balanceTransactions } from '../balance/balance.ts';
import { payoutParts } from '../payouts/parts.ts';
import { type Payout, payouts } from '../payouts/payout.ts';

/** What a report can be about: a part of the balance transactions. */
export type Coverage = 'activity' | 'payouts' | 'payout_reconciliation' | 'ending_balance' | 'all';

/** A balance transaction in a report. */
export interface Line {
  readonly account: Account;
  readonly entry: BalanceTransaction;
  /** The automatic payout that paid it out, if one did. */
  readonly payout: Payout | null;
}

/** Which lines a report has; times in seconds since 1970. */
export interface Selection {
  readonly covers: Coverage;
  /** Inclusive; absent: since ever. */
  readonly start?: number | undefined;
  /** Exclusive; absent: until ever. */
  readonly end?: number | undefined;
  readonly currency?: string | undefined;
  readonly category?: string | undefined;
  /** The automatic payout that it is about. */
  readonly payout?: string | undefined;
}

/** The lines of a report on one account, oldest first; those of a reconciliation by payout. */
export function linesOf(account: Account, selection: Selection): Line[] {
  const { currency, category, covers } = selection;
  const lines: Line[] = [];
  for (const entry of account.of(balanceTransactions).oldestFirst()) {
    if (currency !== undefined && entry.currency !== currency) continue;
    if (category !== undefined && entry.reporting_category !== category) continue;
    const line = { account, entry, payout: payoutOf(account, entry.id) };
    if (isIn(line, selection)) lines.push(line);
  }
  return lines.sort((a, b) =>
    covers === 'payout_reconciliation'
      ? paidOutAt(a) - paidOutAt(b) || a.entry.created - b.entry.created
      : a.entry.created - b.entry.created,
  );
}

function isIn(line: Line, { covers, start, end, payout }: Selection): boolean {
  const { created } = line.entry;
  switch (covers) {
    case 'all':
      return isBetween(created, start, end);
    case 'activity':
      return isBetween(created, start, end) && !movesToBank(line);
    case 'payouts':
      return isBetween(created, start, end) && movesToBank(line);
    case 'payout_reconciliation':
      // The payout itself is what its lines come to.
      return (
        line.payout !== null &&
        line.payout.balance_transaction !== line.entry.id &&
        (payout === undefined || line.payout.id === payout) &&
        isBetween(line.payout.created, start, end)
      );
    case 'ending_balance':
      return isBetween(created, undefined, end) && !(end !== undefined && paidOutAt(line) < end);
  }
}

function isBetween(at: number, start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY): boolean {
  return at >= start && at < end;
}

/** Whether it is a payout, or the money of one that came back. */
export function movesToBank({ entry: { reporting_category: category } }: Line): boolean {
  return category === 'payout' || category === 'payout_reversal';
}

function paidOutAt(line: Line): number {
  return line.payout?.created ?? Number.POSITIVE_INFINITY;
}

function payoutOf(account: Account, entry: string): Payout | null {
  const part = account.of(payoutParts).get(entry);
  return (part && account.of(payouts).get(part.payout)) ?? null;
}
