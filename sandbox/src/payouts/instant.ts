import { money, scale } from '@purser/money';

/** Stripe's price of an instant payout: 1.5 %, at least half a US dollar or about as much; in minor units. */
export function instantFee(amount: number, currency: string): number {
  const share = Number(scale(money(amount, currency), 15n, 1000n).minor);
  return Math.max(share, leastFees[currency] ?? 50);
}

const leastFees: Readonly<Record<string, number>> = {
  usd: 50,
  aud: 50,
  cad: 60,
  eur: 50,
  gbp: 40,
  sgd: 50,
  nok: 500,
  jpy: 50,
};

/** The most that can be paid out instantly of what is available, after its fee. */
export function mostInstant(available: number, currency: string): number {
  if (available <= 0) return 0;
  let most = Number(scale(money(available, currency), 1000n, 1015n).minor);
  while (most > 0 && most + instantFee(most, currency) > available) most--;
  return Math.max(0, Math.min(most, available - (leastFees[currency] ?? 50)));
}
