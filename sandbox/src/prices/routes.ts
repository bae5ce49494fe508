import type { Account } from '../account.ts';
import { emit, update } from '../events.ts';
import { productDataParam, productFor, products } from '../product-store.ts';
import {
  type Call,
  declare,
  found,
  listed,
  type Resource,
  referred,
  refused,
  route,
  searched,
} from '../resource.ts';
import type { Stored } from '../store/collection.ts';
import type { Expansion, Lookup } from '../wire/expand.ts';
import { datedPageParams } from '../wire/pages.ts';
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
  unsettableText,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { amountFields, currencyOptionsParam, taxBehaviorParam } from './amounts.ts';
import { createPrice, freeLookupKey, recurringFields, setCurrencies } from './create.ts';
import { planOf } from './plan.ts';
import { planRoutes } from './plans.ts';
import {
  deletedPrices,
  type Price,
  type PriceTiers,
  priceCurrencies,
  priceCurrency,
  prices,
  priceTiers,
} from './price.ts';

const createParams = {
  ...amountFields,
  active: boolean(),
  billing_scheme: oneOf('per_unit', 'tiered'),
  currency: required(priceCurrency),
  currency_options: currencyOptionsParam,
  lookup_key: text(200),
  metadata: metadata(),
  nickname: text(5000),
  product: text(),
  product_data: productDataParam,
  recurring: object(recurringFields),
  tax_behavior: taxBehaviorParam,
  tiers_mode: oneOf('graduated', 'volume'),
  transfer_lookup_key: boolean(),
  transform_quantity: object({ divide_by: required(integer(1)), round: required(oneOf('down', 'up')) }),
} as const;
const updateParams = {
  active: boolean(),
  currency_options: emptyable(currencyOptionsParam),
  lookup_key: unsettableText(200),
  metadata: metadata(),
  nickname: unsettableText(),
  tax_behavior: taxBehaviorParam,
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

function change(call: Call<Parsed<typeof updateParams>>): Price {
  const { account, params } = call;
  const before = found(call, prices, 'price', 'price');
  const { lookup_key: key, currency_options: options } = params;
  if (key && key !== before.lookup_key) freeLookupKey(account, key, params.transfer_lookup_key ?? false);
  checkTaxBehavior(before, params.tax_behavior);
  if (params.active === false) requireNotDefault(account, before);
  if (options === null) account.of(priceCurrencies).delete(before.id);
  else if (options) setCurrencies(account, before, options);
  const { active = before.active, nickname = before.nickname } = params;
  const next: Price = {
    ...before,
    active,
    nickname,
    lookup_key: key === undefined ? before.lookup_key : key,
    metadata: applyMetadata(before.metadata, params.metadata),
    tax_behavior: params.tax_behavior ?? before.tax_behavior,
  };
  const after = update(account, prices, next, 'price.updated');
  if (after !== before && after.recurring) emit(account, 'plan.updated', planOf(after));
  return after;
}

function requireNotDefault(account: Account, price: Price): void {
  const product = account.of(products).get(price.product);
  if (product && !product.deleted && product.default_price === price.id)
    throw refused('active', 'This price cannot be archived because it is the default price of its product.');
}

function checkTaxBehavior({ tax_behavior: before }: Price, wanted: string | undefined): void {
  if (wanted === undefined || wanted === before || before === 'unspecified') return;
  throw refused(
    'tax_behavior',
    `The tax_behavior of a price cannot be changed once it has been set to \`${before}\`.`,
  );
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { active, currency, lookup_keys: keys, product, recurring, type } = call.params;
  if (product !== undefined) referred(call.account, products, 'product', product, 'product');
  return listed(call, prices, {
    ...(product === undefined ? {} : { index: 'product', key: product }),
    where: (price) =>
      (active === undefined || price.active === active) &&
      (currency === undefined || price.currency === currency) &&
      (!keys || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
      (type === undefined || price.type === type) &&
      (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
      (recurring?.meter === undefined || price.recurring?.meter === recurring.meter) &&
      (recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type),
  });
}

/** Every currency of a price, its own included, as it shows them when asked. */
const currencyOptions: Expansion = (lookup, object) => {
  if ('currency_options' in object) return object.currency_options;
  const { id } = object;
  const { currency, custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal } = lookup(
    'prices',
    id,
  ) as Price;
  const own = { custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal };
  const others = lookup(priceCurrencies.name, id);
  return { ...(others && 'options' in others ? (others.options as object) : {}), [currency]: own };
};

/** The tiers of a price in its own currency, or in the one that the path names. */
const tiers: Expansion = (lookup, object, path) =>
  tiersIn(lookup, object, path.length === 3 ? path[1] : undefined);

function tiersIn(lookup: Lookup, object: Stored, currency?: string): unknown {
  const stored = lookup(priceTiers.name, object.id) as PriceTiers | undefined;
  return stored?.tiers[currency ?? String('currency' in object ? object.currency : '')];
}

/** `/v1/prices`, and their older form `/v1/plans`. */
export const priceResource: Resource = {
  collections: [declare(prices), declare(deletedPrices), declare(priceCurrencies), declare(priceTiers)],
  expand: {
    price: {
      product: ['products'],
      currency_options: currencyOptions,
      'currency_options.*.tiers': tiers,
      tiers,
    },
    plan: { product: ['products'], tiers },
  },
  routes: [
    route('POST', '/v1/prices', { permission: 'plan', params: createParams }, ({ account, params }) => {
      const { product_data: _, ...input } = params;
      return createPrice(account, { ...input, product: productFor(account, params) });
    }),
    route('GET', '/v1/prices/search', { permission: 'plan', params: searchParams }, (call) =>
      searched(call, prices, searchFields),
    ),
    route('GET', '/v1/prices/:price', { permission: 'plan' }, (call) =>
      found(call, prices, 'price', 'price'),
    ),
    route('POST', '/v1/prices/:price', { permission: 'plan', params: updateParams }, change),
    route('GET', '/v1/prices', { permission: 'plan', params: listParams }, listFrom),
    ...planRoutes,
  ],
};
