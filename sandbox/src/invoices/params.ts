import { addressFields } from '../addresses.ts';
import { discountsParam } from '../discounts.ts';
import { priceCurrency } from '../prices/price.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  boolean,
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
import { issuerParam } from './issuer.ts';
import { invoicedTypes } from './method-types.ts';
import { invoicedOptions } from './payment-options.ts';
import { shippingCostParam } from './shipping.ts';

const collectionMethod = oneOf('charge_automatically', 'send_invoice');
const customFields = emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4));
const paymentMethodTypes = emptyable(list(oneOf(...invoicedTypes), 100));
/** The terms of an invoice that are kept as given. */
const terms = {
  account_tax_ids: emptyable(list(text(), 20)),
  application_fee_amount: integer(0),
  auto_advance: boolean(),
  automatic_tax: object({ enabled: required(boolean()), liability: issuerParam }),
  automatically_finalizes_at: integer(),
  collection_method: collectionMethod,
  custom_fields: customFields,
  days_until_due: integer(0, 1_000_000),
  default_payment_method: unsettableText(),
  default_source: unsettableText(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(1500),
  discounts: discountsParam,
  due_date: integer(),
  effective_at: emptyable(integer()),
  footer: unsettableText(),
  issuer: issuerParam,
  metadata: metadata(),
  number: unsettableText(26),
  on_behalf_of: unsettableText(),
  payment_settings: object({
    default_mandate: unsettableText(),
    payment_method_options: invoicedOptions,
    payment_method_types: paymentMethodTypes,
  }),
  rendering: object({
    amount_tax_display: emptyable(oneOf('exclude_tax', 'include_inclusive_tax')),
    pdf: object({ page_size: oneOf('a4', 'auto', 'letter') }),
    template: text(),
    template_version: emptyable(integer(1)),
  }),
  shipping_cost: emptyable(shippingCostParam),
  shipping_details: emptyable(
    object({ address: required(object(addressFields)), name: required(text()), phone: unsettableText() }),
  ),
  statement_descriptor: text(22),
  transfer_data: emptyable(object({ amount: integer(0), destination: required(text()) })),
} as const;
/** What `POST /v1/invoices/:id` takes. */
export const updateParams = terms;
/** What `POST /v1/invoices` takes. */
export const createParams = {
  ...terms,
  currency: priceCurrency,
  customer: text(),
  from_invoice: object({ action: required(oneOf('revision')), invoice: required(text()) }),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
  subscription: text(),
} as const;
export const payParams = {
  forgive: boolean(),
  mandate: unsettableText(),
  off_session: boolean(),
  paid_out_of_band: boolean(),
  payment_method: text(),
  source: text(),
} as const;
export const listParams = {
  ...datedPageParams,
  collection_method: collectionMethod,
  customer: text(),
  due_date: timeRange(),
  status: oneOf('draft', 'open', 'void', 'paid', 'uncollectible'),
  subscription: text(),
} as const;
export const searchFields = {
  created: 'number',
  currency: 'token',
  customer: 'token',
  last_finalization_error_code: { kind: 'token', at: 'last_finalization_error.code' },
  last_finalization_error_type: { kind: 'token', at: 'last_finalization_error.type' },
  number: 'text',
  receipt_number: 'text',
  status: 'token',
  subscription: { kind: 'token', at: 'parent.subscription_details.subscription' },
  total: 'number',
} as const;
