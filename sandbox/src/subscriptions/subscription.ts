import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { update } from '../events.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { clockLimits } from '../test-clocks/test-clock.ts';
import type { Page } from '../wire/pages.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import { naturalPeriod, type Period, type Recurrence } from './periods.ts';

export type SubscriptionItem = Wire<Stripe.SubscriptionItem>;

/** Whether an item is billed by what was used, when the period is over, rather than in advance. */
export function isMetered({ price }: SubscriptionItem): boolean {
  return price.recurring?.usage_type === 'metered';
}

/**
 * A subscription as stored.
 *
 * ```
 * incomplete ──first invoice paid──▶ active, or trialing
 *   └──23 hours, or its invoice voided──▶ incomplete_expired
 * active ◀──latest invoice paid, voided or written off── past_due, unpaid
 *   └──latest invoice not paid──▶ past_due ──retries used up──▶ canceled, unpaid or past_due, as is set
 * trialing ──trial ends──▶ active, or paused / canceled when there is nothing to charge
 * active, past_due, unpaid ──pause──▶ paused ──resume, and what it costs is paid──▶ active
 *                                       └──resume, and what it costs is not──▶ past_due
 * every state but trialing, canceled and incomplete ──trial_end──▶ trialing
 * every state ──cancel──▶ canceled
 * ```
 */
export type Subscription = Narrowed<
  Wire<Stripe.Subscription>,
  {
    readonly customer: string;
    readonly items: Page<SubscriptionItem> & { readonly total_count: number };
    readonly pending_update: PendingUpdate | null;
    readonly test_clock: string | null;
  }
>;
/** A change that waits for its invoice to be paid. */
export type PendingUpdate = Narrowed<
  Wire<Stripe.Subscription.PendingUpdate>,
  { readonly subscription_items: SubscriptionItem[] | null }
>;

export const subscriptions: CollectionSpec<
  Subscription,
  'customer' | 'setup_intent' | 'status' | 'test_clock' | 'thresholds'
> = {
  name: 'subscriptions',
  indexes: {
    customer: (subscription) => subscription.customer,
    setup_intent: (subscription) => subscription.pending_setup_intent,
    status: (subscription) => subscription.status,
    test_clock: (subscription) => subscription.test_clock,
    thresholds: (subscription) => (hasThresholds(subscription) ? subscription.customer : null),
  },
};

function hasThresholds({ billing_thresholds: set, items }: Subscription): boolean {
  return set !== null || items.data.some((item) => item.billing_thresholds !== null);
}

/** Leads from an item to its subscription, where it is kept. */
export interface ItemOwner {
  readonly id: string;
  readonly subscription: string;
  /** The price's id. */
  readonly price: string;
  /** Since when it has that price, in seconds: earlier usage is not billed by it. */
  readonly since: number;
}
export const subscriptionItems: CollectionSpec<ItemOwner> = { name: 'subscription_item_owners', indexes: {} };

/** Remembers where each item of a subscription is kept, and since when (seconds) those with another price have it. */
export function keepItemOwners(account: Account, subscription: Subscription, since = account.now()): void {
  const owners = account.of(subscriptionItems);
  for (const { id, price } of subscription.items.data)
    if (owners.get(id)?.price !== price.id)
      owners.put({ id, subscription: subscription.id, price: price.id, since });
}

/** Stores the next state and announces what changed. */
export function saveSubscription(account: Account, next: Subscription): Subscription {
  return update(account, subscriptions, next, 'customer.subscription.updated');
}

/** Whether it is over and cannot change any more. */
export function hasEnded({ status }: Subscription): boolean {
  return status === 'canceled' || status === 'incomplete_expired';
}

/** Stripe's limit of subscriptions that a customer has at one time. */
const maxSubscriptions = 500;

/** Throws Stripe's 400 when a customer has as many subscriptions as they may; on a test clock that is few. */
export function requireRoom(account: Account, customer: string): void {
  const running = account
    .of(subscriptions)
    .by('customer', customer)
    .filter((one) => !hasEnded(one)).length;
  if (running >= maxSubscriptions)
    throw refused(
      'customer',
      `Customer ${customer} already has the maximum ${maxSubscriptions} current subscriptions.`,
      'customer_max_subscriptions',
    );
  if (account.timeline() !== null && running >= clockLimits.subscriptionsPerCustomer)
    throw refused(
      'customer',
      `Customer ${customer} is on a test clock and already has the maximum ${clockLimits.subscriptionsPerCustomer} current subscriptions.`,
      'customer_max_subscriptions',
    );
}

/** From when the period that began last until the one that ends first: what all items have in common; seconds. */
export function periodOf({ items }: Subscription): Period {
  return {
    start: Math.max(...items.data.map((item) => item.current_period_start)),
    end: Math.min(...items.data.map((item) => item.current_period_end)),
  };
}

export function itemList(id: string, items: SubscriptionItem[]): Subscription['items'] {
  return {
    object: 'list',
    data: items,
    has_more: false,
    total_count: items.length,
    url: `/v1/subscription_items?subscription=${id}`,
  };
}

/** The period an item is in. */
export function itemPeriod(item: SubscriptionItem): Period {
  return { start: item.current_period_start, end: item.current_period_end };
}

/** The subscription with its items in new periods. */
export function inPeriods(
  subscription: Subscription,
  periodFor: (item: SubscriptionItem) => Period,
): Subscription {
  const items = subscription.items.data.map((item) => inPeriod(item, periodFor(item)));
  return { ...subscription, items: itemList(subscription.id, items) };
}

/** An item in a new period. */
export function inPeriod(item: SubscriptionItem, { start, end }: Period): SubscriptionItem {
  return { ...item, current_period_start: start, current_period_end: end };
}

/** How often an item's price recurs. */
export function recurrenceOf({ price }: SubscriptionItem): Recurrence {
  return price.recurring ?? { interval: 'month', interval_count: 1 };
}

/** The whole period of the billing cycle that an item is in at a moment. */
export function cycleOf(subscription: Subscription, item: SubscriptionItem, at: number): Period {
  return naturalPeriod(subscription.billing_cycle_anchor, recurrenceOf(item), at);
}

/** The period that a subscription lets an item have from a moment on: until the cycle turns or the subscription ends. */
export function periodFrom(subscription: Subscription, item: SubscriptionItem, start: number): Period {
  const { end } = cycleOf(subscription, item, start);
  const { cancel_at: cancelAt, cancel_at_period_end: atPeriodEnd } = subscription;
  return { start, end: cancelAt === null || atPeriodEnd ? end : Math.min(end, cancelAt) };
}

/** Whether credits come from what was billed, intervals may be mixed and anchors stay unless told. */
export function isFlexible({ billing_mode: mode }: Subscription): boolean {
  return mode.type === 'flexible';
}
