import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create } from './events.ts';
import { newId } from './ids.ts';
import { referred, refused } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { taxCodeParam } from './tax/codes.ts';
import { invalidRequest, noSuch } from './wire/errors.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  metadata,
  object,
  type Parsed,
  required,
  text,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

export type Product = Wire<Stripe.Product>;
export type StoredProduct = Product | Stripe.DeletedProduct;

/** Apart from the product's rules, since prices need to look products up and products make prices. */
export const products: CollectionSpec<StoredProduct> = { name: 'products', indexes: {} };

/** A product with nothing but an id and a name. */
export function freshProduct(account: Account, id: string, name: string): Product {
  return {
    id,
    object: 'product',
    active: true,
    created: account.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: account.livemode,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: account.now(),
    url: null,
  };
}

/** Throws Stripe's refusal of an id that a product has or had. */
export function requireFreeProductId(account: Account, id: string, param = 'id'): void {
  if (account.of(products).get(id))
    throw refused(param, 'Product already exists.', 'resource_already_exists');
}

const taxDetailsFields = { performance_location: text(), tax_code: emptyable(taxCodeParam) } as const;
export const taxDetailsParam = object(taxDetailsFields);
const productDataFields = {
  active: boolean(),
  id: text(255),
  metadata: metadata(),
  name: required(text(250)),
  statement_descriptor: text(22),
  tax_code: taxCodeParam,
  tax_details: taxDetailsParam,
  unit_label: text(12),
} as const;
/** A product described where a price is made. */
export const productDataParam = object(productDataFields);

/** The product a price is to belong to: one that exists, or one described beside it. Throws Stripe's refusals. */
export function productFor(
  account: Account,
  params: { readonly product?: string; readonly product_data?: Parsed<typeof productDataFields> },
): string {
  const { product: id, product_data: data } = params;
  if (id !== undefined && data)
    throw refused('product', 'You may only specify one of these parameters: product, product_data.');
  if (id !== undefined) {
    if (referred(account, products, 'product', id, 'product').deleted) throw noSuch('product', id, 'product');
    return id;
  }
  if (!data)
    throw invalidRequest('You must specify either `product` or `product_data` when creating a price.');
  if (data.id !== undefined) requireFreeProductId(account, data.id, 'product_data[id]');
  const made = {
    ...freshProduct(account, data.id ?? newId('prod'), data.name),
    active: data.active ?? true,
    metadata: applyMetadata({}, data.metadata),
    statement_descriptor: data.statement_descriptor ?? null,
    tax_code: data.tax_code ?? null,
    tax_details: taxDetailsOf(data.tax_details),
    unit_label: data.unit_label ?? null,
  };
  return create<StoredProduct>(account, products, made, 'product.created').id;
}

/** Tax details as a product shows them. */
export function taxDetailsOf(given: Parsed<typeof taxDetailsFields> | undefined): Product['tax_details'] {
  return given
    ? { performance_location: given.performance_location ?? null, tax_code: given.tax_code ?? null }
    : null;
}
