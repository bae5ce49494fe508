import type { Account } from '../account.ts';
import { advance } from '../events.ts';
import { createInvoiceItem, type ItemInput } from '../invoices/items.ts';
import type { UsageCharge } from '../invoices/usage-lines.ts';
import { planOf } from '../prices/plan.ts';
import { refused } from '../resource.ts';
import { existingTaxRates, type TaxRate } from '../tax-rates.ts';
import { noSuch, notSupported } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { collectNow, type PaymentBehavior } from './collect.ts';
import { type ChangedItem, checkTogether, itemPrice, newItem } from './items.ts';
import { type Period, periodLines } from './lines.ts';
import { nextBoundary } from './periods.ts';
import { prorations } from './proration.ts';
import { scheduleSubscription } from './renew.ts';
import {
  inPeriod,
  itemList,
  keepItemOwners,
  periodOf,
  type Subscription,
  type SubscriptionItem,
  saveSubscription,
  subscriptions,
} from './subscription.ts';
import { keptItems, leftUsage, usageCharges } from './usage.ts';

export type ProrationBehavior = 'always_invoice' | 'create_prorations' | 'none';

/** Changes that are billed; times are seconds. */
export interface TermsChange {
  readonly items?: readonly ChangedItem[];
  readonly trialEnd?: number | 'now';
  readonly anchorNow?: boolean;
  readonly prorationBehavior?: ProrationBehavior;
  readonly prorationDate?: number;
  readonly paymentBehavior?: PaymentBehavior;
  readonly offSession?: boolean;
}

/** What a change of terms would do: the new state and what is credited and charged for it. */
export interface PlannedChange {
  readonly next: Subscription;
  readonly items: readonly ItemInput[];
  /** The whole new period is billed at once: another interval, an ended trial, a new anchor. */
  readonly newPeriod: Period | null;
  /** What was used in the old period, which a new one ends. */
  readonly usage: readonly UsageCharge[];
}

/** Works a change out without doing it. Throws Stripe's refusals. */
export function planChange(account: Account, subscription: Subscription, change: TermsChange): PlannedChange {
  const now = account.now();
  const at = Math.max(periodOf(subscription).start, change.prorationDate ?? now);
  const items = changedItems(account, subscription, change.items ?? []);
  checkTogether(account, items, subscription.currency);
  const swapped: Subscription = { ...subscription, items: itemList(subscription.id, items) };
  const before = subscription.items.data[0]?.price.recurring;
  const recurring = items[0]?.price.recurring;
  const otherInterval =
    before?.interval !== recurring?.interval || before?.interval_count !== recurring?.interval_count;
  const inTrial = subscription.status === 'trialing';
  if (typeof change.trialEnd === 'number')
    return { next: inTrialUntil(swapped, now, change.trialEnd), items: [], newPeriod: null, usage: [] };
  const trialEnds = inTrial && change.trialEnd === 'now';
  if (recurring && (trialEnds || (!inTrial && (otherInterval || change.anchorNow)))) {
    const period = { start: now, end: nextBoundary(now, recurring, now) };
    const restarted: Subscription = {
      ...inPeriod(swapped, period.start, period.end),
      billing_cycle_anchor: now,
      status: inTrial ? 'active' : subscription.status,
      trial_end: inTrial ? now : subscription.trial_end,
    };
    const wantsCredit = !inTrial && change.prorationBehavior !== 'none';
    const credits = wantsCredit
      ? [...creditsOnly(account, subscription, at), ...leftUsage(account, subscription, swapped, now)]
      : [];
    const usage = usageCharges(account, subscription, now, keptItems(subscription, swapped));
    return { next: restarted, items: credits, newPeriod: period, usage };
  }
  const prorates = !inTrial && change.prorationBehavior !== 'none';
  return {
    next: swapped,
    items: prorates
      ? [...prorations(account, subscription, swapped, at), ...leftUsage(account, subscription, swapped, now)]
      : [],
    newPeriod: null,
    usage: [],
  };
}

/** Does a change of terms: the new state is announced, what it costs waits for the next invoice or is billed now. */
export function changeTerms(account: Account, subscription: Subscription, change: TermsChange): Subscription {
  const { next, items, newPeriod, usage } = planChange(account, subscription, change);
  for (const item of items) createInvoiceItem(account, item);
  const saved = saveSubscription(account, next);
  keepItemOwners(account, saved);
  if (periodOf(saved).end !== periodOf(subscription).end || saved.trial_end !== subscription.trial_end)
    scheduleSubscription(account, saved);
  if (!newPeriod && (change.prorationBehavior !== 'always_invoice' || items.length === 0)) return saved;
  return billNow(account, saved, change, { newPeriod, usage });
}

