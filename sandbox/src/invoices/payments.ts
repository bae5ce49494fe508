import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { adjustCustomerBalance } from '../customer-balance.ts';
import { emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { createPaymentIntent, type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import { type CancelReason, cancelPaymentIntent } from '../payment-intents/settle.ts';
import { shownOnIntent } from '../payment-intents/split.ts';
import { directTypes } from '../payment-methods/types.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { type Invoice, saveInvoice, subscriptionOf } from './invoice.ts';
import { intentOptions } from './payment-options.ts';
import { splitOfInvoice } from './shares.ts';

/** A payment towards an invoice, as stored. The default one was made when the invoice was finalized. */
export type InvoicePayment = Omit<Stripe.InvoicePayment, 'invoice' | 'payment' | 'status'> & {
  readonly invoice: string;
  readonly payment: { readonly type: 'payment_intent'; readonly payment_intent: string };
  readonly status: 'canceled' | 'open' | 'paid';
};
export const invoicePayments: CollectionSpec<InvoicePayment, 'payment_intent' | 'invoice'> = {
  name: 'invoice_payments',
  indexes: {
    payment_intent: (payment) => payment.payment.payment_intent,
    invoice: (payment) => payment.invoice,
  },
};

/** The id of an invoice's default payment; derived, so that an invoice leads to it without a search. */
export function paymentIdOf(invoice: string): string {
  return invoice.replace(/^in_/, 'inpay_');
}

/** The intent that collects an invoice. */
export function intentOf(account: Account, invoice: Invoice): PaymentIntent | undefined {
  const payment = account.of(invoicePayments).get(paymentIdOf(invoice.id));
  return payment ? account.of(paymentIntents).get(payment.payment.payment_intent) : undefined;
}

/** Asks for the money of an invoice that was just finalized. */
export function requestPayment(account: Account, invoice: Invoice): void {
  const intent = createPaymentIntent(account, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: paymentDescription(invoice),
    methodTypes: directTypes(invoice.currency),
    options: intentOptions(invoice.payment_settings.payment_method_options),
    receiptEmail: null,
    setupFutureUsage: subscriptionOf(invoice) === null ? null : 'off_session',
    split: splitOfInvoice(account, invoice, invoice.amount_due),
    statementDescriptor: invoice.statement_descriptor,
  });
  account.of(invoicePayments).put(newPayment(account, invoice, intent, paymentIdOf(invoice.id)));
}

/** Counts what an intent has collected before the invoice was there. */
export function takePayment(account: Account, invoice: Invoice, intent: PaymentIntent): Invoice {
  const payment = newPayment(account, invoice, intent, paymentIdOf(invoice.id));
  account.of(invoicePayments).put(payment);
  settlePayment(account, payment, intent.amount_received);
  return creditPayment(account, invoice, intent.amount_received);
}

function newPayment(account: Account, invoice: Invoice, intent: PaymentIntent, id: string): InvoicePayment {
  return {
    id,
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: intent.amount,
    created: account.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: id === paymentIdOf(invoice.id),
    livemode: account.livemode,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
}

function paymentDescription(invoice: Invoice): string {
  if (invoice.billing_reason === 'subscription_create') return 'Subscription creation';
  if (subscriptionOf(invoice) !== null) return 'Subscription update';
  return 'Payment for Invoice';
}

/**
 * Counts money that came in for an open invoice and ends it as paid once nothing is left. What came in beyond that is
 * the customer's: it goes onto their balance.
 */
export function creditPayment(account: Account, invoice: Invoice, amount: number): Invoice {
  const applied = Math.min(amount, invoice.amount_remaining);
  const over = amount - applied;
  const next: Invoice = {
    ...invoice,
    amount_paid: invoice.amount_paid + applied,
    attempted: true,
    amount_remaining: invoice.amount_remaining - applied,
    amount_overpaid: invoice.amount_overpaid + over,
  };
  if (over > 0)
    adjustCustomerBalance(account, {
      customer: invoice.customer,
      amount: -over,
      currency: invoice.currency,
      type: 'invoice_overpaid',
      invoice: invoice.id,
    });
  return settle(account, next);
}

/** Stores an invoice of which less remains, by payments or credit notes: paid when nothing does. */
export function settle(account: Account, invoice: Invoice): Invoice {
  if (invoice.amount_remaining === 0) return markPaid(account, invoice);
  const open = saveInvoice(account, invoice);
  fitIntent(account, open);
  return open;
}

/** Lets the default intent ask for what is left. */
export function fitIntent(account: Account, invoice: Invoice): void {
  const intent = intentOf(account, invoice);
  if (!intent || intent.status === 'succeeded' || intent.status === 'canceled') return;
  if (intent.amount === invoice.amount_remaining || invoice.amount_remaining === 0) return;
  const split = splitOfInvoice(account, invoice, invoice.amount_remaining);
  account.of(paymentIntents).put({ ...intent, amount: invoice.amount_remaining, ...shownOnIntent(split) });
  const payment = account.of(invoicePayments).get(paymentIdOf(invoice.id));
  if (payment) account.of(invoicePayments).put({ ...payment, amount_requested: invoice.amount_remaining });
}

/** Ends an invoice of which nothing is left to collect. */
export function markPaid(account: Account, invoice: Invoice): Invoice {
  const paid = saveInvoice(account, {
    ...invoice,
    status: 'paid',
    amount_remaining: 0,
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: account.now() },
  });
  cancelPayments(account, paid, 'automatic');
  emit(account, 'invoice.paid', paid);
  emit(account, 'invoice.payment_succeeded', paid);
  if (paid.amount_overpaid > 0) emit(account, 'invoice.overpaid', paid);
  return paid;
}

/** Notes that a payment's intent succeeded. */
export function settlePayment(account: Account, payment: InvoicePayment, amount: number): void {
  const status_transitions = { canceled_at: null, paid_at: account.now() };
  const paid: InvoicePayment = { ...payment, status: 'paid', amount_paid: amount, status_transitions };
  update(account, invoicePayments, paid, 'invoice_payment.paid');
}

/** Ends the payments of an invoice that no longer wants them. */
export function cancelPayments(account: Account, invoice: Invoice, reason: CancelReason): void {
  for (const payment of account.of(invoicePayments).by('invoice', invoice.id)) {
    if (payment.status !== 'open') continue;
    account.of(invoicePayments).put({
      ...payment,
      status: 'canceled',
      status_transitions: { ...payment.status_transitions, canceled_at: account.now() },
    });
    const intent = account.of(paymentIntents).get(payment.payment.payment_intent);
    if (payment.is_default && intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
      cancelPaymentIntent(account, intent, reason);
  }
}

/** The charges that paid an invoice, latest first. */
export function chargesOf(account: Account, invoice: Invoice): Charge[] {
  return account
    .of(invoicePayments)
    .by('invoice', invoice.id)
    .filter(({ status }) => status === 'paid')
    .flatMap(({ payment }) => {
      const charge = account.of(paymentIntents).get(payment.payment_intent)?.latest_charge;
      return (charge && account.of(charges).get(charge)) || [];
    });
}

/** Whether money already came in for an invoice, so that it cannot be voided. */
export function hasPayments(account: Account, invoice: Invoice): boolean {
  if (invoice.amount_paid > 0) return true;
  return account
    .of(invoicePayments)
    .by('invoice', invoice.id)
    .some(({ status }) => status === 'paid');
}

/**
 * Lets an intent pay towards an open invoice, in part or whole; one that has succeeded counts at once.
 * @throws StripeFault 400 for invoices that are not open and intents of others, in another currency or taken.
 */
export function attachIntent(account: Account, invoice: Invoice, intent: PaymentIntent): Invoice {
  const param = 'payment_intent';
  if (invoice.status !== 'open')
    throw refused('invoice', "You can only attach payments to open invoices. This invoice isn't open.");
  if (intent.customer !== invoice.customer)
    throw refused(
      param,
      `The customer of the PaymentIntent (${intent.customer}) does not match the customer of the invoice (${invoice.customer}).`,
    );
  if (intent.currency !== invoice.currency)
    throw refused(
      param,
      `The currency of the PaymentIntent (${intent.currency}) does not match the currency of the invoice (${invoice.currency}).`,
    );
  if (intent.status === 'canceled')
    throw refused(param, 'A canceled PaymentIntent cannot be attached to an invoice.');
  if (account.of(invoicePayments).newestBy('payment_intent', intent.id))
    throw refused(param, `The PaymentIntent ${intent.id} is already attached to an invoice.`);
  const payment = newPayment(account, invoice, intent, newId('inpay', 24));
  account.of(invoicePayments).put(payment);
  if (intent.status !== 'succeeded') return invoice;
  settlePayment(account, payment, intent.amount_received);
  return creditPayment(account, invoice, intent.amount_received);
}
