import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { DiscountOwner } from '../discounts.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import type { SessionParams } from './params.ts';

/**
 * A checkout session as stored: what it refers to are ids.
 *
 * ```
 * open ──paid, saved or free──▶ complete (paid, unpaid while money is on its way, or no_payment_required)
 *   └──expire, or its time is over──▶ expired ──recovery──▶ another session
 * ```
 */
export type Session = Narrowed<
  Wire<Stripe.Checkout.Session>,
  {
    readonly discounts: { readonly coupon: string; readonly promotion_code: string | null }[];
    readonly shipping_options: ShippingOption[];
    readonly status: 'complete' | 'expired' | 'open';
  }
>;
export type CustomField = Session['custom_fields'][number];
export type ShippingOption = Wire<Stripe.Checkout.Session.ShippingOption>;

export const sessions: CollectionSpec<
  Session,
  'customer' | 'payment_intent' | 'payment_link' | 'recovered_from' | 'setup_intent' | 'subscription'
> = {
  name: 'checkout_sessions',
  indexes: {
    customer: (session) => session.customer,
    payment_intent: (session) => session.payment_intent,
    payment_link: (session) => session.payment_link,
    recovered_from: (session) => session.recovered_from,
    setup_intent: (session) => session.setup_intent,
    subscription: (session) => session.subscription,
  },
};

/** What a session was asked for and does not show, by its id. */
export interface SessionTerms {
  readonly id: string;
  readonly params: SessionParams;
  /** The discounts at work on it. */
  readonly discounts: readonly string[];
}
export const sessionTerms: CollectionSpec<SessionTerms> = { name: 'checkout_session_terms', indexes: {} };

export function termsOf(account: Account, id: string): SessionTerms {
  const terms = account.of(sessionTerms).get(id);
  if (!terms) throw new Error(`The checkout session ${id} has no terms`);
  return terms;
}

/** Whose a session's discounts are; that they were redeemed is counted when it is completed. */
export function discountOwner(session: Session): DiscountOwner {
  const { amount_subtotal: amount, currency, customer, id } = session;
  // Before the items are priced there is no purchase to hold against a minimum.
  const purchase = amount === null || currency === null ? undefined : { amount, currency };
  return { customer, checkoutSession: id, purchase };
}

/** Where the customer pays; what a business would show on a page of its own, with Stripe.js, is paid here as well. */
export function sessionUrl(account: Account, id: string): string {
  return `${account.origin()}/_sandbox/checkout/${account.address}/${id}`;
}

/** Where the bank sends the customer back to. */
export function returnUrlOf(account: Account, id: string): string {
  return `${sessionUrl(account, id)}/return`;
}

/** Where the business wants its customers when they have paid; null where it says nothing of it. */
export function wayBack({ return_url: embedded, success_url: hosted }: Session): string | null {
  return hosted ?? embedded ?? null;
}
