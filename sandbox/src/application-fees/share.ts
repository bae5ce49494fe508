import { money, scale } from '@purser/money';

/** A refund of a charge, for working out what else goes back with it. All in minor units. */
export interface Returned {
  /** What the charge came to, what this refund gives back of it, and what all refunds so far do, this one included. */
  readonly whole: number;
  readonly amount: number;
  readonly given: number;
}

/**
 * How much of a fee or a transfer goes back with a refund of its charge: the same share, at most what is `left`. The
 * refund that completes a charge takes along the unit that rounding left behind.
 */
export function shareToReturn(total: number, left: number, refund: Returned, currency: string): number {
  if (refund.amount === refund.whole) return left;
  const { minor } = scale(money(total, currency), BigInt(refund.amount), BigInt(refund.whole));
  const share = Number(minor);
  const completes = refund.given === refund.whole && left <= share + 1;
  return completes ? left : Math.min(share, left);
}
