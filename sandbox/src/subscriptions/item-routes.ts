import { type Call, type Route, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { boolean, integer, oneOf, required, text } from '../wire/params.ts';
import { changeTerms, type ProrationBehavior } from './change.ts';
import type { PaymentBehavior } from './collect.ts';
import { type ChangedItem, newItemFields } from './items.ts';
import {
  type Subscription,
  type SubscriptionItem,
  subscriptionItems,
  subscriptions,
} from './subscription.ts';

const how = {
  payment_behavior: oneOf(
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
    'pending_if_incomplete',
  ),
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
  proration_date: integer(),
} as const;
interface How {
  readonly payment_behavior?: PaymentBehavior;
  readonly proration_behavior?: ProrationBehavior;
  readonly proration_date?: number;
}

function ownerOf(call: Call<unknown>): { subscription: Subscription; item: SubscriptionItem } {
  const owner = call.account.of(subscriptionItems).get(call.id());
  const subscription = owner && call.account.of(subscriptions).get(owner.subscription);
  const item = subscription?.items.data.find((one) => one.id === call.id());
  if (!subscription || !item) throw noSuch('subscription_item', call.id(), 'id');
  return { subscription, item };
}

function byId(call: Call<unknown>, id: string): Subscription {
  const subscription = call.account.of(subscriptions).get(id);
  if (!subscription) throw noSuch('subscription', id, 'subscription');
  return subscription;
}

function changeItem(
  call: Call<unknown>,
  subscription: Subscription,
  item: ChangedItem,
  terms: How,
): Subscription {
  return changeTerms(call.account, subscription, {
    items: [item],
    paymentBehavior: terms.payment_behavior,
    prorationBehavior: terms.proration_behavior,
    prorationDate: terms.proration_date,
  });
}

function itemOf(subscription: Subscription, is: (item: SubscriptionItem) => boolean): SubscriptionItem {
  const item = subscription.items.data.find(is);
  if (!item) throw new Error(`The changed item is not in ${subscription.id}`);
  return item;
}

/** `/v1/subscription_items`: items are kept in their subscription, and changing one changes it. */
export const itemRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/subscription_items',
    { permission: 'subscription', params: { ...newItemFields, ...how, subscription: required(text()) } },
    (call) => {
      const { subscription: id, payment_behavior, proration_behavior, proration_date, ...item } = call.params;
      const before = byId(call, id);
      const known = new Set(before.items.data.map((one) => one.id));
      const terms = { payment_behavior, proration_behavior, proration_date };
      const after = changeItem(call, before, item, terms);
      return itemOf(after, (one) => !known.has(one.id));
    },
  ),
  route('GET', '/v1/subscription_items/:id', { permission: 'subscription' }, (call) => ownerOf(call).item),
  route(
    'POST',
    '/v1/subscription_items/:id',
    { permission: 'subscription', params: { ...newItemFields, ...how, off_session: boolean() } },
    (call) => {
      const { subscription, item } = ownerOf(call);
      const { payment_behavior, proration_behavior, proration_date, off_session: _, ...change } = call.params;
      const terms = { payment_behavior, proration_behavior, proration_date };
      const after = changeItem(call, subscription, { ...change, id: item.id }, terms);
      return itemOf(after, (one) => one.id === item.id);
    },
  ),
  route(
    'DELETE',
    '/v1/subscription_items/:id',
    { permission: 'subscription', params: { ...how, clear_usage: boolean() } },
    (call) => {
      const { subscription, item } = ownerOf(call);
      changeItem(call, subscription, { id: item.id, deleted: true }, call.params);
      return { id: item.id, object: 'subscription_item', deleted: true } as const;
    },
  ),
  route(
    'GET',
    '/v1/subscription_items',
    { permission: 'subscription', params: { ...pageParams, subscription: required(text()) } },
    (call) => byId(call, call.params.subscription).items,
  ),
];
