import type { Account } from '../account.ts';
import { itemsOf, newItem, type StoredItem } from '../checkout/items.ts';
import { type Discount, type DiscountInput, discounts, promiseDiscount, sourceOf } from '../discounts.ts';
import { inlinePrice } from '../prices/inline.ts';
import { currenciesOf, hasCurrency, type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import type { ItemInput } from './params.ts';
import type { Quote } from './quote.ts';

/**
 * The items that a request wants a quote to have: those it names stay with what is changed about them, others that the
 * quote had go. Throws Stripe's refusals.
 */
export function wantedItems(account: Account, quote: Quote, inputs: readonly ItemInput[]): StoredItem[] {
  const before = new Map(itemsOf(account, quote.id).map((item) => [item.id, item]));
  return inputs.map((input, at) => {
    const path = `line_items[${at}]`;
    if (input.id === undefined) return madeItem(account, quote, input, path);
    const item = before.get(input.id);
    if (!item) throw noSuch('line item', input.id, `${path}[id]`, 400);
    return changedItem(account, quote, item, input, path);
  });
}

function madeItem(account: Account, quote: Quote, input: ItemInput, path: string): StoredItem {
  const price = priceFor(account, input, path);
  const item = newItem(
    account,
    { chosen: price.id, quantity: quantityOf(price, input.quantity, path) },
    quote.id,
    path,
  );
  return withTerms(account, quote, item, input, path);
}

function changedItem(
  account: Account,
  quote: Quote,
  before: StoredItem,
  input: ItemInput,
  path: string,
): StoredItem {
  const isPriced = input.price !== undefined || input.price_data !== undefined;
  if (!isPriced) {
    const price = referred(account, prices, 'price', before.price, `${path}[price]`);
    const quantity = quantityOf(price, input.quantity ?? before.quantity ?? undefined, path) ?? null;
    return withTerms(account, quote, { ...before, quantity }, input, path);
  }
  const made = madeItem(account, quote, input, path);
  return {
    ...made,
    id: before.id,
    own_discounts: input.discounts === undefined ? (before.own_discounts ?? []) : (made.own_discounts ?? []),
    tax_rates: input.tax_rates === undefined ? before.tax_rates : made.tax_rates,
  };
}

function withTerms(
  account: Account,
  quote: Quote,
  item: StoredItem,
  { discounts: wanted, tax_rates: rates }: ItemInput,
  path: string,
): StoredItem {
  return {
    ...item,
    own_discounts:
      wanted === undefined
        ? (item.own_discounts ?? [])
        : promised(account, quote, wanted ?? [], `${path}[discounts]`),
    tax_rates:
      rates === undefined
        ? item.tax_rates
        : existingTaxRates(account, rates ?? [], `${path}[tax_rates]`).map(({ id }) => id),
  };
}

function priceFor(account: Account, { price: id, price_data: data }: ItemInput, path: string): Price {
  if (id !== undefined && data)
    throw refused(`${path}[price]`, 'You may only specify one of these parameters: price, price_data.');
  if (data) return inlinePrice(account, data, `${path}[price_data]`);
  if (id === undefined) throw missingParam(`${path}[price]`);
  const price = referred(account, prices, 'price', id, `${path}[price]`);
  if (price.active) return price;
  throw refused(`${path}[price]`, 'The price specified is inactive. This field only accepts active prices.');
}

/** How many: one unless told; nothing is said of what is billed by usage. */
function quantityOf(price: Price, quantity: number | undefined, path: string): number | undefined {
  if (price.recurring?.usage_type !== 'metered') return quantity ?? 1;
  if (quantity === undefined) return undefined;
  throw refused(
    `${path}[quantity]`,
    `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`${path}\``,
  );
}

/** The discounts of a quote or of one of its items, by id: redeemed when the quote is accepted. */
export function promised(
  account: Account,
  { customer }: Pick<Quote, 'customer'>,
  wanted: readonly DiscountInput[],
  path: string,
): string[] {
  return wanted.map((input, at) => {
    const { discount: id } = input;
    if (id === undefined) return promiseDiscount(account, input, { customer }, `${path}[${at}]`).id;
    return referred(account, discounts, 'discount', id, `${path}[${at}][discount]`).id;
  });
}

/** The coupons and codes behind discounts, for what comes of a quote. */
export function sourcesOf(account: Account, ids: readonly string[]): DiscountInput[] {
  return ids
    .map((id) => account.of(discounts).get(id))
    .filter((discount): discount is Discount => discount !== undefined)
    .map(sourceOf);
}

/** The one currency of all items; null without any. Throws Stripe's 400 for a mixture. */
export function currencyOf(account: Account, items: readonly StoredItem[]): string | null {
  const [first, ...others] = items.map((item) =>
    referred(account, prices, 'price', item.price, 'line_items'),
  );
  if (!first) return null;
  for (const price of others)
    if (!hasCurrency(account, price, first.currency))
      throw refused(
        'line_items',
        `The price specified supports currencies of ${currenciesOf(account, price)}. This doesn't match the expected currency: \`${first.currency}\`.`,
      );
  return first.currency;
}
