import { discountsParam } from '../discounts.ts';
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
} from '../wire/params.ts';
import { changedItemFields, newItemFields } from './items.ts';

const paymentBehavior = oneOf(
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
);
const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none');
const trialEndParam = either((value) => value === 'now', oneOf('now'), integer());
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
const cancellationDetails = object({ comment: unsettableText(), feedback: emptyable(feedback) });
const common = {
  cancel_at_period_end: boolean(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(0, 730),
  default_payment_method: text(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(500),
  discounts: discountsParam,
  invoice_settings: object({ description: unsettableText(1500), footer: unsettableText() }),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehavior,
  payment_settings: object({
    payment_method_types: list(text(), 50),
    save_default_payment_method: oneOf('off', 'on_subscription'),
  }),
  proration_behavior: prorationBehavior,
  trial_end: trialEndParam,
  trial_settings: object({
    end_behavior: required(
      object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) }),
    ),
  }),
} as const;
/** What `POST /v1/subscriptions` takes. */
export const createParams = {
  ...common,
  add_invoice_items: list(object({ price: required(text()), quantity: integer(1) }), 20),
  billing_cycle_anchor: integer(),
  billing_mode: object({ type: required(oneOf('classic', 'flexible')) }),
  cancel_at: integer(),
  currency: text(3),
  customer: required(text()),
  items: required(list(object(newItemFields), 20)),
  trial_from_plan: boolean(),
  trial_period_days: integer(0, 730),
} as const;
/** What `POST /v1/subscriptions/:id` takes. */
export const updateParams = {
  ...common,
  billing_cycle_anchor: either(
    (value) => typeof value === 'string',
    oneOf('now', 'unchanged'),
    object({ type: required(oneOf('now', 'unchanged')) }),
  ),
  cancel_at: emptyable(integer()),
  cancellation_details: cancellationDetails,
  items: list(object(changedItemFields), 20),
  pause_collection: emptyable(
    object({
      behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')),
      resumes_at: integer(),
    }),
  ),
  proration_date: integer(),
} as const;
export const cancelParams = {
  cancellation_details: cancellationDetails,
  invoice_now: boolean(),
  prorate: boolean(),
} as const;
export const listParams = {
  ...datedPageParams,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  current_period_end: timeRange(),
  current_period_start: timeRange(),
  customer: text(),
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
/** What `POST /v1/subscriptions/:id/resume` takes; a new cycle begins with the resumption either way. */
export const resumeParams = {
  billing_cycle_anchor: oneOf('now', 'unchanged'),
  proration_behavior: prorationBehavior,
  proration_date: integer(),
} as const;
