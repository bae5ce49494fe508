/** Exact decimals: text on the wire, whole trillionths in calculations. Stripe's have at most twelve places. */
const places = 12;
const one = 10n ** BigInt(places);

/** A decimal as trillionths. */
export function trillionths(decimal: string | number): bigint {
  const [whole = '0', fraction = ''] = String(decimal).split('.');
  const digits = BigInt(`${whole.replace('-', '')}${fraction.padEnd(places, '0')}`);
  return whole.startsWith('-') ? -digits : digits;
}

/** Trillionths as the shortest decimal. */
export function decimalText(value: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = (size % one).toString().padStart(places, '0').replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${size / one}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The whole part of a decimal. */
export function wholePart(value: bigint): number {
  return Number(value / one);
}

/** Twelve digits; an invoice with as much cannot be paid, and sums of so much are still exact. */
const largestAmount = 999_999_999_999n;

/** `unit × quantity` in whole units, halves away from zero, as Stripe rounds a line; at most twelve digits. */
export function roundedProduct(unit: bigint, quantity: bigint): number {
  const product = unit * quantity;
  const divisor = one * one;
  const half = product < 0n ? -divisor : divisor;
  const rounded = (product * 2n + half) / (divisor * 2n);
  return Number(rounded > largestAmount ? largestAmount : rounded);
}

/** How often `size` goes into a quantity, whole times, rounded as asked. */
export function packagesIn(quantity: bigint, size: number, round: 'down' | 'up'): bigint {
  const pack = BigInt(size) * one;
  const whole = quantity / pack;
  return (round === 'up' && quantity % pack > 0n ? whole + 1n : whole) * one;
}
