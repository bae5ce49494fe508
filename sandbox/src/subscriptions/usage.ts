import type { Account } from '../account.ts';
import type { ItemInput } from '../invoices/items.ts';
import { type UsageCharge, usageLines } from '../invoices/usage-lines.ts';
import { draftBill } from './bill.ts';
import { chargeOf } from './lines.ts';
import {
  isMetered,
  periodOf,
  type Subscription,
  type SubscriptionItem,
  subscriptionItems,
  subscriptions,
} from './subscription.ts';

/**
 * What is to be billed of metered items for the current period up to `end` (seconds): all that was used since they have
 * the prices they have. Nothing during a trial.
 */
export function usageCharges(
  account: Account,
  subscription: Subscription,
  end = periodOf(subscription).end,
  items: readonly SubscriptionItem[] = subscription.items.data,
): UsageCharge[] {
  if (subscription.status === 'trialing') return [];
  const { start } = periodOf(subscription);
  return items.filter(isMetered).map((item) => {
    const since = account.of(subscriptionItems).get(item.id)?.since ?? item.created;
    const window = { start: Math.max(start, since), end };
    return { ...chargeOf(subscription, item, window), customer: subscription.customer, window };
  });
}

/** What is to be billed when a subscription ends at a moment (seconds), that moment included. */
export function lastUsage(account: Account, subscription: Subscription, at: number): UsageCharge[] {
  return usageCharges(account, subscription, at).map((charge) => ({
    ...charge,
    window: { ...charge.window, end: at + 1 },
  }));
}

/** The metered items that a change leaves as they are. */
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
): ItemInput[] {
  if (before.billing_mode.type !== 'flexible') return [];
  const kept = new Set(keptItems(before, after));
  const left = before.items.data.filter((item) => !kept.has(item));
  return usageCharges(account, before, at, left).flatMap((charge) =>
    usageLines(account, charge).map((line) => ({
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
    })),
  );
}

/** Bills what was used until a subscription ended, once it has. */
export function billLastUsage(account: Account, ended: Subscription, usage: readonly UsageCharge[]): void {
  if (usage.length === 0) return;
  const draft = draftBill(account, ended, {
    lines: [],
    usage,
    reason: 'subscription_cycle',
    autoAdvance: true,
    period: { start: periodOf(ended).start, end: account.now() },
    takePending: true,
  });
  account.of(subscriptions).put({ ...ended, latest_invoice: draft.id });
}
