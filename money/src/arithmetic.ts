import { type Money, MoneyError } from './amount.ts';

/** @throws MoneyError when the currencies differ: there is no rate here. */
export function addMoney(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { minor: a.minor + b.minor, currency: a.currency };
}

/** @throws MoneyError when the currencies differ. */
export function subtractMoney(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { minor: a.minor - b.minor, currency: a.currency };
}

export function negate(amount: Money): Money {
  return { minor: -amount.minor, currency: amount.currency };
}

/** One total per currency, in order of first appearance. */
export function sumMoney(amounts: Iterable<Money>): Money[] {
  const totals = new Map<string, Money>();
  for (const amount of amounts) {
    const soFar = totals.get(amount.currency);
    totals.set(amount.currency, soFar ? addMoney(soFar, amount) : amount);
  }
  return [...totals.values()];
}

/**
 * `amount × numerator ÷ denominator` to the nearest minor unit, halves away from zero, as Stripe rounds.
 * @throws RangeError when the denominator is not positive.
 */
export function scale(amount: Money, numerator: bigint, denominator: bigint): Money {
  if (denominator <= 0n) throw new RangeError('The denominator must be positive.');
  const product = amount.minor * numerator;
  const half = product < 0n ? -denominator : denominator;
  return { minor: (product * 2n + half) / (denominator * 2n), currency: amount.currency };
}

/**
 * Shares an amount out by weights so that the parts add up exactly; leftover minor units go to the largest remainders,
 * earlier parts first.
 * @throws RangeError when a weight is negative or all are zero.
 */
export function allocate(amount: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('Weights must be zero or more, and not all zero.');
  }
  const sign = amount.minor < 0n ? -1n : 1n;
  const size = amount.minor * sign;
  const parts = weights.map((weight, index) => ({
    index,
    share: (size * weight) / total,
    remainder: (size * weight) % total,
  }));
  let left = size - parts.reduce((sum, part) => sum + part.share, 0n);
  const byRemainder = [...parts].sort(
    (a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder),
  );
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return parts.map((part) => ({ minor: part.share * sign, currency: amount.currency }));
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currency === b.currency) return;
  throw new MoneyError(
    'currency_mismatch',
    `${a.currency.toUpperCase()} and ${b.currency.toUpperCase()} cannot be added.`,
  );
}
