import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tieredCost } from './cost.ts';
import { decimalText, packagesIn, trillionths } from './decimal.ts';
import type { Tier } from './price.ts';
import { unitText } from './text.ts';

function tier(up_to: number | null, unit: string | null, flat: number | null = null): Tier {
  return {
    up_to,
    unit_amount: unit === null || unit.includes('.') ? null : Number(unit),
    unit_amount_decimal: unit,
    flat_amount: flat,
    flat_amount_decimal: flat === null ? null : String(flat),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const totalOf = (parts: ReturnType<typeof tieredCost>) => sum(parts.map((part) => part.amount));

/** The tables of Stripe's own guide to tiers. */
const fonts = [tier(5, '700'), tier(10, '650'), tier(null, '600')];
const withFlatFees = [tier(5, '500', 1000), tier(10, '400', 2000), tier(null, '300', 3000)];

describe('what a quantity costs by tiers', () => {
  test.each([
    ['volume', 1, 700],
    ['volume', 5, 3500],
    ['volume', 6, 3900],
    ['volume', 20, 12_000],
    ['graduated', 5, 3500],
    ['graduated', 6, 4150],
    ['graduated', 20, 12_750],
    ['graduated', 0, 0],
  ] as const)('%s: %i fonts', (mode, quantity, expected) => {
    expect(totalOf(tieredCost(fonts, mode, quantity))).toBe(expected);
  });

  test.each([
    ['volume', 12, 6600],
    ['graduated', 12, 11_100],
    ['volume', 0, 1000],
    ['graduated', 0, 1000],
  ] as const)('%s with flat fees: %i', (mode, quantity, expected) => {
    expect(totalOf(tieredCost(withFlatFees, mode, quantity))).toBe(expected);
  });

  test('each tier that was reached is a part, its flat fee another, and parts are rounded one by one', () => {
    const parts = tieredCost([tier(1000, '0', 900), tier(null, '3.6', 0)], 'graduated', 1031);
    expect(parts).toEqual([
      { amount: 0, quantity: 1000, quantityDecimal: '1000', unitAmountDecimal: '0', tier: 1 },
      { amount: 900, quantity: 0, quantityDecimal: '0', unitAmountDecimal: null, tier: 1 },
      { amount: 112, quantity: 31, quantityDecimal: '31', unitAmountDecimal: '3.6', tier: 2 },
      { amount: 0, quantity: 0, quantityDecimal: '0', unitAmountDecimal: null, tier: 2 },
    ]);
  });

  test('agrees with counting unit by unit in exact twelfths of a decimal', () => {
    const digits = fc.integer({ min: 0, max: 10 ** 9 });
    const places = fc.integer({ min: 0, max: 12 });
    const ladder = fc.array(fc.record({ width: fc.integer({ min: 1, max: 40 }), digits, places }), {
      minLength: 1,
      maxLength: 5,
    });
    const quantities = fc.integer({ min: 0, max: 150 });
    fc.assert(
      fc.property(ladder, quantities, fc.constantFrom('graduated', 'volume'), (steps, quantity, mode) => {
        let end = 0;
        const ends = steps.map(({ width }) => {
          end += width;
          return end;
        });
        const tiers = steps.map((step, at) => {
          const text = String(step.digits).padStart(step.places + 1, '0');
          const cut = text.length - step.places;
          const unit = step.places === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`;
          return tier(at === steps.length - 1 ? null : (ends[at] ?? 0), unit);
        });
        const tierAt = (unit: number) => ends.slice(0, -1).filter((limit) => unit > limit).length;
        const exact = steps.map(() => 0n);
        for (let unit = 1; unit <= quantity; unit++) {
          const at = tierAt(mode === 'volume' ? quantity : unit);
          const step = steps[at];
          if (step) exact[at] = (exact[at] ?? 0n) + BigInt(step.digits) * 10n ** BigInt(12 - step.places);
        }
        const one = 10n ** 12n;
        const expected = exact.reduce((total, amount) => total + (amount * 2n + one) / (one * 2n), 0n);
        expect(BigInt(totalOf(tieredCost(tiers, mode, quantity)))).toBe(expected);
      }),
    );
  });
});

test.each([
  ['007.50', '7.5'],
  ['0', '0'],
  ['0.000000000001', '0.000000000001'],
  ['10', '10'],
  ['100.00', '100'],
  ['-0.50', '-0.5'],
])('the decimal %s is kept as %s', (given, kept) => {
  expect(decimalText(trillionths(given))).toBe(kept);
});

test.each([
  ['150', 60, 'up', '3'],
  ['150', 60, 'down', '2'],
  ['120', 60, 'up', '2'],
  ['0', 60, 'up', '0'],
  ['0.5', 1, 'up', '1'],
] as const)('%s units in packages of %i, rounded %s, are %s', (quantity, size, round, packages) => {
  expect(decimalText(packagesIn(trillionths(quantity), size, round))).toBe(packages);
});

test('fractions of units are charged exactly and fall into tiers', () => {
  const parts = tieredCost([tier(1, '100'), tier(null, '50')], 'graduated', '1.5');
  expect(parts.map(({ amount, quantity, quantityDecimal }) => [amount, quantity, quantityDecimal])).toEqual([
    [100, 1, '1'],
    [25, 0, '0.5'],
  ]);
});

test.each([
  ['3.6', 'usd', '$0.036'],
  ['0', 'usd', '$0.00'],
  ['123456', 'eur', '€1,234.56'],
  ['0.000000000001', 'usd', '$0.00000000000001'],
  ['1500', 'jpy', '¥1,500'],
  ['0.5', 'jpy', '¥0.5'],
])('%s minor units of %s read %s', (decimal, currency, read) => {
  expect(unitText(decimal, currency)).toBe(read);
});
