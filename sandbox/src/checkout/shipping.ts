import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { createShippingRate, existingShippingRate, shippingAmount } from '../shipping-rates.ts';
import { missingParam } from '../wire/errors.ts';
import type { SessionParams } from './params.ts';
import type { Session, ShippingOption } from './session.ts';

/** The ways of shipping on offer, with what they cost in the session's currency. Throws Stripe's refusals. */
export function shippingOptionsOf(
  account: Account,
  given: NonNullable<SessionParams['shipping_options']>,
  currency: string,
): ShippingOption[] {
  return given.map(({ shipping_rate: id, shipping_rate_data: data }, at) => {
    const path = `shipping_options[${at}]`;
    if (id !== undefined && data)
      throw refused(path, 'You may only specify one of these parameters: shipping_rate, shipping_rate_data.');
    if (id === undefined && !data) throw missingParam(`${path}[shipping_rate]`);
    const rate = data
      ? createShippingRate(account, data, `${path}[shipping_rate_data]`)
      : existingShippingRate(account, id ?? '', `${path}[shipping_rate]`);
    const amount = shippingAmount(account, rate, currency, `${path}[shipping_rate]`);
    return { shipping_amount: amount, shipping_rate: rate.id };
  });
}

/** The first way of shipping counts until the customer chooses. */
export function defaultShipping(options: readonly ShippingOption[]): Session['shipping_cost'] {
  const [first] = options;
  return first ? costOf(first) : null;
}

export function costOf({ shipping_amount: amount, shipping_rate }: ShippingOption): Session['shipping_cost'] {
  return { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate };
}
