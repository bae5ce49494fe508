import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Customer } from '../customers.ts';
import { advance, emit } from '../events.ts';
import { stopAdvancing, voidInvoice } from '../invoices/end.ts';
import { type Invoice, invoices } from '../invoices/invoice.ts';
import { createInvoiceItem } from '../invoices/items.ts';
import type { Wire } from '../wire/shapes.ts';
import { draftBill } from './bill.ts';
import { collectNow } from './collect.ts';
import { unusedTime } from './proration.ts';
import { hasEnded, periodOf, type Subscription, saveSubscription, subscriptions } from './subscription.ts';
import { lastUsage } from './usage.ts';

export interface CancelInput {
  readonly reason?: Wire<Stripe.Subscription.CancellationDetails.Reason>;
  readonly comment?: string | null;
  readonly feedback?: Wire<Stripe.Subscription.CancellationDetails.Feedback> | null;
  /** Bills what is pending at once. */
  readonly invoiceNow?: boolean;
  /** Credits the rest of the period. */
  readonly prorate?: boolean;
}

/** Ends a subscription for good; its open invoices are no longer collected by themselves. */
export function endSubscription(
  account: Account,
  subscription: Subscription,
  input: CancelInput = {},
): Subscription {
  const now = account.now();
  if (input.prorate && subscription.status !== 'trialing') creditRest(account, subscription);
  if (input.invoiceNow) billRest(account, subscription);
  const current = account.of(subscriptions).get(subscription.id) ?? subscription;
  const { comment, feedback, reason } = current.cancellation_details ?? {};
  const ended: Subscription = {
    ...current,
    status: 'canceled',
    canceled_at: current.canceled_at ?? now,
    ended_at: now,
    cancellation_details: {
      comment: input.comment ?? comment ?? null,
      feedback: input.feedback ?? feedback ?? null,
      feedback_option: null,
      reason: input.reason ?? reason ?? 'cancellation_requested',
    },
  };
  for (const invoice of openInvoices(account, subscription.id)) {
    if (subscription.status === 'incomplete' && invoice.status === 'open') voidInvoice(account, invoice);
    else stopAdvancing(account, invoice);
  }
  return advance(account, subscriptions, ended, 'customer.subscription.deleted');
}

function creditRest(account: Account, subscription: Subscription): void {
  for (const item of subscription.items.data) {
    const credit = unusedTime(account, subscription, item, account.now());
    if (credit) createInvoiceItem(account, credit);
  }
}

function billRest(account: Account, subscription: Subscription): void {
  const draft = draftBill(account, subscription, {
    lines: [],
    usage: lastUsage(account, subscription, account.now()),
    reason: 'subscription_update',
    autoAdvance: true,
    period: periodOf(subscription),
    takePending: true,
  });
  const billed = collectNow(account, draft, { behavior: 'allow_incomplete', offSession: true });
  account.of(subscriptions).put({ ...subscription, latest_invoice: billed.id });
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
  for (const invoice of openInvoices(account, id))
    if (invoice.status === 'open') voidInvoice(account, invoice);
}

/** Drafts and unpaid invoices of a subscription. */
export function openInvoices(account: Account, id: string): Invoice[] {
  return account
    .of(invoices)
    .by('subscription', id)
    .filter((invoice): invoice is Invoice => !invoice.deleted)
    .filter((invoice) => invoice.status === 'open' || invoice.status === 'draft');
}

/** Says that a trial ends soon. Runs as a due job, three days before. */
export function announceTrialEnd(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (subscription?.status === 'trialing')
    emit(account, 'customer.subscription.trial_will_end', subscription);
}
