import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Discount, Reduction } from '../discounts.ts';
import { discounts, reductionsOf } from '../discounts.ts';
import { randomText } from '../ids.ts';
import { newLine, pricingOf } from '../invoices/lines.ts';
import { type Exemption, totalsOf } from '../invoices/totals.ts';
import { amountOf } from '../prices/cost.ts';
import { salePriceData } from '../prices/inline.ts';
import { deletedPrices, type Price, prices, soldPrice } from '../prices/price.ts';
import { products } from '../product-store.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { existingTaxRates, type TaxRate, taxRates } from '../tax-rates.ts';
import type { Expansions, Lookup } from '../wire/expand.ts';
import { type PageRequest, pageOfList } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  list,
  type MetadataChange,
  metadata,
  object,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { chosenPrice } from './chosen-price.ts';

/** An item of a session or a link as stored: with what it shows only when asked for. */
export type StoredItem = Omit<Wire<Stripe.LineItem>, 'price' | 'taxes' | 'discounts'> & {
  /** The session, link or quote it belongs to. */
  readonly owner: string;
  readonly price: string;
  /** The customer added it and may take it away. */
  readonly optional: boolean;
  /** Ids of the discounts on this item alone. */
  readonly own_discounts?: readonly string[];
  readonly tax_rates: readonly string[];
  readonly taxes: readonly ItemTax[];
  readonly discounts: readonly { readonly amount: number; readonly discount: Discount }[];
};
export type ItemTax = NonNullable<Wire<Stripe.LineItem>['taxes']>[number];
export const lineItems: CollectionSpec<StoredItem, 'owner'> = {
  name: 'line_items',
  indexes: { owner: (item) => item.owner },
};

const adjustable = object({
  enabled: required(boolean()),
  maximum: integer(0, 999_999),
  minimum: integer(0, 999_999),
});
/** What describes an item of a link; a session's may have more. */
export const itemFields = {
  adjustable_quantity: adjustable,
  price: text(),
  price_data: salePriceData,
  quantity: integer(0, 999_999),
} as const;
export const sessionItemFields = {
  ...itemFields,
  metadata: metadata(),
  tax_rates: list(text(), 20),
} as const;

export type ItemInput = Parsed<typeof itemFields> & {
  readonly chosen?: string;
  readonly metadata?: MetadataChange;
  readonly tax_rates?: readonly string[];
};

/** The items of an owner, in the order in which they were added. */
export function itemsOf(account: Account, owner: string): StoredItem[] {
  return account.of(lineItems).by('owner', owner).reverse();
}

/** The price of an item as it is now. */
export function priceOf(account: Account, item: StoredItem): Price {
  const price = soldPrice(account, item.price);
  if (!price) throw new Error(`The price ${item.price} of ${item.id} is gone`);
  return price;
}

/** Makes an item that has no amounts yet. Throws Stripe's refusals; `path` is its own: `line_items[0]`. */
export function newItem(account: Account, input: ItemInput, owner: string, path: string): StoredItem {
  const price = chosenPrice(account, input, path);
  const isMetered = price.recurring?.usage_type === 'metered';
  const quantity = isMetered ? undefined : input.quantity;
  if (quantity === undefined && !isMetered)
    throw refused(`${path}[quantity]`, `Quantity is required. Add \`quantity\` to \`${path}\``);
  if (quantity === 0) throw refused(`${path}[quantity]`, 'This value must be greater than or equal to 1.');
  const product = account.of(products).get(price.product);
  return {
    id: `li_1${randomText(23)}`,
    object: 'item',
    owner,
    adjustable_quantity: adjustableOf(input.adjustable_quantity, quantity ?? 1, path),
    amount_discount: 0,
    amount_subtotal: 0,
    amount_tax: 0,
    amount_total: 0,
    currency: price.currency,
    description: product && !product.deleted ? product.name : null,
    discounts: [],
    metadata: applyMetadata({}, input.metadata),
    optional: false,
    price: price.id,
    quantity: quantity ?? null,
    tax_rates: existingTaxRates(account, input.tax_rates ?? [], `${path}[tax_rates]`).map(({ id }) => id),
    taxes: [],
  };
}

/** The bounds of a quantity as they are asked for, from how they are kept. */
export function boundsOf(kept: StoredItem['adjustable_quantity']): ItemInput['adjustable_quantity'] {
  if (!kept) return undefined;
  const { enabled, maximum, minimum } = kept;
  return { enabled, maximum: maximum ?? undefined, minimum: minimum ?? undefined };
}

function adjustableOf(
  given: Parsed<typeof itemFields>['adjustable_quantity'],
  quantity: number,
  path: string,
): StoredItem['adjustable_quantity'] {
  if (!given) return null;
  const { enabled, minimum = 0, maximum = 99 } = given;
  if (!enabled) return { enabled: false, maximum: null, minimum: null };
  const param = `${path}[adjustable_quantity]`;
  if (minimum > maximum)
    throw refused(`${param}[minimum]`, 'The minimum of an adjustable quantity must not exceed its maximum.');
  if (quantity < minimum || quantity > maximum)
    throw refused(
      `${path}[quantity]`,
      `The quantity ${quantity} must be between the minimum (${minimum}) and the maximum (${maximum}) of adjustable_quantity.`,
    );
  return { enabled: true, maximum, minimum };
}

