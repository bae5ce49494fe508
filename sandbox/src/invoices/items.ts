import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { applyDiscounts, type DiscountInput } from '../discounts.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import { amountOf } from '../prices/cost.ts';
import type { Price } from '../prices/price.ts';
import { products } from '../product-store.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { TaxRate } from '../tax-rates.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import type { InvoiceLine, LinePricing } from './invoice.ts';
import type { Cost } from './item-cost.ts';
import { newLine, pricingOf } from './lines.ts';

export type InvoiceItem = Narrowed<
  Wire<Stripe.InvoiceItem>,
  { readonly discounts: string[]; readonly pricing: LinePricing | null }
>;
export type StoredInvoiceItem = InvoiceItem | (Stripe.DeletedInvoiceItem & { readonly deleted: true });

export const invoiceItems: CollectionSpec<StoredInvoiceItem, 'pending' | 'customer' | 'invoice'> = {
  name: 'invoiceitems',
  indexes: {
    customer: (item) => (item.deleted ? null : item.customer),
    invoice: (item) => (item.deleted ? null : item.invoice),
    pending: (item) => (item.deleted || item.invoice !== null ? null : item.customer),
  },
};

/** What it takes to make an invoice item: a cost, or else an amount or a price with a quantity. */
export interface ItemInput {
  readonly customer: string;
  readonly currency: string;
  readonly cost?: Cost;
  readonly amount?: number;
  readonly price?: Price;
  readonly quantity?: number;
  readonly description?: string | null;
  readonly period?: { readonly start: number; readonly end: number };
  readonly invoice?: string | null;
  readonly subscription?: string | null;
  readonly subscriptionItem?: string;
  readonly proration?: boolean;
  readonly discountable?: boolean;
  readonly discounts?: readonly DiscountInput[];
  readonly taxRates?: readonly TaxRate[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Something to bill with the customer's next invoice, or with the draft it names. */
export function createInvoiceItem(account: Account, input: ItemInput): InvoiceItem {
  const item = composeItem(account, input);
  create<StoredInvoiceItem>(account, invoiceItems, item, 'invoiceitem.created');
  return item;
}

/** The item an input leads to, stored nowhere: for previews too. */
export function composeItem(account: Account, input: ItemInput): InvoiceItem {
  const { currency, customer, proration = false } = input;
  const id = newId('ii', 24);
  const now = account.now();
  const cost = input.cost ?? costOfInput(account, input);
  const discountable = input.discountable ?? (!proration && cost.amount >= 0);
  return {
    id,
    object: 'invoiceitem',
    ...cost,
    currency,
    customer,
    customer_account: null,
    date: now,
    description: input.description ?? productName(account, cost),
    discountable,
    discounts: applyDiscounts(account, input.discounts ?? [], { customer, invoiceItem: id }),
    frozen_fields: proration ? ['discounts', 'pricing', 'quantity'] : [],
    invoice: input.invoice ?? null,
    invoicing_rules: [],
    livemode: account.livemode,
    metadata: { ...input.metadata },
    ...(discountable ? {} : { net_amount: cost.amount }),
    parent:
      input.subscription === undefined || input.subscription === null
        ? null
        : {
            subscription_details: {
              subscription: input.subscription,
              ...(input.subscriptionItem ? { subscription_item: input.subscriptionItem } : {}),
            },
            type: 'subscription_details',
          },
    period: input.period ?? { start: now, end: now },
    proration,
    tax_rates: [...(input.taxRates ?? [])],
    test_clock: account.timeline(),
  };
}

function costOfInput(account: Account, { currency, price, quantity = 1, amount }: ItemInput): Cost {
  return {
    amount: amount ?? (price ? amountOf(account, price, quantity, currency) : 0),
    pricing: price ? pricingOf(account, price, currency) : null,
    quantity,
    quantity_decimal: String(quantity),
  };
}

/** What an item of a price is called unless it is told otherwise. */
function productName(account: Account, { pricing }: Cost): string | null {
  const product = pricing && account.of(products).get(pricing.price_details.product);
  return product && !product.deleted ? product.name : null;
}

/** How an item shows on its invoice. */
export function lineOf(account: Account, item: InvoiceItem): InvoiceLine {
  return newLine(account, {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    pricing: item.pricing,
    quantity: item.quantity,
    quantityDecimal: item.quantity_decimal,
    period: item.period,
    discountable: item.discountable,
    discounts: item.discounts,
    taxRates: item.tax_rates ?? [],
    proration: item.proration,
    subscription: item.parent?.subscription_details?.subscription ?? null,
    subscriptionItem: item.parent?.subscription_details?.subscription_item ?? null,
    invoiceItem: item.id,
    metadata: item.metadata ?? {},
  });
}

/** What waits for the customer's next invoice in a currency, newest first; with a subscription, only its own and nobody's. */
export function pendingItems(
  account: Account,
  customer: string,
  options: { readonly currency: string; readonly subscription?: string },
): InvoiceItem[] {
  return account
    .of(invoiceItems)
    .by('pending', customer)
    .filter((item): item is InvoiceItem => !item.deleted && item.currency === options.currency)
    .filter((item) => {
      const bills = item.parent?.subscription_details?.subscription;
      return bills === undefined || bills === options.subscription;
    });
}

/** Moves items onto an invoice and answers their lines. */
export function takeItems(account: Account, items: readonly InvoiceItem[], invoice: string): InvoiceLine[] {
  for (const item of items) account.of(invoiceItems).put({ ...item, invoice });
  return items.map((item) => lineOf(account, item));
}

/** An item once more, on another invoice, as its line; undefined when the item is gone. */
export function copyItem(account: Account, id: string, invoice: string): InvoiceLine | undefined {
  const item = account.of(invoiceItems).get(id);
  if (!item || item.deleted) return undefined;
  const copy: InvoiceItem = { ...item, id: newId('ii', 24), date: account.now(), invoice };
  create<StoredInvoiceItem>(account, invoiceItems, copy, 'invoiceitem.created');
  return lineOf(account, copy);
}
