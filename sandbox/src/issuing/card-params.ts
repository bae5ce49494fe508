import { chargeCurrency } from '../charges/amounts.ts';
import { refused } from '../resource.ts';
import {
  boolean,
  integer,
  metadata,
  object,
  oneOf,
  type Parsed,
  param,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { wholeAddress } from './cardholder-params.ts';
import { cardControls } from './spending-controls.ts';

/** What cards can be issued in. */
const issuedIn: ReadonlySet<string> = new Set(['eur', 'gbp', 'usd']);
const currency = param((value, path, version) => {
  const code = chargeCurrency.parse(value, path, version);
  if (!issuedIn.has(code))
    throw refused(path, `Cards cannot be issued in ${code}. Issuing supports usd, eur and gbp.`);
  return code;
});

const shipping = object({
  address: required(wholeAddress),
  address_validation: object({
    mode: required(oneOf('disabled', 'normalization_only', 'validation_and_normalization')),
  }),
  business_name: text(),
  customs: object({ eori_number: text() }),
  name: required(text()),
  phone_number: text(),
  require_signature: boolean(),
  service: oneOf('express', 'priority', 'standard'),
  type: oneOf('bulk', 'individual'),
});

const common = {
  financial_account: unsupported(),
  metadata: metadata(),
  personalization_design: unsupported(),
  pin: unsupported(),
  shipping,
  spending_controls: cardControls,
} as const;

export const createCardParams = {
  ...common,
  cardholder: text(),
  currency: required(currency),
  exp_month: integer(1, 12),
  exp_year: integer(2000, 2100),
  lifecycle_controls: object({
    cancel_after: required(object({ payment_count: required(integer(1)) })),
  }),
  replacement_for: text(),
  replacement_reason: oneOf('damaged', 'expired', 'lost', 'stolen'),
  second_line: unsettableText(24),
  status: oneOf('active', 'inactive'),
  type: required(oneOf('physical', 'virtual')),
} as const;
export const updateCardParams = {
  ...common,
  cancellation_reason: oneOf('lost', 'stolen'),
  status: oneOf('active', 'canceled', 'inactive'),
} as const;

export type CardWish = Parsed<typeof createCardParams>;
export type CardChange = Parsed<typeof updateCardParams>;
export type ShippingWish = NonNullable<CardWish['shipping']>;