/** Takes part in working out what is due: which part of a price counts now (a trial, a late billing date). */
export type DueNow = (price: Price, amount: number) => number;

export interface PricingInput {
  readonly currency: string;
  readonly discounts: readonly Reduction[];
  readonly defaultRates: readonly TaxRate[];
  readonly dueNow: DueNow;
  readonly exemption: Exemption;
}

export interface ItemTotals {
  readonly items: readonly StoredItem[];
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

/** Works out what items cost together, by the rules of invoices: discounts first, then tax, exact to the minor unit. */
export function priceItems(account: Account, items: readonly StoredItem[], input: PricingInput): ItemTotals {
  const { currency } = input;
  const now = account.now();
  const lines = items.map((item) => lineOf(account, item, input, now));
  const totals = totalsOf({
    currency,
    lines,
    reductions: input.discounts,
    lineReductions: new Map(
      // A coupon that is over by now still counts, since it was agreed on.
      items.map((item, at) => [lines[at]?.id ?? '', reductionsOf(account, item.own_discounts ?? [], 0)]),
    ),
    rates: (id) => account.of(taxRates).get(id),
    defaultRates: input.defaultRates,
    shipping: 0,
    exemption: input.exemption,
  });
  const priced = items.map((item, at) => {
    const line = totals.lines[at];
    return line ? withAmounts(account, item, line, currency) : item;
  });
  return {
    items: priced,
    subtotal: totals.subtotal,
    discount: sum(priced.map((item) => item.amount_discount)),
    tax: sum(priced.map((item) => item.amount_tax)),
    total: totals.total,
  };
}

type Line = ReturnType<typeof newLine>;

function lineOf(account: Account, item: StoredItem, input: PricingInput, now: number): Line {
  const price = priceOf(account, item);
  const whole = item.quantity === null ? 0 : amountOf(account, price, item.quantity, input.currency);
  return newLine(account, {
    amount: input.dueNow(price, whole),
    currency: input.currency,
    description: item.description,
    pricing: pricingOf(account, price, input.currency),
    quantity: item.quantity,
    period: { start: now, end: now },
    taxRates: existingTaxRates(account, item.tax_rates, 'tax_rates'),
  });
}

function withAmounts(account: Account, item: StoredItem, line: Line, currency: string): StoredItem {
  const taxes = line.taxes.flatMap((tax): ItemTax[] => {
    const rate = account.of(taxRates).get(tax.tax_rate_details.tax_rate);
    const { amount, taxability_reason: reason, taxable_amount } = tax;
    const taxability_reason = reason === 'not_available' ? null : reason;
    return rate ? [{ amount, rate, taxability_reason, taxable_amount }] : [];
  });
  const taken = line.discount_amounts.flatMap(({ amount, discount: id }) => {
    const discount = account.of(discounts).get(id);
    return discount ? [{ amount, discount }] : [];
  });
  const added = sum(line.taxes.filter((tax) => tax.tax_behavior === 'exclusive').map(({ amount }) => amount));
  const off = sum(line.discount_amounts.map(({ amount }) => amount));
  return {
    ...item,
    amount_discount: off,
    amount_subtotal: line.amount,
    amount_tax: sum(taxes.map(({ amount }) => amount)),
    amount_total: line.amount - off + added,
    currency,
    discounts: taken,
    taxes,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** An item as it is answered: its price in place of the price's id. */
function itemView<P>(item: StoredItem, price: P) {
  const { owner: _, tax_rates: __, taxes: ___, discounts: ____, optional: _____, ...rest } = item;
  const { own_discounts: ______, ...shown } = rest;
  return { ...shown, price };
}

/** A page of an owner's items. */
export function itemPage(account: Account, owner: string, url: string, request: PageRequest) {
  const views = itemsOf(account, owner).map((item) => itemView(item, priceOf(account, item)));
  return pageOfList(views, url, request, 'line item');
}

/** The items an object shows when `line_items` is asked for: the first few. */
export function expandedItems(lookup: Lookup, owner: string, url: string) {
  const items = storedItems(lookup, owner);
  const priceBy = (id: string) => lookup(prices.name, id) ?? lookup(deletedPrices.name, id) ?? null;
  const views = items.map((item) => itemView(item, priceBy(item.price)));
  return pageOfList(views, url, {}, 'line item');
}

/** The items of an owner as an expansion finds them. */
export function storedItems(lookup: Lookup, owner: string): StoredItem[] {
  return lookup.by(lineItems.name, 'owner', owner).toReversed() as StoredItem[];
}

/** What items show only when it is asked for, whoever they belong to. */
export const itemExpansions: Expansions = {
  item: {
    discounts: (lookup, item) => storedItem(lookup, item.id)?.discounts ?? [],
    taxes: (lookup, item) => storedItem(lookup, item.id)?.taxes ?? [],
  },
};

function storedItem(lookup: Lookup, id: string): StoredItem | undefined {
  return lookup(lineItems.name, id) as StoredItem | undefined;
}
