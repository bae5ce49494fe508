import type Stripe from 'stripe';
import { addressFields } from '../addresses.ts';
import { chargeCurrency } from '../charges/amounts.ts';
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
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { externalAccountParam } from './external-accounts.ts';
import { personFields } from './persons.ts';

const declaration = object({ date: integer(0), ip: text(50), user_agent: unsettableText() });
const money = object({ amount: required(integer(0)), currency: required(chargeCurrency) });
const japaneseAddress = object({ ...addressFields, town: unsettableText() });

const businessProfile = object({
  annual_revenue: object({
    amount: required(integer(0)),
    currency: required(chargeCurrency),
    fiscal_year_end: required(text(10)),
  }),
  estimated_worker_count: integer(0),
  mcc: text(4),
  minority_owned_business_designation: list(text(50), 10),
  monthly_estimated_revenue: money,
  name: unsettableText(),
  product_description: unsettableText(40_000),
  specified_commercial_transactions_act_url: unsettableText(),
  support_address: object(addressFields),
  support_email: unsettableText(800),
  support_phone: unsettableText(50),
  support_url: unsettableText(),
  url: unsettableText(),
});

export const companyFields = {
  address: object(addressFields),
  address_kana: japaneseAddress,
  address_kanji: japaneseAddress,
  administrative_address: object(addressFields),
  directors_provided: boolean(),
  directorship_declaration: declaration,
  executives_provided: boolean(),
  export_license_id: text(),
  export_purpose_code: text(),
  name: unsettableText(100),
  name_kana: unsettableText(100),
  name_kanji: unsettableText(100),
  owners_provided: boolean(),
  ownership_declaration: declaration,
  ownership_exemption_reason: emptyable(
    oneOf('qualified_entity_exceeds_ownership_threshold', 'qualifies_as_financial_institution'),
  ),
  phone: unsettableText(50),
  physical_address: object(addressFields),
  principal_place_of_business: object(addressFields),
  registration_date: emptyable(
    object({ day: required(integer(1, 31)), month: required(integer(1, 12)), year: required(integer(1000)) }),
  ),
  registration_number: text(),
  representative_declaration: declaration,
  structure: emptyable(text(60)),
  tax_id: text(50),
  tax_id_registrar: text(),
  vat_id: text(50),
  verification: object({ document: object({ back: text(), front: text() }) }),
} as const;
export type CompanyParams = Parsed<typeof companyFields>;

export const scheduleFields = {
  delay_days: either((value) => value === 'minimum', oneOf('minimum'), integer(0, 31)),
  interval: oneOf('daily', 'manual', 'monthly', 'weekly'),
  monthly_anchor: integer(1, 31),
  monthly_payout_days: list(integer(1, 31), 31),
  weekly_anchor: oneOf('friday', 'monday', 'saturday', 'sunday', 'thursday', 'tuesday', 'wednesday'),
  weekly_payout_days: list(oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday'), 5),
} as const;

export const settingsFields = {
  bacs_debit_payments: object({ display_name: text() }),
  branding: object({
    icon: unsettableText(),
    logo: unsettableText(),
    primary_color: unsettableText(7),
    secondary_color: unsettableText(7),
  }),
  card_issuing: object({ tos_acceptance: declaration }),
  card_payments: object({
    decline_on: object({ avs_failure: boolean(), cvc_failure: boolean() }),
    statement_descriptor_prefix: unsettableText(10),
    statement_descriptor_prefix_kana: unsettableText(),
    statement_descriptor_prefix_kanji: unsettableText(),
  }),
  invoices: object({
    default_account_tax_ids: emptyable(list(text(), 20)),
    hosted_payment_method_save: oneOf('always', 'never', 'offer'),
  }),
  payments: object({
    statement_descriptor: text(22),
    statement_descriptor_kana: text(22),
    statement_descriptor_kanji: text(22),
  }),
  payouts: object({
    debit_negative_balances: boolean(),
    schedule: object(scheduleFields),
    statement_descriptor: text(22),
  }),
  paypay_payments: unsupported(),
  sepa_debit_payments: unsupported(),
  treasury: object({ tos_acceptance: declaration }),
} as const;
export type SettingsParams = Parsed<typeof settingsFields>;

const common = {
  account_token: unsupported(),
  business_profile: businessProfile,
  business_type: oneOf('company', 'government_entity', 'individual', 'non_profit'),
  capabilities: mapOf(object({ requested: boolean() })),
  company: object(companyFields),
  default_currency: chargeCurrency,
  documents: unsupported(),
  email: unsettableText(800),
  external_account: externalAccountParam,
  groups: object({ payments_pricing: unsettableText() }),
  individual: object(personFields),
  metadata: metadata(),
  settings: object(settingsFields),
  tos_acceptance: object({
    date: integer(0),
    ip: text(50),
    service_agreement: oneOf('full', 'recipient'),
    user_agent: text(),
  }),
} as const;
export const createParams = {
  ...common,
  controller: object({
    fees: object({ payer: oneOf('account', 'application') }),
    losses: object({ payments: oneOf('application', 'stripe') }),
    requirement_collection: oneOf('application', 'stripe'),
    stripe_dashboard: object({ type: oneOf('express', 'full', 'none') }),
  }),
  country: text(2),
  type: oneOf('custom', 'express', 'standard'),
} as const;
export const updateParams = common;
export type AccountParams = Parsed<typeof updateParams>;

/** Every capability Stripe has. */
export const capabilityNames = [
  'acss_debit_payments',
  'affirm_payments',
  'afterpay_clearpay_payments',
  'alma_payments',
  'amazon_pay_payments',
  'app_distribution',
  'au_becs_debit_payments',
  'bacs_debit_payments',
  'bancontact_payments',
  'bank_transfer_payments',
  'billie_payments',
  'bizum_payments',
  'blik_payments',
  'blik_recurring_payments',
  'boleto_payments',
  'card_issuing',
  'card_payments',
  'cartes_bancaires_payments',
  'cashapp_payments',
  'crypto_payments',
  'eps_payments',
  'fpx_payments',
  'gb_bank_transfer_payments',
  'giropay_payments',
  'grabpay_payments',
  'ideal_payments',
  'india_international_payments',
  'jcb_payments',
  'jp_bank_transfer_payments',
  'kakao_pay_payments',
  'klarna_payments',
  'konbini_payments',
  'kr_card_payments',
  'legacy_payments',
  'link_payments',
  'mb_way_payments',
  'mobilepay_payments',
  'multibanco_payments',
  'mx_bank_transfer_payments',
  'naver_pay_payments',
  'nz_bank_account_becs_debit_payments',
  'oxxo_payments',
  'p24_payments',
  'pay_by_bank_payments',
  'payco_payments',
  'paynow_payments',
  'paypay_payments',
  'payto_payments',
  'pix_payments',
  'promptpay_payments',
  'revolut_pay_payments',
  'samsung_pay_payments',
  'satispay_payments',
  'scalapay_payments',
  'sepa_bank_transfer_payments',
  'sepa_debit_payments',
  'sequra_payments',
  'sofort_payments',
  'sunbit_payments',
  'swish_payments',
  'tax_reporting_us_1099_k',
  'tax_reporting_us_1099_misc',
  'transfers',
  'treasury',
  'twint_payments',
  'upi_payments',
  'us_bank_account_ach_payments',
  'us_bank_transfer_payments',
  'wero_payments',
  'zip_payments',
] as const satisfies readonly (keyof Stripe.Account.Capabilities)[];
