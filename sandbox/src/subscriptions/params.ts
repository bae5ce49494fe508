import { recurringShareFields } from '../charges/shares.ts';
import { discountsParam } from '../discounts.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { invoicedTypes } from '../invoices/method-types.ts';
import { invoicedOptions } from '../invoices/payment-options.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  boolean,
  either,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  timeRange,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { changedItemFields, newItemFields } from './items.ts';
import { oneOffItemsParam } from './one-off-items.ts';

export const paymentBehaviorParam = oneOf(
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
);
export const prorationBehaviorParam = oneOf('always_invoice', 'create_prorations', 'none');
export const trialEndParam = either((value) => value === 'now', oneOf('now'), integer(0));
const cancelAtWord = oneOf('max_billed_until', 'max_period_end', 'min_period_end');
export const cancelAtParam = either(
  (value) => typeof value === 'string' && /^m/.test(value),
  cancelAtWord,
  integer(0),
);
/** `now` and `unchanged`, as text as before or in an object of today's shape. */
export const anchorParam = either(
  (value) => typeof value === 'string',
  oneOf('now', 'unchanged'),
  object({
    timestamp: unsupported(),
    type: required(either((value) => value === 'timestamp', unsupported(), oneOf('now', 'unchanged'))),
  }),
);
export const anchorConfigParam = object({
  day_of_month: required(integer(1, 31)),
  hour: integer(0, 23),
  minute: integer(0, 59),
  month: integer(1, 12),
  second: integer(0, 59),
});
const flexible = object({ proration_discounts: oneOf('included', 'itemized') });
export const billingModeParam = object({ flexible, type: required(oneOf('classic', 'flexible')) });
const feedback = oneOf(
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
);
const cancellationDetails = object({
  comment: unsettableText(),
  feedback: emptyable(feedback),
  feedback_option: unsupported(),
});
const paymentSettings = object({
  payment_method_options: invoicedOptions,
  payment_method_types: emptyable(list(oneOf(...invoicedTypes), 50)),
  save_default_payment_method: oneOf('off', 'on_subscription'),
});
const invoiceSettings = object({
  account_tax_ids: emptyable(list(text(), 20)),
  custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
  description: unsettableText(1500),
  footer: unsettableText(),
  issuer: issuerParam,
});
const trialSettings = object({
  end_behavior: required(
    object({
      billing_cycle_anchor: oneOf('now', 'unchanged'),
      missing_payment_method: oneOf('cancel', 'create_invoice', 'pause'),
    }),
  ),
});
const pendingInterval = emptyable(
  object({ interval: required(oneOf('day', 'month', 'week', 'year')), interval_count: integer(1, 365) }),
);
const thresholds = emptyable(object({ amount_gte: integer(1), reset_billing_cycle_anchor: boolean() }));

const common = {
  add_invoice_items: oneOffItemsParam,
  ...recurringShareFields,
  automatic_tax: object({ enabled: required(boolean()), liability: unsupported() }),
  billing_schedules: unsupported(),
  billing_thresholds: thresholds,
  cancel_at_period_end: boolean(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(0, 730),
  default_payment_method: text(),
  default_source: unsettableText(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(500),
  discounts: discountsParam,
  invoice_settings: invoiceSettings,
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehaviorParam,
  payment_settings: paymentSettings,
  pending_invoice_item_interval: pendingInterval,
  proration_behavior: prorationBehaviorParam,
  trial_end: trialEndParam,
  trial_from_plan: boolean(),
  trial_settings: trialSettings,
} as const;
/** What `POST /v1/subscriptions` takes. */
export const createParams = {
  ...common,
  backdate_start_date: integer(0),
  billing_cycle_anchor: integer(0),
  billing_cycle_anchor_config: anchorConfigParam,
  billing_mode: billingModeParam,
  cancel_at: cancelAtParam,
  currency: text(3),
  customer: required(text()),
  customer_account: unsupported(),
  items: required(list(object(newItemFields), 20)),
  trial_period_days: integer(0, 730),
} as const;
/** What `POST /v1/subscriptions/:id` takes. */
export const updateParams = {
  ...common,
  billing_cycle_anchor: anchorParam,
  cancel_at: emptyable(cancelAtParam),
  cancellation_details: cancellationDetails,
  items: list(object(changedItemFields), 20),
  pause_collection: emptyable(
    object({
      behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')),
      resumes_at: integer(),
    }),
  ),
  proration_date: integer(0),
} as const;
export const cancelParams = {
  cancellation_details: cancellationDetails,
  invoice_now: boolean(),
  prorate: boolean(),
} as const;
export const listParams = {
  ...datedPageParams,
  automatic_tax: object({ enabled: required(boolean()) }),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  current_period_end: timeRange(),
  current_period_start: timeRange(),
  customer: text(),
  plan: text(),
  price: text(),
  status: oneOf(
    'active',
    'all',
    'canceled',
    'ended',
    'incomplete',
    'incomplete_expired',
    'past_due',
    'paused',
    'trialing',
    'unpaid',
  ),
  test_clock: text(),
} as const;
export const searchFields = {
  canceled_at: 'number',
  created: 'number',
  customer: 'token',
  status: 'token',
} as const;
/** What `POST /v1/subscriptions/:id/migrate` takes: there is no way back to classic. */
export const migrateParams = {
  billing_mode: required(object({ flexible, type: required(oneOf('flexible')) })),
} as const;
/** What `POST /v1/subscriptions/:id/pause` takes. */
export const pauseParams = {
  bill_for: object({
    outstanding_usage_through: object({ type: required(oneOf('none', 'now')) }),
    unused_time_from: object({ type: required(oneOf('item_current_period_start', 'none', 'now')) }),
  }),
  invoicing_behavior: oneOf('invoice', 'pending_invoice_item'),
  type: oneOf('subscription'),
} as const;
/** What `POST /v1/subscriptions/:id/resume` takes. */
export const resumeParams = {
  billing_cycle_anchor: anchorParam,
  payment_behavior: oneOf('resume_on_payment_attempt', 'resume_on_payment_success'),
  proration_behavior: prorationBehaviorParam,
  proration_date: integer(0),
} as const;
