import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { inlinePrice, recurringPriceData } from '../prices/inline.ts';
import { planOf } from '../prices/plan.ts';
import { hasCurrency, type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam } from '../wire/errors.ts';
import { applyMetadata, boolean, integer, list, metadata, type Parsed, text } from '../wire/params.ts';
import type { SubscriptionItem } from './subscription.ts';

/** Stripe's limit of items on one subscription. */
export const maxItems = 20;

export const newItemFields = {
  metadata: metadata(),
  plan: text(),
  price: text(),
  price_data: recurringPriceData,
  quantity: integer(0, 999_999_999),
  tax_rates: list(text(), 20),
} as const;
export const changedItemFields = {
  ...newItemFields,
  clear_usage: boolean(),
  deleted: boolean(),
  id: text(),
} as const;
export type NewItem = Parsed<typeof newItemFields> & {
  /** A price that was checked before, perhaps one made for a checkout and not for sale by itself. */
  readonly chosen?: Price;
};
export type ChangedItem = Parsed<typeof changedItemFields>;

/** The recurring price that an item names or describes. Throws Stripe's 400 for one that cannot be subscribed to. */
export function itemPrice(account: Account, item: NewItem, path: string): Price {
  if (item.chosen) return item.chosen;
  if (item.price_data) return inlinePrice(account, item.price_data, `${path}[price_data]`);
  const id = item.price ?? item.plan;
  if (id === undefined) throw missingParam(`${path}[price]`);
  const price = referred(account, prices, 'price', id, `${path}[price]`);
  if (!price.active)
    throw refused(
      `${path}[price]`,
      'The price specified is inactive. This field only accepts active prices.',
    );
  if (!price.recurring)
    throw refused(
      `${path}[price]`,
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    );
  if (price.recurring.usage_type === 'metered' && item.quantity !== undefined)
    throw refused(
      `${path}[quantity]`,
      `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`${path}\``,
    );
  return price;
}

/** A new item of a subscription; its period is set by the subscription. */
export function newItem(account: Account, given: NewItem, price: Price, owner: string): SubscriptionItem {
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: account.now(),
    current_period_end: 0,
    current_period_start: 0,
    current_trial: null,
    discounts: [],
    metadata: applyMetadata({}, given.metadata),
    plan: planOf(price),
    price,
    ...(price.recurring?.usage_type === 'metered' ? {} : { quantity: given.quantity ?? 1 }),
    subscription: owner,
    tax_rates: existingTaxRates(account, given.tax_rates ?? [], 'items[tax_rates]'),
  };
}

/** Throws Stripe's refusals for items that cannot be billed together. */
export function checkTogether(account: Account, items: readonly SubscriptionItem[], currency: string): void {
  if (items.length === 0) throw missingParam('items');
  if (items.length > maxItems)
    throw refused('items', `Subscriptions can have at most ${maxItems} items.`, 'customer_max_subscriptions');
  const seen = new Set<string>();
  const first = items[0]?.price.recurring;
  for (const { price } of items) {
    if (seen.has(price.id))
      throw refused('items', `Cannot add multiple subscription items with the same plan: ${price.id}`);
    seen.add(price.id);
    const { recurring } = price;
    if (recurring?.interval !== first?.interval || recurring?.interval_count !== first?.interval_count)
      throw refused(
        'items',
        'The prices on a subscription must all have the same `recurring.interval` and `recurring.interval_count`.',
      );
    if (!hasCurrency(account, price, currency))
      throw refused(
        'items',
        `The price specified supports currencies of \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      );
  }
}
