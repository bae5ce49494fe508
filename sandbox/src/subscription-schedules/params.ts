import { recurringShareFields } from '../charges/shares.ts';
import { discountsParam } from '../discounts.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { newItemFields } from '../subscriptions/items.ts';
import { oneOffFields } from '../subscriptions/one-off-items.ts';
import { billingModeParam, prorationBehaviorParam } from '../subscriptions/params.ts';
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
  type Parsed,
  required,
  text,
  timeRange,
  unsettableText,
  unsupported,
  until,
} from '../wire/params.ts';

/** A time in seconds, or the moment of the request. */
const timeParam = either((value) => value === 'now', oneOf('now'), integer(0));
const anchor = oneOf('automatic', 'phase_start');
const thresholds = emptyable(object({ amount_gte: integer(1), reset_billing_cycle_anchor: boolean() }));
const collectionMethod = oneOf('charge_automatically', 'send_invoice');
const automaticTax = object({
  enabled: required(either((value) => value === 'true', unsupported(), oneOf('false'))),
  liability: unsupported(),
});
const invoiceSettings = object({
  account_tax_ids: emptyable(list(text(), 20)),
  custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
  days_until_due: integer(0, 730),
  description: unsettableText(1500),
  footer: unsettableText(5000),
  issuer: issuerParam,
});
export type InvoiceSettings = NonNullable<ReturnType<typeof invoiceSettings.parse>>;

const defaultSettings = object({
  ...recurringShareFields,
  automatic_tax: automaticTax,
  billing_cycle_anchor: anchor,
  billing_thresholds: thresholds,
  collection_method: collectionMethod,
  default_payment_method: text(),
  description: unsettableText(500),
  invoice_settings: invoiceSettings,
});
export type DefaultSettings = NonNullable<ReturnType<typeof defaultSettings.parse>>;

const addedItemFields = {
  ...oneOffFields,
  period: object({
    end: required(
      object({
        timestamp: integer(0),
        type: required(oneOf('min_item_period_end', 'phase_end', 'timestamp')),
      }),
    ),
    start: required(
      object({
        timestamp: integer(0),
        type: required(oneOf('max_item_period_start', 'phase_start', 'timestamp')),
      }),
    ),
  }),
} as const;
export type AddedItemInput = Parsed<typeof addedItemFields>;

const interval = oneOf('day', 'month', 'week', 'year');
const phaseFields = {
  ...recurringShareFields,
  add_invoice_items: list(object(addedItemFields), 20),
  automatic_tax: automaticTax,
  billing_cycle_anchor: anchor,
  billing_thresholds: thresholds,
  collection_method: collectionMethod,
  currency: text(3),
  default_payment_method: text(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(500),
  discounts: discountsParam,
  duration: object({ interval: required(interval), interval_count: integer(1, 365) }),
  end_date: timeParam,
  invoice_settings: invoiceSettings,
  items: required(list(object(newItemFields), 20)),
  // How many intervals of its prices it lasts: what `duration` was before.
  iterations: until('2025-09-30', integer(1, 365)),
  metadata: metadata(),
  proration_behavior: prorationBehaviorParam,
  start_date: timeParam,
  trial: boolean(),
  trial_end: timeParam,
} as const;
export type PhaseInput = Parsed<typeof phaseFields>;
/** Stripe's limit of phases that are still to come, the current one among them. */
export const maxPhases = 10;
const phasesParam = list(object(phaseFields), 1000);

const common = {
  default_settings: defaultSettings,
  end_behavior: either(
    // Of former times, and what they did is not documented.
    (value) => value === 'none' || value === 'renew',
    unsupported(),
    oneOf('cancel', 'release'),
  ),
  metadata: metadata(),
  pause_schedules: unsupported(),
  phases: phasesParam,
} as const;
/** What `POST /v1/subscription_schedules` takes. */
export const createParams = {
  ...common,
  billing_mode: billingModeParam,
  customer: text(),
  customer_account: unsupported(),
  from_subscription: text(),
  start_date: timeParam,
} as const;
export type CreateParams = Parsed<typeof createParams>;
/** What `POST /v1/subscription_schedules/:id` takes. */
export const updateParams = { ...common, proration_behavior: prorationBehaviorParam } as const;
export type UpdateParams = Parsed<typeof updateParams>;
export const cancelParams = { invoice_now: boolean(), prorate: boolean() } as const;
export const releaseParams = { preserve_cancel_date: boolean() } as const;
export const listParams = {
  ...datedPageParams,
  canceled_at: timeRange(),
  completed_at: timeRange(),
  customer: text(),
  customer_account: unsupported(),
  released_at: timeRange(),
  scheduled: boolean(),
} as const;
