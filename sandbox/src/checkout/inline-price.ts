import type { Account } from '../account.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import { taxBehaviorParam } from '../prices/amounts.ts';
import { recurringFields } from '../prices/create.ts';
import { inlinePrice } from '../prices/inline.ts';
import { type Price, priceCurrency, prices } from '../prices/price.ts';
import { freshProduct, products, type StoredProduct } from '../product-store.ts';
import { referred, refused } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import {
  applyMetadata,
  decimal,
  integer,
  list,
  metadata,
  object,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';

/** `price_data`: a price made on the way, perhaps with its product. */
export const priceData = object({
  currency: required(priceCurrency),
  product: text(),
  product_data: object({
    description: text(40_000),
    images: list(text(2048), 8),
    metadata: metadata(),
    name: required(text(250)),
    tax_code: text(),
    tax_details: object({ performance_location: text(), tax_code: unsettableText() }),
    unit_label: text(12),
  }),
  recurring: object({ interval: recurringFields.interval, interval_count: recurringFields.interval_count }),
  tax_behavior: taxBehaviorParam,
  unit_amount: integer(),
  unit_amount_decimal: decimal(),
});
type PriceData = NonNullable<ReturnType<typeof priceData.parse>>;

interface PriceChoice {
  /** The id of a price that was checked before, perhaps one that is not for sale by itself. */
  readonly chosen?: string;
  readonly price?: string;
  readonly price_data?: PriceData;
}

/** The price an item names or describes. Throws Stripe's refusals; `path` is the item's: `line_items[0]`. */
export function chosenPrice(account: Account, choice: PriceChoice, path: string): Price {
  const { chosen, price: id, price_data: data } = choice;
  if (chosen !== undefined) return referred(account, prices, 'price', chosen, `${path}[price]`);
  if (id !== undefined && data)
    throw refused(`${path}[price]`, 'You may only specify one of these parameters: price, price_data.');
  if (data) return describedPrice(account, data, `${path}[price_data]`);
  if (id === undefined)
    throw refused(path, 'You must provide either price or price_data for each line item when using prices.');
  const price = referred(account, prices, 'price', id, `${path}[price]`);
  if (!price.active)
    throw refused(
      `${path}[price]`,
      'The price specified is inactive. This field only accepts active prices.',
    );
  return price;
}

function describedPrice(account: Account, data: PriceData, path: string): Price {
  const { product, product_data: described, ...terms } = data;
  if (product !== undefined && described)
    throw refused(`${path}[product]`, 'You may only specify one of these parameters: product, product_data.');
  if (product === undefined && !described) throw missingParam(`${path}[product]`);
  const named = product ?? (described ? newProduct(account, described) : '');
  return inlinePrice(account, { ...terms, product: named }, path);
}

function newProduct(account: Account, described: NonNullable<PriceData['product_data']>): string {
  const made: StoredProduct = {
    ...freshProduct(account, newId('prod'), described.name),
    description: described.description ?? null,
    images: described.images ?? [],
    metadata: applyMetadata({}, described.metadata),
    tax_code: described.tax_code ?? null,
    unit_label: described.unit_label ?? null,
  };
  return create<StoredProduct>(account, products, made, 'product.created').id;
}
