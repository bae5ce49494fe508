import { chargeCurrency } from '../charges/amounts.ts';
import { boolean, integer, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import { fleetFields, fuelFields } from './fuel.ts';
import { merchantFields } from './merchant.ts';
import { purchaseFields } from './purchase-details.ts';

const level = oneOf('elevated', 'highest', 'low', 'normal', 'not_assessed', 'unknown');
const percent = integer(0, 100);

export const createAuthorizationParams = {
  amount: integer(0, 99_999_999),
  amount_details: object({ atm_fee: integer(0), cashback_amount: integer(0) }),
  authorization_method: oneOf('chip', 'contactless', 'keyed_in', 'online', 'swipe'),
  card: required(text()),
  currency: chargeCurrency,
  fleet: fleetFields,
  fraud_disputability_likelihood: oneOf('neutral', 'unknown', 'very_likely', 'very_unlikely'),
  fuel: fuelFields,
  is_amount_controllable: boolean(),
  merchant_amount: integer(0, 99_999_999),
  merchant_currency: chargeCurrency,
  merchant_data: merchantFields,
  network_data: object({ acquiring_institution_id: text() }),
  risk_assessment: object({
    card_testing_risk: object({
      invalid_account_number_decline_rate_past_hour: percent,
      invalid_credentials_decline_rate_past_hour: percent,
      level: required(level),
    }),
    fraud_risk: object({ level: required(level), score: percent }),
    merchant_dispute_risk: object({ dispute_rate: percent, level: required(level) }),
  }),
  verification_data: object({
    address_line1_check: oneOf('match', 'mismatch', 'not_provided'),
    address_postal_code_check: oneOf('match', 'mismatch', 'not_provided'),
    authentication_exemption: object({
      claimed_by: required(oneOf('acquirer', 'issuer')),
      type: required(oneOf('low_value_transaction', 'transaction_risk_analysis', 'unknown')),
    }),
    cvc_check: oneOf('match', 'mismatch', 'not_provided'),
    expiry_check: oneOf('match', 'mismatch', 'not_provided'),
    three_d_secure: object({
      result: required(oneOf('attempt_acknowledged', 'authenticated', 'failed', 'required')),
    }),
  }),
  wallet: oneOf('apple_pay', 'google_pay', 'samsung_pay'),
} as const;

export const captureParams = {
  capture_amount: integer(1, 99_999_999),
  close_authorization: boolean(),
  purchase_details: purchaseFields,
} as const;

export type AuthorizationWish = Parsed<typeof createAuthorizationParams>;
export type CaptureWish = Parsed<typeof captureParams>;
