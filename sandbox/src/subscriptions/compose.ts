import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import type { Customer } from '../customers.ts';
import { applyDiscounts } from '../discounts.ts';
import { randomText } from '../ids.ts';
import type { InvoiceLine } from '../invoices/invoice.ts';
import { refused } from '../resource.ts';
import type { Parsed } from '../wire/params.ts';
import { type AnchorConfig, anchorFrom } from './anchors.ts';
import { blankSubscription } from './blank.ts';
import { cancelTime } from './cancel-at.ts';
import { firstLines } from './first-lines.ts';
import { checkTogether, itemPrice, type NewItem, newItem, shortestRecurrence } from './items.ts';
import { wholeAmount } from './lines.ts';
import type { OneOffItem } from './one-off-items.ts';
import type { createParams } from './params.ts';
import { withPendingInterval } from './pending-items.ts';
import { intervalsOn, type Recurrence } from './periods.ts';
import {
  cycleOf,
  inPeriods,
  isFlexible,
  itemList,
  periodFrom,
  type Subscription,
  type SubscriptionItem,
} from './subscription.ts';
import { withTerms } from './terms.ts';

/** What it takes to start a subscription: what `POST /v1/subscriptions` takes. */
export type CreateInput = Omit<Parsed<typeof createParams>, 'add_invoice_items' | 'items'> & {
  readonly add_invoice_items?: readonly OneOffItem[];
  readonly items: readonly NewItem[];
};

/** Stripe's longest trial. */
const longestTrial = 730 * day;

/** A subscription that is not stored yet, and the lines of its first invoice. */
export interface Composed {
  readonly subscription: Subscription;
  readonly lines: readonly InvoiceLine[];
}

/** The subscription that an input leads to. Throws Stripe's refusals. */
export function composeSubscription(account: Account, customer: Customer, input: CreateInput): Composed {
  const bare = withItems(account, customer, input);
  const termed = withTerms(account, bare, { ...input, discounts: undefined });
  const begun = withStart(account, termed, input);
  const subscription: Subscription = {
    ...withPendingInterval(account, withEnd(account, begun, input), input.pending_invoice_item_interval),
    discounts: applyDiscounts(account, input.discounts ?? [], {
      customer: customer.id,
      subscription: begun.id,
      purchase: { amount: wholeAmount(account, begun), currency: begun.currency },
    }),
  };
  return { subscription, lines: firstLines(account, subscription, input.proration_behavior !== 'none') };
}

function withItems(account: Account, customer: Customer, input: CreateInput): Subscription {
  const id = `sub_1${randomText(23)}`;
  const owner = { customer: customer.id, subscription: id };
  const items = input.items.map((item, at) =>
    newItem(account, item, itemPrice(account, item, `items[${at}]`), owner),
  );
  const currency = input.currency?.toLowerCase() ?? items[0]?.price.currency ?? customer.currency ?? 'usd';
  const bare = blankSubscription(account, { id, currency, customer: customer.id });
  const { billing_mode: mode = { type: 'flexible' as const } } = input;
  if (mode.type === 'classic' && mode.flexible)
    throw refused('billing_mode[flexible]', 'billing_mode[flexible] is only for `billing_mode` `flexible`.');
  checkTogether(account, items, { currency, flexible: mode.type === 'flexible' });
  if (customer.currency && customer.currency !== currency)
    throw refused(
      'currency',
      `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${customer.currency}.`,
    );
  return {
    ...bare,
    billing_mode:
      mode.type === 'classic' ? { flexible: null, type: 'classic' } : { ...bare.billing_mode, ...mode },
    items: itemList(id, items),
  };
}

/** With its start, its trial and the anchor of its cycle, and every item in its first period. */
function withStart(account: Account, subscription: Subscription, input: CreateInput): Subscription {
  const now = account.now();
  const shortest = shortestRecurrence(subscription.items.data);
  const start = startOf(input, now);
  const trialEnd = trialEndOf(account, subscription, input);
  const config = input.billing_cycle_anchor_config;
  const anchored: Subscription = {
    ...subscription,
    billing_cycle_anchor: anchorOf(subscription, input, { now, start, trialEnd, shortest }),
    billing_cycle_anchor_config: config ? anchorConfig(config) : null,
    start_date: start,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
  };
  return inPeriods(anchored, (item) =>
    trialEnd === null
      ? { ...cycleOf(anchored, item, now), start: Math.max(start, cycleOf(anchored, item, now).start) }
      : { start: now, end: trialEnd },
  );
}

