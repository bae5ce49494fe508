import type Stripe from 'stripe';
import { existingCustomer } from './customers.ts';
import { currentInvoice, type Invoice } from './invoices/invoice.ts';
import { changeItem, deleteItem, itemFields, itemFrom, setLines } from './invoices/item-edit.ts';
import { type InvoiceItem, invoiceItems, lineOf, type StoredInvoiceItem } from './invoices/items.ts';
import { editable } from './invoices/line-edit.ts';
import { allLines } from './invoices/line-list.ts';
import { priceCurrency, prices } from './prices/price.ts';
import { type Call, declare, listed, type Resource, refused, route } from './resource.ts';
import { missingParam, noSuch, StripeFault } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import { boolean, emptyable, inRange, oneOf, type Parsed, text, until } from './wire/params.ts';

const common = {
  ...itemFields,
  price: until('2025-03-31', text()),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  tax_code: emptyable(text()),
} as const;
const createParams = {
  ...common,
  currency: priceCurrency,
  customer: text(),
  invoice: text(),
  subscription: text(),
} as const;
const updateParams = { ...common, invoicing_rules: emptyable(text()) } as const;
const listParams = { ...datedPageParams, customer: text(), invoice: text(), pending: boolean() } as const;

/** A price may still be named as before API version 2025-03-31. */
function withPricing<P extends { price?: string; pricing?: { price?: string } }>(params: P): P {
  return params.price === undefined ? params : { ...params, pricing: { price: params.price } };
}

function addItem(call: Call<Parsed<typeof createParams>>): InvoiceItem {
  const { account } = call;
  const params = withPricing(call.params);
  const draft = params.invoice === undefined ? undefined : draftNamed(call, params.invoice);
  const customerId = params.customer ?? draft?.customer;
  if (customerId === undefined) throw missingParam('customer');
  const customer = existingCustomer(account, customerId);
  if (draft && draft.customer !== customer.id)
    throw refused('invoice', `The invoice ${draft.id} does not belong to the customer ${customer.id}.`);
  const price =
    params.pricing?.price === undefined ? undefined : account.of(prices).get(params.pricing.price);
  const currency =
    params.currency ?? params.price_data?.currency ?? draft?.currency ?? price?.currency ?? customer.currency;
  if (!currency) throw missingParam('currency');
  if (draft && draft.currency !== currency)
    throw refused('currency', `The currency of the invoice is ${draft.currency}, not ${currency}.`);
  const { id: invoice = null } = draft ?? {};
  const subscription = subscriptionNamed(call, params.subscription, customer.id);
  const item = itemFrom(account, params, { customer: customer.id, currency, invoice, subscription });
  if (draft) setLines(account, draft, [...allLines(account, draft), lineOf(account, item)]);
  return item;
}

function draftNamed(call: Call<unknown>, id: string): Invoice {
  const invoice = currentInvoice(call.account, id);
  if (!invoice) throw noSuch('invoice', id, 'invoice', 400);
  return editable(invoice);
}

function subscriptionNamed(call: Call<unknown>, id: string | undefined, customer: string): string | null {
  if (id === undefined) return null;
  const subscription = call.account.byName('subscriptions')?.get(id);
  if (!subscription) throw noSuch('subscription', id, 'subscription');
  if (!('customer' in subscription) || subscription.customer !== customer)
    throw refused('subscription', `The subscription ${id} does not belong to the customer ${customer}.`);
  return id;
}

function existing(call: Call<unknown>): InvoiceItem {
  const item = call.account.of(invoiceItems).get(call.id());
  if (item && !item.deleted) return item;
  const message = `No such Invoice Item: '${call.id()}'(livemode=${call.account.livemode})`;
  throw new StripeFault(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: 'id',
    message,
  });
}

function remove(call: Call<unknown>): Stripe.DeletedInvoiceItem {
  const item = existing(call);
  deleteItem(call.account, item);
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

/** `/v1/invoiceitems`. */
export const invoiceItemResource: Resource = {
  collections: [declare(invoiceItems)],
  expand: {
    invoiceitem: {
      customer: ['customers'],
      discounts: ['discounts'],
      invoice: ['invoices'],
      'pricing.price_details.price': ['prices'],
    },
  },
  routes: [
    route('POST', '/v1/invoiceitems', { permission: 'invoice', params: createParams }, addItem),
    route('GET', '/v1/invoiceitems/:id', { permission: 'invoice' }, existing),
    route('POST', '/v1/invoiceitems/:id', { permission: 'invoice', params: updateParams }, (call) =>
      changeItem(call.account, existing(call), withPricing(call.params)),
    ),
    route('DELETE', '/v1/invoiceitems/:id', { permission: 'invoice' }, remove),
    route('GET', '/v1/invoiceitems', { permission: 'invoice', params: listParams }, (call) => {
      const { created, customer, invoice, pending } = call.params;
      const page = { ...call, params: { ...call.params, created: undefined } };
      return listed<StoredInvoiceItem>(page, invoiceItems, {
        ...(invoice !== undefined
          ? { index: 'invoice', key: invoice }
          : customer !== undefined
            ? { index: 'customer', key: customer }
            : {}),
        where: (item) =>
          !item.deleted &&
          inRange(item.date, created) &&
          (customer === undefined || item.customer === customer) &&
          (pending === undefined || (item.invoice === null) === pending),
      });
    }),
  ],
};
