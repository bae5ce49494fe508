import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { declare, found, listed, type Resource, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { embeddedList, pageParams } from '../wire/pages.ts';
import { required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { attachments } from './attachment.ts';
import { features } from './feature.ts';

type ActiveEntitlement = Wire<Stripe.Entitlements.ActiveEntitlement>;
/** What a customer may use now, with the customer, whom the wire does not name. */
interface Entitlement {
  readonly id: string;
  readonly customer: string;
  readonly feature: string;
  readonly lookup_key: string;
}
const entitlements: CollectionSpec<Entitlement, 'customer'> = {
  name: 'active_entitlements',
  indexes: { customer: (entitlement) => entitlement.customer },
};

/** What a subscription entitles to: what its products had when the billing period began, or an item's price changed. */
interface Grant {
  /** The subscription's id. */
  readonly id: string;
  readonly customer: string;
  /** Which prices for which periods the features were looked up for. */
  readonly terms: string;
  readonly features: readonly string[];
}
const grants: CollectionSpec<Grant, 'customer'> = {
  name: 'subscription_features',
  indexes: { customer: (grant) => grant.customer },
};

/** How many entitlements the summary in an event shows. */
const shownInSummary = 10;
/** In which states a subscription entitles to what it is for. */
const entitling: ReadonlySet<Subscription['status']> = new Set(['active', 'past_due', 'trialing']);

/** Hears that a subscription began, changed or ended. */
function onSubscription(account: Account, object: unknown): void {
  const { id, customer, items, status } = object as Subscription;
  const before = account.of(grants).get(id);
  const terms = items.data.map(({ current_period_start: start, price }) => `${price.id}@${start}`).join();
  if (!entitling.has(status)) {
    if (!before) return;
    account.of(grants).delete(id);
  } else if (before?.terms === terms) return;
  else {
    const attached = items.data.flatMap(({ price }) => account.of(attachments).by('product', price.product));
    const features = [...new Set(attached.map(({ feature }) => feature))];
    account.of(grants).put({ id, customer, terms, features });
    if (features.length === 0 && !before?.features.length) return;
  }
  sync(account, customer);
}

/** Gives a customer the entitlements of what they subscribe to, takes away others, and says so where that is a change. */
function sync(account: Account, customer: string): void {
  const before = account.of(entitlements).by('customer', customer);
  const granted = account.of(grants).by('customer', customer);
  const wanted = new Set(granted.flatMap(({ features }) => features));
  const lost = before.filter(({ feature }) => !wanted.has(feature));
  const has = new Set(before.map(({ feature }) => feature));
  const won = [...wanted].filter((feature) => !has.has(feature));
  if (lost.length === 0 && won.length === 0) return;
  for (const { id } of lost) account.of(entitlements).delete(id);
  for (const feature of won) {
    const lookup_key = account.of(features).get(feature)?.lookup_key ?? '';
    account.of(entitlements).put({ id: newId('ent', 24), customer, feature, lookup_key });
  }
  const after = account.of(entitlements).by('customer', customer);
  emit(account, 'entitlements.active_entitlement_summary.updated', summary(account, customer, after), {
    entitlements: { data: before.slice(0, shownInSummary).map((one) => shown(account, one)) },
  });
}

function summary(
  account: Account,
  customer: string,
  all: readonly Entitlement[],
): Wire<Stripe.Entitlements.ActiveEntitlementSummary> {
  const data = all.slice(0, shownInSummary).map((one) => shown(account, one));
  const list = embeddedList(data, `/v1/customer/${customer}/entitlements`);
  return {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: { ...list, has_more: all.length > shownInSummary },
    livemode: account.livemode,
  };
}

function shown(account: Account, { id, feature, lookup_key }: Entitlement): ActiveEntitlement {
  const { livemode } = account;
  return { id, object: 'entitlements.active_entitlement', feature, livemode, lookup_key };
}

const permission = 'entitlement';

/** `/v1/entitlements/active_entitlements`. */
export const activeEntitlementResource: Resource = {
  collections: [declare(entitlements), declare(grants)],
  expand: { 'entitlements.active_entitlement': { feature: ['entitlements_features'] } },
  listeners: {
    'customer.subscription.created': onSubscription,
    'customer.subscription.updated': onSubscription,
    'customer.subscription.deleted': onSubscription,
    'customer.subscription.paused': onSubscription,
    'customer.subscription.resumed': onSubscription,
  },
  routes: [
    route('GET', '/v1/entitlements/active_entitlements/:id', { permission }, (call) =>
      shown(call.account, found(call, entitlements, 'active entitlement')),
    ),
    route(
      'GET',
      '/v1/entitlements/active_entitlements',
      { permission, params: { ...pageParams, customer: required(text()) } },
      (call) => {
        const { id: key } = existingCustomer(call.account, call.params.customer);
        const page = listed(call, entitlements, { index: 'customer', key });
        return { ...page, data: page.data.map((one) => shown(call.account, one)) };
      },
    ),
  ],
};
