import type { Account } from '../account.ts';
import type { CollectionSpec, Stored } from '../store/collection.ts';
import { type Authorization, authorizations, captured } from './authorization.ts';
import type { Card } from './card.ts';
import type { Spending } from './spending-controls.ts';
import { transactions } from './transaction.ts';

/** What a card, or all cards of a cardholder, spent or hold since a time (seconds since 1970): refunds do not count. */
export function* spentBy(
  account: Account,
  by: 'card' | 'cardholder',
  id: string,
  since: number,
): Generator<Spending> {
  for (const authorization of recent(account, authorizations, by, id, since))
    if (authorization.approved)
      yield {
        amount: spentOn(authorization),
        category: authorization.merchant_data.category,
        created: authorization.created,
      };
  for (const { amount, authorization, created, merchant_data: merchant, type } of recent(
    account,
    transactions,
    by,
    id,
    since,
  ))
    if (type === 'capture' && authorization === null)
      yield { amount: -amount, category: merchant.category, created };
}

/** How often a card was used for a payment of more than nothing. */
export function paymentsOf(account: Account, card: Card): number {
  let payments = 0;
  for (const { amount } of spentBy(account, 'card', card.id, 0)) if (amount > 0) payments++;
  return payments;
}

/** While it is pending, all of it may yet be captured. */
function spentOn(authorization: Authorization): number {
  const taken = captured(authorization);
  return authorization.status === 'pending' ? Math.max(authorization.amount, taken) : taken;
}

function* recent<T extends Stored & { readonly created: number }>(
  account: Account,
  spec: CollectionSpec<T>,
  index: string,
  key: string,
  since: number,
): Generator<T> {
  for (const object of account.of(spec).newestFirst({ index, key })) {
    if (object.created < since) return;
    yield object;
  }
}
