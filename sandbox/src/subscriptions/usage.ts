import type { Account } from '../account.ts';
import { type UsageCharge, usageLines } from '../invoices/usage-lines.ts';
import { chargeOf } from './lines.ts';
import type { Proration } from './proration.ts';
import {
  isFlexible,
  isMetered,
  itemPeriod,
  type Subscription,
  type SubscriptionItem,
  subscriptionItems,
} from './subscription.ts';

/**
 * What is to be billed of metered items for their periods, or up to `end` (seconds): all that was used since they have
 * the prices they have. Nothing during a trial.
 */
export function usageCharges(
  account: Account,
  subscription: Subscription,
  items: readonly SubscriptionItem[],
  end?: number,
): UsageCharge[] {
  if (subscription.status === 'trialing') return [];
  return items.filter(isMetered).flatMap((item) => {
    const period = itemPeriod(item);
    const since = account.of(subscriptionItems).get(item.id)?.since ?? item.created;
    const window = { start: Math.max(period.start, since), end: end ?? period.end };
    // A price that begins as the period ends has no usage in it, not even none.
    if (end === undefined && window.start >= window.end) return [];
    return [{ ...chargeOf(subscription, item, window), customer: subscription.customer, window }];
  });
}

/** What is to be billed when a subscription ends at a moment (seconds), that moment included. */
export function lastUsage(account: Account, subscription: Subscription, at: number): UsageCharge[] {
  return usageCharges(account, subscription, subscription.items.data, at).map((charge) => ({
    ...charge,
    window: { ...charge.window, end: at + 1 },
  }));
}

/** The items that a change leaves at the price they had. */
export function keptItems(before: Subscription, after: Subscription): SubscriptionItem[] {
  const is = new Map(after.items.data.map((item) => [item.id, item.price.id]));
  return before.items.data.filter((item) => is.get(item.id) === item.price.id);
}

/**
 * What was used of metered items that a change takes away or prices anew, as invoice items. Only with flexible billing:
 * with classic billing such usage is never billed.
 */
export function leftUsage(
  account: Account,
  before: Subscription,
  after: Subscription,
  at: number,
): Proration[] {
  if (!isFlexible(before)) return [];
  const kept = new Set(keptItems(before, after));
  return usageItems(
    account,
    before,
    before.items.data.filter((item) => !kept.has(item)),
    at,
  );
}

/** What was used of metered items up to a moment (seconds), as invoice items. */
export function usageItems(
  account: Account,
  subscription: Subscription,
  items: readonly SubscriptionItem[],
  at: number,
): Proration[] {
  return usageCharges(account, subscription, items, at).flatMap((charge) =>
    usageLines(account, charge).map((line) => ({
      item: {
        customer: charge.customer,
        currency: charge.currency,
        amount: line.amount,
        price: charge.price,
        quantity: line.quantity ?? 0,
        description: line.description,
        period: charge.period,
        subscription: charge.subscription,
        subscriptionItem: charge.subscriptionItem,
        taxRates: charge.taxRates,
      },
    })),
  );
}

/** Counts usage of a subscription's items from a moment on (seconds): what was before has been billed. */
export function countFrom(account: Account, { items }: Subscription, at: number): void {
  const owners = account.of(subscriptionItems);
  for (const { id } of items.data) {
    const owner = owners.get(id);
    if (owner) owners.put({ ...owner, since: at });
  }
}
