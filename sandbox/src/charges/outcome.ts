import type Stripe from 'stripe';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { randomText } from '../ids.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import type { Wire } from '../wire/shapes.ts';

/** How Stripe and the issuer judged a charge. */
export function outcomeOf(behaviour: Behaviour): Wire<Stripe.Charge.Outcome> {
  const { blocked, decline, risk = 'normal' } = behaviour;
  const scores = { normal: 20, elevated: 68, highest: 90 };
  const judged = { risk_level: risk, risk_score: scores[risk], network_advice_code: null };
  if (!decline) {
    return {
      ...judged,
      advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: risk === 'elevated' ? 'elevated_risk_level' : null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    };
  }
  if (blocked) {
    return {
      ...judged,
      advice_code: null,
      network_decline_code: null,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    };
  }
  return {
    ...judged,
    advice_code: decline.adviceCode ?? null,
    network_decline_code: decline.networkDeclineCode ?? null,
    network_status: 'declined_by_network',
    reason: decline.declineCode ?? decline.code,
    seller_message:
      decline.declineCode === 'generic_decline'
        ? 'The bank did not return any further details with this decline.'
        : `The bank returned the decline code \`${decline.declineCode ?? decline.code}\`.`,
    type: 'issuer_declined',
  };
}

/** Who answers for fraud, as the networks write it: 05 the issuer, 06 it was tried, 07 nobody asked. */
function indicatorOf(secure: ThreeDSecure | null): '05' | '06' | '07' {
  if (secure?.result === 'authenticated') return '05';
  return secure?.result === 'attempt_acknowledged' ? '06' : '07';
}

/** The card as a charge remembers it. */
export function chargeView(
  method: PaymentMethod,
  amount: number,
  secure: ThreeDSecure | null,
): Wire<Stripe.Charge.PaymentMethodDetails.Card> {
  const card = method.card;
  const checks = card?.checks;
  return {
    amount_authorized: amount,
    authorization_code: randomText(6).toUpperCase(),
    brand: card?.brand ?? null,
    checks: {
      address_line1_check: checks?.address_line1_check ?? null,
      address_postal_code_check: checks?.address_postal_code_check ?? null,
      cvc_check: checks?.cvc_check === 'unchecked' ? 'pass' : (checks?.cvc_check ?? null),
    },
    country: card?.country ?? null,
    electronic_commerce_indicator: indicatorOf(secure),
    exp_month: card?.exp_month ?? 1,
    exp_year: card?.exp_year ?? 2030,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? null,
    installments: null,
    last4: card?.last4 ?? null,
    mandate: null,
    network: card?.brand ?? null,
    network_token: { used: false },
    network_transaction_id: randomText(15),
    regulated_status: 'unregulated',
    three_d_secure: secure
      ? {
          authentication_flow: secure.flow,
          electronic_commerce_indicator: indicatorOf(secure),
          exemption_indicator: null,
          result: secure.result,
          result_reason: secure.result === 'processing_error' ? 'protocol_error' : null,
          transaction_id: secure.flow === null ? null : randomText(36),
          version: secure.flow === null ? null : '2.2.0',
        }
      : null,
    transaction_link_id: null,
    wallet: null,
  };
}
