import type { Account } from '../account.ts';
import { discountsParam } from '../discounts.ts';
import { createInvoiceItem } from '../invoices/items.ts';
import { inlinePrice, oneTimePriceData } from '../prices/inline.ts';
import { type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam } from '../wire/errors.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import { periodOf, type Subscription } from './subscription.ts';

const periodStart = object({
  timestamp: integer(),
  type: required(oneOf('max_item_period_start', 'now', 'timestamp')),
});
const periodEnd = object({
  timestamp: integer(),
  type: required(oneOf('min_item_period_end', 'timestamp')),
});
export const oneOffFields = {
  discountable: boolean(),
  discounts: discountsParam,
  metadata: metadata(),
  period: object({ end: required(periodEnd), start: required(periodStart) }),
  price: text(),
  price_data: oneTimePriceData,
  quantity: integer(0),
  tax_rates: emptyable(list(text(), 20)),
} as const;
/** `add_invoice_items`: what is billed once with a subscription's next invoice. */
export const oneOffItemsParam = list(object(oneOffFields), 20);
export type OneOffItem = Parsed<typeof oneOffFields> & {
  /** A price that was checked before. */
  readonly chosen?: Price;
};

/** Puts them on the subscription's next invoice. Throws Stripe's 400 for prices that recur. */
export function addOneOffItems(
  account: Account,
  subscription: Subscription,
  items: readonly OneOffItem[],
): void {
  for (const [at, item] of items.entries()) {
    const path = `add_invoice_items[${at}]`;
    createInvoiceItem(account, {
      customer: subscription.customer,
      currency: subscription.currency,
      price: oneOffPrice(account, item, path),
      quantity: item.quantity,
      discountable: item.discountable,
      discounts: item.discounts ?? [],
      metadata: applyMetadata({}, item.metadata),
      period: periodFor(account, subscription, item.period),
      subscription: subscription.id,
      taxRates: existingTaxRates(account, item.tax_rates ?? [], `${path}[tax_rates]`),
    });
  }
}

/** The price that is charged once which an item names or describes. Throws Stripe's 400 for one that recurs. */
export function oneOffPrice(
  account: Account,
  item: Pick<OneOffItem, 'chosen' | 'price' | 'price_data'>,
  path: string,
): Price {
  if (item.chosen) return item.chosen;
  if (item.price_data) return inlinePrice(account, item.price_data, `${path}[price_data]`);
  if (item.price === undefined) throw missingParam(`${path}[price]`);
  const price = referred(account, prices, 'price', item.price, `${path}[price]`);
  if (!price.active)
    throw refused(
      `${path}[price]`,
      'The price specified is inactive. This field only accepts active prices.',
    );
  if (price.recurring)
    throw refused(
      `${path}[price]`,
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    );
  return price;
}

function periodFor(account: Account, subscription: Subscription, wanted: OneOffItem['period']) {
  const common = periodOf(subscription);
  const { start, end } = wanted ?? {};
  const from = { max_item_period_start: common.start, now: account.now(), timestamp: start?.timestamp };
  const until = { min_item_period_end: common.end, timestamp: end?.timestamp };
  return {
    start: from[start?.type ?? 'max_item_period_start'] ?? common.start,
    end: until[end?.type ?? 'min_item_period_end'] ?? common.end,
  };
}
