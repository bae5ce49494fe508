import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { day } from '../clock.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { exchanged, exchangeRate, settlementCurrency } from './exchange.ts';
import { awaitMorning } from './mornings.ts';
import { balanceObject } from './object.ts';

export type BalanceTransaction = Wire<Stripe.BalanceTransaction>;

export const balanceTransactions: CollectionSpec<
  BalanceTransaction,
  'source' | 'pending' | 'payout' | 'type'
> = {
  name: 'balance_transactions',
  indexes: {
    source: (entry) => entry.source,
    type: (entry) => entry.type,
    pending: (entry) => (entry.status === 'pending' ? String(entry.available_on) : null),
    payout: (entry) => (entry.type === 'payout' ? entry.source : null),
  },
};

/** Running sums of one currency; always what adding up the balance transactions gives. */
export interface CurrencyBalance {
  /** The currency. */
  readonly id: string;
  readonly available: number;
  readonly pending: number;
}
export const currencyBalances: CollectionSpec<CurrencyBalance> = { name: 'currency_balances', indexes: {} };
/** The sums of what is set aside for the cards that an account issues; never part of a payout. */
export const issuingBalances: CollectionSpec<CurrencyBalance> = { name: 'issuing_balances', indexes: {} };

/** Says that a balance transaction was booked on a test clock; the times of all others are the account's own. */
export interface ClockFunds {
  /** The balance transaction. */
  readonly id: string;
  readonly clock: string;
}
export const clockFunds: CollectionSpec<ClockFunds, 'clock'> = {
  name: 'clock_funds',
  indexes: { clock: (funds) => funds.clock },
};

/** The test clock whose time a balance transaction shows; null for the account's own. */
export function clockOfFunds(account: Account, transaction: string): string | null {
  return account.of(clockFunds).get(transaction)?.clock ?? null;
}

/** Lets what waits on a test clock that goes away wait in the account's own time. */
export function freeFunds(account: Account, clock: string): void {
  for (const { id } of account.of(clockFunds).by('clock', clock))
    if (account.of(balanceTransactions).get(id)?.status === 'pending') account.of(clockFunds).delete(id);
}

export const balanceJob = 'balance.available';

/** Which of an account's balances money moves in. */
type BalanceType = BalanceTransaction['balance_type'];

export interface Movement {
  /** Absent: that of payments. */
  readonly balance?: BalanceType;
  readonly amount: number;
  /** Where money in it is kept in another currency (`settlementCurrency`), the amount is exchanged. */
  readonly currency: string;
  /** In the currency that the money is kept in. */
  readonly fee?: number;
  readonly feeDescription?: string;
  /** What a platform takes of it, or gives back where negative. */
  readonly applicationFee?: { readonly amount: number; readonly application: string };
  readonly description?: string | null;
  readonly source: string | null;
  readonly type: Wire<Stripe.BalanceTransaction.Type>;
  readonly reportingCategory: string;
  /** Seconds since 1970; absent: at once. */
  readonly availableOn?: number;
}

/** Books a movement of money: the only way a balance changes. Answers the transaction. */
export function book(account: Account, movement: Movement): BalanceTransaction {
  const { availableOn = account.now() } = movement;
  const currency = settlementCurrency(account, movement.currency);
  const amount = exchanged(movement.amount, movement.currency, currency);
  const details = feeDetails(movement, currency);
  const fee = details.reduce((total, detail) => total + detail.amount, 0);
  const waits = availableOn > account.now();
  const entry: BalanceTransaction = {
    id: newId('txn', 24),
    object: 'balance_transaction',
    amount,
    available_on: availableOn,
    balance_type: movement.balance ?? 'payments',
    created: account.now(),
    currency,
    description: movement.description ?? null,
    exchange_rate: rateOf(movement, currency),
    fee,
    fee_details: details,
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: waits ? 'pending' : 'available',
    type: movement.type,
  };
  const clock = account.timeline();
  if (waits) awaitFunds(account, entry);
  if (clock !== null) account.of(clockFunds).put({ id: entry.id, clock });
  account.of(balanceTransactions).put(entry);
  move(account, entry, waits ? 0 : entry.net, waits ? entry.net : 0);
  if (!waits) awaitMorning(account);
  // Money that never was pending, as that of `pm_card_bypassPending`.
  if (!waits && entry.type === 'charge') emit(account, 'balance.available', balanceObject(account));
  return entry;
}

/** The rate that was used; what only puts right what came before shows none. */
function rateOf({ currency: from, type }: Movement, currency: string): number | null {
  return from === currency || type === 'adjustment' ? null : exchangeRate(from, currency);
}

function feeDetails(movement: Movement, currency: string): Wire<Stripe.BalanceTransaction.FeeDetail>[] {
  const { fee = 0, feeDescription = 'Stripe processing fees', applicationFee } = movement;
  const stripe = {
    amount: fee,
    application: null,
    currency,
    description: feeDescription,
    type: 'stripe_fee',
  };
  const platform = applicationFee && {
    ...applicationFee,
    amount: exchanged(applicationFee.amount, movement.currency, currency),
    currency,
    description: 'Application fee',
    type: 'application_fee',
  };
  return [...(platform && platform.amount !== 0 ? [platform] : []), ...(fee === 0 ? [] : [stripe])];
}

/** Asks to be woken when an entry becomes available, once for all that do at that moment of that timeline. */
function awaitFunds(account: Account, { available_on: at }: BalanceTransaction): void {
  const other = account.of(balanceTransactions).newestBy('pending', String(at));
  if (!other || clockOfFunds(account, other.id) !== account.timeline())
    account.schedule(at, balanceJob, String(at));
}

/** When a charge made now can be paid out: as many days on as the account's settings say, at midnight UTC. */
export function settlementTime(account: Account): number {
  const days = accountObject(account).settings?.payouts?.schedule.delay_days ?? 2;
  return (Math.floor(account.now() / day) + days) * day;
}

/** Makes everything that was pending in this timeline until `availableOn` available. Runs as a due job. */
export function release(account: Account, availableOn: string): void {
  const collection = account.of(balanceTransactions);
  const waiting = collection
    .by('pending', availableOn)
    .filter(({ id }) => clockOfFunds(account, id) === account.timeline());
  for (const entry of waiting) {
    collection.put({ ...entry, status: 'available' });
    move(account, entry, entry.net, -entry.net);
  }
  if (waiting.length === 0) return;
  awaitMorning(account);
  emit(account, 'balance.available', balanceObject(account));
}

/** What can be paid out now, or spent by cards, in minor units. */
export function availableIn(account: Account, currency: string, balance: BalanceType = 'payments'): number {
  return account.of(sumsOf(balance)).get(currency)?.available ?? 0;
}

function sumsOf(balance: BalanceType): CollectionSpec<CurrencyBalance> {
  return balance === 'issuing' ? issuingBalances : currencyBalances;
}

function move(account: Account, entry: BalanceTransaction, available: number, pending: number): void {
  const { balance_type: balance, currency } = entry;
  const balances = account.of(sumsOf(balance));
  const before = balances.get(currency) ?? { id: currency, available: 0, pending: 0 };
  balances.put({ id: currency, available: before.available + available, pending: before.pending + pending });
}
