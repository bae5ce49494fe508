import type { Account } from '../account.ts';
import { billingSettingsOf } from '../billing-settings.ts';
import { day } from '../clock.ts';
import { existingCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import type { Acceptance } from '../mandates.ts';
import { confirmPaymentIntent } from '../payment-intents/confirm.ts';
import type { PaymentIntent } from '../payment-intents/intent.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import { listedCode, StripeFault } from '../wire/errors.ts';
import { finalizeInvoice } from './finalize.ts';
import { currentInvoice, type Invoice, saveInvoice, subscriptionOf } from './invoice.ts';
import { creditPayment, type InvoicePayment, intentOf, invoicePayments, settlePayment } from './payments.ts';

export const retryJob = 'invoice.retry';

/** The method an invoice is paid with: its own, its subscription's, or the customer's default. */
export function methodFor(account: Account, invoice: Invoice): PaymentMethod | undefined {
  const subscription = subscriptionOf(invoice);
  const bills = subscription === null ? undefined : account.byName('subscriptions')?.get(subscription);
  const ofSubscription = bills === undefined ? null : ownOf(bills);
  const customer = existingCustomer(account, invoice.customer);
  const ofCustomer = customer.invoice_settings.default_payment_method ?? customer.default_source;
  const id = ownOf(invoice) ?? ofSubscription ?? ofCustomer;
  return typeof id === 'string' ? account.of(paymentMethods).get(id) : undefined;
}

/** What an invoice or a subscription itself is to be charged to. */
function ownOf(billed: object): unknown {
  const method = 'default_payment_method' in billed ? billed.default_payment_method : null;
  return method ?? ('default_source' in billed ? billed.default_source : null);
}

export interface Attempt {
  readonly method?: PaymentMethod;
  /** The customer is not there to authenticate: renewals and retries. */
  readonly offSession: boolean;
  /** Where the customer comes back to after authenticating. */
  readonly returnUrl?: string;
  /** How the customer agreed to a debit. */
  readonly acceptance?: Acceptance;
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
  const { fault } = confirmPaymentIntent(account, intent, { ...attempt, method });
  return { invoice: currentInvoice(account, invoice.id) ?? invoice, fault };
}

function noMethod(): StripeFault {
  return refused(
    'payment_method',
    'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method` on the Customer or Invoice, or pass a `payment_method`.',
    'resource_missing',
  );
}

interface Hit {
  readonly invoice: Invoice;
  readonly intent: PaymentIntent;
  readonly payment: InvoicePayment;
}

function invoiceOf(account: Account, object: unknown): Hit | undefined {
  const intent = object as PaymentIntent;
  const payment = account.of(invoicePayments).newestBy('payment_intent', intent.id);
  const invoice = payment && currentInvoice(account, payment.invoice);
  return invoice ? { invoice, intent, payment } : undefined;
}

/** Hears that an invoice's payment intent succeeded, whoever confirmed it. */
export function onIntentSucceeded(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (!hit || (hit.invoice.status !== 'open' && hit.invoice.status !== 'uncollectible')) return;
  settlePayment(account, hit.payment, hit.intent.amount_received);
  const invoice = hit.payment.is_default ? attemptedAgain(account, hit.invoice) : hit.invoice;
  creditPayment(account, invoice, hit.intent.amount_received);
}

/** Hears that an attempt was refused. */
export function onIntentFailed(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (hit?.invoice.status === 'open' && hit.payment.is_default)
    paymentFailed(account, hit.invoice, hit.intent);
}

/** Hears that the customer must authenticate. */
export function onActionRequired(account: Account, object: unknown): void {
  const hit = invoiceOf(account, object);
  if (hit?.invoice.status !== 'open' || !hit.payment.is_default) return;
  const asked = saveInvoice(account, attemptedAgain(account, hit.invoice));
  emit(account, 'invoice.payment_action_required', asked);
}

/** Counts an attempt: the first, whoever made it, and then only those of the retry schedule. */
function attemptedAgain(account: Account, invoice: Invoice): Invoice {
  const counts = invoice.attempt_count === 0 || isDue(account, invoice);
  return { ...invoice, attempted: true, attempt_count: invoice.attempt_count + (counts ? 1 : 0) };
}

function isDue(account: Account, { next_payment_attempt: next }: Invoice): boolean {
  return next !== null && next <= account.now();
}

function paymentFailed(account: Account, invoice: Invoice, intent: PaymentIntent | null): Invoice {
  const counted = attemptedAgain(account, invoice);
  const failed: Invoice = { ...counted, next_payment_attempt: nextAttempt(account, invoice, counted) };
  saveInvoice(account, failed);
  const next = failed.next_payment_attempt;
  if (next !== null && next !== invoice.next_payment_attempt) account.schedule(next, retryJob, invoice.id);
  if (intent?.last_payment_error?.code === 'authentication_required')
    emit(account, 'invoice.payment_action_required', failed);
  emit(account, 'invoice.payment_failed', failed);
  return currentInvoice(account, invoice.id) ?? failed;
}

/** When the schedule tries next, in seconds; an attempt out of turn leaves it as it was. */
function nextAttempt(account: Account, before: Invoice, counted: Invoice): number | null {
  if (counted.attempt_count === before.attempt_count) return before.next_payment_attempt;
  const { retries: days } = billingSettingsOf(account);
  const next = retries(counted) ? days[before.attempt_count] : undefined;
  if (next === undefined) return null;
  return account.now() + (next - (days[before.attempt_count - 1] ?? 0)) * day;
}

/** Only what advances is retried: of a first invoice that is paid at once the customer is there and tries again themselves. */
function retries(invoice: Invoice): boolean {
  return invoice.auto_advance === true && invoice.collection_method === 'charge_automatically';
}

/** Finalizes a draft whose time has come and collects or sends it. Runs as a due job. */
export function advanceInvoice(account: Account, id: string): void {
  const draft = currentInvoice(account, id);
  if (draft?.status !== 'draft' || !draft.auto_advance || draft.automatically_finalizes_at === null) return;
  if (draft.automatically_finalizes_at > account.now()) return;
  const open = tryFinalizing(account, draft);
  if (open?.status !== 'open') return;
  if (open.collection_method === 'send_invoice') emit(account, 'invoice.sent', open);
  else attemptPayment(account, open, { offSession: true });
}

/** Finalizes a draft nobody is waiting for: what stands against it is kept on the draft and announced. */
function tryFinalizing(account: Account, draft: Invoice): Invoice | null {
  try {
    return account.attempt(() => finalizeInvoice(account, draft));
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const { type, message, param } = error.body;
    const code = listedCode(error.body.code);
    if (error.body.code === 'sandbox_not_supported') throw error;
    const failed = saveInvoice(account, {
      ...draft,
      automatically_finalizes_at: null,
      last_finalization_error: { type, message, ...(code && { code }), ...(param && { param }) },
      next_payment_attempt: null,
    });
    emit(account, 'invoice.finalization_failed', failed);
    return null;
  }
}

/** Tries a failed invoice again. Runs as a due job. */
export function retryInvoice(account: Account, id: string): void {
  const invoice = currentInvoice(account, id);
  if (invoice?.status !== 'open' || !invoice.auto_advance) return;
  if (isDue(account, invoice)) attemptPayment(account, invoice, { offSession: true });
}

/** Says that an invoice that was sent falls due soon. Runs as a due job. */
export function remindOfInvoice(account: Account, id: string): void {
  const invoice = currentInvoice(account, id);
  if (invoice?.status === 'open') emit(account, 'invoice.will_be_due', invoice);
}

/** Says that an invoice that was sent is past its due date. Runs as a due job. */
export function overdueInvoice(account: Account, id: string): void {
  const invoice = currentInvoice(account, id);
  if (invoice?.status === 'open') emit(account, 'invoice.overdue', invoice);
}
