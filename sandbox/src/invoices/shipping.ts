import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import {
  createShippingRate,
  existingShippingRate,
  shippingAmount,
  shippingRateFields,
} from '../shipping-rates.ts';
import { missingParam } from '../wire/errors.ts';
import { object, type Parsed, text } from '../wire/params.ts';
import type { Invoice } from './invoice.ts';

const fields = { shipping_rate: text(), shipping_rate_data: object(shippingRateFields) } as const;
/** The `shipping_cost` of an invoice. */
export const shippingCostParam = object(fields);

/** What shipping costs on an invoice in a currency: by a rate that exists or one made for it. Throws Stripe's refusals. */
export function shippingCostOf(
  account: Account,
  given: Parsed<typeof fields>,
  currency: string,
): Invoice['shipping_cost'] {
  const { shipping_rate: id, shipping_rate_data: data } = given;
  const path = 'shipping_cost[shipping_rate]';
  if (id !== undefined && data)
    throw refused(
      path,
      'You may only specify one of these parameters: shipping_cost[shipping_rate], shipping_cost[shipping_rate_data].',
    );
  if (id === undefined && !data) throw missingParam(path);
  const rate = data
    ? createShippingRate(account, data, 'shipping_cost[shipping_rate_data]')
    : existingShippingRate(account, id ?? '', path);
  const amount = shippingAmount(account, rate, currency, path);
  return { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: rate.id };
}
