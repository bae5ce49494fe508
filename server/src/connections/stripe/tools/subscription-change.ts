import type Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../../tools/tool.ts';
import { idField, intervalField, priceField, productField } from '../fields.ts';
import { idOf } from '../pages.ts';
import { type PricedProduct, quantityOf, resolvePrice } from '../references/catalogue.ts';
import { type NamedSubscription, subscriptionFields } from '../references/subscription-input.ts';
import type { Desk } from '../stripe-tool.ts';
import { itemRow, subscriptionPlan } from '../views/billing.ts';
import { priceLabel, sameRhythm } from '../views/catalogue.ts';
import {
  type ChangeCost,
  changeCost,
  countedFrom,
  type ItemChange,
  type Proration,
  prorations,
} from './subscription-cost.ts';

/** How another plan or quantity is asked for. */
export const changeFields = {
  ...subscriptionFields,
  item: idField('subscription item', 'si_')
    .optional()
    .describe('Which item to change, by its id ("si_…"), when the subscription has several.'),
  product: productField.optional().describe('The product to switch to: id or name.'),
  price: priceField
    .optional()
    .describe('The recurring price to switch to ("price_…"), when the product has several.'),
  interval: intervalField
    .optional()
    .describe('Which of the prices of the product. Left out: as often as now.'),
  quantity: z.number().int().min(1).max(999_999).optional().describe('The new quantity, for instance seats.'),
  proration_behavior: z
    .enum(prorations)
    .optional()
    .describe(
      'The difference for the rest of the period: "create_prorations" puts it on the next invoice (default), "always_invoice" bills it now, "none" forgoes it.',
    ),
};

interface ChangeInput {
  readonly item?: string | undefined;
  readonly product?: string | undefined;
  readonly price?: string | undefined;
  readonly interval?: z.infer<typeof intervalField> | undefined;
  readonly quantity?: number | undefined;
  readonly proration_behavior?: Proration | undefined;
}

/** The item that changes: the only one, or the one named. */
function itemOf(
  { subscription, names }: NamedSubscription,
  named: string | undefined,
): Stripe.SubscriptionItem {
  const items = subscription.items.data;
  const found = named ? items.find((item) => item.id === named.trim()) : items.length === 1 && items[0];
  if (found) return found;
  const what = named ? `no item ${named}` : `${items.length} items`;
  throw new ToolError('several_items', `The subscription ${subscription.id} has ${what}.`, {
    next: 'Ask which of its items is meant and give its id as item.',
    details: { subscription: subscription.id, items: items.map((item) => itemRow(item, names)) },
  });
}

async function newPrice(
  api: Stripe,
  input: ChangeInput,
  item: Stripe.SubscriptionItem,
): Promise<PricedProduct | undefined> {
  const product = input.product ?? (input.interval ? idOf(item.price.product) : undefined);
  if (!input.price && !product) return undefined;
  const now = item.price.recurring;
  // The interval stays unless another is asked for: nobody is moved from monthly to yearly unasked.
  const interval = input.interval ?? intervalField.safeParse(now?.interval).data;
  const intervalCount = input.interval ? undefined : now?.interval_count;
  return resolvePrice(api, {
    price: input.price,
    product,
    ...(!input.price && { interval, intervalCount }),
    preferredCurrency: item.price.currency,
    type: 'recurring',
  });
}

/** A change made ready: what is sent, what it costs, and in words. */
export interface Change {
  readonly item: ItemChange;
  readonly before: {
    readonly price: string;
    readonly quantity: number | undefined;
    readonly canReturn: boolean;
  };
  readonly priced: PricedProduct | undefined;
  readonly proration: Proration;
  /** From when on the difference is counted, in Unix seconds. */
  readonly from: number;
  /** Another rhythm begins a new period, which is billed at once whatever becomes of the difference. */
  readonly atOnce: boolean;
  readonly cost: ChangeCost | undefined;
  readonly words: readonly string[];
  /** What it comes to each period from then on, in minor units; undefined where usage decides. */
  readonly perPeriod: number | undefined;
}

function wordsOf(
  { subscription, names, who }: NamedSubscription,
  priced: PricedProduct | undefined,
  quantity: number | undefined,
): string[] {
  return [
    ...(priced
      ? [
          `Switch ${who} from ${subscriptionPlan(subscription, names)} to ${priced.product.name}, ${priceLabel(priced.price)}`,
        ]
      : []),
    ...(quantity === undefined ? [] : [`Set the quantity of ${who}'s subscription to ${quantity}`]),
  ];
}

/**
 * Resolves what is asked for to one item of a subscription and what it costs, from fresh reads.
 * @returns undefined when the item is like that already
 * @throws ToolError `several_items`, and as `resolvePrice` does
 */
export async function resolveChange(
  api: Stripe,
  desk: Desk,
  found: NamedSubscription,
  input: ChangeInput,
): Promise<Change | undefined> {
  const { subscription } = found;
  if (!input.product && !input.price && !input.interval && input.quantity === undefined) return undefined;
  const item = itemOf(found, input.item);
  const wanted = await newPrice(api, input, item);
  const priced = wanted && wanted.price.id !== item.price.id ? wanted : undefined;
  const asked = quantityOf(priced?.price ?? item.price, input.quantity);
  const quantity = input.quantity === undefined || asked === item.quantity ? undefined : asked;
  if (!priced && quantity === undefined) return undefined;
  const proration = input.proration_behavior ?? 'create_prorations';
  const change: ItemChange = { id: item.id, price: priced?.price.id, quantity };
  const from = await countedFrom(desk, api, subscription, item);
  const atOnce =
    proration === 'always_invoice' || (priced !== undefined && !sameRhythm(priced.price, item.price));
  const cost = await changeCost(api, subscription, { item: change, proration, from, atOnce });
  const unit = (priced?.price ?? item.price).unit_amount;
  return {
    item: change,
    before: { price: item.price.id, quantity: item.quantity, canReturn: item.price.active },
    priced,
    proration,
    from,
    atOnce,
    cost,
    words: wordsOf(found, priced, quantity),
    perPeriod: unit === null ? undefined : unit * (quantity ?? item.quantity ?? 1),
  };
}
