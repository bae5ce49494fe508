import type Stripe from 'stripe';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { type Decline, declines } from '../behaviours/declines.ts';
import type { Wire } from '../wire/shapes.ts';

const scores = { normal: 20, elevated: 68, highest: 90 } as const;
const nothingMore = { advice_code: null, network_advice_code: null, network_decline_code: null } as const;

/** How Stripe and the issuer judged a charge. */
export function outcomeOf(behaviour: Behaviour, decline: Decline | null): Wire<Stripe.Charge.Outcome> {
  const { blocked, risk = 'normal' } = behaviour;
  const judged = { risk_level: risk, risk_score: scores[risk] };
  if (!decline) return accepted(judged);
  if (blocked) {
    return {
      ...nothingMore,
      ...judged,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      rule: 'block_if_high_risk',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    };
  }
  if (!behaviour.decline && (decline === declines.incorrectCvc || decline === declines.incorrectZip)) {
    const isCvc = decline === declines.incorrectCvc;
    return {
      ...nothingMore,
      ...judged,
      network_status: 'reversed_after_approval',
      reason: 'rule',
      rule: isCvc ? 'block_if_incorrect_cvc' : 'block_if_incorrect_zip',
      seller_message: `Stripe blocked this payment because the ${isCvc ? 'CVC' : 'postal code'} check failed.`,
      type: 'blocked',
    };
  }
  return {
    ...judged,
    advice_code: decline.adviceCode ?? null,
    network_advice_code: null,
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

/** Elevated risk goes to the review queue, as Radar's own rule has it. */
function accepted(judged: {
  risk_level: keyof typeof scores;
  risk_score: number;
}): Wire<Stripe.Charge.Outcome> {
  const common = { ...nothingMore, ...judged, network_status: 'approved_by_network' };
  if (judged.risk_level !== 'elevated')
    return { ...common, reason: null, seller_message: 'Payment complete.', type: 'authorized' };
  return {
    ...common,
    reason: 'elevated_risk_level',
    rule: 'manual_review_if_elevated_risk',
    seller_message:
      'Stripe evaluated this payment as having elevated risk, and placed it in your manual review queue.',
    type: 'manual_review',
  };
}

/** Radar's rules by the ids that outcomes name, for `expand[]=outcome.rule`. */
export const radarRules: Readonly<Record<string, Wire<Stripe.Charge.Outcome.Rule>>> = {
  block_if_high_risk: {
    action: 'block',
    id: 'block_if_high_risk',
    predicate: "Block if :risk_level: = 'highest'",
  },
  block_if_incorrect_cvc: {
    action: 'block',
    id: 'block_if_incorrect_cvc',
    predicate: "Block if :cvc_check: = 'fail'",
  },
  block_if_incorrect_zip: {
    action: 'block',
    id: 'block_if_incorrect_zip',
    predicate: "Block if :address_zip_check: = 'fail'",
  },
  manual_review_if_elevated_risk: {
    action: 'review',
    id: 'manual_review_if_elevated_risk',
    predicate: "Review if :risk_level: = 'elevated'",
  },
};
