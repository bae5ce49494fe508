import { collecting } from '../checkout/collecting.ts';
import { itemFields } from '../checkout/items.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { priceCurrency } from '../prices/price.ts';
import { pageParams } from '../wire/pages.ts';
import {
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { linkShareFields } from './shares.ts';

const futureUsage = oneOf('off_session', 'on_session');
const intentFields = {
  description: unsettableText(1000),
  metadata: metadata(),
  setup_future_usage: emptyable(futureUsage),
  statement_descriptor: unsettableText(22),
  statement_descriptor_suffix: unsettableText(22),
  transfer_group: unsettableText(),
} as const;
const subscriptionFields = {
  invoice_settings: object({
    account_tax_ids: unsupported(),
    custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
    description: text(1500),
    footer: text(),
    issuer: issuerParam,
  }),
  metadata: metadata(),
  trial_period_days: emptyable(integer(1, 730)),
  trial_settings: emptyable(
    object({
      end_behavior: required(
        object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) }),
      ),
    }),
  ),
} as const;

/** The kinds of payment methods that a link can be limited to. */
const linkTypes = [
  'affirm',
  'afterpay_clearpay',
  'alipay',
  'alma',
  'au_becs_debit',
  'bacs_debit',
  'bancontact',
  'billie',
  'bizum',
  'blik',
  'boleto',
  'card',
  'cashapp',
  'eps',
  'fpx',
  'giropay',
  'grabpay',
  'ideal',
  'klarna',
  'konbini',
  'link',
  'mb_way',
  'mobilepay',
  'multibanco',
  'oxxo',
  'p24',
  'pay_by_bank',
  'paynow',
  'paypal',
  'paypay',
  'payto',
  'pix',
  'promptpay',
  'satispay',
  'scalapay',
  'sepa_debit',
  'sequra',
  'sofort',
  'sunbit',
  'swish',
  'twint',
  'upi',
  'us_bank_account',
  'wechat_pay',
  'zip',
] as const;

const common = {
  ...collecting,
  after_completion: object({
    hosted_confirmation: object({ custom_message: text(500) }),
    redirect: object({ url: required(text(2048)) }),
    type: required(oneOf('hosted_confirmation', 'redirect')),
  }),
  ...linkShareFields,
  inactive_message: unsettableText(500),
  metadata: metadata(),
  name_collection: emptyable(collecting.name_collection),
  optional_items: emptyable(
    list(
      object({
        adjustable_quantity: itemFields.adjustable_quantity,
        price: required(text()),
        quantity: required(integer(1)),
      }),
      10,
    ),
  ),
  payment_method_options: emptyable(
    object({
      card: emptyable(
        object({
          restrictions: emptyable(
            object({
              brands_blocked: emptyable(
                list(oneOf('american_express', 'discover_global_network', 'mastercard', 'visa'), 4),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
  payment_method_types: emptyable(list(oneOf(...linkTypes), 50)),
  restrictions: emptyable(object({ completed_sessions: required(object({ limit: required(integer(1)) })) })),
  shipping_address_collection: emptyable(collecting.shipping_address_collection),
  shipping_options: emptyable(list(object({ shipping_rate: required(text()) }), 5)),
} as const;

export const createParams = {
  ...common,
  currency: priceCurrency,
  line_items: required(list(object({ ...itemFields, quantity: required(integer(1, 999_999)) }), 20)),
  payment_intent_data: object({
    ...intentFields,
    capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  }),
  subscription_data: object({ ...subscriptionFields, description: text(500) }),
} as const;
export const updateParams = {
  ...common,
  active: boolean(),
  line_items: list(
    object({
      adjustable_quantity: itemFields.adjustable_quantity,
      id: required(text()),
      quantity: integer(1, 999_999),
    }),
    20,
  ),
  payment_intent_data: object(intentFields),
  subscription_data: object(subscriptionFields),
} as const;
/** What a link is made from or changed by, apart from its items. */
export type LinkTerms = Omit<Parsed<typeof createParams> & Parsed<typeof updateParams>, 'line_items'>;
export const listParams = { ...pageParams, active: boolean() } as const;
