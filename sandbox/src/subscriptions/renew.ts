import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { existingCustomer, updateCustomer } from '../customers.ts';
import { advance } from '../events.ts';
import { methodFor, retryDelays } from '../invoices/collect.ts';
import { markUncollectible, voidInvoice } from '../invoices/end.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import { type Invoice, subscriptionOf } from '../invoices/invoice.ts';
import { intentOf } from '../invoices/payments.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { endSubscription, openInvoices } from './end.ts';
import { periodLines } from './lines.ts';
import { nextBoundary } from './periods.ts';
import {
  hasEnded,
  inPeriod,
  periodOf,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';
import { billLastUsage, usageCharges } from './usage.ts';

export const cycleJob = 'subscription.cycle';
export const cancelJob = 'subscription.cancel_at';
export const resumeJob = 'subscription.resume_collection';
export const trialJob = 'subscription.trial_will_end';
export const expiryJob = 'subscription.expire';
/** How long before its end a trial is announced to end. */
export const trialNotice = 3 * day;

/** Asks to be woken when the current period ends, when it is to be cancelled, and before its trial ends. */
export function scheduleSubscription(account: Account, subscription: Subscription): void {
  const { id, cancel_at: cancelAt, trial_end: trialEnd, status } = subscription;
  const { end } = periodOf(subscription);
  account.schedule(end, cycleJob, id);
  if (cancelAt !== null && cancelAt !== end) account.schedule(cancelAt, cancelJob, id);
  if (status === 'trialing' && trialEnd !== null)
    account.schedule(Math.max(account.now(), trialEnd - trialNotice), trialJob, id);
}

/** Begins the next period, bills it, or ends what was to end. Runs as a due job. */
export function renewSubscription(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || hasEnded(subscription)) return;
  if (subscription.status === 'incomplete' || subscription.status === 'paused') return;
  const { start, end } = periodOf(subscription);
  if (end > account.now()) return;
  if (subscription.cancel_at !== null && subscription.cancel_at <= end) {
    endWhenAskedFor(account, subscription, end);
    return;
  }
  if (subscription.status === 'trialing' && endsWithTrial(account, subscription)) return;
  const recurring = subscription.items.data[0]?.price.recurring;
  if (!recurring) return;
  const next = { start: end, end: nextBoundary(subscription.billing_cycle_anchor, recurring, end) };
  const renewed: Subscription = {
    ...inPeriod(subscription, next.start, next.end),
    status: subscription.status === 'trialing' ? 'active' : subscription.status,
  };
  const paused = renewed.pause_collection?.behavior;
  const invoice = draftBill(account, renewed, {
    lines: periodLines(account, renewed, next),
    usage: usageCharges(account, subscription),
    reason: 'subscription_cycle',
    autoAdvance: paused === undefined && renewed.status !== 'unpaid',
    period: { start, end },
    takePending: true,
  });
  const saved = saveSubscription(account, {
    ...renewed,
    latest_invoice: invoice.id,
    discounts: remainingDiscounts(account, renewed, invoice),
  });
  scheduleSubscription(account, saved);
  if (paused === 'void') voidOrPaid(account, invoice);
  if (paused === 'mark_uncollectible') forgive(account, invoice);
}

function voidOrPaid(account: Account, draft: Invoice): void {
  const open = finalizeInvoice(account, draft);
  if (open.status === 'open') voidInvoice(account, open);
}

function forgive(account: Account, draft: Invoice): void {
  const open = finalizeInvoice(account, draft);
  if (open.status === 'open') markUncollectible(account, open);
}

/** A trial that ends without anything to charge is cancelled or paused when that was asked for. */
function endsWithTrial(account: Account, subscription: Subscription): boolean {
  const wish = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
  if (wish === 'create_invoice' || subscription.collection_method === 'send_invoice') return false;
  const customer = existingCustomer(account, subscription.customer);
  const hasMethod =
    subscription.default_payment_method ??
    customer.invoice_settings.default_payment_method ??
    customer.default_source;
  if (hasMethod) return false;
  if (wish === 'cancel') endSubscription(account, subscription);
  else pause(account, subscription);
  return true;
}

