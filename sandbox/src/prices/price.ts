import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';

/** Prices take the currencies that charges take. */
export { chargeCurrency as priceCurrency } from '../charges/amounts.ts';

export type Price = Wire<Stripe.Price>;
/** One tier; `up_to` is null in the last, which has no end. Decimals are minor units as text. */
export type Tier = Wire<Stripe.Price.Tier>;
export type CurrencyOption = Wire<Stripe.Price.CurrencyOptions>;

export const prices: CollectionSpec<Price, 'product' | 'lookup_key'> = {
  name: 'prices',
  indexes: { product: (price) => price.product, lookup_key: (price) => price.lookup_key },
};

/** Plans that were deleted, for what was sold by them; the API answers them no more. */
export const deletedPrices: CollectionSpec<Price> = { name: 'deleted_prices', indexes: {} };

/** The price that something was sold by, even when it was deleted since. */
export function soldPrice(account: Account, id: string): Price | undefined {
  return account.of(prices).get(id) ?? account.of(deletedPrices).get(id);
}

/** Amounts in further currencies; kept apart since a price shows them only when expanded. */
export interface PriceCurrencies {
  /** The price's id. */
  readonly id: string;
  readonly options: Readonly<Record<string, CurrencyOption>>;
}
export const priceCurrencies: CollectionSpec<PriceCurrencies> = { name: 'price_currencies', indexes: {} };

/** The tiers of a price in each of its currencies; kept apart since a price shows them only when expanded. */
export interface PriceTiers {
  /** The price's id. */
  readonly id: string;
  readonly tiers: Readonly<Record<string, readonly Tier[]>>;
}
export const priceTiers: CollectionSpec<PriceTiers> = { name: 'price_tiers', indexes: {} };

/** What one unit costs in a currency: minor units as exact decimal text; null when the price has no such amount. */
export function unitAmountDecimal(account: Account, price: Price, currency: string): string | null {
  if (price.currency === currency) return price.unit_amount_decimal;
  return account.of(priceCurrencies).get(price.id)?.options[currency]?.unit_amount_decimal ?? null;
}

/** The tiers of a tiered price in a currency; null when it has none there. */
export function tiersOf(account: Account, price: Price, currency: string): readonly Tier[] | null {
  return account.of(priceTiers).get(price.id)?.tiers[currency] ?? null;
}

/** Whether a price can be charged in a currency. */
export function hasCurrency(account: Account, price: Price, currency: string): boolean {
  return (
    price.currency === currency || account.of(priceCurrencies).get(price.id)?.options[currency] !== undefined
  );
}

/** The currencies a price has, as refusals name them. */
export function currenciesOf(account: Account, { currency, id }: Price): string {
  const others = Object.keys(account.of(priceCurrencies).get(id)?.options ?? {});
  return [...new Set([currency, ...others])].map((one) => `\`${one}\``).join(', ');
}
