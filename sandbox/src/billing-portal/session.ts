import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { hour } from '../clock.ts';
import { existingCustomer } from '../customers.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { hasEnded, type Subscription, subscriptions } from '../subscriptions/subscription.ts';
import { requireUrl } from '../urls.ts';
import { missingParam, notSupported, type StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Configuration, configurations, defaultConfiguration } from './configuration.ts';
import type { SessionParams } from './params.ts';

export type PortalSession = Wire<Stripe.BillingPortal.Session>;
export type Flow = NonNullable<PortalSession['flow']>;
export const portalSessions: CollectionSpec<PortalSession> = {
  name: 'billing_portal_sessions',
  indexes: {},
};

/** When somebody was last at the portal through a session, by its id; seconds. */
interface PortalUse {
  readonly id: string;
  readonly at: number;
}
export const portalUses: CollectionSpec<PortalUse> = { name: 'billing_portal_uses', indexes: {} };
/** How long a session can be left alone. */
const idleSeconds = hour;

/** Lets a customer into the portal. Throws Stripe's refusals of flows that the configuration does not allow. */
export function createPortalSession(account: Account, params: SessionParams): PortalSession {
  const customer = existingCustomer(account, params.customer);
  const configuration = configurationFor(account, params.configuration);
  if (params.return_url !== undefined) requireUrl(params.return_url, 'return_url');
  const id = `bps_1${randomText(23)}`;
  const session: PortalSession = {
    id,
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: account.now(),
    customer: customer.id,
    customer_account: null,
    flow: params.flow_data ? flowOf(account, configuration, customer.id, params.flow_data) : null,
    livemode: account.livemode,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: portalUrl(account, id),
  };
  account.of(portalUses).put({ id, at: account.now() });
  return create(account, portalSessions, session, 'billing_portal.session.created');
}

/** Where a customer finds the portal. */
export function portalUrl(account: Account, id: string): string {
  return `${account.origin()}/_sandbox/portal/${account.address}/${id}`;
}

/** The session somebody comes with, if it has not been left alone for too long; noted as used. */
export function openPortal(account: Account, id: string): PortalSession | undefined {
  const used = account.of(portalUses).get(id);
  if (!used || used.at + idleSeconds <= account.now()) return undefined;
  if (used.at !== account.now()) account.of(portalUses).put({ id, at: account.now() });
  return account.of(portalSessions).get(id);
}

function configurationFor(account: Account, id: string | undefined): Configuration {
  if (id === undefined) return defaultConfiguration(account);
  const configuration = referred(account, configurations, 'configuration', id, 'configuration');
  if (!configuration.active)
    throw refused('configuration', `The configuration \`${id}\` is not active and cannot be used.`);
  return configuration;
}

type FlowData = NonNullable<SessionParams['flow_data']>;

function flowOf(account: Account, { features }: Configuration, customer: string, data: FlowData): Flow {
  const { type } = data;
  if (type === 'subscription_pause') throw notSupported('flow_data[type] subscription_pause');
  const blank: Flow = {
    after_completion: completionOf(data.after_completion),
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type,
  };
  if (type === 'payment_method_update') {
    requireFeature(features.payment_method_update.enabled, type);
    return blank;
  }
  if (type === 'customer_update') {
    requireFeature(features.customer_update.enabled, type);
    return { ...blank, customer_update: {} };
  }
  if (type === 'subscription_cancel') {
    const id = subscriptionOf(account, customer, data.subscription_cancel, type);
    requireSubscriptionFeature(features.subscription_cancel.enabled, 'canceled', 'cancel');
    requireNotCancelling(id);
    return { ...blank, subscription_cancel: { retention: null, subscription: id.id } };
  }
  requireSubscriptionFeature(features.subscription_update.enabled, 'updated', 'update');
  if (type === 'subscription_update') {
    const { id } = subscriptionOf(account, customer, data.subscription_update, type);
    return { ...blank, subscription_update: { subscription: id } };
  }
  const confirm = data.subscription_update_confirm;
  const subscription = subscriptionOf(account, customer, confirm, type);
  return { ...blank, subscription_update_confirm: confirmationOf(subscription, confirm) };
}

function confirmationOf(
  subscription: Subscription,
  confirm: FlowData['subscription_update_confirm'],
): NonNullable<Flow['subscription_update_confirm']> {
  const path = 'flow_data[subscription_update_confirm][items]';
  const items = (confirm?.items ?? []).map(({ id, price, quantity }, at) => {
    if (!subscription.items.data.some((item) => item.id === id))
      throw refused(`${path}[${at}][id]`, `The subscription item \`${id}\` is not on the subscription.`);
    return { id, price: price ?? null, ...(quantity === undefined ? {} : { quantity }) };
  });
  if (items.length === 0) throw missingParam(path);
  const discounts = confirm?.discounts?.map(({ coupon = null, promotion_code = null }) => ({
    coupon,
    promotion_code,
  }));
  return { discounts: discounts ?? null, items, subscription: subscription.id };
}

function subscriptionOf(
  account: Account,
  customer: string,
  data: { readonly subscription: string } | undefined,
  type: string,
): Subscription {
  if (!data) throw missingParam(`flow_data[${type}]`);
  const param = `flow_data[${type}][subscription]`;
  const subscription = referred(account, subscriptions, 'subscription', data.subscription, param);
  if (subscription.customer !== customer)
    throw refused(param, `The subscription \`${subscription.id}\` does not belong to the customer.`);
  if (hasEnded(subscription))
    throw refused(param, `The subscription \`${subscription.id}\` has already been canceled.`);
  return subscription;
}

function requireNotCancelling({ cancel_at: at, id }: Subscription): void {
  if (at !== null)
    throw refused(
      'flow_data[subscription_cancel][subscription]',
      `The subscription \`${id}\` is already set to be canceled.`,
    );
}

function requireSubscriptionFeature(enabled: boolean, done: string, feature: string): void {
  if (!enabled)
    throw refused(
      'flow_data[type]',
      `This subscription cannot be ${done} because the subscription ${feature} feature in the portal configuration is disabled.`,
    );
}

function requireFeature(enabled: boolean, feature: string): void {
  if (!enabled) throw disabled(feature);
}

function disabled(feature: string): StripeFault {
  const words = feature.replaceAll('_', ' ');
  return refused('flow_data[type]', `The ${words} feature in the portal configuration is disabled.`);
}

function completionOf(given: FlowData['after_completion']): Flow['after_completion'] {
  if (given?.type === 'redirect') {
    if (!given.redirect) throw missingParam('flow_data[after_completion][redirect]');
    requireUrl(given.redirect.return_url, 'flow_data[after_completion][redirect][return_url]');
  }
  const message = given?.hosted_confirmation?.custom_message ?? null;
  const type = given?.type ?? 'portal_homepage';
  return {
    hosted_confirmation: type === 'hosted_confirmation' ? { custom_message: message } : null,
    redirect: type === 'redirect' ? (given?.redirect ?? null) : null,
    type,
  };
}
