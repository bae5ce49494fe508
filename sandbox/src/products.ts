import type Stripe from 'stripe';
import { create, emit, previousAttributes, update } from './events.ts';
import { newId } from './ids.ts';
import { amountFields, currencyOptionsParam, taxBehaviorParam } from './prices/amounts.ts';
import { createPrice, newPriceId, recurringFields } from './prices/create.ts';
import { priceCurrency, prices } from './prices/price.ts';
import {
  freshProduct,
  type Product,
  products,
  requireFreeProductId,
  type StoredProduct,
  taxDetailsOf,
  taxDetailsParam,
} from './product-store.ts';
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
import { taxCode, taxCodeParam } from './tax/codes.ts';
import { invalidRequest, noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  emptyable,
  list,
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
  statement_descriptor: unsettableText(22),
  tax_code: emptyable(taxCodeParam),
  tax_details: emptyable(taxDetailsParam),
  unit_label: unsettableText(12),
  url: unsettableText(5000),
} as const;
const defaultPrice = object({
  currency: required(priceCurrency),
  currency_options: currencyOptionsParam,
  custom_unit_amount: amountFields.custom_unit_amount,
  metadata: metadata(),
  recurring: object({ interval: recurringFields.interval, interval_count: recurringFields.interval_count }),
  tax_behavior: taxBehaviorParam,
  unit_amount: amountFields.unit_amount,
  unit_amount_decimal: amountFields.unit_amount_decimal,
});
const createParams = {
  ...common,
  name: required(text(250)),
  id: text(255),
  type: oneOf('good', 'service'),
  default_price_data: defaultPrice,
} as const;
const updateParams = { ...common, name: text(250), default_price: unsettableText() } as const;

type Changes = Parsed<typeof common> & { name?: string; default_price?: string | null };

function changed(product: Product, changes: Changes): Product {
  const {
    images,
    marketing_features,
    metadata: meta,
    package_dimensions: dims,
    tax_details,
    ...plain
  } = changes;
  checkDescriptor(changes.statement_descriptor);
  return {
    ...product,
    ...given(plain),
    ...(images === undefined ? {} : { images: images ?? [] }),
    ...(marketing_features === undefined ? {} : { marketing_features: marketing_features ?? [] }),
    ...(tax_details === undefined ? {} : { tax_details: taxDetailsOf(tax_details ?? undefined) }),
    ...(dims === undefined ? {} : { package_dimensions: dims && dimensionsOf(dims) }),
    metadata: applyMetadata(product.metadata, meta),
  };
}

function dimensionsOf(given: Record<'height' | 'length' | 'weight' | 'width', string>) {
  const { height, length, weight, width } = given;
  return { height: Number(height), length: Number(length), weight: Number(weight), width: Number(width) };
}

function checkDescriptor(text: string | null | undefined): void {
  if (text && /[<>\\"']/.test(text))
    throw refused(
      'statement_descriptor',
      'The statement descriptor contains invalid characters. It may not include <, >, \\, ", or \'.',
    );
}

function make({ account, params }: Call<Parsed<typeof createParams>>): Product {
  const { id = newId('prod'), name, type = 'service', default_price_data: data, ...changes } = params;
  requireFreeProductId(account, id);
  const bare = { ...changed(freshProduct(account, id, name), changes), type };
  // The product is announced with its default price, and the price after it, as Stripe does.
  const priceId = data ? newPriceId() : null;
  const product = { ...bare, default_price: priceId };
  create<StoredProduct>(account, products, product, 'product.created');
  if (data && priceId) createPrice(account, { ...data, product: id, id: priceId });
  return product;
}

function change(call: Call<Parsed<typeof updateParams>>): Product {
  const product = existing(call);
  const { default_price: price } = call.params;
  if (price) requireOwnPrice(call, product, price);
  const next = changed(product, call.params);
  if (Object.keys(previousAttributes(product, next)).length === 0) return product;
  const stamped = { ...next, updated: call.account.now() };
  update<StoredProduct>(call.account, products, stamped, 'product.updated');
  return stamped;
}

function existing(call: Call<unknown>): Product {
  const product = found(call, products, 'product');
  if (product.deleted) throw noSuch('product', product.id, 'id');
  return product;
}

function requireOwnPrice(call: Call<unknown>, product: Product, id: string): void {
  const price = call.account.of(prices).get(id);
  if (!price) throw noSuch('price', id, 'default_price');
  if (price.product !== product.id)
    throw refused(
      'default_price',
      `The price specified (${id}) does not belong to the product ${product.id}.`,
    );
  if (!price.active)
    throw refused('default_price', 'The price specified is inactive. This field only accepts active prices.');
}

function remove(call: Call<unknown>): Stripe.DeletedProduct {
  const product = existing(call);
  if (call.account.of(prices).newestBy('product', product.id))
    throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.');
  const deleted: Stripe.DeletedProduct = { id: product.id, object: 'product', deleted: true };
  call.account.of(products).put(deleted);
  emit(call.account, 'product.deleted', { ...product, active: false });
  return deleted;
}

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
  expand: {
    product: { default_price: ['prices'], tax_code: (_, product) => taxCode((product as Product).tax_code) },
  },
  routes: [
    route('POST', '/v1/products', { permission: 'product', params: createParams }, make),
    route('GET', '/v1/products/search', { permission: 'product', params: searchParams }, (call) =>
      searched(call, products, searchFields),
    ),
    route('GET', '/v1/products/:id', { permission: 'product' }, existing),
    route('POST', '/v1/products/:id', { permission: 'product', params: updateParams }, change),
    route('DELETE', '/v1/products/:id', { permission: 'product' }, remove),
    route('GET', '/v1/products', { permission: 'product', params: listParams }, (call) => {
      const { active, ids, shippable, type, url } = call.params;
      return listed(call, products, {
        where: (product) =>
          (active === undefined || product.active === active) &&
          (!ids || ids.includes(product.id)) &&
          (shippable === undefined || product.shippable === shippable) &&
          (type === undefined || product.type === type) &&
          (url === undefined || product.url === url),
      });
    }),
  ],
};
