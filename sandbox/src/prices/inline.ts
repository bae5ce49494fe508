import type { Account } from '../account.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import {
  freshProduct,
  products,
  type StoredProduct,
  taxDetailsOf,
  taxDetailsParam,
} from '../product-store.ts';
import { referred, refused } from '../resource.ts';
import { taxCodeParam } from '../tax/codes.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import {
  applyMetadata,
  decimal,
  integer,
  list,
  metadata,
  object,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import { taxBehaviorParam } from './amounts.ts';
import { createPrice, type PriceInput, recurringFields } from './create.ts';
import { type Price, priceCurrency } from './price.ts';

const fields = {
  currency: required(priceCurrency),
  product: required(text()),
  tax_behavior: taxBehaviorParam,
  unit_amount: integer(),
  unit_amount_decimal: decimal(),
} as const;
const recurring = object({
  interval: recurringFields.interval,
  interval_count: recurringFields.interval_count,
});
const productFields = {
  description: text(40_000),
  images: list(text(2048), 8),
  metadata: metadata(),
  name: required(text(250)),
  tax_code: taxCodeParam,
  tax_details: taxDetailsParam,
  unit_label: text(12),
} as const;
const describedFields = { ...fields, product: text(), product_data: object(productFields) } as const;

/** `price_data` where a price is charged once: invoice items. */
export const oneTimePriceData = object(fields);
/** `price_data` of subscription items. */
export const recurringPriceData = object({ ...fields, recurring: required(recurring) });
/** `price_data` of invoice lines, which may describe the product too. */
export const linePriceData = object(describedFields);
/** `price_data` of what is bought on a page, once or again and again. */
export const salePriceData = object({ ...describedFields, recurring });

type Described = Parsed<typeof productFields>;
type InlineInput = Omit<PriceInput, 'product'> & {
  readonly product?: string;
  readonly product_data?: Described;
};

/** Makes the price that a `price_data` describes; it is for this one use, so it is not active. `path` leads to it. */
export function inlinePrice(account: Account, data: InlineInput, path: string): Price {
  const { product: named, product_data: described, ...terms } = data;
  if (named !== undefined && described)
    throw refused(`${path}[product]`, 'You may only specify one of these parameters: product, product_data.');
  const product = described ? newProduct(account, described) : existingProduct(account, named, path);
  return createPrice(account, { ...terms, product, active: false });
}

function existingProduct(account: Account, id: string | undefined, path: string): string {
  if (id === undefined) throw missingParam(`${path}[product]`);
  const product = referred(account, products, 'product', id, `${path}[product]`);
  if (product.deleted) throw noSuch('product', product.id, `${path}[product]`);
  return product.id;
}

function newProduct(account: Account, described: Described): string {
  const made: StoredProduct = {
    ...freshProduct(account, newId('prod'), described.name),
    description: described.description ?? null,
    images: described.images ?? [],
    metadata: applyMetadata({}, described.metadata),
    tax_code: described.tax_code ?? null,
    tax_details: taxDetailsOf(described.tax_details),
    unit_label: described.unit_label ?? null,
  };
  return create<StoredProduct>(account, products, made, 'product.created').id;
}
