import { shippingFields } from '../addresses.ts';
import { chargeAmount, chargeCurrency } from '../charges/amounts.ts';
import { splitFields, splitUpdateFields } from '../charges/split.ts';
import { allowedTypesParam } from '../payment-methods/allowed-types.ts';
import { methodData } from '../payment-methods/routes.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  boolean,
  either,
  emptyable,
  integer,
  metadata,
  object,
  oneOf,
  required,
  text,
  unsettableText,
  until,
} from '../wire/params.ts';

const optionFields = object({
  card: object({
    capture_method: oneOf('manual'),
    moto: boolean(),
    request_three_d_secure: oneOf('automatic', 'any', 'challenge'),
    setup_future_usage: oneOf('none', 'off_session', 'on_session'),
  }),
});
const futureUsage = emptyable(oneOf('on_session', 'off_session'));
/** `off_session` is a yes or a kind of payment, which means yes. */
const offSession = either(
  (value) => value === 'one_off' || value === 'recurring',
  oneOf('one_off', 'recurring'),
  boolean(),
);

export const describing = {
  description: unsettableText(1000),
  metadata: metadata(),
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: optionFields,
  allowed_payment_method_types: allowedTypesParam,
  payment_method_types: until('2026-09-30', allowedTypesParam),
  receipt_email: unsettableText(800),
  setup_future_usage: futureUsage,
  shipping: emptyable(object(shippingFields)),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
} as const;
export const confirming = {
  error_on_requires_action: boolean(),
  off_session: offSession,
  return_url: text(),
  use_stripe_sdk: boolean(),
} as const;
export const createParams = {
  ...describing,
  ...splitFields,
  ...confirming,
  amount: required(chargeAmount),
  currency: required(chargeCurrency),
  automatic_payment_methods: object({
    enabled: required(boolean()),
    allow_redirects: oneOf('always', 'never'),
  }),
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  confirm: boolean(),
  confirmation_method: oneOf('automatic', 'manual'),
  customer: text(),
} as const;
export const updateParams = {
  ...describing,
  ...splitUpdateFields,
  amount: chargeAmount,
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  currency: chargeCurrency,
  customer: text(),
} as const;
export const confirmParams = {
  ...confirming,
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: optionFields,
  allowed_payment_method_types: allowedTypesParam,
  payment_method_types: until('2026-09-30', allowedTypesParam),
  receipt_email: unsettableText(800),
  setup_future_usage: futureUsage,
  shipping: emptyable(object(shippingFields)),
} as const;
export const captureParams = {
  application_fee_amount: splitUpdateFields.application_fee_amount,
  transfer_data: splitUpdateFields.transfer_data,
  amount_to_capture: integer(1),
  final_capture: boolean(),
  metadata: metadata(),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
} as const;
export const listParams = { ...datedPageParams, customer: text() } as const;
export const searchFields = {
  amount: 'number',
  created: 'number',
  currency: 'token',
  customer: 'token',
  status: 'token',
} as const;
