import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { chargeCurrency } from './charges/amounts.ts';
import { create, emit, update } from './events.ts';
import { newId } from './ids.ts';
import { createPrice, currencyOptionFields, prices, recurringFields } from './prices/price.ts';
import { freshProduct, products, type StoredProduct } from './product-store.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  refused,
  route,
  searched,
} from './resource.ts';
import { noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  emptyable,
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
} from './wire/params.ts';
import { searchParams } from './wire/search.ts';

const dimensions = object({
  height: required(decimal()),
  length: required(decimal()),
  weight: required(decimal()),
  width: required(decimal()),
});
const common = {
  active: boolean(),
  description: unsettableText(40_000),
  images: emptyable(list(text(2048), 8)),
  marketing_features: emptyable(list(object({ name: required(text(80)) }), 15)),
  metadata: metadata(),
  package_dimensions: emptyable(dimensions),
  shippable: boolean(),
  statement_descriptor: text(22),
  tax_code: unsettableText(),
  tax_details: object({ performance_location: text(), tax_code: unsettableText() }),
  unit_label: unsettableText(12),
  url: unsettableText(5000),
} as const;
type Changes = Parsed<typeof common> & { name?: string; default_price?: string };

const defaultPrice = object({
  currency: required(chargeCurrency),
  currency_options: mapOf(object(currencyOptionFields)),
  metadata: metadata(),
  recurring: object(recurringFields),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  unit_amount: integer(0, 999_999_999_999),
  unit_amount_decimal: decimal(),
});

function changed(account: Account, product: Stripe.Product, changes: Changes): Stripe.Product {
  const {
    images,
    marketing_features,
    metadata: meta,
    package_dimensions: dims,
    tax_details,
    ...plain
  } = changes;
  return {
    ...product,
    ...given(plain),
    ...(images === undefined ? {} : { images: images ?? [] }),
    ...(marketing_features === undefined ? {} : { marketing_features: marketing_features ?? [] }),
    ...(tax_details
      ? {
          tax_details: {
            performance_location: tax_details.performance_location ?? null,
            tax_code: tax_details.tax_code ?? null,
          },
        }
      : {}),
    ...(dims === undefined
      ? {}
      : {
          package_dimensions: dims && {
            height: Number(dims.height),
            length: Number(dims.length),
            weight: Number(dims.weight),
            width: Number(dims.width),
          },
        }),
    metadata: applyMetadata(product.metadata, meta),
    updated: account.now(),
  };
}

function existing(call: Call<unknown>): Stripe.Product {
  const product = found(call, products, 'product');
  if (product.deleted) throw noSuch('product', product.id, 'id');
  return product;
}

function requireOwnPrice(call: Call<unknown>, product: Stripe.Product, id: string): void {
  const price = call.account.of(prices).get(id);
  if (!price) throw noSuch('price', id, 'default_price');
  if (price.product !== product.id)
    throw refused(
      'default_price',
      `The price specified (${id}) does not belong to the product ${product.id}.`,
    );
}

function remove(call: Call<unknown>): Stripe.DeletedProduct {
  const product = existing(call);
  if (call.account.of(prices).newestBy('product', product.id)) {
    throw refused('id', 'This product cannot be deleted because it has one or more user-created prices.');
  }
  const deleted: Stripe.DeletedProduct = { id: product.id, object: 'product', deleted: true };
  call.account.of(products).put(deleted);
  emit(call.account, 'product.deleted', product);
  return deleted;
}

const createParams = {
  ...common,
  name: required(text(250)),
  id: text(255),
  type: oneOf('good', 'service'),
  default_price_data: defaultPrice,
} as const;
const updateParams = { ...common, name: text(250), default_price: text() } as const;
const listParams = {
  ...datedPageParams,
  active: boolean(),
  ids: list(text(), 100),
  shippable: boolean(),
  type: oneOf('good', 'service'),
  url: text(),
} as const;
const searchFields = {
  active: 'token',
  description: 'text',
  name: 'text',
  shippable: 'token',
  url: 'token',
  created: 'number',
} as const;

export const productResource: Resource = {
  collections: [declare(products)],
  expand: { product: { default_price: ['prices'] } },
  routes: [
    route('POST', '/v1/products', { permission: 'product', params: createParams }, ({ account, params }) => {
      const {
        id = newId('prod'),
        name,
        type = 'service',
        default_price_data: priceData,
        ...changes
      } = params;
      if (account.of(products).get(id))
        throw refused('id', `Product already exists.`, 'resource_already_exists');
      const product = { ...changed(account, freshProduct(account, id, name), changes), type };
      create<StoredProduct>(account, products, product, 'product.created');
      if (!priceData) return product;
      const price = createPrice(account, { ...priceData, product: id });
      return update<StoredProduct>(
        account,
        products,
        { ...product, default_price: price.id },
        'product.updated',
      );
    }),
    route('GET', '/v1/products/search', { permission: 'product', params: searchParams }, (call) =>
      searched(call, products, searchFields),
    ),
    route('GET', '/v1/products/:id', { permission: 'product' }, (call) => found(call, products, 'product')),
    route('POST', '/v1/products/:id', { permission: 'product', params: updateParams }, (call) => {
      const product = existing(call);
      if (call.params.default_price) requireOwnPrice(call, product, call.params.default_price);
      return update<StoredProduct>(
        call.account,
        products,
        changed(call.account, product, call.params),
        'product.updated',
      );
    }),
    route('DELETE', '/v1/products/:id', { permission: 'product' }, remove),
    route('GET', '/v1/products', { permission: 'product', params: listParams }, (call) => {
      const { active, ids, shippable, type, url } = call.params;
      return listed(call, products, {
        where: (product) =>
          !product.deleted &&
          (active === undefined || product.active === active) &&
          (!ids || ids.includes(product.id)) &&
          (shippable === undefined || product.shippable === shippable) &&
          (type === undefined || product.type === type) &&
          (url === undefined || product.url === url),
      });
    }),
  ],
};
