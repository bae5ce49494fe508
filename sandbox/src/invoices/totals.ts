import { allocate, money, scale } from '@purser/money';
import type { Coupon } from '../coupons.ts';
import type { Reduction } from '../discounts.ts';
import type { TaxRate } from '../tax-rates.ts';
import type { DiscountAmount, InvoiceLine, LineTax, PretaxCredit } from './invoice.ts';
import { untaxed } from './lines.ts';

/** What the sums of an invoice are made from. */
export interface TotalsInput {
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  /** The invoice's own discounts, in the order in which they are taken off. */
  readonly reductions: readonly Reduction[];
  /** What the discounts of single lines take off, by line id; taken off before the invoice's. */
  readonly lineReductions: ReadonlyMap<string, readonly Reduction[]>;
  readonly rates: (id: string) => TaxRate | undefined;
  /** For lines without rates of their own. */
  readonly defaultRates: readonly TaxRate[];
  /** Minor units, with its tax. */
  readonly shipping: number;
  readonly exemption: Exemption;
}
/** Customers who are not taxed; those with a reverse charge account for the tax themselves. */
export type Exemption = 'exempt' | 'none' | 'reverse';

export interface Totals {
  readonly lines: InvoiceLine[];
  readonly subtotal: number;
  readonly subtotal_excluding_tax: number;
  readonly total: number;
  readonly total_excluding_tax: number;
  readonly total_discount_amounts: DiscountAmount[];
  readonly total_pretax_credit_amounts: PretaxCredit[];
  readonly total_taxes: LineTax[];
}

/**
 * The sums of an invoice in minor units: total = lines − discounts − billing credits + exclusive tax + shipping, exactly.
 * The credits are those that the lines name already.
 */
export function totalsOf(input: TotalsInput): Totals {
  const discounted = discountLines(input);
  const lines = discounted.map((line) => taxLine(line, input));
  const subtotal = sum(lines.map((line) => line.amount));
  const discount = sum(lines.flatMap((line) => line.discount_amounts.map(({ amount }) => amount)));
  const taxes = lines.flatMap((line) => line.taxes);
  const added = sum(taxes.filter((tax) => tax.tax_behavior === 'exclusive').map((tax) => tax.amount));
  const inside = sum(taxes.filter((tax) => tax.tax_behavior === 'inclusive').map((tax) => tax.amount));
  const credited = sum(lines.map(creditedOn));
  const total = subtotal - discount - credited + added + input.shipping;
  return {
    lines,
    subtotal,
    subtotal_excluding_tax: subtotal - inside,
    total,
    total_excluding_tax: total - added - inside,
    total_discount_amounts: byDiscount(lines),
    total_pretax_credit_amounts: [
      ...byDiscount(lines).map(pretaxDiscount),
      ...lines.flatMap((line) => creditsOf(line)),
    ],
    total_taxes: byRate(taxes),
  };
}

function discountLines(input: TotalsInput): InvoiceLine[] {
  const taken = new Map<string, Map<string, number>>(input.lines.map((line) => [line.id, new Map()]));
  for (const line of input.lines) {
    for (const reduction of input.lineReductions.get(line.id) ?? [])
      takeOff(reduction, [line], taken, input.currency);
  }
  for (const reduction of input.reductions) takeOff(reduction, input.lines, taken, input.currency);
  return input.lines.map((line) => {
    const amounts = [...(taken.get(line.id) ?? [])].map(([discount, amount]) => ({ amount, discount }));
    return {
      ...line,
      discount_amounts: amounts,
      pretax_credit_amounts: [...amounts.map(pretaxDiscount), ...creditsOf(line)],
    };
  });
}

function pretaxDiscount({ amount, discount }: DiscountAmount): PretaxCredit {
  return { amount, discount, type: 'discount' };
}

/** The billing credits that were used on a line, or that a credit of it takes its share of. */
export function creditsOf(line: { readonly pretax_credit_amounts: readonly PretaxCredit[] }): PretaxCredit[] {
  return line.pretax_credit_amounts.filter(isCredit);
}

/** What billing credits paid of a line, or of a whole invoice or credit note, in minor units. */
export function creditedOn(paid: {
  readonly pretax_credit_amounts: readonly Pick<PretaxCredit, 'amount' | 'type'>[];
}): number {
  return sum(paid.pretax_credit_amounts.filter(isCredit).map(({ amount }) => amount));
}

function isCredit({ type }: Pick<PretaxCredit, 'type'>): boolean {
  return type === 'credit_balance_transaction';
}

