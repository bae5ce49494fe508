import type Stripe from 'stripe';
import type { Account } from './account.ts';
import type { CollectionSpec } from './store/collection.ts';

export type StoredProduct = Stripe.Product | Stripe.DeletedProduct;

/** Apart from the product's rules, since prices need to look products up and products make prices. */
export const products: CollectionSpec<StoredProduct> = { name: 'products', indexes: {} };

/** A product with nothing but an id and a name. */
export function freshProduct(account: Account, id: string, name: string): Stripe.Product {
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
