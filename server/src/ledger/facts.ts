/**
 * A balance transaction → the parts it is shared out to. Pure, in integer minor units; the parts of a transaction add up
 * to its net exactly, whatever was rounded on the way.
 */
import { allocate, money } from '@purser/money';

/** What was sold with a payment, in the currency of the sale. */
export interface SoldLine {
  readonly product: string | null;
  /** What it came to after discounts, without tax that was added on top. */
  readonly amount: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
}

export interface Movement {
  readonly transaction: string;
  readonly category: Category;
  readonly currency: string;
  /** As Stripe signs them: positive towards the account. */
  readonly amount: bigint;
  readonly fee: bigint;
  readonly customer: string | null;
}

/** What a movement is to a business. */
export type Category = 'sale' | 'refund' | 'dispute' | 'fee' | 'other';

export interface Fact {
  readonly product: string | null;
  readonly gross: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly refunded: bigint;
  readonly disputed: bigint;
  readonly fee: bigint;
  readonly other: bigint;
  readonly net: bigint;
}

const nothing = { gross: 0n, discount: 0n, tax: 0n, refunded: 0n, disputed: 0n, fee: 0n, other: 0n };

/**
 * @param sold what the payment was for; empty: nobody knows
 * @param before what was given back of that payment by earlier refunds or disputes, as `amount` is signed there:
 * together all of them are shared out as one would be, so that a full refund takes exactly what the sale brought, its
 * tax as a negative tax
 */
export function factsOf(movement: Movement, sold: readonly SoldLine[] = [], before = 0n): Fact[] {
  const { category, amount, fee } = movement;
  switch (category) {
    case 'sale':
      return sale(movement, sold);
    case 'refund':
    case 'dispute':
      return givenBack(movement, sold, before);
    case 'fee':
      return [finished({ product: null, fee: fee - amount })];
    case 'other':
      return [finished({ product: null, other: amount, fee })];
  }
}

function finished(part: Partial<Omit<Fact, 'net'>> & Pick<Fact, 'product'>): Fact {
  const fact = { ...nothing, ...part };
  const { gross, discount, tax, refunded, disputed, fee, other } = fact;
  return { ...fact, net: gross - discount + tax - refunded - disputed - fee + other };
}

function sale({ amount, fee, currency }: Movement, sold: readonly SoldLine[]): Fact[] {
  const lines = byProduct(sold);
  const weights = lines.map((line) => line.amount + line.tax);
  const total = sumOf(weights);
  if (total <= 0n) return [finished({ product: null, gross: amount, fee })];
  const shares = share(amount, weights, currency);
  const fees = share(fee, weights, currency);
  return lines.map((line, n) => {
    const paid = shares[n] ?? 0n;
    const tax = taxIn(paid, line, currency);
    // The discount was never paid: it is scaled as the rest of its line was.
    const discount = rounded(line.discount * amount, total);
    return finished({
      product: line.product,
      gross: paid - tax + discount,
      discount,
      tax,
      fee: fees[n] ?? 0n,
    });
  });
}

function givenBack(
  { category, amount, fee, currency }: Movement,
  sold: readonly SoldLine[],
  before: bigint,
): Fact[] {
  const lines = byProduct(sold);
  const weights = lines.map((line) => line.amount + line.tax);
  const column = category === 'refund' ? 'refunded' : 'disputed';
  if (sumOf(weights) <= 0n) return [finished({ product: null, [column]: -amount, fee })];
  const all = share(before + amount, weights, currency);
  const earlier = share(before, weights, currency);
  const fees = share(fee, weights, currency);
  return lines.map((line, n) => {
    const [now, then] = [all[n] ?? 0n, earlier[n] ?? 0n];
    const tax = taxIn(now, line, currency) - taxIn(then, line, currency);
    return finished({ product: line.product, tax, [column]: tax - (now - then), fee: fees[n] ?? 0n });
  });
}

/** How much of what was paid for a line, or given back of it, is its tax. */
function taxIn(paid: bigint, { tax, amount }: SoldLine, currency: string): bigint {
  return tax > 0n && tax + amount > 0n ? (share(paid, [tax, amount], currency)[0] ?? 0n) : 0n;
}

/** One line for each product, in order of first appearance. */
function byProduct(sold: readonly SoldLine[]): SoldLine[] {
  const lines = new Map<string | null, SoldLine>();
  for (const line of sold) {
    const known = lines.get(line.product);
    lines.set(line.product, {
      product: line.product,
      amount: (known?.amount ?? 0n) + line.amount,
      discount: (known?.discount ?? 0n) + line.discount,
      tax: (known?.tax ?? 0n) + line.tax,
    });
  }
  return [...lines.values()];
}

/**
 * Shares out by weights that add up to more than nothing. A change of plan credits one product and charges another, so
 * a weight may be negative; what rounding leaves goes to the heaviest then.
 */
function share(amount: bigint, weights: readonly bigint[], currency: string): bigint[] {
  if (weights.every((weight) => weight >= 0n))
    return allocate(money(amount, currency), weights).map(({ minor }) => minor);
  const total = sumOf(weights);
  const parts = weights.map((weight) => rounded(weight * amount, total));
  const heaviest = weights.reduce((best, weight, n) => (weight > (weights[best] ?? 0n) ? n : best), 0);
  return parts.map((part, n) => (n === heaviest ? part + amount - sumOf(parts) : part));
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

/** To the nearest, halves away from zero. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n ? -1n : 1n;
  return (sign * (2n * sign * numerator + denominator)) / (2n * denominator);
}

/** Stripe's reporting categories (docs.stripe.com/reports/reporting-categories) → what they are to a business. */
export function categoryOf(reportingCategory: string): Category {
  if (/^(charge|charge_failure|partial_capture_reversal|payment)/.test(reportingCategory)) return 'sale';
  if (/^refund/.test(reportingCategory)) return 'refund';
  if (/^dispute/.test(reportingCategory)) return 'dispute';
  if (/^(fee|network_cost|stripe_fee|tax_fee|platform_fee)/.test(reportingCategory)) return 'fee';
  return 'other';
}
