import { chargeCurrency } from '../charges/amounts.ts';
import { mandateData } from '../mandates.ts';
import { allowedTypesParam } from '../payment-methods/allowed-types.ts';
import { depositParams } from '../payment-methods/deposits.ts';
import { methodData } from '../payment-methods/input.ts';
import { excludableTypes } from '../payment-methods/types.ts';
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
  unsettableText,
  unsupported,
  until,
} from '../wire/params.ts';
import { optionFields } from './options.ts';

export const choosing = {
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: optionFields,
} as const;
const describing = {
  attach_to_self: unsupported(),
  customer: text(),
  customer_account: unsupported(),
  description: unsettableText(1000),
  excluded_payment_method_types: emptyable(list(oneOf(...excludableTypes), 100)),
  flow_directions: unsupported(),
  metadata: metadata(),
  payment_method_configuration: text(),
  payment_method_types: until('2026-09-30', allowedTypesParam),
} as const;
export const confirming = {
  confirmation_token: text(),
  mandate_data: mandateData,
  return_url: text(),
  use_stripe_sdk: boolean(),
} as const;
export const createParams = {
  ...choosing,
  ...describing,
  ...confirming,
  allowed_payment_method_types: allowedTypesParam,
  automatic_payment_methods: object({
    enabled: required(boolean()),
    allow_redirects: oneOf('always', 'never'),
  }),
  confirm: boolean(),
  on_behalf_of: text(),
  single_use: object({ amount: required(integer(1)), currency: required(chargeCurrency) }),
  usage: oneOf('on_session', 'off_session'),
} as const;
export const updateParams = {
  ...choosing,
  ...describing,
  allowed_payment_method_types: emptyable(allowedTypesParam),
} as const;
export const confirmParams = {
  ...choosing,
  ...confirming,
  allowed_payment_method_types: allowedTypesParam,
} as const;
export const cancelParams = {
  cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer'),
} as const;
export const verifyParams = { ...depositParams, client_secret: text() } as const;
export const listParams = {
  ...datedPageParams,
  attach_to_self: unsupported(),
  customer: text(),
  customer_account: unsupported(),
  payment_method: text(),
} as const;
