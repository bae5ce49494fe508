import type { Account } from '../account.ts';
import { prices } from '../prices/price.ts';
import { products } from '../product-store.ts';
import { given, referred, refused } from '../resource.ts';
import { requireUrl } from '../urls.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { type Configuration, type Features, type PortalProduct, portalProducts } from './configuration.ts';
import type { ConfigurationChanges, FeatureChanges } from './params.ts';

/** A configuration after changes; what was not named stays. Throws Stripe's refusals of features that are not complete. */
export function changed(
  account: Account,
  before: Configuration,
  changes: ConfigurationChanges,
): Configuration {
  const { active, business_profile: profile, default_return_url: url, features, login_page: login } = changes;
  if (active === false && before.is_default)
    throw refused('active', 'You cannot deactivate the default configuration.');
  if (login?.enabled) throw notSupported('login_page[enabled]');
  if (url) requireUrl(url, 'default_return_url');
  for (const name of ['privacy_policy_url', 'terms_of_service_url'] as const)
    if (profile?.[name]) requireUrl(profile[name], `business_profile[${name}]`);
  const next: Configuration = {
    ...before,
    active: active ?? before.active,
    business_profile: { ...before.business_profile, ...given(profile ?? {}) },
    default_return_url: url === undefined ? before.default_return_url : url,
    features: featuresAfter(before.features, features),
    metadata: applyMetadata(before.metadata ?? {}, changes.metadata),
    name: changes.name === undefined ? before.name : changes.name,
    updated: account.now(),
  };
  const wanted = features?.subscription_update?.products;
  if (wanted !== undefined)
    account.of(portalProducts).put({ id: before.id, products: productsFor(account, wanted ?? []) });
  requireComplete(account, next);
  return next;
}

function featuresAfter(before: Features, changes: FeatureChanges): Features {
  const {
    customer_update: customer,
    subscription_cancel: cancel,
    subscription_update: update,
  } = changes ?? {};
  if (changes?.subscription_pause?.enabled) throw notSupported('features[subscription_pause]');
  if (update?.schedule_at_period_end?.conditions?.length)
    throw notSupported('features[subscription_update][schedule_at_period_end]');
  const {
    products: _,
    schedule_at_period_end: __,
    default_allowed_updates: allowed,
    ...plain
  } = update ?? {};
  const { cancellation_reason: reason, ...cancelling } = cancel ?? {};
  return {
    ...before,
    customer_update: {
      allowed_updates:
        customer?.allowed_updates === undefined
          ? before.customer_update.allowed_updates
          : (customer.allowed_updates ?? []),
      enabled: customer?.enabled ?? before.customer_update.enabled,
    },
    invoice_history: changes?.invoice_history ?? before.invoice_history,
    payment_method_update: {
      ...before.payment_method_update,
      ...given(changes?.payment_method_update ?? {}),
    },
    subscription_cancel: {
      ...before.subscription_cancel,
      ...given(cancelling),
      cancellation_reason: reason
        ? { enabled: reason.enabled, feedback_options: null, options: reason.options ?? [] }
        : before.subscription_cancel.cancellation_reason,
    },
    subscription_update: {
      ...before.subscription_update,
      ...given(plain),
      default_allowed_updates:
        allowed === undefined ? before.subscription_update.default_allowed_updates : (allowed ?? []),
    },
  };
}

/** A feature that is on needs to know what exactly is allowed. */
function requireComplete(account: Account, { features, id }: Configuration): void {
  const { customer_update: customer, subscription_cancel: cancel, subscription_update: update } = features;
  if (customer.enabled && customer.allowed_updates.length === 0)
    throw missingParam('features[customer_update][allowed_updates]');
  if (cancel.mode === 'at_period_end' && cancel.proration_behavior !== 'none')
    throw refused(
      'features[subscription_cancel][proration_behavior]',
      '`proration_behavior` must be `none` when `mode` is `at_period_end`.',
    );
  if (!update.enabled) return;
  if (update.default_allowed_updates.length === 0)
    throw missingParam('features[subscription_update][default_allowed_updates]');
  if (!account.of(portalProducts).get(id)?.products.length)
    throw missingParam('features[subscription_update][products]');
}

type GivenProducts = NonNullable<NonNullable<NonNullable<FeatureChanges>['subscription_update']>['products']>;

function productsFor(account: Account, wanted: GivenProducts): PortalProduct[] {
  return wanted.map(({ adjustable_quantity: adjustable, prices: ids, product }, at) => {
    const path = `features[subscription_update][products][${at}]`;
    referred(account, products, 'product', product, `${path}[product]`);
    ids.forEach((id, index) => {
      const param = `${path}[prices][${index}]`;
      const price = referred(account, prices, 'price', id, param);
      if (price.product !== product)
        throw refused(param, `The price \`${id}\` does not belong to the product \`${product}\`.`);
      if (!price.recurring)
        throw refused(
          param,
          'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
        );
    });
    const { enabled = false, maximum = null, minimum = 1 } = adjustable ?? {};
    return { adjustable_quantity: { enabled, maximum, minimum }, prices: ids, product };
  });
}
