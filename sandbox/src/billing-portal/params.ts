import { pageParams } from '../wire/pages.ts';
import {
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { usualReasons } from './configuration.ts';
import { portalLocales } from './locales.ts';

const proration = oneOf('always_invoice', 'create_prorations', 'none');
const product = object({
  adjustable_quantity: object({
    enabled: required(boolean()),
    maximum: integer(1),
    minimum: integer(0),
  }),
  prices: required(list(text(), 20)),
  product: required(text()),
});
const features = object({
  customer_update: object({
    allowed_updates: emptyable(list(oneOf('address', 'email', 'name', 'phone', 'shipping', 'tax_id'), 6)),
    enabled: boolean(),
  }),
  invoice_history: object({ enabled: required(boolean()) }),
  payment_method_update: object({
    enabled: required(boolean()),
    payment_method_configuration: unsettableText(),
  }),
  subscription_cancel: object({
    cancellation_reason: object({
      enabled: required(boolean()),
      feedback_options: unsupported(),
      options: emptyable(list(oneOf(...usualReasons), usualReasons.length)),
    }),
    enabled: boolean(),
    mode: oneOf('at_period_end', 'immediately'),
    proration_behavior: proration,
  }),
  subscription_pause: object({ duration: unsupported(), enabled: boolean() }),
  subscription_update: object({
    billing_cycle_anchor: oneOf('now', 'unchanged'),
    default_allowed_updates: emptyable(list(oneOf('price', 'promotion_code', 'quantity'), 3)),
    enabled: boolean(),
    products: emptyable(list(product, 10)),
    proration_behavior: proration,
    schedule_at_period_end: object({
      conditions: emptyable(list(object({ type: required(text()) }), 2)),
    }),
    trial_update_behavior: oneOf('continue_trial', 'end_trial'),
  }),
});
export type FeatureChanges = Parsed<typeof common>['features'];

const common = {
  business_profile: object({
    headline: unsettableText(60),
    privacy_policy_url: unsettableText(),
    terms_of_service_url: unsettableText(),
  }),
  default_return_url: unsettableText(),
  features,
  login_page: object({ enabled: required(boolean()) }),
  metadata: metadata(),
  name: unsettableText(),
} as const;
export const createParams = { ...common, features: required(features) } as const;
export const updateParams = { ...common, active: boolean() } as const;
export type ConfigurationChanges = Parsed<typeof updateParams>;
export const listParams = { ...pageParams, active: boolean(), is_default: boolean() } as const;

const subscription = object({ subscription: required(text()) });
export const sessionParams = {
  after_expiration: unsupported(),
  configuration: text(),
  customer: required(text()),
  customer_account: unsupported(),
  flow_data: object({
    after_completion: object({
      hosted_confirmation: object({ custom_message: text(500) }),
      redirect: object({ return_url: required(text()) }),
      type: required(oneOf('hosted_confirmation', 'portal_homepage', 'redirect')),
    }),
    subscription_cancel: object({ retention: unsupported(), subscription: required(text()) }),
    subscription_pause: unsupported(),
    subscription_update: subscription,
    subscription_update_confirm: object({
      discounts: list(object({ coupon: text(), promotion_code: text() }), 1),
      items: required(
        list(object({ id: required(text()), price: text(), quantity: integer(0, 999_999_999) }), 1),
      ),
      subscription: required(text()),
    }),
    type: required(
      oneOf(
        'customer_update',
        'payment_method_update',
        'subscription_cancel',
        'subscription_pause',
        'subscription_update',
        'subscription_update_confirm',
      ),
    ),
  }),
  locale: oneOf(...portalLocales),
  on_behalf_of: unsupported(),
  return_url: text(),
} as const;
export type SessionParams = Parsed<typeof sessionParams>;