/** Shares one discount out over the lines it may touch, never more than is left of each. */
function takeOff(
  { coupon, discount }: Reduction,
  lines: readonly InvoiceLine[],
  taken: ReadonlyMap<string, Map<string, number>>,
  currency: string,
): void {
  const eligible = lines.filter(
    (line) => line.discountable && line.amount > 0 && appliesTo(coupon, line) && leftOf(line, taken) > 0,
  );
  // A quote without items has not even a currency.
  if (eligible.length === 0) return;
  const left = eligible.map((line) => leftOf(line, taken));
  const whole = sum(left);
  const off = reductionOf(coupon, whole, currency);
  if (off === 0) return;
  const parts = allocate(money(off, currency), left.map(BigInt));
  eligible.forEach((line, at) => {
    const part = Number(parts[at]?.minor ?? 0n);
    const ofLine = taken.get(line.id);
    if (part > 0) ofLine?.set(discount, (ofLine.get(discount) ?? 0) + part);
  });
}

function leftOf(line: InvoiceLine, taken: ReadonlyMap<string, ReadonlyMap<string, number>>): number {
  return line.amount - sum([...(taken.get(line.id)?.values() ?? [])]);
}

function appliesTo(coupon: Coupon, line: InvoiceLine): boolean {
  const only = coupon.applies_to?.products;
  return !only || (line.pricing !== null && only.includes(line.pricing.price_details.product));
}

/** What a coupon takes off an amount, in minor units. */
export function reductionOf(coupon: Coupon, amount: number, currency: string): number {
  if (coupon.percent_off !== null)
    return Number(
      scale(money(amount, currency), BigInt(Math.round(coupon.percent_off * 10_000)), 1_000_000n).minor,
    );
  const fixed =
    coupon.currency === currency
      ? (coupon.amount_off ?? 0)
      : (coupon.currency_options?.[currency]?.amount_off ?? 0);
  return Math.min(fixed, amount);
}

function taxLine(line: InvoiceLine, input: TotalsInput): InvoiceLine {
  const own = line.taxes.flatMap((tax) => input.rates(tax.tax_rate_details.tax_rate) ?? []);
  const rates = own.length > 0 ? own : input.defaultRates;
  if (rates.length === 0) return line;
  if (input.exemption !== 'none') return { ...line, taxes: rates.map((rate) => exempted(rate, input)) };
  const taxable = netOf(line);
  return { ...line, taxes: taxesOn(taxable, rates, input.currency) };
}

/** What is left of a line after discounts and billing credits, before taxes. */
export function netOf(line: InvoiceLine): number {
  return line.amount - sum(line.pretax_credit_amounts.map(({ amount }) => amount));
}

/**
 * What rates come to on an amount after discounts, in minor units. Inclusive ones are inside it, and what they leave is
 * what all of them are reckoned on.
 */
export function taxesOn(taxable: number, rates: readonly TaxRate[], currency: string): LineTax[] {
  const whole = 1_000_000n + rates.reduce((all, rate) => all + (rate.inclusive ? share(rate) : 0n), 0n);
  const inside = rates.map((rate) =>
    rate.inclusive ? Number(scale(money(taxable, currency), share(rate), whole).minor) : 0,
  );
  const base = taxable - sum(inside);
  return rates.map((rate, at): LineTax => {
    const added = () => Number(scale(money(base, currency), share(rate), 1_000_000n).minor);
    const amount = rate.inclusive ? (inside[at] ?? 0) : added();
    return { ...untaxed(rate), amount, taxable_amount: base };
  });
}

/** A rate in millionths; percentages have at most four decimal places. */
function share({ percentage }: TaxRate): bigint {
  return BigInt(Math.round(percentage * 10_000));
}

function exempted(rate: TaxRate, { exemption }: TotalsInput): LineTax {
  const taxability_reason = exemption === 'reverse' ? 'reverse_charge' : 'customer_exempt';
  return { ...untaxed(rate), taxability_reason };
}

/** What each discount took off the lines together. */
export function byDiscount(
  lines: readonly { readonly discount_amounts: readonly DiscountAmount[] }[],
): DiscountAmount[] {
  const sums = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap((line) => line.discount_amounts))
    sums.set(discount, (sums.get(discount) ?? 0) + amount);
  return [...sums].map(([discount, amount]) => ({ amount, discount }));
}

/** What each rate came to. */
export function byRate(taxes: readonly LineTax[]): LineTax[] {
  const sums = new Map<string, LineTax>();
  for (const tax of taxes) {
    const id = tax.tax_rate_details.tax_rate;
    const before = sums.get(id);
    sums.set(
      id,
      before
        ? {
            ...before,
            amount: before.amount + tax.amount,
            taxable_amount: before.taxable_amount + tax.taxable_amount,
          }
        : tax,
    );
  }
  return [...sums.values()];
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
