import type Stripe from 'stripe';
import { emptyable, object, oneOf, type Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** What `payment_settings[payment_method_options]` of invoices and subscriptions takes; '' takes a kind's options away. */
export const invoicedOptions = object({
  bancontact: emptyable(object({ preferred_language: oneOf('de', 'en', 'fr', 'nl') })),
  card: emptyable(object({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') })),
  us_bank_account: emptyable(object({ verification_method: oneOf('automatic', 'instant', 'microdeposits') })),
});
type Wanted = Parsed<{ options: typeof invoicedOptions }>['options'];
type Shown = Wire<Stripe.Invoice.PaymentSettings.PaymentMethodOptions>;
/** What can be set; the same for invoices and subscriptions. */
type Options = Pick<Shown, 'bancontact' | 'card' | 'us_bank_account'>;

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
  const { bancontact, card, us_bank_account: bank } = wanted;
  const options: Options = before ?? none;
  return {
    ...none,
    bancontact:
      bancontact === undefined
        ? options.bancontact
        : bancontact && { preferred_language: bancontact.preferred_language ?? 'en' },
    card:
      card === undefined
        ? options.card
        : card && { request_three_d_secure: card.request_three_d_secure ?? 'automatic' },
    us_bank_account:
      bank === undefined
        ? options.us_bank_account
        : bank && { verification_method: bank.verification_method ?? 'automatic' },
  };
}

/** The options of an invoice as its payment intent takes them. */
export function intentOptions(options: Options | null) {
  const { bancontact, card, us_bank_account: bank } = options ?? none;
  return {
    ...(bancontact ? { bancontact } : {}),
    ...(card ? { card: { request_three_d_secure: card.request_three_d_secure ?? undefined } } : {}),
    ...(bank ? { us_bank_account: { verification_method: bank.verification_method } } : {}),
  };
}
