import type { Account } from '../account.ts';
import { type BalanceTransaction, balanceTransactions } from '../balance/balance.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** That a balance transaction is part of an automatic payout. In the order of the transactions. */
export interface PayoutPart {
  /** The balance transaction. */
  readonly id: string;
  readonly payout: string;
  readonly created: number;
}
export const payoutParts: CollectionSpec<PayoutPart, 'payout'> = {
  name: 'payout_parts',
  indexes: { payout: (part) => part.payout },
};

/** Up to where an account's transactions of a currency have been looked through for payouts. */
export interface PartsMark {
  /** The currency. */
  readonly id: string;
  /** What was still pending then, and so belongs to a later payout. */
  readonly waiting: readonly string[];
  /** The last transaction that was looked at. */
  readonly upTo: string;
}
export const partsMarks: CollectionSpec<PartsMark> = { name: 'payout_marks', indexes: {} };

/** Notes which transactions an automatic payout pays out: all that are available and were in none before. */
export function reconcile(account: Account, payout: string, currency: string): void {
  const transactions = account.of(balanceTransactions);
  const mark = account.of(partsMarks).get(currency);
  const above = mark && transactions.positionOf(mark.upTo);
  const waiting: string[] = [];
  let upTo = mark?.upTo ?? '';
  const take = (entry: BalanceTransaction) => {
    if (entry.status === 'pending') waiting.push(entry.id);
    else account.of(payoutParts).put({ id: entry.id, payout, created: entry.created });
  };
  for (const id of mark?.waiting ?? []) {
    const entry = transactions.get(id);
    if (entry) take(entry);
  }
  for (const entry of transactions.oldestFirst(above === undefined ? {} : { above })) {
    upTo = entry.id;
    if (entry.currency === currency && entry.balance_type === 'payments') take(entry);
  }
  account.of(partsMarks).put({ id: currency, waiting, upTo });
}