function billNow(
  account: Account,
  subscription: Subscription,
  change: TermsChange,
  { newPeriod, usage }: Pick<PlannedChange, 'newPeriod' | 'usage'>,
): Subscription {
  const sent = subscription.collection_method === 'send_invoice';
  const draft = draftBill(account, subscription, {
    lines: newPeriod ? periodLines(account, subscription, newPeriod) : [],
    usage,
    reason: 'subscription_update',
    autoAdvance: true,
    period: { start: account.now(), end: account.now() },
    takePending: true,
  });
  saveSubscription(account, {
    ...subscription,
    latest_invoice: draft.id,
    discounts: remainingDiscounts(account, subscription, draft),
  });
  if (!sent) {
    const behavior = change.paymentBehavior ?? 'allow_incomplete';
    const invoice = collectNow(account, draft, { behavior, offSession: change.offSession ?? false });
    if (behavior === 'pending_if_incomplete' && invoice.status !== 'paid')
      throw notSupported('pending updates of subscriptions');
  }
  return account.of(subscriptions).get(subscription.id) ?? subscription;
}

/** Begins a paused subscription anew: a period from now on, billed at once. Throws Stripe's 400 in other states. */
export function resumeSubscription(account: Account, subscription: Subscription): Subscription {
  if (subscription.status !== 'paused')
    throw refused('id', `You can only resume paused subscriptions. This one is ${subscription.status}.`);
  const recurring = subscription.items.data[0]?.price.recurring;
  const now = account.now();
  const period = { start: now, end: recurring ? nextBoundary(now, recurring, now) : now };
  const resumed: Subscription = {
    ...inPeriod(subscription, period.start, period.end),
    billing_cycle_anchor: now,
    status: 'active',
  };
  advance(account, subscriptions, resumed, 'customer.subscription.resumed');
  scheduleSubscription(account, resumed);
  return billNow(account, resumed, {}, { newPeriod: period, usage: [] });
}

function inTrialUntil(subscription: Subscription, now: number, trialEnd: number): Subscription {
  return {
    ...inPeriod(subscription, now, trialEnd),
    billing_cycle_anchor: trialEnd,
    status: 'trialing',
    trial_start: subscription.trial_start ?? now,
    trial_end: trialEnd,
  };
}

function creditsOnly(account: Account, subscription: Subscription, at: number): ItemInput[] {
  const nothing: Subscription = { ...subscription, items: itemList(subscription.id, []) };
  return prorations(account, subscription, nothing, at);
}

function changedItems(
  account: Account,
  subscription: Subscription,
  changes: readonly ChangedItem[],
): SubscriptionItem[] {
  const { start, end } = periodOf(subscription);
  const items = new Map(subscription.items.data.map((item) => [item.id, item]));
  for (const [index, change] of changes.entries()) {
    const path = `items[${index}]`;
    if (change.id === undefined) {
      const added = newItem(account, change, itemPrice(account, change, path), subscription.id);
      items.set(added.id, { ...added, current_period_start: start, current_period_end: end });
      continue;
    }
    const item = items.get(change.id);
    if (!item) throw noSuch('subscription item', change.id, `${path}[id]`);
    if (change.deleted) items.delete(item.id);
    else items.set(item.id, changedItem(account, item, change, path));
  }
  return [...items.values()];
}

function changedItem(
  account: Account,
  item: SubscriptionItem,
  change: ChangedItem,
  path: string,
): SubscriptionItem {
  const names = change.price ?? change.plan ?? change.price_data;
  const price = names === undefined ? item.price : itemPrice(account, change, path);
  const rates: TaxRate[] | null = change.tax_rates
    ? existingTaxRates(account, change.tax_rates, `${path}[tax_rates]`)
    : item.tax_rates;
  const { quantity: before, ...plain } = item;
  const metered = price.recurring?.usage_type === 'metered';
  return {
    ...plain,
    ...(metered ? {} : { quantity: change.quantity ?? before ?? 1 }),
    metadata: applyMetadata(item.metadata, change.metadata),
    plan: planOf(price),
    price,
    tax_rates: rates,
  };
}
