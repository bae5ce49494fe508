import type { Account } from '../account.ts';
import { products } from '../product-store.ts';
import { referred } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { decimal, integer, object, required, text } from '../wire/params.ts';
import { taxBehaviorParam } from './amounts.ts';
import { createPrice, type PriceInput, recurringFields } from './create.ts';
import { type Price, priceCurrency } from './price.ts';

const fields = {
  currency: required(priceCurrency),
  product: required(text()),
  tax_behavior: taxBehaviorParam,
  unit_amount: integer(),
  unit_amount_decimal: decimal(),
} as const;
/** `price_data` where a price is charged once: invoice items and lines. */
export const oneTimePriceData = object(fields);
/** `price_data` of subscription items. */
export const recurringPriceData = object({
  ...fields,
  recurring: required(
    object({ interval: recurringFields.interval, interval_count: recurringFields.interval_count }),
  ),
});

/** Makes the price that a `price_data` describes; it is for this one use, so it is not active. `path` leads to it. */
export function inlinePrice(account: Account, data: PriceInput, path: string): Price {
  const product = referred(account, products, 'product', data.product, `${path}[product]`);
  if (product.deleted) throw noSuch('product', product.id, `${path}[product]`);
  return createPrice(account, { ...data, active: false });
}
