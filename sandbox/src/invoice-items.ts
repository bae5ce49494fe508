import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { existingCustomer } from './customers.ts';
import { discountsParam } from './discounts.ts';
import { emit } from './events.ts';
import { withTotals } from './invoices/draft.ts';
import { currentInvoice, type Invoice, saveInvoice } from './invoices/invoice.ts';
import {
  createInvoiceItem,
  type InvoiceItem,
  invoiceItems,
  lineOf,
  type StoredInvoiceItem,
} from './invoices/items.ts';
import { allLines } from './invoices/line-list.ts';
import { amountOf } from './prices/cost.ts';
import { inlinePrice, oneTimePriceData } from './prices/inline.ts';
import { type Price, priceCurrency, prices } from './prices/price.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import { existingTaxRates } from './tax-rates.ts';
import { invalidRequest, missingParam, noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  integer,
  list,
  metadata,
  object,
  type Parsed,
  required,
  text,
  unsettableText,
  until,
} from './wire/params.ts';

const period = object({ start: required(integer()), end: required(integer()) });
const createParams = {
  amount: integer(),
  currency: priceCurrency,
  customer: required(text()),
  description: text(),
  discountable: boolean(),
  discounts: discountsParam,
  invoice: text(),
  metadata: metadata(),
  period,
  price: until('2025-03-31', text()),
  price_data: oneTimePriceData,
  pricing: object({ price: text() }),
  quantity: integer(0),
  subscription: text(),
  tax_rates: list(text(), 20),
  unit_amount_decimal: decimal(),
} as const;
const updateParams = {
  amount: integer(),
  description: unsettableText(),
  discountable: boolean(),
  metadata: metadata(),
  period,
  quantity: integer(0),
} as const;
const listParams = { ...datedPageParams, customer: text(), invoice: text(), pending: boolean() } as const;

function priceFor(account: Account, params: Parsed<typeof createParams>): Price | undefined {
  const { price_data: data } = params;
  if (data) return inlinePrice(account, data, 'price_data');
  const id = params.pricing?.price ?? params.price;
  if (id === undefined) return undefined;
  const price = referred(account, prices, 'price', id, 'pricing[price]');
  if (price.type === 'recurring')
    throw refused(
      'pricing[price]',
      `The price specified is set to \`type=recurring\` but this field only accepts prices with \`type=one_time\`.`,
    );
  if (!price.active)
    throw refused(
      'pricing[price]',
      'The price specified is inactive. This field only accepts active prices.',
    );
  return price;
}

function addItem(call: Call<Parsed<typeof createParams>>): InvoiceItem {
  const { account, params } = call;
  const customer = existingCustomer(account, params.customer);
  const draft = params.invoice === undefined ? undefined : editableDraft(account, params.invoice);
  const price = priceFor(account, params);
  if (price && params.amount !== undefined)
    throw refused('amount', 'You may only specify one of these parameters: amount, pricing.');
  if (!price && params.amount === undefined && params.unit_amount_decimal === undefined)
    throw missingParam('amount');
  const currency = params.currency ?? draft?.currency ?? price?.currency ?? customer.currency;
  if (!currency) throw missingParam('currency');
  if (draft && draft.currency !== currency)
    throw refused('currency', `The currency of the invoice is ${draft.currency}, not ${currency}.`);
  const item = createInvoiceItem(account, {
    customer: customer.id,
    currency,
    price,
    amount: params.amount,
    quantity: params.quantity,
    description: params.description ?? null,
    discountable: params.discountable,
    discounts: params.discounts ?? [],
    invoice: draft?.id ?? null,
    metadata: applyMetadata({}, params.metadata),
    period: params.period,
    subscription: params.subscription ?? null,
    taxRates: existingTaxRates(account, params.tax_rates ?? [], 'tax_rates'),
  });
  if (draft)
    saveInvoice(account, withTotals(account, draft, [...allLines(account, draft), lineOf(account, item)]));
  return item;
}