function pause(account: Account, subscription: Subscription): void {
  const paused: Subscription = { ...subscription, status: 'paused' };
  advance(account, subscriptions, paused, 'customer.subscription.paused');
}

/** Ends a subscription whose time to be cancelled has come. Runs as a due job. */
export function cancelWhenDue(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || hasEnded(subscription) || subscription.cancel_at === null) return;
  if (subscription.cancel_at <= account.now()) endWhenAskedFor(account, subscription, subscription.cancel_at);
}

/** Ends a subscription at the time that was set for it, and bills what was used until then. */
function endWhenAskedFor(account: Account, subscription: Subscription, at: number): void {
  const usage = usageCharges(account, subscription, at);
  billLastUsage(account, endSubscription(account, subscription), usage);
}

/** Collects again after a pause. Runs as a due job. */
export function resumeCollection(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  const resumesAt = subscription?.pause_collection?.resumes_at ?? null;
  if (!subscription || hasEnded(subscription) || resumesAt === null || resumesAt > account.now()) return;
  saveSubscription(account, { ...subscription, pause_collection: null });
}

function billed(
  account: Account,
  object: unknown,
): { invoice: Invoice; subscription: Subscription } | undefined {
  const invoice = object as Invoice;
  const id = subscriptionOf(invoice);
  const subscription = id === null ? undefined : account.of(subscriptions).get(id);
  return subscription && !hasEnded(subscription) ? { invoice, subscription } : undefined;
}

/** Hears that an invoice was paid: a new subscription begins, one in arrears is well again. */
export function onInvoicePaid(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  const { invoice, subscription } = hit;
  const customer = existingCustomer(account, subscription.customer);
  if (customer.delinquent) updateCustomer(account, { ...customer, delinquent: false });
  const kept = keptMethod(account, invoice, subscription);
  const owes = openInvoices(account, subscription.id).some(
    (other) => other.status === 'open' && other.id !== invoice.id && other.attempted,
  );
  const recovers = ['past_due', 'unpaid'].includes(subscription.status) && !owes;
  const status = (subscription.trial_end ?? 0) > account.now() ? 'trialing' : 'active';
  if (subscription.status === 'incomplete' || recovers)
    saveSubscription(account, { ...subscription, status, default_payment_method: kept });
}

/** What a subscription is charged to from now on: the method that paid, where that was asked for. */
export function keptMethod(account: Account, invoice: Invoice, subscription: Subscription): string | null {
  if (subscription.payment_settings?.save_default_payment_method !== 'on_subscription')
    return subscription.default_payment_method;
  return intentOf(account, invoice)?.payment_method ?? methodFor(account, invoice)?.id ?? null;
}

/** Hears that a renewal could not be collected: in arrears at first, cancelled when the retries are used up. */
export function onPaymentFailed(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  const { invoice, subscription } = hit;
  if (subscription.status === 'incomplete' || invoice.billing_reason === 'subscription_create') return;
  const customer = existingCustomer(account, subscription.customer);
  if (!customer.delinquent) updateCustomer(account, { ...customer, delinquent: true });
  const late = saveSubscription(account, { ...subscription, status: 'past_due' });
  if (invoice.next_payment_attempt === null && invoice.attempt_count > retryDelays.length)
    endSubscription(account, late, { reason: 'payment_failed' });
}

/** Hears that an invoice that was sent was not paid in time. */
export function onInvoiceOverdue(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (hit?.subscription.status === 'active')
    saveSubscription(account, { ...hit.subscription, status: 'past_due' });
}

/** Hears that an invoice was given up; what was owed no longer holds the subscription back. */
export function onInvoiceSettled(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (hit?.subscription.status !== 'past_due') return;
  const owes = openInvoices(account, hit.subscription.id).some((other) => other.status === 'open');
  if (!owes) saveSubscription(account, { ...hit.subscription, status: 'active' });
}
