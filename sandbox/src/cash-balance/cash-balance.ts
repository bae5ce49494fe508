import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { object, oneOf, type Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** What a customer has sent by bank transfer and not used, by currency, in minor units. */
export interface StoredCash {
  /** The customer. */
  readonly id: string;
  readonly available: Readonly<Record<string, number>>;
  /** How funds find what they pay; null: as the business does it otherwise. */
  readonly mode: 'automatic' | 'manual' | null;
}
export const cashBalances: CollectionSpec<StoredCash> = { name: 'cash_balances', indexes: {} };

/** What a request says about a customer's cash balance. */
export const cashSettingsParam = {
  settings: object({ reconciliation_mode: oneOf('automatic', 'manual', 'merchant_default') }),
} as const;

/** Keeps what a request says about a customer's cash balance. */
export function setCash(
  account: Account,
  customer: string,
  { settings }: Parsed<typeof cashSettingsParam> = {},
): StoredCash {
  const before = cashOf(account, customer);
  const { reconciliation_mode: mode } = settings ?? {};
  if (mode === undefined) return before;
  return account.of(cashBalances).put({ ...before, mode: mode === 'merchant_default' ? null : mode });
}

export type CashTransaction = Wire<Stripe.CustomerCashBalanceTransaction>;
export const cashTransactions: CollectionSpec<CashTransaction, 'customer'> = {
  name: 'customer_cash_balance_transactions',
  indexes: { customer: (transaction) => transaction.customer },
};

export function cashOf(account: Account, customer: string): StoredCash {
  return account.of(cashBalances).get(customer) ?? { id: customer, available: {}, mode: null };
}

/** A cash balance as it is answered; currencies without money are left out. */
export function shownCash(stored: StoredCash, livemode: boolean): Wire<Stripe.CashBalance> {
  const entries = Object.entries(stored.available).filter(([, amount]) => amount > 0);
  return {
    object: 'cash_balance',
    available: entries.length > 0 ? Object.fromEntries(entries) : null,
    customer: stored.id,
    customer_account: null,
    livemode,
    settings: {
      reconciliation_mode: stored.mode ?? 'automatic',
      using_merchant_default: stored.mode === null,
    },
  };
}

export function cashIn(account: Account, customer: string, currency: string): number {
  return cashOf(account, customer).available[currency] ?? 0;
}

/** Why a cash balance changes, as its transaction tells it. */
type Cause = Pick<
  CashTransaction,
  'applied_to_payment' | 'funded' | 'refunded_from_payment' | 'type' | 'unapplied_from_payment'
>;

/** Changes a cash balance by minor units, below zero to take: the only way it changes. */
export function moveCash(
  account: Account,
  customer: string,
  money: { readonly amount: number; readonly currency: string },
  cause: Cause,
): CashTransaction {
  const { amount, currency } = money;
  const before = cashOf(account, customer);
  const ending = (before.available[currency] ?? 0) + amount;
  if (ending < 0) throw new Error(`The cash balance of ${customer} in ${currency} would be ${ending}.`);
  account.of(cashBalances).put({ ...before, available: { ...before.available, [currency]: ending } });
  const transaction: CashTransaction = {
    id: newId('ccsbtxn', 24),
    object: 'customer_cash_balance_transaction',
    ...cause,
    created: account.now(),
    currency,
    customer,
    customer_account: null,
    ending_balance: ending,
    livemode: account.livemode,
    net_amount: amount,
  };
  account.of(cashTransactions).put(transaction);
  emit(account, 'customer_cash_balance_transaction.created', transaction);
  return transaction;
}
