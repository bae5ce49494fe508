import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { checkAmount } from '../charges/amounts.ts';
import { adjustCustomerBalance } from '../customer-balance.ts';
import { customers, existingCustomer, type StoredCustomer } from '../customers.ts';
import { emit, update } from '../events.ts';
import { randomText } from '../ids.ts';
import { createPaymentIntent, type PaymentIntent } from '../payment-intents/intent.ts';
import { refused } from '../resource.ts';
import { StripeFault } from '../wire/errors.ts';
import { amountDue, withTotals } from './draft.ts';
import {
  type Invoice,
  invoicePayments,
  invoices,
  paymentIdOf,
  type StoredInvoice,
  subscriptionOf,
} from './invoice.ts';

export const overdueJob = 'invoice.overdue';

/** Stores the invoice's next state and announces it. */
export function saveInvoice(account: Account, next: Invoice): Invoice {
  update<StoredInvoice>(account, invoices, next, 'invoice.updated');
  return next;
}

/** Numbers an invoice and asks for its amount; one with nothing to pay is paid at once. Throws Stripe's 400 unless it is a draft. */
export function finalizeInvoice(account: Account, draft: Invoice): Invoice {
  if (draft.status !== 'draft')
    throw refused(
      'id',
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      'invoice_already_finalized',
    );
  const customer = existingCustomer(account, draft.customer);
  const summed = withTotals(account, { ...draft, starting_balance: customer.balance }, draft.lines.data);
  const balanced = settleBalance(account, summed, customer);
  const now = account.now();
  const secret = randomText(40);
  const open: Invoice = {
    ...balanced,
    status: 'open',
    number: draft.number ?? nextNumber(account, draft.customer),
    automatically_finalizes_at: null,
    effective_at: now,
    hosted_invoice_url: `${account.origin()}/_sandbox/invoices/${account.id}/${draft.id}/${secret}`,
    invoice_pdf: `${account.origin()}/_sandbox/invoices/${account.id}/${draft.id}/${secret}/pdf`,
    next_payment_attempt: null,
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  };
  saveInvoice(account, open);
  emit(account, 'invoice.finalized', open);
  if (open.amount_due === 0) return markPaid(account, { ...open, attempted: true }, 0);
  requestPayment(account, open);
  if (open.due_date !== null) account.schedule(open.due_date, overdueJob, open.id);
  return open;
}

/** Uses up credit, or takes up a debt or an amount too small to charge, and says what is left to pay. */
function settleBalance(account: Account, invoice: Invoice, customer: Stripe.Customer): Invoice {
  const start = customer.balance;
  const asked = amountDue(invoice.total, start);
  const tooSmall = asked > 0 && !canBeCharged(asked, invoice.currency);
  const due = tooSmall ? 0 : asked;
  const change = due - invoice.total;
  if (change !== 0) {
    adjustCustomerBalance(account, {
      customer: customer.id,
      amount: -change,
      currency: invoice.currency,
      type: tooSmall ? 'invoice_too_small' : 'applied_to_invoice',
      invoice: invoice.id,
    });
  }
  return { ...invoice, amount_due: due, amount_remaining: due, ending_balance: start - change };
}

function canBeCharged(amount: number, currency: string): boolean {
  try {
    checkAmount(amount, currency);
    return true;
  } catch (error) {
    if (error instanceof StripeFault && error.body.code === 'amount_too_small') return false;
    throw error;
  }
}

function nextNumber(account: Account, customerId: string): string {
  const customer = existingCustomer(account, customerId);
  const sequence = customer.next_invoice_sequence ?? 1;
  const next: StoredCustomer = { ...customer, next_invoice_sequence: sequence + 1 };
  account.of(customers).put(next);
  return `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`;
}

function requestPayment(account: Account, invoice: Invoice): PaymentIntent {
  const intent = createPaymentIntent(account, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: paymentDescription(invoice),
    methodTypes: ['card'],
    receiptEmail: null,
    setupFutureUsage: subscriptionOf(invoice) === null ? null : 'off_session',
    statementDescriptor: invoice.statement_descriptor,
  });
  account.of(invoicePayments).put({
    id: paymentIdOf(invoice.id),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: account.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: account.livemode,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  return intent;
}

function paymentDescription(invoice: Invoice): string {
  if (invoice.billing_reason === 'subscription_create') return 'Subscription creation';
  if (subscriptionOf(invoice) !== null) return 'Subscription update';
  return `Payment for Invoice`;
}

/** Ends an invoice as paid; `amount` came in for it just now. */
export function markPaid(account: Account, invoice: Invoice, amount: number): Invoice {
  const now = account.now();
  const payment = account.of(invoicePayments).get(paymentIdOf(invoice.id));
  const paid: Invoice = {
    ...invoice,
    status: 'paid',
    amount_paid: invoice.amount_paid + amount,
    amount_remaining: 0,
    attempted: true,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  };
  saveInvoice(account, paid);
  if (payment?.status === 'open' && amount > 0) {
    const done = {
      ...payment,
      status: 'paid',
      amount_paid: amount,
      status_transitions: { canceled_at: null, paid_at: now },
    };
    update(account, invoicePayments, done, 'invoice_payment.paid');
  }
  emit(account, 'invoice.paid', paid);
  emit(account, 'invoice.payment_succeeded', paid);
  return paid;
}
