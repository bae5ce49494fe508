import type Stripe from 'stripe';
import { shownSource } from '../payment-methods/sources.ts';
import { declare, listed, type Resource, route, searched } from '../resource.ts';
import { embeddedList } from '../wire/pages.ts';
import { boolean, inRange, text, unsupported } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { attachFrom, finalizeFrom, payFrom, sendFrom } from './actions.ts';
import {
  advanceInvoice,
  onActionRequired,
  onIntentFailed,
  onIntentSucceeded,
  overdueInvoice,
  remindOfInvoice,
  retryInvoice,
  retryJob,
} from './collect.ts';
import { createFrom } from './create.ts';
import { finalizeJob } from './draft.ts';
import { deleteDraft, markUncollectible, voidInvoice } from './end.ts';
import { overdueJob, reminderJob } from './finalize.ts';
import { type Invoice, invoices, type StoredInvoice, subscriptionOf } from './invoice.ts';
import { longInvoices } from './line-list.ts';
import { lineRoutes } from './line-routes.ts';
import { createParams, listParams, payParams, searchFields, updateParams } from './params.ts';
import { paymentRoutes } from './payment-routes.ts';
import { type InvoicePayment, invoicePayments, paymentIdOf } from './payments.ts';
import { invoiceShares } from './shares.ts';
import { existing, updateFrom } from './update.ts';
import { draftUsage } from './usage-lines.ts';

/** `/v1/invoices` and `/v1/invoice_payments`. */
export const invoiceResource: Resource = {
  collections: [
    declare(invoices),
    declare(invoicePayments),
    declare(invoiceShares),
    declare(longInvoices),
    declare(draftUsage),
  ],
  expand: {
    invoice: {
      customer: ['customers'],
      default_payment_method: ['payment_methods'],
      discounts: ['discounts'],
      default_source: (lookup, invoice) => shownSource(lookup, (invoice as Invoice).default_source),
      'issuer.account': ['accounts'],
      on_behalf_of: ['accounts'],
      'shipping_cost.shipping_rate': ['shipping_rates'],
      'total_discount_amounts.discount': ['discounts'],
      'total_pretax_credit_amounts.credit_balance_transaction': ['billing_credit_balance_transactions'],
      'total_pretax_credit_amounts.discount': ['discounts'],
      'parent.subscription_details.subscription': ['subscriptions'],
      'from_invoice.invoice': ['invoices'],
      latest_revision: ['invoices'],
      'parent.quote_details.quote': ['quotes'],
      payments: (lookup, invoice) =>
        embeddedList(
          [...lookup.by('invoice_payments', 'invoice', invoice.id)],
          `/v1/invoice_payments?invoice=${invoice.id}`,
        ),
      confirmation_secret: (lookup, invoice) => {
        const payment = lookup('invoice_payments', paymentIdOf(invoice.id)) as InvoicePayment | undefined;
        const intent = payment && lookup('payment_intents', payment.payment.payment_intent);
        if (!intent || !('client_secret' in intent)) return null;
        return { client_secret: intent.client_secret, type: 'payment_intent' };
      },
    },
    invoice_payment: { invoice: ['invoices'], 'payment.payment_intent': ['payment_intents'] },
    line_item: {
      'discount_amounts.discount': ['discounts'],
      'pretax_credit_amounts.credit_balance_transaction': ['billing_credit_balance_transactions'],
      'pretax_credit_amounts.discount': ['discounts'],
      discounts: ['discounts'],
      subscription: ['subscriptions'],
      'pricing.price_details.price': ['prices'],
    },
  },
  jobs: {
    [finalizeJob]: advanceInvoice,
    [retryJob]: retryInvoice,
    [overdueJob]: overdueInvoice,
    [reminderJob]: remindOfInvoice,
  },
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
    route('GET', '/v1/invoices/:id', { permission: 'invoice' }, (call) => existing(call, 'invoice')),
    route('POST', '/v1/invoices/:id', { permission: 'invoice', params: updateParams }, updateFrom),
    route(
      'DELETE',
      '/v1/invoices/:id',
      { permission: 'invoice' },
      (call): Stripe.DeletedInvoice => deleteDraft(call.account, existing(call, 'invoice')),
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
    route(
      'POST',
      '/v1/invoices/:id/attach_payment',
      { permission: 'invoice', params: { payment_intent: text(), payment_record: unsupported() } },
      attachFrom,
    ),
    ...lineRoutes,
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
    ...paymentRoutes,
  ],
};

function indexFor(wanted: { customer?: string; subscription?: string; status?: string }) {
  if (wanted.subscription !== undefined) return { index: 'subscription', key: wanted.subscription };
  if (wanted.customer !== undefined) return { index: 'customer', key: wanted.customer };
  return wanted.status === undefined ? {} : { index: 'status', key: wanted.status };
}
