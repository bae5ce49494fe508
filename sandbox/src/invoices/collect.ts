import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { existingCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import { confirmPaymentIntent } from '../payment-intents/confirm.ts';
import { type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import { type CancelReason, cancelPaymentIntent } from '../payment-intents/settle.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import type { StripeFault } from '../wire/errors.ts';
import { finalizeInvoice, markPaid, saveInvoice } from './finalize.ts';
import {
  type Invoice,
  type InvoicePayment,
  invoicePayments,
  invoices,
  paymentIdOf,
  subscriptionOf,
} from './invoice.ts';

export const retryJob = 'invoice.retry';
/** When a failed payment is tried again: on the third, fifth and seventh day after the first attempt. */
export const retryDelays = [3 * day, 2 * day, 2 * day] as const;

/** The invoice as it stands now. */
export function currentInvoice(account: Account, id: string): Invoice | undefined {
  const invoice = account.of(invoices).get(id);
  return invoice && !invoice.deleted ? invoice : undefined;
}

/** The method an invoice is paid with: its own, its subscription's, or the customer's default. */
export function methodFor(account: Account, invoice: Invoice): PaymentMethod | undefined {
  const subscription = subscriptionOf(invoice);
  const bills = subscription === null ? undefined : account.byName('subscriptions')?.get(subscription);
  const ofSubscription =
    bills && 'default_payment_method' in bills && typeof bills.default_payment_method === 'string'
      ? bills.default_payment_method
      : null;
  const customer = existingCustomer(account, invoice.customer);
  const ofCustomer = customer.invoice_settings.default_payment_method ?? customer.default_source;
  const id = invoice.default_payment_method ?? ofSubscription ?? ofCustomer;
  return typeof id === 'string' ? account.of(paymentMethods).get(id) : undefined;
}

export interface Attempt {
  readonly method?: PaymentMethod;
  /** The customer is not there to authenticate: renewals and retries. */
  readonly offSession: boolean;
}

/** Where an attempt led; what was refused is told by `fault` and kept on the intent. */
export interface AttemptResult {
  readonly invoice: Invoice;
  readonly fault: StripeFault | null;
}

/** Tries to collect an open invoice. What follows from the outcome happens as the payment intent reports it. */
export function attemptPayment(account: Account, invoice: Invoice, attempt: Attempt): AttemptResult {
  const method = attempt.method ?? methodFor(account, invoice);
  const intent = intentOf(account, invoice);
  if (!method) {
    const failed = paymentFailed(account, invoice, null);
    return { invoice: failed, fault: noMethod() };
  }
  if (!intent) return { invoice, fault: null };
  const { fault } = confirmPaymentIntent(account, intent, { method, offSession: attempt.offSession });
  return { invoice: currentInvoice(account, invoice.id) ?? invoice, fault };
}

export function intentOf(account: Account, invoice: Invoice): PaymentIntent | undefined {
  const payment = account.of(invoicePayments).get(paymentIdOf(invoice.id));
  return payment ? account.of(paymentIntents).get(payment.payment.payment_intent) : undefined;
}

function noMethod(): StripeFault {
  return refused(
    'payment_method',
    'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method` on the Customer or Invoice, or pass a `payment_method`.',
    'resource_missing',
  );
}

function invoiceOf(
  account: Account,
  intent: unknown,
): { invoice: Invoice; intent: PaymentIntent } | undefined {
  const known = intent as PaymentIntent;
  const payment: InvoicePayment | undefined = account
    .of(invoicePayments)
    .newestBy('payment_intent', known.id);
  const invoice = payment && currentInvoice(account, payment.invoice);
  return invoice ? { invoice, intent: known } : undefined;
}

/** Hears that an invoice's payment intent succeeded, whoever confirmed it. */
export function onIntentSucceeded(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (!hit || (hit.invoice.status !== 'open' && hit.invoice.status !== 'uncollectible')) return;
  markPaid(
    account,
    { ...hit.invoice, attempt_count: hit.invoice.attempt_count + 1 },
    hit.intent.amount_received,
  );
}

/** Hears that an attempt was refused. */
export function onIntentFailed(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (hit?.invoice.status === 'open') paymentFailed(account, hit.invoice, hit.intent);
}

/** Hears that the customer must authenticate. */
export function onActionRequired(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (hit?.invoice.status !== 'open') return;
  const asked = saveInvoice(account, {
    ...hit.invoice,
    attempted: true,
    attempt_count: hit.invoice.attempt_count + 1,
  });
  emit(account, 'invoice.payment_action_required', asked);
}

function paymentFailed(account: Account, invoice: Invoice, intent: PaymentIntent | null): Invoice {
  const delay = retries(invoice) ? retryDelays[invoice.attempt_count] : undefined;
  const next = delay === undefined ? null : account.now() + delay;
  const failed: Invoice = {
    ...invoice,
    attempted: true,
    attempt_count: invoice.attempt_count + 1,
    next_payment_attempt: next,
  };
  saveInvoice(account, failed);
  if (next !== null) account.schedule(next, retryJob, invoice.id);
  if (intent?.last_payment_error?.code === 'authentication_required')
    emit(account, 'invoice.payment_action_required', failed);
  emit(account, 'invoice.payment_failed', failed);
  return currentInvoice(account, invoice.id) ?? failed;
}

/** First invoices of subscriptions are not retried: the customer is there and tries again themselves. */
function retries(invoice: Invoice): boolean {
  return (
    invoice.auto_advance === true &&
    invoice.collection_method === 'charge_automatically' &&
    invoice.billing_reason !== 'subscription_create'
  );
}

/** Finalizes a draft whose time has come and collects or sends it. Runs as a due job. */
export function advanceInvoice(account: Account, id: string): void {
  const draft = currentInvoice(account, id);
  if (draft?.status !== 'draft' || !draft.auto_advance || draft.automatically_finalizes_at === null) return;
  if (draft.automatically_finalizes_at > account.now()) return;
  const open = finalizeInvoice(account, draft);
  if (open.status !== 'open') return;
  if (open.collection_method === 'send_invoice') emit(account, 'invoice.sent', open);
  else attemptPayment(account, open, { offSession: true });
}

/** Tries a failed invoice again. Runs as a due job. */
export function retryInvoice(account: Account, id: string): void {
  const invoice = currentInvoice(account, id);
  if (invoice?.status !== 'open' || !invoice.auto_advance) return;
  if (invoice.next_payment_attempt === null || invoice.next_payment_attempt > account.now()) return;
  attemptPayment(account, invoice, { offSession: true });
}

/** Says that an invoice that was sent is past its due date. Runs as a due job. */
export function overdueInvoice(account: Account, id: string): void {
  const invoice = currentInvoice(account, id);
  if (invoice?.status === 'open') emit(account, 'invoice.overdue', invoice);
}

/** Ends the payment of an invoice that no longer wants it. */
export function cancelPayment(account: Account, invoice: Invoice, reason: CancelReason): void {
  const payment = account.of(invoicePayments).get(paymentIdOf(invoice.id));
  const intent = intentOf(account, invoice);
  if (payment?.status !== 'open') return;
  if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
    cancelPaymentIntent(account, intent, reason);
  account.of(invoicePayments).put({
    ...payment,
    status: 'canceled',
    status_transitions: { ...payment.status_transitions, canceled_at: account.now() },
  });
}
