import { shippingFields } from '../addresses.ts';
import { chargeAmount, chargeCurrency } from '../charges/amounts.ts';
import { statementText } from '../charges/descriptor.ts';
import { splitFields, splitUpdateFields } from '../charges/split.ts';
import { mandateData } from '../mandates.ts';
import { allowedTypesParam } from '../payment-methods/allowed-types.ts';
import { depositParams } from '../payment-methods/deposits.ts';
import { methodData } from '../payment-methods/input.ts';
import { excludableTypes } from '../payment-methods/types.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  boolean,
  either,
  emptyable,
  integer,
  list,
  mapOf,
  metadata,
  object,
  oneOf,
  required,
  text,
  unsettableText,
  unsupported,
  until,
} from '../wire/params.ts';
import { amountDetailFields } from './amount-details.ts';
import { optionFields } from './options.ts';

const futureUsage = emptyable(oneOf('on_session', 'off_session'));
/** `off_session` is a yes or a kind of payment, which means yes. */
const offSession = either(
  (value) => value === 'one_off' || value === 'recurring',
  oneOf('one_off', 'recurring'),
  boolean(),
);
const captureMethod = oneOf('automatic', 'automatic_async', 'manual');
const paymentDetails = object({
  customer_reference: emptyable(text(25)),
  order_reference: emptyable(text(255)),
});
const hooks = object({ inputs: object({ tax: object({ calculation: emptyable(text()) }) }) });

/** What creating, updating and confirming have in common. */
const choosing = {
  allowed_payment_method_types: allowedTypesParam,
  amount_details: emptyable(amountDetailFields),
  capture_method: captureMethod,
  excluded_payment_method_types: emptyable(list(oneOf(...excludableTypes), 100)),
  hooks,
  payment_details: emptyable(paymentDetails),
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: optionFields,
  payment_method_types: until('2026-09-30', allowedTypesParam),
  receipt_email: unsettableText(800),
  setup_future_usage: futureUsage,
  shipping: emptyable(object(shippingFields)),
} as const;
const describing = {
  customer: text(),
  customer_account: unsupported(),
  description: unsettableText(1000),
  metadata: metadata(),
  payment_method_configuration: text(),
  statement_descriptor: statementText,
  statement_descriptor_suffix: statementText,
} as const;
export const confirming = {
  confirmation_token: text(),
  error_on_requires_action: boolean(),
  mandate: text(),
  mandate_data: mandateData,
  off_session: offSession,
  radar_options: object({ referrer: emptyable(text()), session: text() }),
  return_url: text(),
  use_stripe_sdk: boolean(),
} as const;
export const createParams = {
  ...splitFields,
  ...choosing,
  ...describing,
  ...confirming,
  amount: required(chargeAmount),
  automatic_payment_methods: object({
    enabled: required(boolean()),
    allow_redirects: oneOf('always', 'never'),
  }),
  confirm: boolean(),
  confirmation_method: oneOf('automatic', 'manual'),
  currency: required(chargeCurrency),
} as const;
export const updateParams = {
  ...splitUpdateFields,
  ...choosing,
  ...describing,
  amount: chargeAmount,
  currency: chargeCurrency,
} as const;
export const confirmParams = { ...choosing, ...confirming, amount_to_confirm: integer(1) } as const;
export const captureParams = {
  amount_details: emptyable(amountDetailFields),
  amount_to_capture: integer(),
  application_fee_amount: splitUpdateFields.application_fee_amount,
  final_capture: boolean(),
  hooks,
  metadata: metadata(),
  payment_details: emptyable(paymentDetails),
  statement_descriptor: statementText,
  statement_descriptor_suffix: statementText,
  transfer_data: splitUpdateFields.transfer_data,
} as const;
export const incrementParams = {
  amount: required(integer(1)),
  amount_details: amountDetailFields,
  application_fee_amount: splitUpdateFields.application_fee_amount,
  description: text(1000),
  hooks,
  metadata: metadata(),
  payment_details: paymentDetails,
  payment_method_options: mapOf(mapOf(text())),
  statement_descriptor: statementText,
  transfer_data: splitUpdateFields.transfer_data,
} as const;
export const cancelParams = {
  cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
} as const;
export const verifyParams = { ...depositParams, client_secret: text() } as const;
export const applyBalanceParams = { amount: integer(1), currency: chargeCurrency } as const;
export const listParams = { ...datedPageParams, customer: text(), customer_account: unsupported() } as const;
export const searchFields = {
  amount: 'number',
  created: 'number',
  currency: 'token',
  customer: 'token',
  status: 'token',
} as const;
