import type Stripe from 'stripe';
import { given } from '../resource.ts';
import { emptyable, list, object, oneOf, type Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

const verification = oneOf('automatic', 'instant', 'microdeposits');

/** What `payment_settings[payment_method_options]` of invoices and subscriptions takes; '' takes a kind's options away. */
export const invoicedOptions = object({
  acss_debit: emptyable(
    object({
      mandate_options: object({ transaction_type: oneOf('business', 'personal') }),
      verification_method: verification,
    }),
  ),
  bancontact: emptyable(object({ preferred_language: oneOf('de', 'en', 'fr', 'nl') })),
  card: emptyable(object({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') })),
  customer_balance: emptyable(
    object({
      bank_transfer: object({
        eu_bank_transfer: object({ country: oneOf('BE', 'DE', 'ES', 'FR', 'IE', 'NL') }),
        type: oneOf(
          'eu_bank_transfer',
          'gb_bank_transfer',
          'jp_bank_transfer',
          'mx_bank_transfer',
          'us_bank_transfer',
        ),
      }),
      funding_type: oneOf('bank_transfer'),
    }),
  ),
  konbini: emptyable(object({})),
  sepa_debit: emptyable(object({})),
  us_bank_account: emptyable(
    object({
      financial_connections: object({
        filters: object({ account_subcategories: list(oneOf('checking', 'savings'), 2) }),
        permissions: list(oneOf('balances', 'ownership', 'payment_method', 'transactions'), 4),
        prefetch: list(oneOf('balances', 'ownership', 'transactions'), 3),
      }),
      verification_method: verification,
    }),
  ),
});
type Wanted = Parsed<{ options: typeof invoicedOptions }>['options'];
type Shown = Wire<Stripe.Invoice.PaymentSettings.PaymentMethodOptions>;
/** What can be set; the same for invoices and subscriptions. */
type Options = Pick<Shown, keyof NonNullable<Wanted>>;

const none = {
  acss_debit: null,
  bancontact: null,
  card: null,
  customer_balance: null,
  konbini: null,
  payto: null,
  pix: null,
  sepa_debit: null,
  upi: null,
  us_bank_account: null,
} as const;

/** How the payments of invoices are to be made, after a request. */
export function invoicedOptionsAfter(before: Options | null, wanted: Wanted = {}) {
  if (before === null && Object.keys(wanted).length === 0) return null;
  const options: Options = before ?? none;
  return { ...none, ...known(options), ...given(shownOptions(wanted)) };
}

/** The kinds that can be set here, of options that may have others. */
function known({
  acss_debit,
  bancontact,
  card,
  customer_balance,
  konbini,
  sepa_debit,
  us_bank_account,
}: Options): Options {
  return { acss_debit, bancontact, card, customer_balance, konbini, sepa_debit, us_bank_account };
}

/** What was asked for as it is shown, with what Stripe takes for granted. */
function shownOptions({
  acss_debit: acss,
  bancontact,
  card,
  customer_balance: transfer,
  konbini,
  sepa_debit,
  us_bank_account: bank,
}: NonNullable<Wanted>): Partial<Options> {
  return {
    acss_debit: acss && {
      ...(acss.mandate_options
        ? { mandate_options: { transaction_type: acss.mandate_options.transaction_type ?? null } }
        : {}),
      verification_method: acss.verification_method ?? 'automatic',
    },
    bancontact: bancontact && { preferred_language: bancontact.preferred_language ?? 'en' },
    card: card && { request_three_d_secure: card.request_three_d_secure ?? 'automatic' },
    customer_balance: transfer && {
      ...(transfer.bank_transfer
        ? {
            bank_transfer: {
              ...given({ eu_bank_transfer: euTransfer(transfer.bank_transfer) }),
              type: transfer.bank_transfer.type ?? null,
            },
          }
        : {}),
      funding_type: transfer.funding_type ?? null,
    },
    konbini,
    sepa_debit,
    us_bank_account: bank && {
      ...(bank.financial_connections
        ? { financial_connections: { prefetch: null, ...given(bank.financial_connections) } }
        : {}),
      verification_method: bank.verification_method ?? 'automatic',
    },
  };
}

type Transfer = NonNullable<NonNullable<NonNullable<Wanted>['customer_balance']>['bank_transfer']>;
function euTransfer({ eu_bank_transfer: eu }: Transfer) {
  return eu?.country === undefined ? undefined : { country: eu.country };
}

/** The options of an invoice as its payment intent takes them. */
export function intentOptions(options: Options | null) {
  const { acss_debit: acss, bancontact, card, customer_balance: transfer } = options ?? none;
  const { us_bank_account: bank } = options ?? none;
  return {
    ...(acss ? { acss_debit: { verification_method: acss.verification_method } } : {}),
    ...(bancontact ? { bancontact } : {}),
    ...(card ? { card: { request_three_d_secure: card.request_three_d_secure ?? undefined } } : {}),
    ...(transfer?.bank_transfer ? { customer_balance: transfer } : {}),
    ...(bank ? { us_bank_account: bank } : {}),
  };
}
