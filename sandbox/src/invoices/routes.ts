import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { applyDiscounts } from '../discounts.ts';
import { emit } from '../events.ts';
import { resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, declare, found, listed, type Resource, refused, route, searched } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { StripeFault } from '../wire/errors.ts';
import { datedPageParams, embeddedList, pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  inRange,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import {
  advanceInvoice,
  attemptPayment,
  intentOf,
  onActionRequired,
  onIntentFailed,
  onIntentSucceeded,
  overdueInvoice,
  retryInvoice,
  retryJob,
} from './collect.ts';
import { draftInvoice, draftSeconds, finalizeJob, newInvoiceId } from './draft.ts';
import { deleteDraft, markUncollectible, payOutOfBand, voidInvoice } from './end.ts';
import { finalizeInvoice, overdueJob, saveInvoice } from './finalize.ts';
import {
  type Invoice,
  type InvoicePayment,
  invoicePayments,
  invoices,
  paymentIdOf,
  type StoredInvoice,
  subscriptionOf,
} from './invoice.ts';
import { pendingItems, takeItems } from './items.ts';

import { createParams, listParams, payParams, searchFields, updateParams } from './params.ts';
import { existing, ownMethod, updateFrom } from './update.ts';

function createFrom({ account, params }: Call<Parsed<typeof createParams>>): Invoice {
  const customer = existingCustomer(account, params.customer);
  const currency = params.currency ?? customer.currency ?? 'usd';
  const method = params.collection_method ?? 'charge_automatically';
  if (method === 'charge_automatically' && (params.days_until_due ?? params.due_date) !== undefined)
    throw refused(
      params.due_date === undefined ? 'days_until_due' : 'due_date',
      `\`${params.due_date === undefined ? 'days_until_due' : 'due_date'}\` may only be specified for invoices with \`collection_method\`='send_invoice'.`,
    );
  if (method === 'send_invoice' && (params.days_until_due ?? params.due_date) === undefined)
    throw refused(
      'days_until_due',
      "If invoice `collection_method`='send_invoice', you must pass one of `due_date` or `days_until_due`.",
    );
  const id = newInvoiceId();
  const items =
    params.pending_invoice_items_behavior === 'include'
      ? pendingItems(account, customer.id, { currency, subscription: params.subscription })
      : [];
  return draftInvoice(account, {
    id,
    customer,
    currency,
    lines: takeItems(account, items, id),
    billingReason: 'manual',
    collectionMethod: method,
    autoAdvance: params.auto_advance ?? false,
    customFields: params.custom_fields ?? null,
    daysUntilDue: params.days_until_due,
    defaultPaymentMethod: ownMethod(account, customer.id, params.default_payment_method),
    defaultTaxRates: existingTaxRates(account, params.default_tax_rates ?? [], 'default_tax_rates'),
    description: params.description,
    discounts: applyDiscounts(account, params.discounts ?? [], { customer: customer.id, invoice: id }),
    dueDate: params.due_date,
    footer: params.footer,
    metadata: applyMetadata({}, params.metadata),
    number: params.number,
    statementDescriptor: params.statement_descriptor,
  });
}

function payFrom(call: Call<Parsed<typeof payParams>>): Invoice {
  const { account, params } = call;
  const before = existing(call);
  const open = before.status === 'draft' ? finalizeInvoice(account, before) : before;
  if (open.status === 'paid' && before.status === 'draft') return open;
  if (open.status === 'paid') throw refused('id', 'Invoice is already paid', 'invoice_already_paid');
  if (open.status === 'void')
    throw refused('id', 'This invoice is voided and cannot be paid.', 'invoice_not_payable');
  if (params.paid_out_of_band) return payOutOfBand(account, open);
  const method =
    params.payment_method === undefined
      ? undefined
      : resolveMethod(account, params.payment_method, 'payment_method');
  const { invoice, fault } = attemptPayment(account, open, {
    method,
    offSession: params.off_session ?? true,
  });
  if (fault) throw fault;
  if (intentOf(account, invoice)?.status === 'requires_action') throw actionNeeded();
  return invoice;
}

function actionNeeded(): StripeFault {
  const message =
    'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.';
  const code = 'invoice_payment_intent_requires_action';
  return new StripeFault(402, { type: 'card_error', code, message }, { keeps: true });
}

function sendFrom(call: Call<unknown>): Invoice {
  const before = existing(call);
  const open = before.status === 'draft' ? finalizeInvoice(call.account, before) : before;
  if (open.status !== 'open' && open.status !== 'paid')
    throw refused('id', `You can only send open invoices. This invoice is ${open.status}.`);
  emit(call.account, 'invoice.sent', open);
  return open;
}

function finalizeFrom(call: Call<{ auto_advance?: boolean }>): Invoice {
  const { account, params } = call;
  const draft = existing(call);
  const advance = params.auto_advance ?? draft.auto_advance ?? false;
  const open = finalizeInvoice(account, { ...draft, auto_advance: advance });
  if (!advance || open.status !== 'open') return open;
  if (open.collection_method === 'send_invoice') emit(account, 'invoice.sent', open);
  else return collectLater(account, open);
  return open;
}

/** An invoice that was finalized by hand is charged an hour later, unless it is paid before. */
function collectLater(account: Account, invoice: Invoice): Invoice {
  const at = account.now() + draftSeconds;
  account.schedule(at, retryJob, invoice.id);
  return saveInvoice(account, { ...invoice, next_payment_attempt: at });
}

/** `/v1/invoices` and `/v1/invoice_payments`. */
export const invoiceResource: Resource = {
  collections: [declare(invoices), declare(invoicePayments)],
  expand: {
    invoice: {
      customer: ['customers'],
      default_payment_method: ['payment_methods'],
      discounts: ['discounts'],
      'parent.subscription_details.subscription': ['subscriptions'],
      payments: (lookup, invoice) => {
        const payment = lookup('invoice_payments', paymentIdOf(invoice.id));
        return embeddedList(payment ? [payment] : [], `/v1/invoice_payments?invoice=${invoice.id}`);
      },
      confirmation_secret: (lookup, invoice) => {
        const payment = lookup('invoice_payments', paymentIdOf(invoice.id)) as InvoicePayment | undefined;
        const intent = payment && lookup('payment_intents', payment.payment.payment_intent);
        if (!intent || !('client_secret' in intent)) return null;
        return { client_secret: intent.client_secret, type: 'payment_intent' };
      },
    },
    invoice_payment: { invoice: ['invoices'], 'payment.payment_intent': ['payment_intents'] },
    line_item: {
      discounts: ['discounts'],
      subscription: ['subscriptions'],
      'pricing.price_details.price': ['prices'],
    },
  },
  jobs: { [finalizeJob]: advanceInvoice, [retryJob]: retryInvoice, [overdueJob]: overdueInvoice },
  listeners: {
    'payment_intent.succeeded': onIntentSucceeded,
    'payment_intent.payment_failed': onIntentFailed,
    'payment_intent.requires_action': onActionRequired,
  },
  routes: [
    route('POST', '/v1/invoices', { permission: 'invoice', params: createParams }, createFrom),
    route('GET', '/v1/invoices/search', { permission: 'invoice', params: searchParams }, (call) =>
      searched<StoredInvoice>(call, invoices, searchFields),
    ),
    route('GET', '/v1/invoices/:id', { permission: 'invoice' }, existing),
    route('POST', '/v1/invoices/:id', { permission: 'invoice', params: updateParams }, updateFrom),
    route(
      'DELETE',
      '/v1/invoices/:id',
      { permission: 'invoice' },
      (call): Stripe.DeletedInvoice => deleteDraft(call.account, existing(call)),
    ),
    route(
      'POST',
      '/v1/invoices/:id/finalize',
      { permission: 'invoice', params: { auto_advance: boolean() } },
      finalizeFrom,
    ),
    route('POST', '/v1/invoices/:id/pay', { permission: 'invoice', params: payParams }, payFrom),
    route('POST', '/v1/invoices/:id/send', { permission: 'invoice' }, sendFrom),
    route('POST', '/v1/invoices/:id/void', { permission: 'invoice' }, (call) =>
      voidInvoice(call.account, existing(call)),
    ),
    route('POST', '/v1/invoices/:id/mark_uncollectible', { permission: 'invoice' }, (call) =>
      markUncollectible(call.account, existing(call)),
    ),
    route('GET', '/v1/invoices/:id/lines', { permission: 'invoice', params: pageParams }, (call) =>
      embeddedList(existing(call).lines.data, call.url),
    ),
    route('GET', '/v1/invoices', { permission: 'invoice', params: listParams }, (call) => {
      const { collection_method: method, customer, due_date: due, status, subscription } = call.params;
      return listed<StoredInvoice>(call, invoices, {
        ...indexFor({ customer, subscription, status }),
        where: (invoice) =>
          !invoice.deleted &&
          (customer === undefined || invoice.customer === customer) &&
          (subscription === undefined || subscriptionOf(invoice) === subscription) &&
          (status === undefined || invoice.status === status) &&
          (method === undefined || invoice.collection_method === method) &&
          (due === undefined || (invoice.due_date !== null && inRange(invoice.due_date, due))),
      });
    }),
    route('GET', '/v1/invoice_payments/:id', { permission: 'invoice' }, (call) =>
      found(call, invoicePayments, 'invoice payment'),
    ),
    route(
      'GET',
      '/v1/invoice_payments',
      {
        permission: 'invoice',
        params: {
          ...datedPageParams,
          invoice: text(),
          payment: object({ payment_intent: text(), type: required(oneOf('payment_intent')) }),
          status: oneOf('canceled', 'open', 'paid'),
        },
      },
      (call) => {
        const { invoice, payment, status } = call.params;
        return listed(call, invoicePayments, {
          ...(invoice === undefined ? {} : { index: 'invoice', key: invoice }),
          where: (entry) =>
            (status === undefined || entry.status === status) &&
            (payment?.payment_intent === undefined ||
              entry.payment.payment_intent === payment.payment_intent),
        });
      },
    ),
  ],
};

function indexFor(wanted: { customer?: string; subscription?: string; status?: string }) {
  if (wanted.subscription !== undefined) return { index: 'subscription', key: wanted.subscription };
  if (wanted.customer !== undefined) return { index: 'customer', key: wanted.customer };
  return wanted.status === undefined ? {} : { index: 'status', key: wanted.status };
}
