import { isCurrency } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { randomText } from './ids.ts';
import { priceCurrency } from './prices/price.ts';
import { declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { taxCode } from './tax/codes.ts';
import { missingParam } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  mapOf,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from './wire/params.ts';
import type { Narrowed, Wire } from './wire/shapes.ts';

/** A shipping rate as stored: with its amounts in further currencies, which it shows only when expanded. */
export type ShippingRate = Narrowed<
  Wire<Stripe.ShippingRate>,
  { readonly fixed_amount: Wire<Stripe.ShippingRate.FixedAmount> }
>;
export const shippingRates: CollectionSpec<ShippingRate> = { name: 'shipping_rates', indexes: {} };

/** Further currencies of a rate, by its id. */
interface RateCurrencies {
  readonly id: string;
  readonly options: Readonly<Record<string, Wire<Stripe.ShippingRate.FixedAmount.CurrencyOptions>>>;
}
const rateCurrencies: CollectionSpec<RateCurrencies> = { name: 'shipping_rate_currencies', indexes: {} };

const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified');
const bound = object({
  unit: required(oneOf('business_day', 'day', 'hour', 'month', 'week')),
  value: required(integer(1)),
});
const amount = integer(0, 99_999_999);
/** What a rate is made from, as an endpoint and as `shipping_rate_data`. */
export const shippingRateFields = {
  delivery_estimate: object({ maximum: bound, minimum: bound }),
  display_name: required(text(100)),
  fixed_amount: object({
    amount: required(amount),
    currency: required(priceCurrency),
    currency_options: mapOf(object({ amount: required(amount), tax_behavior: taxBehavior })),
  }),
  metadata: metadata(),
  tax_behavior: taxBehavior,
  tax_code: text(),
  type: oneOf('fixed_amount'),
} as const;
const updateParams = {
  active: boolean(),
  fixed_amount: object({ currency_options: mapOf(object({ amount, tax_behavior: taxBehavior })) }),
  metadata: metadata(),
  tax_behavior: taxBehavior,
} as const;
const listParams = { ...datedPageParams, active: boolean(), currency: priceCurrency } as const;

/** Makes a shipping rate. Throws Stripe's 400 without an amount. Nothing is announced: Stripe has no such event. */
export function createShippingRate(
  account: Account,
  given: Parsed<typeof shippingRateFields>,
  path = '',
): ShippingRate {
  const { delivery_estimate: estimate, fixed_amount: fixed } = given;
  if (!fixed) throw missingParam(path === '' ? 'fixed_amount' : `${path}[fixed_amount]`);
  const rate: ShippingRate = {
    id: `shr_1${randomText(23)}`,
    object: 'shipping_rate',
    active: true,
    created: account.now(),
    delivery_estimate: estimate
      ? { maximum: estimate.maximum ?? null, minimum: estimate.minimum ?? null }
      : null,
    display_name: given.display_name,
    fixed_amount: { amount: fixed.amount, currency: fixed.currency },
    livemode: account.livemode,
    metadata: applyMetadata({}, given.metadata),
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tax_code: given.tax_code ?? null,
    type: 'fixed_amount',
  };
  account.of(shippingRates).put(rate);
  if (fixed.currency_options) setCurrencies(account, rate.id, fixed.currency_options);
  return rate;
}

/** What a rate costs in a currency, in minor units. Throws Stripe's 400 for an inactive rate or another currency. */
export function shippingAmount(
  account: Account,
  rate: ShippingRate,
  currency: string,
  param: string,
): number {
  if (!rate.active)
    throw refused(
      param,
      'The shipping rate specified is inactive. This field only accepts active shipping rates.',
    );
  if (rate.fixed_amount.currency === currency) return rate.fixed_amount.amount;
  const other = account.of(rateCurrencies).get(rate.id)?.options[currency];
  if (other) return other.amount;
  throw refused(
    param,
    `The shipping rate specified only supports \`${rate.fixed_amount.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
  );
}

/** The rate a parameter names. */
export function existingShippingRate(account: Account, id: string, param: string): ShippingRate {
  return referred(account, shippingRates, 'shipping rate', id, param);
}

function setCurrencies(
  account: Account,
  id: string,
  given: NonNullable<NonNullable<Parsed<typeof updateParams>['fixed_amount']>['currency_options']>,
): void {
  const options = { ...account.of(rateCurrencies).get(id)?.options };
  for (const [currency, { amount: wanted, tax_behavior: behavior }] of Object.entries(given)) {
    const path = `fixed_amount[currency_options][${currency}]`;
    if (!isCurrency(currency)) throw refused(path, `Invalid currency: ${currency}.`);
    const before = options[currency];
    const value = wanted ?? before?.amount;
    if (value === undefined) throw missingParam(`${path}[amount]`);
    options[currency] = { amount: value, tax_behavior: behavior ?? before?.tax_behavior ?? 'unspecified' };
  }
  account.of(rateCurrencies).put({ id, options });
}

/** `/v1/shipping_rates`. */
export const shippingRateResource: Resource = {
  collections: [declare(shippingRates), declare(rateCurrencies)],
  expand: {
    shipping_rate: {
      tax_code: (_, rate) => taxCode((rate as ShippingRate).tax_code),
      'fixed_amount.currency_options': (lookup, rate) => {
        const stored = lookup(rateCurrencies.name, rate.id);
        return stored && 'options' in stored ? stored.options : {};
      },
    },
  },
  routes: [
    route(
      'POST',
      '/v1/shipping_rates',
      { permission: 'shipping_rate', params: shippingRateFields },
      ({ account, params }) => createShippingRate(account, params),
    ),
    route('GET', '/v1/shipping_rates/:shipping_rate_token', { permission: 'shipping_rate' }, (call) =>
      found(call, shippingRates, 'shipping rate', 'shipping_rate_token'),
    ),
    route(
      'POST',
      '/v1/shipping_rates/:shipping_rate_token',
      { permission: 'shipping_rate', params: updateParams },
      (call) => {
        const rate = found(call, shippingRates, 'shipping rate', 'shipping_rate_token');
        const {
          active = rate.active,
          fixed_amount: fixed,
          metadata: meta,
          tax_behavior: behavior,
        } = call.params;
        if (behavior !== undefined && rate.tax_behavior !== 'unspecified' && behavior !== rate.tax_behavior)
          throw refused(
            'tax_behavior',
            'Tax behavior cannot be changed once it is set to exclusive or inclusive.',
          );
        if (fixed?.currency_options) setCurrencies(call.account, rate.id, fixed.currency_options);
        return call.account.of(shippingRates).put({
          ...rate,
          active,
          metadata: applyMetadata(rate.metadata, meta),
          tax_behavior: behavior ?? rate.tax_behavior,
        });
      },
    ),
    route('GET', '/v1/shipping_rates', { permission: 'shipping_rate', params: listParams }, (call) => {
      const { active, currency } = call.params;
      return listed(call, shippingRates, {
        where: (rate) =>
          (active === undefined || rate.active === active) &&
          (currency === undefined || rate.fixed_amount.currency === currency),
      });
    }),
  ],
};
