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

const collectionMethod = oneOf('charge_automatically', 'send_invoice');
const customFields = emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4));
/** What `POST /v1/invoices/:id` takes. */
export const updateParams = {
  auto_advance: boolean(),
  collection_method: collectionMethod,
  custom_fields: customFields,
  days_until_due: integer(0),
  default_payment_method: unsettableText(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(1500),
  discounts: discountsParam,
  due_date: integer(),
  footer: unsettableText(),
  metadata: metadata(),
  number: unsettableText(26),
  statement_descriptor: text(22),
} as const;
export const createParams = {
  ...updateParams,
  currency: priceCurrency,
  customer: required(text()),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
  subscription: text(),
} as const;
export const payParams = {
  forgive: boolean(),
  off_session: boolean(),
  paid_out_of_band: boolean(),
  payment_method: text(),
} as const;
export const listParams = {
  ...datedPageParams,
  collection_method: collectionMethod,
  customer: text(),
  due_date: timeRange(),
  status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
  subscription: text(),
} as const;
export const searchFields = {
  created: 'number',
  currency: 'token',
  customer: 'token',
  number: 'token',
  receipt_number: 'token',
  status: 'token',
  'parent.subscription_details.subscription': 'token',
  total: 'number',
} as const;
