import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';

export type Features = Wire<Stripe.BillingPortal.Configuration.Features>;
export type PortalProduct = NonNullable<Features['subscription_update']['products']>[number];
/** What customers may do in the portal, as stored: with the products that it shows only when asked for. */
export type Configuration = Narrowed<
  Wire<Stripe.BillingPortal.Configuration>,
  { readonly features: Features }
>;

export const configurations: CollectionSpec<Configuration> = {
  name: 'billing_portal_configurations',
  indexes: {},
};

/** The products customers may switch between, by the configuration's id. */
export interface PortalProducts {
  readonly id: string;
  readonly products: PortalProduct[];
}
export const portalProducts: CollectionSpec<PortalProducts> = { name: 'portal_products', indexes: {} };

/** What a customer of a configuration may switch to. */
export function productsOf(account: Account, configuration: string): readonly PortalProduct[] {
  return account.of(portalProducts).get(configuration)?.products ?? [];
}

/** A configuration in which nothing is allowed yet. */
export function blankConfiguration(account: Account): Configuration {
  const now = account.now();
  return {
    id: newId('bpc', 24),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: false },
      payment_method_update: { enabled: false, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: false,
    livemode: account.livemode,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: now,
  };
}

/**
 * The configuration that counts when none is named. With Stripe somebody saves it in the dashboard; here it is made when
 * it is first needed, with what the dashboard suggests.
 */
export function defaultConfiguration(account: Account): Configuration {
  for (const configuration of account.of(configurations).oldestFirst())
    if (configuration.is_default) return configuration;
  const blank = blankConfiguration(account);
  return account.of(configurations).put({
    ...blank,
    is_default: true,
    features: {
      ...blank.features,
      customer_update: { allowed_updates: ['email', 'address', 'phone'], enabled: true },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: {
        ...blank.features.subscription_cancel,
        cancellation_reason: { enabled: true, feedback_options: null, options: [...usualReasons] },
        enabled: true,
      },
    },
  });
}

export const usualReasons = [
  'too_expensive',
  'missing_features',
  'switched_service',
  'unused',
  'customer_service',
  'too_complex',
  'low_quality',
  'other',
] as const;
