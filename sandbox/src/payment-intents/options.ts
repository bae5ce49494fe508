import type Stripe from 'stripe';
import { methodType, methodTypeNames } from '../payment-methods/types.ts';
import {
  boolean,
  emptyable,
  type Fields,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  type Parsed,
  param,
  text,
  unsettableText,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

const futureUsage = emptyable(oneOf('none', 'off_session', 'on_session'));
const manualOnly = emptyable(oneOf('manual'));
const ifAvailable = oneOf('if_available', 'never');
const credentialUsage = oneOf('installment', 'recurring', 'unscheduled');
const settable = mapOf(unsettableText());
/** Names of the method's own; '' says nothing. */
export const freeForm = param((value, path, version) =>
  Object.fromEntries(
    Object.entries(settable.parse(value, path, version)).filter(([, text]) => text !== null),
  ),
);

const cardFields = {
  capture_method: manualOnly,
  cvc_token: text(),
  installments: object({ enabled: boolean(), plan: emptyable(freeForm) }),
  mandate_options: freeForm,
  moto: boolean(),
  network: text(30),
  request_extended_authorization: ifAvailable,
  request_incremental_authorization: ifAvailable,
  request_multicapture: ifAvailable,
  request_overcapture: ifAvailable,
  request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
  require_cvc_recollection: boolean(),
  setup_credential_usage: credentialUsage,
  setup_future_usage: futureUsage,
  statement_descriptor_suffix_kana: emptyable(text(22)),
  statement_descriptor_suffix_kanji: emptyable(text(17)),
  stored_credential_usage: credentialUsage,
  three_d_secure: freeForm,
} as const;

/** What the other kinds of methods may be told; each understands some of it. */
const otherFields = {
  app_id: text(),
  bank_transfer: object({
    eu_bank_transfer: object({ country: text(2) }),
    requested_address_types: list(text(20), 10),
    type: text(30),
  }),
  capture_method: manualOnly,
  client: oneOf('android', 'ios', 'web'),
  code: text(6),
  confirmation_number: emptyable(text(11)),
  expires_after_days: emptyable(integer(0, 120)),
  expires_after_seconds: integer(10, 1_209_600),
  expires_at: emptyable(integer()),
  financial_connections: object({
    filters: object({ account_subcategories: list(text(20), 5) }),
    permissions: list(text(20), 10),
    prefetch: list(text(20), 10),
    return_url: text(),
  }),
  funding_type: oneOf('bank_transfer'),
  mandate_options: freeForm,
  networks: object({ requested: list(text(20), 5) }),
  persistent_token: text(),
  preferred_language: emptyable(text(10)),
  preferred_locale: text(10),
  preferred_settlement_speed: text(20),
  product_description: emptyable(text(22)),
  reference: emptyable(text(127)),
  risk_correlation_id: text(32),
  setup_future_usage: futureUsage,
  target_date: text(10),
  transaction_purpose: emptyable(text(20)),
  verification_method: oneOf('automatic', 'instant', 'microdeposits'),
} as const;

const otherTypes: Fields = Object.fromEntries(
  methodTypeNames.filter((name) => name !== 'card').map((name) => [name, emptyable(object(otherFields))]),
);
/** Adds what the kinds of methods that are not cards may be told. */
export function withOtherTypes<const F extends Fields>(fields: F): F {
  return { ...otherTypes, ...fields };
}
/** `payment_method_options` as intents take it. */
export const optionFields = object(withOtherTypes({ card: emptyable(object(cardFields)) }));
export type OptionChanges = Parsed<{ o: typeof optionFields }>['o'];

type Options = Wire<Stripe.PaymentIntent.PaymentMethodOptions>;

/** What Stripe shows for a kind of method while nothing was asked for. */
const shown: Readonly<Record<string, object>> = {
  card: {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: 'automatic',
  },
  afterpay_clearpay: { reference: null },
  bancontact: { preferred_language: 'en' },
  boleto: { expires_after_days: 3 },
  customer_balance: { funding_type: null },
  klarna: { preferred_locale: null },
  konbini: {
    confirmation_number: null,
    expires_after_days: null,
    expires_at: null,
    product_description: null,
  },
  link: { persistent_token: null },
  oxxo: { expires_after_days: 3 },
  paypal: { preferred_locale: null, reference: null },
  pix: { expires_after_seconds: null, expires_at: null },
  sofort: { preferred_language: null },
  swish: { reference: null },
  us_bank_account: { verification_method: 'automatic' },
  wechat_pay: { app_id: null, client: null },
};

/** The options of the kinds that can pay, after a change; '' puts a kind back to what it was without options. */
export function optionsAfter(
  before: Options | null,
  change: OptionChanges,
  types: readonly string[],
): Options | null {
  const given: Readonly<Record<string, object | null>> = change ?? {};
  const had: Readonly<Record<string, object>> = { ...before };
  const entries: [string, object][] = [];
  for (const type of new Set([...types, ...Object.keys(had), ...Object.keys(given)])) {
    if (!methodType(type)) continue;
    const kept = given[type] === null ? {} : (had[type] ?? {});
    const wanted = Object.entries(given[type] ?? {}).filter(
      ([name, value]) => value !== undefined && !(value === null && name === 'capture_method'),
    );
    const next = { ...shown[type], ...kept, ...Object.fromEntries(wanted) };
    if (given[type] && 'capture_method' in given[type] && given[type].capture_method === null)
      Reflect.deleteProperty(next, 'capture_method');
    entries.push([type, next]);
  }
  return Object.fromEntries(entries);
}

/** How payments with a kind of method are captured: as its options say, else as the intent does. */
export function captureMethodFor(
  intent: { readonly capture_method: string; readonly payment_method_options: Options | null },
  type: string,
): string {
  const own = optionOf(intent.payment_method_options, type, 'capture_method');
  return own === 'manual' ? 'manual' : intent.capture_method;
}

/** What a payment with a kind of method means for later ones. */
export function futureUsageFor(
  intent: { readonly setup_future_usage: string | null; readonly payment_method_options: Options | null },
  type: string,
): string | null {
  const own = optionOf(intent.payment_method_options, type, 'setup_future_usage');
  if (own === 'none') return null;
  return typeof own === 'string' ? own : intent.setup_future_usage;
}

/** One option of a kind of method. */
export function optionOf(options: Options | null, type: string, name: string): unknown {
  const ofType = Object.entries(options ?? {}).find(([key]) => key === type)?.[1];
  return Object.entries(ofType ?? {}).find(([key]) => key === name)?.[1];
}
