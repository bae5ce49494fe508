import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { emit, previousAttributes } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Card, cards } from './card.ts';
import { bookIssuing } from './funds.ts';
import type { Transaction } from './transaction.ts';

//             ┌──(declined)──▶ closed
// a request ──┤                              ┌──capture──▶ closed
//             └──(approved)──▶ pending ──────┼──reverse──▶ reversed
//                                │  ▲        └──expire, or 7 days──▶ expired
//                                └──┘ increment, capture in parts, reverse in part, final amount

export type Authorization = Wire<Stripe.Issuing.Authorization>;
export type PendingRequest = NonNullable<Authorization['pending_request']>;
export type Reason = Authorization['request_history'][number]['reason'];

/** Authorizations are kept with their card as it was when they last changed; `shown` has it as it is. */
export const authorizations: CollectionSpec<Authorization, 'card' | 'cardholder' | 'status'> = {
  name: 'issuing_authorizations',
  indexes: {
    card: ({ card }) => card.id,
    cardholder: ({ cardholder }) => cardholder,
    status: ({ status }) => status,
  },
};

export const expiryJob = 'issuing.authorization.expire';
const daysHeld = 7;
/** Sellers who learn late what they are owed. */
const slowSellers: ReadonlySet<string> = new Set([
  'airlines_air_carriers',
  'car_rental_agencies',
  'cruise_lines',
  'hotels_motels_and_resorts',
]);
const daysHeldForSlow = 31;

/** When a hold ends by itself, in seconds since 1970. */
export function expiryOf(account: Account, { merchant_data: merchant }: Authorization): number {
  return account.now() + (slowSellers.has(merchant.category) ? daysHeldForSlow : daysHeld) * day;
}

/** An authorization with its card as it now is. */
export function shown(account: Account, authorization: Authorization): Authorization {
  const card = account.of(cards).get(authorization.card.id);
  return card ? { ...authorization, card } : authorization;
}

/** The card of an authorization as it now is. */
export function cardOf(account: Account, authorization: Authorization): Card {
  return shown(account, authorization).card;
}

/** What is held of the Issuing balance for an authorization, in minor units. */
export function held({ balance_transactions: entries }: Authorization): number {
  return entries.reduce((total, { amount }) => total - amount, 0);
}

/** What was captured so far, in minor units of the card's currency. */
export function captured({ transactions }: Authorization): number {
  return transactions.reduce((total, { amount, type }) => total - (type === 'capture' ? amount : 0), 0);
}

/** What should be held: all that may yet be captured. */
export function dueHold(authorization: Authorization): number {
  const { amount, approved, status } = authorization;
  return approved && status === 'pending' ? Math.max(amount - captured(authorization), 0) : 0;
}

/** An authorization with just what should be held for it, after it changed. */
export function withHold(account: Account, authorization: Authorization): Authorization {
  return holding(account, authorization, dueHold(authorization) - held(authorization));
}

/** An authorization after money was set aside for it, or set free again where the amount is below zero. */
export function holding(account: Account, authorization: Authorization, amount: number): Authorization {
  if (amount === 0) return authorization;
  const entry = bookIssuing(account, {
    amount: -amount,
    currency: authorization.currency,
    description: authorization.merchant_data.name,
    source: authorization.id,
    type: amount > 0 ? 'issuing_authorization_hold' : 'issuing_authorization_release',
  });
  return { ...authorization, balance_transactions: [...authorization.balance_transactions, entry] };
}

/** Replaces an authorization and tells what changed since `before`. */
export function changed(account: Account, before: Authorization, next: Authorization): Authorization {
  const now = shown(account, next);
  account.of(authorizations).put(now);
  emit(account, 'issuing_authorization.updated', now, previousAttributes(before, now));
  return now;
}

/** Shows a transaction, as it now is, in the authorization that it belongs to. */
export function carryTransaction(account: Account, transaction: Transaction): void {
  const { authorization: id } = transaction;
  const authorization = id === null ? undefined : account.of(authorizations).get(id);
  if (!authorization) return;
  const known = authorization.transactions.some((one) => one.id === transaction.id);
  const transactions = known
    ? authorization.transactions.map((one) => (one.id === transaction.id ? transaction : one))
    : [...authorization.transactions, transaction];
  account.of(authorizations).put({ ...authorization, transactions });
}