function startOf({ backdate_start_date: backdate }: CreateInput, now: number): number {
  if (backdate !== undefined && backdate > now)
    throw refused('backdate_start_date', 'backdate_start_date must be a timestamp in the past.');
  return backdate ?? now;
}

function trialEndOf(account: Account, { items }: Subscription, input: CreateInput): number | null {
  const now = account.now();
  const { trial_end: end, trial_from_plan: fromPlan, trial_period_days: days } = input;
  if (end !== undefined && days !== undefined)
    throw refused('trial_end', 'You may only specify one of these parameters: trial_end, trial_period_days.');
  if (end !== undefined && fromPlan)
    throw refused('trial_end', 'You may only specify one of these parameters: trial_end, trial_from_plan.');
  if (typeof end === 'number') return checkedTrialEnd(end, now);
  if (end === 'now') return null;
  if (days !== undefined) return trialEndAfter(account, days) ?? null;
  return (fromPlan && plannedTrial(account, items.data)) || null;
}

/** When a trial of a number of days ends that begins now, in seconds; undefined for none. */
export function trialEndAfter(account: Account, days: number | undefined): number | undefined {
  return days === undefined || days === 0 ? undefined : account.now() + days * day;
}

/** When a trial ends that is as long as the longest that a price wants, in seconds; undefined when none does. */
export function plannedTrial(account: Account, items: readonly SubscriptionItem[]): number | undefined {
  return trialEndAfter(
    account,
    Math.max(...items.map(({ price }) => price.recurring?.trial_period_days ?? 0)),
  );
}

/** A trial's end, if it may be that. Throws Stripe's 400 for the past and for what is too far off. */
export function checkedTrialEnd(end: number, now: number): number {
  if (end <= now)
    throw refused('trial_end', 'Invalid timestamp: must be an integer Unix timestamp in the future.');
  if (end > now + longestTrial)
    throw refused('trial_end', 'Invalid timestamp: can be no more than two years in the future.');
  return end;
}

function anchorOf(
  subscription: Subscription,
  input: CreateInput,
  times: { now: number; start: number; trialEnd: number | null; shortest: Recurrence },
): number {
  const { billing_cycle_anchor: anchor, billing_cycle_anchor_config: config } = input;
  const { now, start, shortest } = times;
  const origin = times.trialEnd ?? now;
  if (anchor !== undefined && config)
    throw refused(
      'billing_cycle_anchor',
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
    );
  if (config) return anchorFrom(anchorConfig(config), origin, shortest);
  if (anchor === undefined) return times.trialEnd ?? (isFlexible(subscription) ? start : now);
  if (anchor < now) throw refused('billing_cycle_anchor', 'billing_cycle_anchor cannot be in the past.');
  if (anchor > intervalsOn(origin, shortest, 1))
    throw refused(
      'billing_cycle_anchor',
      `billing_cycle_anchor cannot be later than next natural billing date (${intervalsOn(origin, shortest, 1)}) for plan.`,
    );
  return anchor;
}

/** What a configuration leaves open is as in the moment of asking. */
export function anchorConfig(config: NonNullable<CreateInput['billing_cycle_anchor_config']>): AnchorConfig {
  return { hour: null, minute: null, month: null, second: null, ...config };
}

/** With the time at which it ends by itself; in classic mode an end within the first period is the cycle's anchor too. */
function withEnd(account: Account, subscription: Subscription, input: CreateInput): Subscription {
  const { cancel_at: wanted, cancel_at_period_end: atPeriodEnd = false } = input;
  const cancelAt = cancelTime(account, subscription, { at: wanted, atPeriodEnd });
  if (cancelAt === undefined || cancelAt === null) return subscription;
  const ending: Subscription = {
    ...subscription,
    cancel_at: cancelAt,
    cancel_at_period_end: atPeriodEnd,
    canceled_at: account.now(),
  };
  const isShort = subscription.items.data.some((item) => item.current_period_end > cancelAt);
  if (atPeriodEnd || !isShort) return ending;
  if (subscription.status === 'trialing')
    return inPeriods(ending, (item) => ({
      start: item.current_period_start,
      end: Math.min(item.current_period_end, cancelAt),
    }));
  const anchored = isFlexible(ending) ? ending : { ...ending, billing_cycle_anchor: cancelAt };
  return inPeriods(anchored, (item) => periodFrom(anchored, item, item.current_period_start));
}
