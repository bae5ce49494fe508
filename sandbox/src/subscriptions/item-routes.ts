import { type Call, type Route, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import { boolean, integer, type Parsed, required, text } from '../wire/params.ts';
import { changeTerms } from './change.ts';
import { changeWhenPaid, requireHoldable } from './hold-change.ts';
import { type ChangedItem, type NewItem, newItemFields } from './items.ts';
import { paymentBehaviorParam, prorationBehaviorParam } from './params.ts';
import {
  type Subscription,
  type SubscriptionItem,
  subscriptionItems,
  subscriptions,
} from './subscription.ts';
import { requireItemsChangeable } from './update.ts';

const how = {
  payment_behavior: paymentBehaviorParam,
  proration_behavior: prorationBehaviorParam,
  proration_date: integer(0),
} as const;
type How = Parsed<typeof how> & { readonly off_session?: boolean };

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
  { account, params }: Call<How>,
  subscription: Subscription,
  item: ChangedItem,
): Subscription {
  requireItemsChangeable(subscription);
  const change = {
    items: [item],
    offSession: params.off_session,
    paymentBehavior: params.payment_behavior,
    prorationBehavior: params.proration_behavior,
    prorationDate: params.proration_date,
  };
  if (params.payment_behavior !== 'pending_if_incomplete')
    return changeTerms(account, subscription, subscription, change);
  requireHoldable(params);
  return changeWhenPaid(account, subscription, change);
}

/** The item of a changed subscription, or of the change that it waits for. */
function itemOf(subscription: Subscription, is: (item: SubscriptionItem) => boolean): SubscriptionItem {
  const waiting = subscription.pending_update?.subscription_items ?? [];
  const item = [...subscription.items.data, ...waiting].find(is);
  if (!item) throw new Error(`The changed item is not in ${subscription.id}`);
  return item;
}

/** What of a request describes the item. */
function itemIn(params: NewItem): NewItem {
  const { billing_thresholds, discounts, metadata, plan, price, price_data, quantity, tax_rates } = params;
  return { billing_thresholds, discounts, metadata, plan, price, price_data, quantity, tax_rates };
}

/** `/v1/subscription_items`: items are kept in their subscription, and changing one changes it. */
export const itemRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/subscription_items',
    { permission: 'subscription', params: { ...newItemFields, ...how, subscription: required(text()) } },
    (call) => {
      const before = byId(call, call.params.subscription);
      const known = new Set(before.items.data.map((one) => one.id));
      const after = changeItem(call, before, itemIn(call.params));
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
      const after = changeItem(call, subscription, { ...itemIn(call.params), id: item.id });
      return itemOf(after, (one) => one.id === item.id);
    },
  ),
  route(
    'DELETE',
    '/v1/subscription_items/:id',
    { permission: 'subscription', params: { ...how, clear_usage: boolean() } },
    (call) => {
      const { subscription, item } = ownerOf(call);
      changeItem(call, subscription, { id: item.id, deleted: true });
      return { id: item.id, object: 'subscription_item', deleted: true } as const;
    },
  ),
  route(
    'GET',
    '/v1/subscription_items',
    { permission: 'subscription', params: { ...pageParams, subscription: required(text()) } },
    (call) =>
      pageOfList(byId(call, call.params.subscription).items.data, call.url, call.params, 'subscription_item'),
  ),
];
