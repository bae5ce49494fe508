import type { Account } from '../account.ts';
import { availableIn, type BalanceTransaction, book } from '../balance/balance.ts';
import { topUpNow } from '../topups.ts';

// The Issuing balance is set aside for cards. Holds take from it until they are released; what is spent leaves it.
// It is never below zero: what the network takes without asking is first fetched from the account's bank.

interface Spend {
  /** In minor units; what is taken is below zero. */
  readonly amount: number;
  readonly currency: string;
  /** The authorization, transaction or dispute it is about. */
  readonly source: string;
  readonly description: string | null;
  readonly type:
    | 'issuing_authorization_hold'
    | 'issuing_authorization_release'
    | 'issuing_transaction'
    | 'issuing_dispute';
}

/** Moves money in the Issuing balance. */
export function bookIssuing(account: Account, spend: Spend): BalanceTransaction {
  return book(account, { ...spend, balance: 'issuing', reportingCategory: spend.type });
}

/** What cards can still spend, in minor units. */
export function spendable(account: Account, currency: string): number {
  return availableIn(account, currency, 'issuing');
}

/** Sees to it that an amount is there, by a top-up that the bank pays at once. */
export function cover(account: Account, amount: number, currency: string): void {
  const missing = amount - spendable(account, currency);
  if (missing > 0) topUpNow(account, { amount: missing, currency, description: 'Covers what cards spent' });
}
