import type { Account } from '../account.ts';
import type { Invoice, InvoiceLine } from '../invoices/invoice.ts';
import type { UsageCharge } from '../invoices/usage-lines.ts';
import { amountOf } from '../prices/cost.ts';
import { refused } from '../resource.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { changedItems } from './changed-items.ts';
import { collectNow, type PaymentBehavior, settleWhilePaused } from './collect.ts';
import { checkedTrialEnd, plannedTrial } from './compose.ts';
import { dropOf } from './held.ts';
import { type ChangedItem, checkTogether } from './items.ts';
import { itemLines, unpricedLines } from './lines.ts';
import { addOneOffItems, type OneOffItem } from './one-off-items.ts';
import { isSameRecurrence } from './periods.ts';
import { creditRest, keepProrations, type Proration, prorations } from './proration.ts';
import { scheduleSubscription } from './schedule.ts';
import {
  cycleOf,
  inPeriod,
  inPeriods,
  isFlexible,
  itemList,
  itemPeriod,
  keepItemOwners,
  periodFrom,
  periodOf,
  recurrenceOf,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';
import { keptItems, leftUsage, usageCharges } from './usage.ts';

export type ProrationBehavior = 'always_invoice' | 'create_prorations' | 'none';

/** Changes that are billed; times are seconds. */
export interface TermsChange {
  readonly items?: readonly ChangedItem[];
  readonly oneOffItems?: readonly OneOffItem[];
  readonly trialEnd?: number | 'now';
  /** A trial as long as the longest that a price wants. */
  readonly trialFromPlan?: boolean;
  readonly anchor?: 'now' | 'unchanged';
  readonly prorationBehavior?: ProrationBehavior;
  readonly prorationDate?: number;
  readonly paymentBehavior?: PaymentBehavior;
  readonly offSession?: boolean;
}

/** What a change of terms comes to: the new state, what is credited and charged for it, and what is billed at once. */
export interface Plan {
  readonly next: Subscription;
  readonly prorations: readonly Proration[];
  readonly lines: readonly InvoiceLine[];
  /** What was used in the periods that end. */
  readonly usage: readonly UsageCharge[];
  readonly invoicesNow: boolean;
}

const nothingDue = { prorations: [], lines: [], usage: [], invoicesNow: false };

/**
 * Works out what a change comes to. `before` is the subscription as it was, `described` with what else a request changed
 * about it, such as when it ends. Throws Stripe's refusals.
 */
export function planChange(
  account: Account,
  before: Subscription,
  described: Subscription,
  change: TermsChange,
): Plan {
  const items = changedItems(account, described, change.items ?? []);
  checkTogether(account, items, { currency: before.currency, flexible: isFlexible(before) });
  const changed: Subscription = { ...described, items: itemList(before.id, items) };
  const at = prorationTime(account, before, change);
  const isRunning = before.status !== 'trialing' && before.status !== 'paused';
  const prorates = isRunning && change.prorationBehavior !== 'none';
  const ending = () => ({
    prorations: prorates
      ? [...creditRest(account, before, at), ...leftUsage(account, before, changed, account.now())]
      : [],
    usage: isRunning ? usageCharges(account, before, keptItems(before, changed), account.now()) : [],
  });
  const trialEnd = change.trialFromPlan ? plannedTrial(account, items) : change.trialEnd;
  if (typeof trialEnd === 'number') {
    const next = inTrialUntil(account, changed, checkedTrialEnd(trialEnd, account.now()));
    const lines = isRunning ? unpricedLines(account, next) : [];
    const { prorations: credits, usage } = ending();
    return { next, prorations: credits, lines, usage, invoicesNow: lines.length + usage.length > 0 };
  }
  if (before.status === 'paused') return { ...nothingDue, next: changed };
  if (restarts(account, before, changed, change)) {
    const next = restarted(account, changed, change);
    return { ...ending(), next, lines: wholeLines(account, next), invoicesNow: true };
  }
  const next = before.status === 'trialing' ? inTrial(changed) : inCycle(account, before, changed);
  const differences = prorates
    ? [...prorations(account, before, next, at), ...leftUsage(account, before, next, account.now())]
    : [];
  const invoicesNow = change.prorationBehavior === 'always_invoice' && differences.length > 0;
  return { ...nothingDue, next, prorations: differences, invoicesNow };
}

/** When a change counts from, in seconds. Throws Stripe's 400 for a time outside what is billed already. */
function prorationTime(
  account: Account,
  subscription: Subscription,
  { prorationDate: date }: TermsChange,
): number {
  if (date === undefined) return account.now();
  const { start, end } = periodOf(subscription);
  const earliest = Math.min(
    start,
    subscription.start_date < start && isFirst(subscription) ? subscription.start_date : start,
  );
  if (date >= earliest && date <= end) return date;
  throw refused(
    'proration_date',
    `Cannot specify a proration date outside of the current period: ${date} is not between ${earliest} and ${end}.`,
  );
}

/** Whether a backdated subscription is still in the period that it was made in. */
function isFirst({ created, items }: Subscription): boolean {
  return items.data.every((item) => item.current_period_start <= created);
}

/** Whether a change begins the cycle anew: told so, a trial cut short, other intervals throughout, or the first price that costs. */
function restarts(account: Account, before: Subscription, after: Subscription, change: TermsChange): boolean {
  if (before.status === 'trialing') return change.trialEnd === 'now';
  if (change.anchor !== undefined) return change.anchor === 'now';
  const keepsInterval = before.items.data.some((was) =>
    after.items.data.some((is) => isSameRecurrence(recurrenceOf(was), recurrenceOf(is))),
  );
  return !keepsInterval || (isFree(account, before) && !isFree(account, after));
}

/** Whether no price of a subscription costs anything, whatever the quantity. */
function isFree(account: Account, { items, currency }: Subscription): boolean {
  return items.data.every(({ price }) => amountOf(account, price, 1, currency) === 0);
}

function restarted(account: Account, subscription: Subscription, change: TermsChange): Subscription {
  const now = account.now();
  const trials = subscription.status === 'trialing';
  const keepsAnchor =
    trials && subscription.trial_settings?.end_behavior.billing_cycle_anchor === 'unchanged';
  const anchored: Subscription = {
    ...subscription,
    billing_cycle_anchor: keepsAnchor ? subscription.billing_cycle_anchor : now,
    billing_cycle_anchor_config: keepsAnchor ? subscription.billing_cycle_anchor_config : null,
    status: trials ? 'active' : subscription.status,
    trial_end: trials && change.trialEnd === 'now' ? now : subscription.trial_end,
  };
  return followingPeriodEnd(inPeriods(anchored, (item) => periodFrom(anchored, item, now)));
}

/** The lines for the periods that begin now. */
export function wholeLines(account: Account, subscription: Subscription): InvoiceLine[] {
  return subscription.items.data.flatMap((item) =>
    itemLines(account, subscription, item, {
      period: itemPeriod(item),
      whole: cycleOf(subscription, item, item.current_period_start),
    }),
  );
}

function inTrialUntil(account: Account, subscription: Subscription, end: number): Subscription {
  const now = account.now();
  const goesOn = subscription.status === 'trialing';
  const started = goesOn || !isFlexible(subscription) ? (subscription.trial_start ?? now) : now;
  const trial: Subscription = {
    ...subscription,
    billing_cycle_anchor: end,
    billing_cycle_anchor_config: null,
    status: 'trialing',
    status_details: undefined,
    trial_start: started,
    trial_end: end,
  };
  const start = goesOn ? periodOf(subscription).start : now;
  return followingPeriodEnd(inPeriods(trial, () => ({ start, end })));
}

/** Each item on trial until that ends, or the subscription does; in classic mode the trial then ends with it. */
function inTrial(subscription: Subscription): Subscription {
  const { cancel_at: cancelAt, cancel_at_period_end: atPeriodEnd, trial_end: trialEnd } = subscription;
  const end = Math.min(trialEnd ?? 0, cancelAt === null || atPeriodEnd ? Infinity : cancelAt);
  const on = { ...subscription, trial_end: isFlexible(subscription) ? trialEnd : end };
  return followingPeriodEnd(inPeriods(on, (item) => ({ start: item.current_period_start, end })));
}

/** Each item in the period of the cycle that it is in; one that stays keeps its start. */
function inCycle(account: Account, before: Subscription, after: Subscription): Subscription {
  const was = new Map(before.items.data.map((item) => [item.id, item]));
  const now = account.now();
  const anchored = cutShort(before, after);
  const isDue = periodOf(before).end <= now;
  const items = after.items.data.map((item) => {
    const old = was.get(item.id);
    // A renewal that is due at this very time bills what is new.
    if (!old && isDue) return inPeriod(item, { start: now, end: now });
    const stays = old && isSameRecurrence(recurrenceOf(old), recurrenceOf(item));
    const start = stays ? item.current_period_start : cycleOf(anchored, item, now).start;
    return inPeriod(item, periodFrom(anchored, item, start));
  });
  return followingPeriodEnd({ ...anchored, items: itemList(after.id, items) });
}

/** In classic mode an end before the next renewal is the cycle's anchor too. */
function cutShort(before: Subscription, after: Subscription): Subscription {
  const { cancel_at: cancelAt, cancel_at_period_end: atPeriodEnd } = after;
  const isShort = cancelAt !== null && !atPeriodEnd && cancelAt < periodOf(before).end;
  return isShort && !isFlexible(after) ? { ...after, billing_cycle_anchor: cancelAt } : after;
}

/** An end that was planned for the end of the period moves with it. */
function followingPeriodEnd(subscription: Subscription): Subscription {
  if (!subscription.cancel_at_period_end) return subscription;
  return { ...subscription, cancel_at: periodOf(subscription).end };
}

/** Does a change: what it costs waits for the next invoice, or is drafted now. */
export function draftChange(
  account: Account,
  plan: Plan,
  change: TermsChange,
): { readonly next: Subscription; readonly draft: Invoice | null } {
  const { next } = plan;
  keepProrations(account, plan.prorations);
  addOneOffItems(account, next, change.oneOffItems ?? []);
  if (!plan.invoicesNow) return { next, draft: null };
  const draft = draftBill(account, next, {
    lines: plan.lines,
    usage: plan.usage,
    reason: 'subscription_update',
    autoAdvance: true,
    period: { start: account.now(), end: account.now() },
  });
  const discounts = remainingDiscounts(account, next, draft);
  return { next: { ...next, latest_invoice: draft.id, discounts }, draft };
}

/** Does a change of terms and collects what it costs, as far as that is due now. */
export function changeTerms(
  account: Account,
  before: Subscription,
  described: Subscription,
  change: TermsChange,
): Subscription {
  const takesOver = isBilled(change);
  if (takesOver) dropOf(account, before.id);
  const plan = planChange(account, before, described, change);
  const { next, draft } = draftChange(account, plan, change);
  const waits = takesOver ? null : before.pending_update;
  const saved = saveSubscription(account, { ...next, pending_update: waits });
  keepItemOwners(account, saved);
  scheduleSubscription(account, saved, before);
  if (draft) collectChange(account, saved, draft, change);
  return account.of(subscriptions).get(saved.id) ?? saved;
}

/** Whether a change is about what is billed, so that it takes the place of one that waits for its payment. */
function isBilled({ anchor, items, oneOffItems, trialEnd, trialFromPlan }: TermsChange): boolean {
  return [anchor, items, oneOffItems, trialEnd, trialFromPlan].some((part) => part !== undefined);
}

function collectChange(
  account: Account,
  subscription: Subscription,
  draft: Invoice,
  change: TermsChange,
): void {
  if (settleWhilePaused(account, subscription, draft)) return;
  if (subscription.collection_method === 'send_invoice') return;
  const behavior = change.paymentBehavior ?? 'allow_incomplete';
  const invoice = collectNow(account, draft, { behavior, offSession: change.offSession ?? false });
  if (behavior !== 'default_incomplete' || invoice.status !== 'open') return;
  const current = account.of(subscriptions).get(subscription.id) ?? subscription;
  saveSubscription(account, { ...current, status: 'past_due' });
}
