import { describe, expect, test } from 'vitest';
import type { Reduction } from '../discounts.ts';
import { createRandom } from '../seeds/random.ts';
import type { TaxRate } from '../tax-rates.ts';
import type { InvoiceLine } from './invoice.ts';
import { untaxed } from './lines.ts';
import { type TotalsInput, taxesOn, totalsOf } from './totals.ts';

function line(id: string, amount: number, rates: readonly TaxRate[] = []): InvoiceLine {
  return {
    id,
    object: 'line_item',
    amount,
    currency: 'usd',
    description: null,
    discount_amounts: [],
    discountable: amount > 0,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: null,
    period: { start: 0, end: 0 },
    pretax_credit_amounts: [],
    pricing: null,
    quantity: 1,
    quantity_decimal: '1',
    subscription: null,
    subtotal: amount,
    taxes: rates.map(untaxed),
  };
}

function coupon(id: string, off: { percent?: number; amount?: number }): Reduction {
  return {
    discount: `di_${id}`,
    coupon: {
      id,
      object: 'coupon',
      amount_off: off.amount ?? null,
      created: 0,
      currency: off.amount === undefined ? null : 'usd',
      duration: 'forever',
      duration_in_months: null,
      livemode: false,
      max_redemptions: null,
      metadata: {},
      name: null,
      percent_off: off.percent ?? null,
      redeem_by: null,
      times_redeemed: 0,
      valid: true,
    },
  };
}

function rate(id: string, percentage: number, inclusive: boolean): TaxRate {
  return {
    id,
    object: 'tax_rate',
    active: true,
    country: null,
    created: 0,
    description: null,
    display_name: id,
    effective_percentage: null,
    flat_amount: null,
    inclusive,
    jurisdiction: null,
    jurisdiction_level: null,
    livemode: false,
    metadata: {},
    percentage,
    rate_type: 'percentage',
    state: null,
    tax_type: null,
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('the taxes on an amount', () => {
  test('that are inclusive are inside it, to the last unit, and the others come on what they leave', () => {
    const random = createRandom(11);
    for (let round = 0; round < 2000; round++) {
      const rates = Array.from({ length: random.between(1, 4) }, (_, at) =>
        rate(`r${at}`, random.between(0, 1_000_000) / 10_000, random.chance(0.6)),
      );
      const amount = random.between(-3000, 3000);
      const taxes = taxesOn(amount, rates, 'eur');
      const inside = taxes.filter((tax) => tax.tax_behavior === 'inclusive');
      const base = amount - sum(inside.map((tax) => tax.amount));
      for (const [at, tax] of taxes.entries()) {
        expect(tax.taxable_amount).toBe(base);
        const exact = (base * (rates[at]?.percentage ?? 0)) / 100;
        // What rounding moves the base by moves each tax by at most as much as its rate is.
        expect(Math.abs(tax.amount - exact)).toBeLessThanOrEqual(0.5 + inside.length);
      }
    }
  });

  test('are rounded half away from zero, line by line', () => {
    const tenth = [rate('tenth', 10, false)];
    expect([5, 4, -5, 15].map((amount) => taxesOn(amount, tenth, 'usd')[0]?.amount)).toEqual([1, 0, -1, 2]);
    const whole = [rate('whole', 100, true)];
    expect(taxesOn(1, whole, 'usd')).toMatchObject([{ amount: 1, taxable_amount: 0 }]);
  });
});

describe('the sums of an invoice', () => {
  test('discount, then exclusive tax', () => {
    const vat = rate('vat', 20, false);
    const totals = totalsOf({
      currency: 'usd',
      lines: [line('a', 10_000, [vat]), line('b', 5000)],
      reductions: [coupon('ten', { percent: 10 })],
      lineReductions: new Map(),
      rates: () => vat,
      defaultRates: [],
      shipping: 0,
      exemption: 'none',
    });
    expect(totals).toMatchObject({ subtotal: 15_000, total: 15_300, total_excluding_tax: 13_500 });
    expect(totals.total_discount_amounts).toEqual([{ amount: 1500, discount: 'di_ten' }]);
    expect(totals.total_taxes).toMatchObject([{ amount: 1800, taxable_amount: 9000 }]);
  });

  test('inclusive tax is inside the price', () => {
    const vat = rate('vat', 19, true);
    const totals = totalsOf({
      currency: 'eur',
      lines: [line('a', 11_900)],
      reductions: [],
      lineReductions: new Map(),
      rates: () => vat,
      defaultRates: [vat],
      shipping: 0,
      exemption: 'none',
    });
    expect(totals).toMatchObject({ subtotal: 11_900, total: 11_900, total_excluding_tax: 10_000 });
    expect(totals.total_taxes).toMatchObject([{ amount: 1900 }]);
  });

  test('an amount off is never more than there is, and is shared out exactly', () => {
    const totals = totalsOf({
      currency: 'usd',
      lines: [line('a', 100), line('b', 101), line('c', -50)],
      reductions: [coupon('big', { amount: 500 })],
      lineReductions: new Map(),
      rates: () => undefined,
      defaultRates: [],
      shipping: 0,
      exemption: 'none',
    });
    expect(totals).toMatchObject({ subtotal: 151, total: -50 });
    expect(totals.lines.map((one) => sum(one.discount_amounts.map(({ amount }) => amount)))).toEqual([
      100, 101, 0,
    ]);
  });

  test('total = lines − discounts + exclusive tax + shipping, for random invoices', () => {
    const random = createRandom(3);
    for (let round = 0; round < 400; round++) {
      const rates = [
        rate('one', random.between(0, 2500) / 100, random.chance(0.5)),
        rate('two', 7.25, false),
      ];
      const lines = Array.from({ length: random.between(1, 8) }, (_, at) =>
        line(
          `l${at}`,
          random.between(-20_000, 90_000),
          random.chance(0.5) ? rates.slice(0, random.between(0, 2)) : [],
        ),
      );
      const reductions = Array.from({ length: random.between(0, 3) }, (_, at) =>
        coupon(
          `c${at}`,
          random.chance(0.5)
            ? { percent: random.between(1, 10_000) / 100 }
            : { amount: random.between(1, 50_000) },
        ),
      );
      const input: TotalsInput = {
        currency: 'usd',
        lines,
        reductions,
        lineReductions: new Map(),
        rates: (id) => rates.find((one) => one.id === id),
        defaultRates: [],
        shipping: random.between(0, 900),
        exemption: random.chance(0.2) ? 'reverse' : 'none',
      };
      const totals = totalsOf(input);
      const off = sum(totals.total_discount_amounts.map(({ amount }) => amount));
      const tax = sum(
        totals.total_taxes.filter((one) => one.tax_behavior === 'exclusive').map(({ amount }) => amount),
      );
      expect(totals.subtotal).toBe(sum(lines.map(({ amount }) => amount)));
      expect(totals.total).toBe(totals.subtotal - off + tax + input.shipping);
      if (input.exemption === 'reverse') expect(tax).toBe(0);
      for (const one of totals.lines)
        expect(sum(one.discount_amounts.map(({ amount }) => amount))).toBeLessThanOrEqual(
          Math.max(0, one.amount),
        );
    }
  });
});
