import type { Account } from '../account.ts';
import { applyDiscounts, type DiscountInput, discountsParam, removeDiscount } from '../discounts.ts';
import { newId } from '../ids.ts';
import { inlinePrice, recurringPriceData } from '../prices/inline.ts';
import { planOf } from '../prices/plan.ts';
import { currenciesOf, hasCurrency, type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  type Parsed,
  required,
  text,
  unsupported,
} from '../wire/params.ts';
import { isMadeOf, isSameRecurrence, type Recurrence, roughSeconds } from './periods.ts';
import { recurrenceOf, type SubscriptionItem } from './subscription.ts';

interface ItemOwner {
  readonly customer: string;
  readonly subscription: string;
}

/** Stripe's limit of items on one subscription. */
export const maxItems = 20;

export const newItemFields = {
  billing_thresholds: emptyable(object({ usage_gte: required(integer(1)) })),
  current_trial: unsupported(),
  discounts: discountsParam,
  metadata: metadata(),
  plan: text(),
  price: text(),
  price_data: recurringPriceData,
  quantity: integer(0, 999_999_999),
  tax_rates: emptyable(list(text(), 20)),
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
export type ChangedItem = Parsed<typeof changedItemFields> & Pick<NewItem, 'chosen'>;

/** The recurring price that an item names or describes. Throws Stripe's 400 for one that cannot be subscribed to. */
export function itemPrice(account: Account, item: NewItem, path: string): Price {
  if (item.chosen) return item.chosen;
  if (item.price_data && (item.price ?? item.plan) !== undefined)
    throw refused(`${path}[price_data]`, 'You may only specify one of these parameters: price, price_data.');
  if (item.price_data) return inlinePrice(account, item.price_data, `${path}[price_data]`);
  const id = item.price ?? item.plan;
  if (item.price !== undefined && item.plan !== undefined)
    throw refused(`${path}[plan]`, 'You may only specify one of these parameters: price, plan.');
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
  checkQuantity(price, item.quantity, path);
  return price;
}

/** Throws Stripe's 400 for a quantity of what is billed by usage. */
function checkQuantity(price: Price, quantity: number | undefined, path: string): void {
  if (price.recurring?.usage_type !== 'metered' || quantity === undefined) return;
  throw refused(
    `${path}[quantity]`,
    `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`${path}\``,
  );
}

/** A new item of a subscription; its period is set by the subscription. */
export function newItem(account: Account, given: NewItem, price: Price, owner: ItemOwner): SubscriptionItem {
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: given.billing_thresholds ?? null,
    created: account.now(),
    current_period_end: 0,
    current_period_start: 0,
    current_trial: null,
    discounts: applyDiscounts(account, given.discounts ?? [], owner),
    metadata: applyMetadata({}, given.metadata),
    plan: planOf(price),
    price,
    ...(price.recurring?.usage_type === 'metered' ? {} : { quantity: given.quantity ?? 1 }),
    subscription: owner.subscription,
    tax_rates: existingTaxRates(account, given.tax_rates ?? [], 'items[tax_rates]'),
  };
}

/** An item after what a request asks of it. Another price starts again at a quantity of one. */
export function changedItem(
  account: Account,
  item: SubscriptionItem,
  change: ChangedItem,
  { path, customer }: { readonly path: string; readonly customer: string },
): SubscriptionItem {
  const names = change.chosen ?? change.price ?? change.plan ?? change.price_data;
  const price = names === undefined ? item.price : itemPrice(account, change, path);
  checkQuantity(price, change.quantity, path);
  const owner = { customer, subscription: item.subscription };
  const { quantity = 1, ...plain } = item;
  return {
    ...plain,
    billing_thresholds:
      change.billing_thresholds === undefined ? item.billing_thresholds : change.billing_thresholds,
    discounts: applyDiscountsAnew(account, item.discounts, change.discounts, owner),
    metadata: applyMetadata(item.metadata, change.metadata),
    plan: planOf(price),
    price,
    ...(price.recurring?.usage_type === 'metered'
      ? {}
      : { quantity: change.quantity ?? (price.id === item.price.id ? quantity : 1) }),
    tax_rates:
      change.tax_rates === undefined
        ? item.tax_rates
        : existingTaxRates(account, change.tax_rates ?? [], `${path}[tax_rates]`),
  };
}

/** The discounts after a request: '' takes all away, an empty list leaves them, a list replaces them. */
export function applyDiscountsAnew(
  account: Account,
  before: string[],
  wanted: readonly DiscountInput[] | null | undefined,
  owner: ItemOwner,
): string[] {
  if (wanted === undefined || wanted?.length === 0) return before;
  const kept = applyDiscounts(account, wanted ?? [], owner);
  for (const id of before) if (!kept.includes(id)) removeDiscount(account, id);
  return kept;
}

/** Throws Stripe's refusals for items that cannot be billed together. */
export function checkTogether(
  account: Account,
  items: readonly SubscriptionItem[],
  { currency, flexible }: { readonly currency: string; readonly flexible: boolean },
): void {
  if (items.length === 0)
    throw invalidRequest(
      'A subscription must have at least one active plan. To cancel a subscription, please use the cancel API endpoint on /v1/subscriptions.',
    );
  if (items.length > maxItems) throw refused('items', `Subscriptions can have at most ${maxItems} items.`);
  const seen = new Set<string>();
  const shortest = shortestRecurrence(items);
  for (const item of items) {
    const { price } = item;
    if (seen.has(price.id))
      throw refused('items', `Cannot add multiple subscription items with the same plan: ${price.id}`);
    seen.add(price.id);
    checkInterval(recurrenceOf(item), shortest, flexible);
    if (!hasCurrency(account, price, currency))
      throw refused(
        'items',
        `The price specified supports currencies of ${currenciesOf(account, price)}. This doesn't match the expected currency: \`${currency}\`.`,
      );
  }
}

/** The interval that turns most often. */
export function shortestRecurrence(items: readonly SubscriptionItem[]): Recurrence {
  const [first, ...others] = items.map(recurrenceOf);
  if (!first) throw missingParam('items');
  return others.reduce((least, next) => (roughSeconds(next) < roughSeconds(least) ? next : least), first);
}

function checkInterval(recurrence: Recurrence, shortest: Recurrence, flexible: boolean): void {
  if (!flexible && !isSameRecurrence(recurrence, shortest))
    throw refused(
      'items',
      'Currently, all prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`. If you meant to update an existing subscription item, be sure to pass its `id`, or use `billing_mode` `flexible` to mix intervals.',
    );
  if (isMadeOf(recurrence, shortest)) return;
  throw refused(
    'items',
    'The intervals of all prices on a subscription must be multiples of the shortest interval on it.',
  );
}
