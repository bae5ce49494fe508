import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { CardDetails } from '../behaviours/cards/card-input.ts';
import type { TestCard } from '../behaviours/cards/test-card.ts';
import { cardByFingerprint, cardFingerprint } from '../behaviours/cards/test-cards.ts';
import type { Wire } from '../wire/shapes.ts';
import { blank } from './blank.ts';
import type { PaymentMethod } from './payment-method.ts';

/** A card's details where only its name was given; it is good until next year. */
export function plainDetails(card: TestCard, nowSeconds: number): CardDetails {
  const now = new Date(nowSeconds * 1000);
  return { card, expMonth: now.getUTCMonth() + 1, expYear: now.getUTCFullYear() + 1, cvcGiven: true };
}

/** A card as a method that is not kept yet. */
export function cardMethod(account: Account, details: CardDetails, id: string): PaymentMethod {
  return { ...blank(account, id, 'card'), card: cardView(details) };
}

/** A card as its method shows it. Its checks wait for the first use. */
export function cardView(details: CardDetails): Wire<Stripe.PaymentMethod.Card> {
  const { card, expMonth, expYear, cvcGiven, preferredNetwork = null } = details;
  return {
    brand: card.brand,
    checks: {
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: cvcGiven ? 'unchecked' : null,
    },
    country: card.country,
    display_brand: card.brand === 'amex' ? 'american_express' : (card.networks[0] ?? card.brand),
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: cardFingerprint(card),
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [...card.networks], preferred: preferredNetwork },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.behaviour.authentication !== 'notSupported' },
    wallet: null,
  };
}

/** The method after an issuer looked at it: what was given is checked, what was not is not. */
export function checkedCard(method: PaymentMethod): PaymentMethod {
  const { card, billing_details: billing } = method;
  if (!card?.checks) return method;
  const says = cardByFingerprint(card.fingerprint)?.behaviour.checks ?? {};
  const checks: Wire<Stripe.PaymentMethod.Card.Checks> = {
    address_line1_check: billing.address?.line1 ? (says.line1 ?? 'pass') : null,
    address_postal_code_check: billing.address?.postal_code ? (says.postalCode ?? 'pass') : null,
    cvc_check: card.checks.cvc_check === null ? null : (says.cvc ?? 'pass'),
  };
  return { ...method, card: { ...card, checks } };
}
