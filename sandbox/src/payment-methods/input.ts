import { addressFields } from '../addresses.ts';
import { cardFields } from '../behaviours/cards/card-input.ts';
import {
  either,
  emptyable,
  type Fields,
  integer,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { bankNames } from './bank-names.ts';
import { methodTypeNames } from './types.ts';

export const billingFields = {
  address: emptyable(object(addressFields)),
  email: unsettableText(512),
  name: unsettableText(),
  phone: unsettableText(),
  tax_id: unsettableText(),
} as const;
export type Billing = Parsed<typeof billingFields>;

const isToken = (value: unknown) => typeof value === 'object' && value !== null && 'token' in value;
/** `card[token]` or `card[number]` and its company. */
const cardOrToken = either(
  isToken,
  object({ networks: object({ preferred: text(30) }), token: required(text()) }),
  object(cardFields),
);
const digits = required(text(40));

/** What kinds of methods are made of, where it is more than their name. */
const detailFields = {
  acss_debit: object({ account_number: digits, institution_number: digits, transit_number: digits }),
  au_becs_debit: object({ account_number: digits, bsb_number: digits }),
  bacs_debit: object({ account_number: digits, sort_code: digits }),
  boleto: object({ tax_id: required(text(20)) }),
  card: cardOrToken,
  eps: object({ bank: oneOf(...bankNames.eps) }),
  fpx: object({
    account_holder_type: oneOf('company', 'individual'),
    bank: required(oneOf(...bankNames.fpx)),
  }),
  ideal: object({ bank: oneOf(...bankNames.ideal) }),
  klarna: object({
    dob: object({
      day: required(integer(1, 31)),
      month: required(integer(1, 12)),
      year: required(integer(1900, 2100)),
    }),
  }),
  naver_pay: object({ funding: oneOf('card', 'points') }),
  nz_bank_account: object({
    account_holder_name: text(),
    account_number: digits,
    bank_code: digits,
    branch_code: digits,
    reference: text(128),
    suffix: digits,
  }),
  p24: object({ bank: oneOf(...bankNames.p24) }),
  payto: object({ account_number: text(40), bsb_number: text(40), pay_id: text(256) }),
  sepa_debit: object({ iban: required(text(50)) }),
  sofort: object({ country: required(oneOf('AT', 'BE', 'DE', 'ES', 'IT', 'NL')) }),
  upi: object({
    mandate_options: object({
      amount: integer(1),
      amount_type: oneOf('fixed', 'maximum'),
      description: text(20),
      end_date: integer(),
    }),
  }),
  us_bank_account: object({
    account_holder_type: oneOf('company', 'individual'),
    account_number: text(40),
    account_type: oneOf('checking', 'savings'),
    financial_connections_account: text(),
    routing_number: text(20),
  }),
} as const;

const describing = {
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
  billing_details: object(billingFields),
  metadata: metadata(),
} as const;

const plainFields: Fields = Object.fromEntries(methodTypeNames.map((name) => [name, object({})]));

/** Adds a field without content for every kind of method that the others do not describe. */
function withPlainTypes<const F extends Fields>(fields: F): F {
  return { ...plainFields, ...fields };
}

export const methodTypeParam = oneOf(...methodTypeNames, 'card_present', 'custom', 'interac_present');

/** `payment_method_data` and the parameters of `POST /v1/payment_methods`. */
export const methodFields = withPlainTypes({
  ...detailFields,
  ...describing,
  radar_options: object({ session: text() }),
  type: required(methodTypeParam),
});
export type MethodData = Parsed<typeof methodFields>;
export const methodData = object(methodFields);

/** What can be changed of a method that a customer keeps. */
export const methodUpdateFields = withPlainTypes({
  ...describing,
  card: object({
    exp_month: integer(1, 12),
    exp_year: integer(2000, 2100),
    networks: object({ preferred: emptyable(text(30)) }),
  }),
  us_bank_account: object({
    account_holder_type: oneOf('company', 'individual'),
    account_type: oneOf('checking', 'savings'),
  }),
});
