import type { Account } from '../account.ts';
import { billingSettingsOf } from '../billing-settings.ts';
import { day } from '../clock.ts';
import { existingCustomer, updateCustomer } from '../customers.ts';
import { methodFor } from '../invoices/collect.ts';
import { currentInvoice, type Invoice, invoices, subscriptionOf } from '../invoices/invoice.ts';
import { intentOf } from '../invoices/payments.ts';
import { endSubscription } from './end.ts';
import { applyHeld, dropHeld, failHeld, isHeld } from './held.ts';
import { hasEnded, type Subscription, saveSubscription, subscriptions } from './subscription.ts';

export const overdueJob = 'subscription.overdue';

interface Billed {
  readonly invoice: Invoice;
  readonly subscription: Subscription;
}

function billed(account: Account, object: unknown): Billed | undefined {
  const invoice = object as Invoice;
  const id = subscriptionOf(invoice);
  const subscription = id === null ? undefined : account.of(subscriptions).get(id);
  return subscription && !hasEnded(subscription) ? { invoice, subscription } : undefined;
}

/** Hears that an invoice was paid: a new subscription begins, a change that waited is made, arrears are over. */
export function onInvoicePaid(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  const { invoice, subscription } = hit;
  const customer = existingCustomer(account, subscription.customer);
  if (customer.delinquent) updateCustomer(account, { ...customer, delinquent: false });
  if (applyHeld(account, invoice)) return;
  const kept = keptMethod(account, invoice, subscription);
  if (subscription.status === 'incomplete') begin(account, subscription, kept);
  else if (isInArrears(subscription) && latestFinal(account, subscription)?.id === invoice.id)
    saveSubscription(account, { ...subscription, status: 'active', default_payment_method: kept });
}

function begin(account: Account, subscription: Subscription, method: string | null): void {
  const trials = subscription.trial_end !== null && subscription.trial_end > account.now();
  saveSubscription(account, {
    ...subscription,
    status: trials ? 'trialing' : 'active',
    default_payment_method: method,
  });
}

function isInArrears({ status }: Subscription): boolean {
  return status === 'past_due' || status === 'unpaid';
}

/** The invoice that a subscription's standing goes by: the newest that was finalized and not voided. */
function latestFinal(account: Account, { id }: Subscription): Invoice | undefined {
  for (const invoice of account.of(invoices).newestFirst({ index: 'subscription', key: id })) {
    if (invoice.deleted || invoice.status === 'draft' || invoice.status === 'void') continue;
    if (!isHeld(account, invoice)) return invoice;
  }
  return undefined;
}

/** What a subscription is charged to from now on: the method that paid, where that was asked for. */
export function keptMethod(account: Account, invoice: Invoice, subscription: Subscription): string | null {
  if (subscription.payment_settings?.save_default_payment_method !== 'on_subscription')
    return subscription.default_payment_method;
  return intentOf(account, invoice)?.payment_method ?? methodFor(account, invoice)?.id ?? null;
}

/**
 * Hears that an invoice could not be collected: if it is the latest the subscription is past due, and once retries are
 * used up it is given up.
 */
export function onPaymentFailed(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  const { invoice, subscription } = hit;
  if (failHeld(account, invoice)) return;
  if (subscription.status === 'incomplete' || subscription.status === 'paused') return;
  // What a schedule starts is active before its first invoice is paid.
  const isFirst = invoice.billing_reason === 'subscription_create' && subscription.schedule === null;
  if (isFirst || invoice.collection_method === 'send_invoice') return;
  const customer = existingCustomer(account, subscription.customer);
  if (!customer.delinquent) updateCustomer(account, { ...customer, delinquent: true });
  const fallsBehind = !isInArrears(subscription) && latestFinal(account, subscription)?.id === invoice.id;
  const now = fallsBehind ? saveSubscription(account, { ...subscription, status: 'past_due' }) : subscription;
  const { retries } = billingSettingsOf(account);
  const isLast = invoice.next_payment_attempt === null && invoice.attempt_count > retries.length;
  if (isLast && isInArrears(now)) giveUp(account, now);
}

/** Does with a subscription in arrears what the account's settings say. */
function giveUp(account: Account, subscription: Subscription): void {
  const { after_last_retry: outcome } = billingSettingsOf(account);
  if (outcome === 'cancel') endSubscription(account, subscription, { reason: 'payment_failed' });
  else if (outcome === 'unpaid' && subscription.status !== 'unpaid')
    saveSubscription(account, { ...subscription, status: 'unpaid' });
}

/** Hears that an invoice that was sent was not paid in time. */
export function onInvoiceOverdue(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  if (hit.subscription.status === 'active')
    saveSubscription(account, { ...hit.subscription, status: 'past_due' });
  const { overdue_days: days } = billingSettingsOf(account);
  if (days !== null) account.schedule(account.now() + days * day, overdueJob, hit.invoice.id);
}

/** An invoice that was sent is still not paid long after it was due. Runs as a due job. */
export function stillOverdue(account: Account, invoice: string): void {
  const hit = billed(account, currentInvoice(account, invoice) ?? { parent: null });
  if (hit?.invoice.status === 'open' && hit.subscription.status === 'past_due')
    giveUp(account, hit.subscription);
}

/**
 * Hears that an invoice was voided or given up: what was owed no longer holds the subscription back, and one that never
 * began never will.
 */
export function onInvoiceSettled(account: Account, object: unknown): void {
  const hit = billed(account, object);
  if (!hit) return;
  const { invoice, subscription } = hit;
  if (invoice.status === 'uncollectible' ? applyHeld(account, invoice) : dropHeld(account, invoice)) return;
  if (subscription.status === 'incomplete' && invoice.status === 'void')
    saveSubscription(account, { ...subscription, status: 'incomplete_expired', ended_at: account.now() });
  else if (isInArrears(subscription) && latestFinal(account, subscription)?.status !== 'open')
    saveSubscription(account, { ...subscription, status: 'active' });
}
