import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Customer } from '../customers.ts';
import { advance } from '../events.ts';
import { abandonInvoice, stopAdvancing } from '../invoices/end.ts';
import { type Invoice, invoices } from '../invoices/invoice.ts';
import { pendingItems } from '../invoices/items.ts';
import type { Wire } from '../wire/shapes.ts';
import { draftBill } from './bill.ts';
import { collectNow } from './collect.ts';
import { dropOf } from './held.ts';
import { creditRest, keepProrations } from './proration.ts';
import { hasEnded, periodOf, type Subscription, saveSubscription, subscriptions } from './subscription.ts';
import { lastUsage, usageCharges } from './usage.ts';

export interface CancelInput {
  readonly reason?: Wire<Stripe.Subscription.CancellationDetails.Reason>;
  readonly comment?: string | null;
  readonly feedback?: Wire<Stripe.Subscription.CancellationDetails.Feedback> | null;
  /** Bills what is pending at once. */
  readonly invoiceNow?: boolean;
  /** The same with a draft that advances, but only when there is something to bill: the end that was planned. */
  readonly billsPending?: boolean;
  /** Credits the rest of the period. */
  readonly prorate?: boolean;
  /** From when on, in seconds; from now when absent. */
  readonly prorateFrom?: number;
}

/** Ends a subscription for good; its open invoices are no longer collected by themselves. */
export function endSubscription(
  account: Account,
  subscription: Subscription,
  input: CancelInput = {},
): Subscription {
  const now = account.now();
  dropOf(account, subscription.id);
  const final = draftFinal(account, subscription, input);
  if (final && input.invoiceNow && subscription.collection_method !== 'send_invoice')
    collectNow(account, final, { behavior: 'allow_incomplete', offSession: true });
  const current = account.of(subscriptions).get(subscription.id) ?? subscription;
  // The final payment may have failed and ended it already.
  if (hasEnded(current)) return current;
  const { comment, feedback, reason } = current.cancellation_details ?? {};
  const ended: Subscription = {
    ...current,
    status: 'canceled',
    canceled_at: current.canceled_at ?? now,
    ended_at: now,
    latest_invoice: final?.id ?? current.latest_invoice,
    pending_update: null,
    cancellation_details: {
      comment: input.comment ?? comment ?? null,
      feedback: input.feedback ?? feedback ?? null,
      feedback_option: null,
      reason: input.reason ?? reason ?? 'cancellation_requested',
    },
  };
  advance(account, subscriptions, ended, 'customer.subscription.deleted');
  for (const invoice of openInvoices(account, subscription.id)) {
    if (invoice.id === final?.id) continue;
    if (subscription.status === 'incomplete') abandonInvoice(account, invoice);
    else stopAdvancing(account, invoice);
  }
  return ended;
}

/** Credits what is to be credited and drafts the last invoice, if there is to be one. */
export function draftFinal(account: Account, subscription: Subscription, input: CancelInput): Invoice | null {
  if (input.prorate && subscription.status !== 'trialing')
    keepProrations(account, creditRest(account, subscription, input.prorateFrom ?? account.now()));
  const usage = input.invoiceNow
    ? lastUsage(account, subscription, account.now())
    : usageCharges(account, subscription, subscription.items.data, account.now());
  const bills = usage.length > 0 || hasPending(account, subscription);
  if (!input.invoiceNow && !(input.billsPending && bills)) return null;
  return draftBill(account, subscription, {
    lines: [],
    usage,
    reason: input.invoiceNow ? 'subscription_update' : 'subscription_cycle',
    autoAdvance: true,
    period: periodOf(subscription),
  });
}

function hasPending(account: Account, { id, customer, currency }: Subscription): boolean {
  return pendingItems(account, customer, { currency, subscription: id }).some(
    (item) => item.parent?.subscription_details?.subscription === id,
  );
}

/** Hears that a customer was deleted: what they subscribed to ends with them. */
export function onCustomerDeleted(account: Account, object: unknown): void {
  const { id } = object as Customer;
  for (const subscription of account.of(subscriptions).by('customer', id))
    if (!hasEnded(subscription)) endSubscription(account, subscription);
}

/** Nobody paid the first invoice within 23 hours. Runs as a due job. */
export function expireSubscription(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (subscription?.status !== 'incomplete') return;
  saveSubscription(account, { ...subscription, status: 'incomplete_expired', ended_at: account.now() });
  for (const invoice of openInvoices(account, id)) abandonInvoice(account, invoice);
}

/** Drafts and unpaid invoices of a subscription. */
export function openInvoices(account: Account, id: string): Invoice[] {
  return account
    .of(invoices)
    .by('subscription', id)
    .filter((invoice): invoice is Invoice => !invoice.deleted)
    .filter((invoice) => invoice.status === 'open' || invoice.status === 'draft');
}
