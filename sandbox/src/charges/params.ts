import { shippingFields } from '../addresses.ts';
import { externalAccountParam } from '../connect/external-accounts.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  boolean,
  emptyable,
  integer,
  metadata,
  object,
  oneOf,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { chargeAmount, chargeCurrency } from './amounts.ts';
import { statementText } from './descriptor.ts';
import { splitFields, splitUpdateFields } from './split.ts';

export const createParams = {
  ...splitFields,
  amount: required(chargeAmount),
  application_fee: unsupported(),
  capture: boolean(),
  currency: required(chargeCurrency),
  customer: text(),
  description: unsettableText(),
  destination: unsupported(),
  metadata: metadata(),
  radar_options: object({ session: text() }),
  receipt_email: text(800),
  shipping: object(shippingFields),
  source: externalAccountParam,
  statement_descriptor: statementText,
  statement_descriptor_suffix: statementText,
} as const;
export const updateParams = {
  customer: text(),
  description: unsettableText(),
  fraud_details: object({ user_report: required(emptyable(oneOf('fraudulent', 'safe'))) }),
  metadata: metadata(),
  receipt_email: text(800),
  shipping: object(shippingFields),
  transfer_group: text(),
} as const;
export const captureParams = {
  ...splitUpdateFields,
  amount: integer(1),
  application_fee: unsupported(),
  receipt_email: text(800),
  statement_descriptor: statementText,
  statement_descriptor_suffix: statementText,
} as const;
export const listParams = {
  ...datedPageParams,
  customer: text(),
  payment_intent: text(),
  transfer_group: text(),
} as const;
export const searchFields = {
  amount: 'number',
  created: 'number',
  currency: 'token',
  customer: 'token',
  disputed: 'token',
  refunded: 'token',
  status: 'token',
  'billing_details.address.postal_code': 'token',
  'payment_method_details.*.brand': 'token',
  'payment_method_details.*.last4': 'token',
  'payment_method_details.*.exp_month': 'number',
  'payment_method_details.*.exp_year': 'number',
  'payment_method_details.*.fingerprint': 'token',
} as const;
