import { isCurrency } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import {
  applyMetadata,
  decimal,
  integer,
  type MetadataChange,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';

/** Prices take the currencies that charges take. */
export { chargeCurrency as priceCurrency } from '../charges/amounts.ts';

/** A price as it stands on the wire: decimals are text there. */
export type Price = Omit<Stripe.Price, 'unit_amount_decimal' | 'currency_options' | 'tiers' | 'product'> & {
  readonly product: string;
  readonly unit_amount_decimal: string | null;
};
type CurrencyOption = Omit<Stripe.Price.CurrencyOptions, 'unit_amount_decimal' | 'tiers'> & {
  unit_amount_decimal: string | null;
};

/** Amounts in further currencies; kept apart since a price shows them only when expanded. */
export interface PriceCurrencies {
  /** The price's id. */
  readonly id: string;
  readonly options: Readonly<Record<string, CurrencyOption>>;
}

export const prices: CollectionSpec<Price, 'product' | 'lookup_key'> = {
  name: 'prices',
  indexes: { product: (price) => price.product, lookup_key: (price) => price.lookup_key },
};
export const priceCurrencies: CollectionSpec<PriceCurrencies> = { name: 'price_currencies', indexes: {} };

/** Stripe's largest unit amount: 12 digits. */
export const unitAmountParam = integer(0, 999_999_999_999);
export const recurringFields = {
  interval: required(oneOf('month', 'year', 'week', 'day')),
  interval_count: integer(1, 1095),
  meter: text(),
  trial_period_days: integer(0, 730),
  usage_type: oneOf('licensed', 'metered'),
} as const;
export const currencyOptionFields = {
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  unit_amount: unitAmountParam,
  unit_amount_decimal: decimal(),
} as const;

/** What it takes to make a price, as endpoints and other resources ask for it. */
export interface PriceInput {
  readonly active?: boolean;
  readonly currency: string;
  readonly currency_options?: Readonly<Record<string, Parsed<typeof currencyOptionFields>>>;
  readonly lookup_key?: string;
  readonly metadata?: MetadataChange;
  readonly nickname?: string;
  readonly product: string;
  readonly recurring?: Parsed<typeof recurringFields>;
  readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified';
  readonly transfer_lookup_key?: boolean;
  readonly transform_quantity?: { divide_by: number; round: 'down' | 'up' };
  readonly unit_amount?: number;
  readonly unit_amount_decimal?: string;
}

/** Makes a price of an existing product. Throws Stripe's 400 for a price without amount or a taken lookup key. */
export function createPrice(account: Account, input: PriceInput): Price {
  const amounts = amountsOf(input, '');
  if (input.recurring) checkInterval(input.recurring);
  if (input.lookup_key !== undefined)
    freeLookupKey(account, input.lookup_key, input.transfer_lookup_key ?? false);
  const price: Price = {
    id: newId('price', 24),
    object: 'price',
    active: input.active ?? true,
    billing_scheme: 'per_unit',
    created: account.now(),
    currency: input.currency,
    custom_unit_amount: null,
    livemode: account.livemode,
    lookup_key: input.lookup_key ?? null,
    metadata: applyMetadata({}, input.metadata),
    nickname: input.nickname ?? null,
    product: input.product,
    recurring: input.recurring ? recurringOf(input.recurring) : null,
    tax_behavior: input.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: input.transform_quantity ?? null,
    type: input.recurring ? 'recurring' : 'one_time',
    ...amounts,
  };
  create(account, prices, price, 'price.created');
  if (input.currency_options) setCurrencies(account, price.id, input.currency_options);
  return price;
}

/** The amount of one unit in a currency, in minor units; null when the price has none there. */
export function unitAmount(account: Account, price: Price, currency: string): number | null {
  if (price.currency === currency) return price.unit_amount;
  return account.of(priceCurrencies).get(price.id)?.options[currency]?.unit_amount ?? null;
}

/** What an expanded price shows of its other currencies. */
export function currencyOptions(stored: object | undefined): unknown {
  return stored && 'options' in stored ? stored.options : {};
}

function amountsOf(input: { unit_amount?: number; unit_amount_decimal?: string }, path: string) {
  const { unit_amount: whole, unit_amount_decimal: exact } = input;
  if (whole !== undefined && exact !== undefined)
    throw refused(
      `${path}unit_amount`,
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
    );
  if (whole !== undefined) return { unit_amount: whole, unit_amount_decimal: String(whole) };
  if (exact === undefined) throw missingParam(`${path}unit_amount`);
  if (exact.startsWith('-'))
    throw refused(`${path}unit_amount_decimal`, 'This value must be greater than or equal to 0.');
  const trimmed = exact.includes('.') ? exact.replace(/\.?0+$/, '') : exact;
  return { unit_amount: trimmed.includes('.') ? null : Number(trimmed), unit_amount_decimal: trimmed };
}

function recurringOf(given: Parsed<typeof recurringFields>): Stripe.Price.Recurring {
  return {
    interval: given.interval,
    interval_count: given.interval_count ?? 1,
    meter: given.meter ?? null,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: given.usage_type ?? 'licensed',
  };
}

function checkInterval(recurring: Parsed<typeof recurringFields>): void {
  const most = { day: 1095, week: 156, month: 36, year: 3 }[recurring.interval];
  if ((recurring.interval_count ?? 1) > most) {
    throw refused(
      'recurring[interval_count]',
      `The recurring interval must be at most 3 years: ${most} ${recurring.interval}s.`,
    );
  }
  if (recurring.usage_type === 'metered') throw notSupported('metered prices');
}

/** Makes a lookup key free to use, or throws Stripe's refusal when it is taken. */
export function freeLookupKey(account: Account, key: string, transfer: boolean): void {
  const holder = account.of(prices).newestBy('lookup_key', key);
  if (!holder) return;
  if (!transfer) throw refused('lookup_key', `A price (\`${holder.id}\`) already uses that lookup key.`);
  update(account, prices, { ...holder, lookup_key: null }, 'price.updated');
}

/** Adds or replaces amounts in further currencies. */
export function setCurrencies(
  account: Account,
  id: string,
  given: NonNullable<PriceInput['currency_options']>,
): void {
  const options: Record<string, CurrencyOption> = { ...account.of(priceCurrencies).get(id)?.options };
  for (const [currency, option] of Object.entries(given)) {
    if (!isCurrency(currency)) throw refused('currency_options', `Invalid currency: ${currency}.`);
    const path = `currency_options[${currency}]`;
    options[currency] = {
      custom_unit_amount: null,
      tax_behavior: option.tax_behavior ?? 'unspecified',
      ...amountsOf(option, path),
    };
  }
  account.of(priceCurrencies).put({ id, options });
}
