import { shippingFields } from '../addresses.ts';
import { percentParam } from '../charges/shares.ts';
import { splitFields } from '../charges/split.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { withOtherTypes } from '../payment-intents/options.ts';
import { allowedTypesParam } from '../payment-methods/allowed-types.ts';
import { priceCurrency } from '../prices/price.ts';
import { shippingRateFields } from '../shipping-rates.ts';
import { anchorConfigParam, billingModeParam } from '../subscriptions/params.ts';
import { datedPageParams } from '../wire/pages.ts';
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
  until,
} from '../wire/params.ts';
import { collecting } from './collecting.ts';
import { type ItemInput, sessionItemFields } from './items.ts';
import { locales } from './locales.ts';

const futureUsage = oneOf('off_session', 'on_session');
const shippingOptions = list(
  object({ shipping_rate: text(), shipping_rate_data: object(shippingRateFields) }),
  5,
);
const adjustable = object({ enabled: required(boolean()), maximum: integer(1), minimum: integer(0) });

/** What goes into the payment intent of a session in `payment` mode. */
const paymentIntentData = object({
  ...splitFields,
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  description: text(1000),
  metadata: metadata(),
  receipt_email: text(800),
  setup_future_usage: futureUsage,
  shipping: object(shippingFields),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
});
/** What goes into the subscription of a session in `subscription` mode. */
const subscriptionData = object({
  application_fee_percent: percentParam,
  billing_cycle_anchor: integer(),
  billing_cycle_anchor_config: anchorConfigParam,
  billing_mode: billingModeParam,
  default_tax_rates: list(text(), 20),
  description: text(500),
  invoice_settings: object({
    account_tax_ids: unsupported(),
    custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
    description: text(1500),
    footer: text(),
    issuer: issuerParam,
  }),
  metadata: metadata(),
  on_behalf_of: text(),
  pending_invoice_item_interval: object({
    interval: required(oneOf('day', 'month', 'week', 'year')),
    interval_count: integer(1, 365),
  }),
  proration_behavior: oneOf('create_prorations', 'none'),
  transfer_data: object({ amount_percent: percentParam, destination: required(text()) }),
  trial_end: integer(),
  trial_period_days: integer(1, 730),
  trial_settings: object({
    end_behavior: required(
      object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) }),
    ),
  }),
});
const cardOptions = object({
  capture_method: oneOf('manual'),
  installments: object({ enabled: boolean() }),
  request_extended_authorization: oneOf('if_available', 'never'),
  request_incremental_authorization: oneOf('if_available', 'never'),
  request_multicapture: oneOf('if_available', 'never'),
  request_overcapture: oneOf('if_available', 'never'),
  request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
  restrictions: object({
    brands_blocked: list(oneOf('american_express', 'discover_global_network', 'mastercard', 'visa'), 4),
    funding_types_blocked: list(oneOf('credit', 'debit', 'prepaid'), 3),
  }),
  setup_future_usage: futureUsage,
});

export const createParams = {
  ...collecting,
  adaptive_pricing: object({ enabled: boolean() }),
  after_expiration: object({
    recovery: object({ allow_promotion_codes: boolean(), enabled: required(boolean()) }),
  }),
  allowed_payment_method_types: allowedTypesParam,
  branding_settings: unsupported(),
  cancel_url: text(),
  client_reference_id: text(200),
  currency: priceCurrency,
  customer: text(),
  customer_account: unsupported(),
  customer_email: text(800),
  customer_update: object({
    address: oneOf('auto', 'never'),
    name: oneOf('auto', 'never'),
    shipping: oneOf('auto', 'never'),
  }),
  discounts: list(object({ coupon: text(), promotion_code: text() }), 1),
  excluded_payment_method_types: allowedTypesParam,
  expires_at: integer(),
  integration_identifier: text(),
  line_items: list(object(sessionItemFields), 100),
  locale: oneOf(...locales),
  metadata: metadata(),
  mode: oneOf('payment', 'setup', 'subscription'),
  optional_items: list(
    object({ adjustable_quantity: adjustable, price: required(text()), quantity: required(integer(1)) }),
    10,
  ),
  origin_context: oneOf('mobile_app', 'web'),
  payment_intent_data: paymentIntentData,
  payment_method_configuration: text(),
  payment_method_data: object({ allow_redisplay: oneOf('always', 'limited', 'unspecified') }),
  payment_method_options: object(withOtherTypes({ card: cardOptions })),
  payment_method_types: until('2026-09-30', allowedTypesParam),
  permissions: unsupported(),
  redirect_on_completion: oneOf('always', 'if_required', 'never'),
  return_url: text(),
  saved_payment_method_options: object({
    allow_redisplay_filters: list(oneOf('always', 'limited', 'unspecified'), 3),
    payment_method_remove: oneOf('disabled', 'enabled'),
    payment_method_save: oneOf('disabled', 'enabled'),
  }),
  setup_intent_data: object({ description: text(1000), metadata: metadata(), on_behalf_of: text() }),
  shipping_options: shippingOptions,
  subscription_data: subscriptionData,
  success_url: text(),
  ui_mode: oneOf('hosted_page', 'embedded_page', 'elements', 'form'),
  wallet_options: object({ link: object({ display: oneOf('auto', 'never') }) }),
} as const;
/** What a session is made from, kept beside it: much of it does not show. */
export type SessionParams = Omit<Parsed<typeof createParams>, 'line_items'> & {
  readonly line_items?: readonly ItemInput[];
};

export const updateParams = {
  collected_information: unsupported(),
  line_items: list(object({ ...sessionItemFields, id: text(), tax_rates: emptyable(list(text(), 20)) }), 100),
  metadata: metadata(),
  payment_intent_data: object({
    description: unsettableText(1000),
    metadata: metadata(),
    setup_future_usage: emptyable(futureUsage),
    statement_descriptor: unsettableText(22),
    statement_descriptor_suffix: unsettableText(22),
  }),
  shipping_options: emptyable(shippingOptions),
} as const;
export type SessionChanges = Parsed<typeof updateParams>;

export const listParams = {
  ...datedPageParams,
  customer: text(),
  customer_account: unsupported(),
  customer_details: object({ email: required(text(800)) }),
  payment_intent: text(),
  payment_link: text(),
  status: oneOf('complete', 'expired', 'open'),
  subscription: text(),
} as const;