/** The draft an item goes onto. Throws Stripe's 400 when it was finalized. */
function editableDraft(account: Account, id: string): Invoice {
  const invoice = currentInvoice(account, id);
  if (!invoice) throw noSuch('invoice', id, 'invoice', 400);
  if (invoice.status !== 'draft')
    throw refused('invoice', 'Invalid invoice: This invoice is no longer editable', 'invoice_not_editable');
  return invoice;
}

/** The draft an item is on, null while it waits. Throws Stripe's 400 when that was finalized or deleted. */
function draftOf(account: Account, item: InvoiceItem, verb: 'delete' | 'update'): Invoice | null {
  if (item.invoice === null) return null;
  const invoice = currentInvoice(account, item.invoice);
  if (invoice?.status === 'draft') return invoice;
  if (!invoice && verb === 'update') throw invalidRequest('This invoice item has been deleted.');
  throw invalidRequest(
    `Can't ${verb} an invoice item that is attached to an invoice that is no longer editable`,
  );
}

function existing(call: Call<unknown>): InvoiceItem {
  const item = found<StoredInvoiceItem>(call, invoiceItems, 'invoice item');
  if (item.deleted) throw noSuch('invoice item', item.id, 'id');
  return item;
}

function change(call: Call<Parsed<typeof updateParams>>): InvoiceItem {
  const { account, params } = call;
  const item = existing(call);
  const draft = draftOf(account, item, 'update');
  const {
    description = item.description,
    discountable = item.discountable,
    quantity = item.quantity,
  } = params;
  const price = item.pricing ? account.of(prices).get(item.pricing.price_details.price) : undefined;
  const amount = params.amount ?? (price ? amountOf(account, price, quantity, item.currency) : item.amount);
  const next: InvoiceItem = {
    ...item,
    amount,
    net_amount: amount,
    description,
    discountable,
    metadata: applyMetadata(item.metadata ?? {}, params.metadata),
    period: params.period ?? item.period,
    quantity,
    quantity_decimal: String(quantity),
  };
  account.of(invoiceItems).put(next);
  if (draft) replaceLine(account, draft, item.id, next);
  return next;
}

function replaceLine(account: Account, draft: Invoice, item: string, next: InvoiceItem | null): void {
  const lines = allLines(account, draft).flatMap((line) => {
    const details = line.parent?.invoice_item_details ?? line.parent?.subscription_item_details;
    if (details?.invoice_item !== item) return [line];
    return next ? [{ ...lineOf(account, next), id: line.id }] : [];
  });
  saveInvoice(account, withTotals(account, draft, lines));
}

function remove(call: Call<unknown>): Stripe.DeletedInvoiceItem {
  const { account } = call;
  const item = existing(call);
  const draft = draftOf(account, item, 'delete');
  const gone: Stripe.DeletedInvoiceItem = { id: item.id, object: 'invoiceitem', deleted: true };
  account.of(invoiceItems).put(gone);
  if (draft) replaceLine(account, draft, item.id, null);
  emit(account, 'invoiceitem.deleted', item);
  return gone;
}

/** `/v1/invoiceitems`. */
export const invoiceItemResource: Resource = {
  collections: [declare(invoiceItems)],
  expand: { invoiceitem: { customer: ['customers'], invoice: ['invoices'], discounts: ['discounts'] } },
  routes: [
    route('POST', '/v1/invoiceitems', { permission: 'invoice', params: createParams }, addItem),
    route('GET', '/v1/invoiceitems/:id', { permission: 'invoice' }, existing),
    route('POST', '/v1/invoiceitems/:id', { permission: 'invoice', params: updateParams }, change),
    route('DELETE', '/v1/invoiceitems/:id', { permission: 'invoice' }, remove),
    route('GET', '/v1/invoiceitems', { permission: 'invoice', params: listParams }, (call) => {
      const { customer, invoice, pending } = call.params;
      return listed<StoredInvoiceItem>(call, invoiceItems, {
        ...(invoice !== undefined
          ? { index: 'invoice', key: invoice }
          : customer !== undefined
            ? { index: 'customer', key: customer }
            : {}),
        where: (item) =>
          !item.deleted &&
          (customer === undefined || item.customer === customer) &&
          (pending === undefined || (item.invoice === null) === pending),
      });
    }),
  ],
};
