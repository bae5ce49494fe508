import type { Account } from '../account.ts';
import { inlinePrice, type salePriceData } from '../prices/inline.ts';
import { type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';

interface PriceChoice {
  /** The id of a price that was checked before, perhaps one that is not for sale by itself. */
  readonly chosen?: string;
  readonly price?: string;
  readonly price_data?: ReturnType<typeof salePriceData.parse>;
}

/** The price an item names or describes. Throws Stripe's refusals; `path` is the item's: `line_items[0]`. */
export function chosenPrice(account: Account, choice: PriceChoice, path: string): Price {
  const { chosen, price: id, price_data: data } = choice;
  if (chosen !== undefined) return referred(account, prices, 'price', chosen, `${path}[price]`);
  if (id !== undefined && data)
    throw refused(`${path}[price]`, 'You may only specify one of these parameters: price, price_data.');
  if (data) return inlinePrice(account, data, `${path}[price_data]`);
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
