import { addressFields, shippingFields } from '../addresses.ts';
import { discountsParam } from '../discounts.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { itemFields } from '../invoices/item-edit.ts';
import { priceCurrency } from '../prices/price.ts';
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
  text,
  unsupported,
} from '../wire/params.ts';
import { changedItemFields } from './items.ts';
import {
  anchorParam,
  billingModeParam,
  cancelAtParam,
  pauseParams,
  prorationBehaviorParam,
  trialEndParam,
} from './params.ts';

const details = {
  billing_cycle_anchor: either(
    (value) => typeof value === 'string' && /^\d/.test(value),
    integer(0),
    anchorParam,
  ),
  billing_mode: billingModeParam,
  billing_schedules: unsupported(),
  cancel_at: emptyable(cancelAtParam),
  cancel_at_period_end: boolean(),
  cancel_now: boolean(),
  default_tax_rates: emptyable(list(text(), 20)),
  items: list(object(changedItemFields), 20),
  metadata: metadata(),
  pause: object(pauseParams),
  proration_behavior: prorationBehaviorParam,
  proration_date: integer(0),
  resume_at: oneOf('now'),
  start_date: integer(0),
  trial_end: trialEndParam,
} as const;
const customerDetails = object({
  address: emptyable(object(addressFields)),
  shipping: emptyable(object(shippingFields)),
  tax: unsupported(),
  tax_exempt: emptyable(oneOf('exempt', 'none', 'reverse')),
  tax_ids: unsupported(),
});
const invoiceItem = object({
  ...itemFields,
  currency: priceCurrency,
  invoiceitem: text(),
  price: text(),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  tax_code: emptyable(text()),
  unit_amount: integer(),
});
/** What `POST /v1/invoices/create_preview` takes. */
export const previewParams = {
  automatic_tax: object({ enabled: boolean(), liability: unsupported() }),
  currency: text(3),
  customer: text(),
  customer_account: unsupported(),
  customer_details: customerDetails,
  discounts: discountsParam,
  invoice_items: list(invoiceItem, 250),
  issuer: issuerParam,
  on_behalf_of: unsupported(),
  preview_mode: oneOf('next', 'recurring'),
  subscription: text(),
  subscription_details: object(details),
} as const;
export type PreviewParams = Parsed<typeof previewParams>;
export type PreviewDetails = NonNullable<PreviewParams['subscription_details']>;
