import type { Authorization, Reason } from './authorization.ts';
import { type Card, hasExpired } from './card.ts';
import { isVerified } from './cardholder.ts';
import { allows, noControls, type Spending } from './spending-controls.ts';

/** A request for (more) money, as Stripe judges it before it asks anyone. */
export interface Judged {
  /** The authorization with its `pending_request`. */
  readonly authorization: Authorization;
  readonly card: Card;
  /** In minor units of the card's currency. */
  readonly amount: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** What cards can still spend, in minor units. */
  readonly spendable: number;
  readonly spentByCard: (since: number) => Iterable<Spending>;
  readonly spentByCardholder: (since: number) => Iterable<Spending>;
  readonly isSuspicious: boolean;
}

/** Why Stripe declines a request by itself; null where it does not. */
export function declineReason(judged: Judged): Reason | null {
  const { authorization, card, amount, now } = judged;
  const { cardholder } = card;
  if (card.status === 'canceled') return 'card_canceled';
  if (hasExpired(card, now)) return 'card_expired';
  if (card.status === 'inactive') return 'card_inactive';
  if (cardholder.status === 'blocked') return 'cardholder_blocked';
  if (cardholder.status === 'inactive') return 'cardholder_inactive';
  if (!isVerified(cardholder)) return 'cardholder_verification_required';
  if (failsVerification(authorization)) return 'verification_failed';
  if (judged.isSuspicious && !authorization.verified_by_fraud_challenge) return 'suspected_fraud';
  if (!isWithinControls(judged)) return 'spending_controls';
  return amount > judged.spendable ? 'insufficient_funds' : null;
}

function failsVerification({ verification_data: verification }: Authorization): boolean {
  const { cvc_check: cvc, expiry_check: expiry, three_d_secure: secure } = verification;
  return cvc === 'mismatch' || expiry === 'mismatch' || secure?.result === 'failed';
}

function isWithinControls({ authorization, card, amount, now, ...judged }: Judged): boolean {
  const { merchant_data: merchant } = authorization;
  const attempt = {
    amount,
    already: authorization.approved ? authorization.amount : 0,
    category: merchant.category,
    country: merchant.country,
    created: now,
    presence: authorization.card_presence ?? 'not_present',
  };
  return (
    allows(card.spending_controls, attempt, judged.spentByCard) &&
    allows(card.cardholder.spending_controls ?? noControls, attempt, judged.spentByCardholder)
  );
}
