import type { Account } from '../account.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { freshProduct, products, type StoredProduct } from '../product-store.ts';
import { declare, found, listed, type Resource, referred, refused, route, searched } from '../resource.ts';
import { missingParam, noSuch, notSupported } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  integer,
  list,
  mapOf,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import {
  createPrice,
  currencyOptionFields,
  currencyOptions,
  freeLookupKey,
  priceCurrencies,
  prices,
  recurringFields,
  setCurrencies,
  unitAmountParam,
} from './price.ts';

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
  currency: required(chargeCurrency),
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
  unit_amount: unitAmountParam,
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
  currency: chargeCurrency,
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
