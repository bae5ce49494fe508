import { isCurrency } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create, update } from './events.ts';
import { newId } from './ids.ts';
import { freshProduct, products, type StoredProduct } from './product-store.ts';
import { declare, found, listed, type Resource, referred, refused, route, searched } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { missingParam, noSuch, notSupported } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  integer,
  list,
  type MetadataChange,
  mapOf,
  metadata,
  object,
  oneOf,
  type Param,
  type Parsed,
  required,
  text,
  unsettableText,
} from './wire/params.ts';
import { searchParams } from './wire/search.ts';

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

/** A currency code Stripe takes, in lower case. */
export const priceCurrency: Param<string> & { readonly required: false } = {
  required: false,
  parse(value, path) {
    const code = text(3).parse(value, path).toLowerCase();
    if (!isCurrency(code)) throw refused(path, `Invalid currency: ${code}.`);
    return code;
  },
};

/** Stripe's largest unit amount: 12 digits. */
const amount = integer(0, 999_999_999_999);
export const recurringFields = {
  interval: required(oneOf('month', 'year', 'week', 'day')),
  interval_count: integer(1, 1095),
  meter: text(),
  trial_period_days: integer(0, 730),
  usage_type: oneOf('licensed', 'metered'),
} as const;
export const currencyOptionFields = {
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  unit_amount: amount,
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

function currencyOptions(stored: object | undefined): unknown {
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

function freeLookupKey(account: Account, key: string, transfer: boolean): void {
  const holder = account.of(prices).newestBy('lookup_key', key);
  if (!holder) return;
  if (!transfer) throw refused('lookup_key', `A price (\`${holder.id}\`) already uses that lookup key.`);
  update(account, prices, { ...holder, lookup_key: null }, 'price.updated');
}

function setCurrencies(
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

const productData = object({
  active: boolean(),
  id: text(255),
  metadata: metadata(),
  name: required(text(250)),
  statement_descriptor: text(22),
  tax_code: text(),
  unit_label: text(12),
});
const createParams = {
  active: boolean(),
  billing_scheme: oneOf('per_unit', 'tiered'),
  currency: required(priceCurrency),
  currency_options: mapOf(object(currencyOptionFields)),
  lookup_key: text(200),
  metadata: metadata(),
  nickname: text(5000),
  product: text(),
  product_data: productData,
  recurring: object(recurringFields),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: boolean(),
  transform_quantity: object({ divide_by: required(integer(1)), round: required(oneOf('down', 'up')) }),
  unit_amount: amount,
  unit_amount_decimal: decimal(),
} as const;
const updateParams = {
  active: boolean(),
  currency_options: mapOf(object(currencyOptionFields)),
  lookup_key: unsettableText(200),
  metadata: metadata(),
  nickname: unsettableText(),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: boolean(),
} as const;
const listParams = {
  ...datedPageParams,
  active: boolean(),
  currency: priceCurrency,
  lookup_keys: list(text(), 10),
  product: text(),
  recurring: object({
    interval: oneOf('day', 'week', 'month', 'year'),
    meter: text(),
    usage_type: oneOf('licensed', 'metered'),
  }),
  type: oneOf('one_time', 'recurring'),
} as const;
const searchFields = {
  active: 'token',
  currency: 'token',
  lookup_key: 'token',
  product: 'token',
  type: 'token',
  created: 'number',
} as const;

function productFor(account: Account, params: Parsed<typeof createParams>): string {
  const { product, product_data: data } = params;
  if (product !== undefined && data)
    throw refused('product', 'You may only specify one of these parameters: product, product_data.');
  if (product !== undefined) {
    const found = referred(account, products, 'product', product, 'product');
    if (found.deleted) throw noSuch('product', product, 'product');
    return product;
  }
  if (!data) throw missingParam('product');
  const made = {
    ...freshProduct(account, data.id ?? newId('prod'), data.name),
    active: data.active ?? true,
    metadata: applyMetadata({}, data.metadata),
    statement_descriptor: data.statement_descriptor ?? null,
    tax_code: data.tax_code ?? null,
    unit_label: data.unit_label ?? null,
  };
  return create<StoredProduct>(account, products, made, 'product.created').id;
}

export const priceResource: Resource = {
  collections: [declare(prices), declare(priceCurrencies)],
  expand: {
    price: {
      product: ['products'],
      currency_options: (lookup, price) => currencyOptions(lookup('price_currencies', price.id)),
      tiers: () => undefined,
    },
  },
  routes: [
    route('POST', '/v1/prices', { permission: 'plan', params: createParams }, ({ account, params }) => {
      if (params.billing_scheme === 'tiered') throw notSupported('tiered prices');
      const { product_data: _, billing_scheme: __, expand: ___, ...input } = { expand: undefined, ...params };
      return createPrice(account, { ...input, product: productFor(account, params) });
    }),
    route('GET', '/v1/prices/search', { permission: 'plan', params: searchParams }, (call) =>
      searched(call, prices, searchFields),
    ),
    route('GET', '/v1/prices/:id', { permission: 'plan' }, (call) => found(call, prices, 'price')),
    route('POST', '/v1/prices/:id', { permission: 'plan', params: updateParams }, (call) => {
      const { account, params } = call;
      const price = found(call, prices, 'price');
      const {
        active = price.active,
        lookup_key: key,
        nickname = price.nickname,
        tax_behavior = price.tax_behavior,
      } = params;
      if (key && key !== price.lookup_key) freeLookupKey(account, key, params.transfer_lookup_key ?? false);
      if (params.currency_options) setCurrencies(account, price.id, params.currency_options);
      const next = {
        ...price,
        active,
        nickname,
        tax_behavior,
        lookup_key: key === undefined ? price.lookup_key : key,
      };
      return update(
        account,
        prices,
        { ...next, metadata: applyMetadata(price.metadata, params.metadata) },
        'price.updated',
      );
    }),
    route('GET', '/v1/prices', { permission: 'plan', params: listParams }, (call) => {
      const { active, currency, lookup_keys: keys, product, recurring, type } = call.params;
      return listed(call, prices, {
        ...(product === undefined ? {} : { index: 'product', key: product }),
        where: (price) =>
          (active === undefined || price.active === active) &&
          (currency === undefined || price.currency === currency) &&
          (!keys || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
          (type === undefined || price.type === type) &&
          (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
          (recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type),
      });
    }),
  ],
};
