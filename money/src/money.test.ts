import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMoney,
  allocate,
  chargeStep,
  currencies,
  formatMoney,
  money,
  parseMoney,
  scale,
  sumMoney,
  toDecimal,
} from './index.ts';

const anyMoney = fc
  .tuple(fc.bigInt(-(10n ** 14n), 10n ** 14n), fc.constantFrom(...currencies))
  .map(([n, currency]) => ({
    minor: n * chargeStep(currency),
    currency,
  }));

describe('reading and writing amounts', () => {
  test('uses the real exponent of each currency', () => {
    expect(parseMoney('29.99', 'usd').minor).toBe(2999n);
    expect(parseMoney('1000', 'JPY')).toEqual({ minor: 1000n, currency: 'jpy' });
    expect(parseMoney('1.230', 'kwd').minor).toBe(1230n);
    expect(parseMoney('500', 'isk').minor).toBe(50000n);
  });

  test('what is written can be read back', () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        expect(parseMoney(toDecimal(amount), amount.currency)).toEqual(amount);
      }),
    );
  });

  test.each([
    ['10.5', 'jpy', 'JPY has no decimals'],
    ['1.001', 'usd', '2 decimals at most'],
    ['1.001', 'kwd', 'steps of 0.010'],
    ['1.50', 'isk', 'steps of 1.00'],
    ['1e3', 'usd', 'not an amount'],
    ['1,000', 'usd', 'not an amount'],
    ['', 'usd', 'not an amount'],
    ['5', 'zzz', 'not a currency'],
  ])('refuses %s %s and says why', (decimal, currency, why) => {
    expect(() => parseMoney(decimal, currency)).toThrow(why);
  });

  test('refuses a float of minor units', () => {
    expect(() => money(29.99, 'usd')).toThrow('not a whole number');
  });

  test('formats for people without losing a digit', () => {
    expect(formatMoney(money(2999n, 'usd'))).toBe('$29.99');
    expect(formatMoney(money(-123456789012345678n, 'eur'))).toBe('-€1,234,567,890,123,456.78');
    expect(formatMoney(money(1000n, 'jpy'))).toBe('¥1,000');
  });
});

describe('sums', () => {
  test('never mix currencies', () => {
    expect(() => addMoney(money(1, 'usd'), money(1, 'eur'))).toThrow('cannot be added');
    expect(sumMoney([money(1, 'usd'), money(5, 'eur'), money(2, 'usd')])).toEqual([
      money(3, 'usd'),
      money(5, 'eur'),
    ]);
  });

  test('shares add up to the whole and stay within a minor unit of fair', () => {
    const weights = fc
      .array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 12 })
      .filter((w) => w.some((x) => x > 0n));
    fc.assert(
      fc.property(anyMoney, weights, (amount, shares) => {
        const parts = allocate(amount, shares);
        expect(parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(amount.minor);
        const total = shares.reduce((a, b) => a + b, 0n);
        parts.forEach((part, i) => {
          const drift = part.minor * total - amount.minor * (shares[i] ?? 0n);
          expect(drift > -total && drift < total).toBe(true);
        });
      }),
    );
  });

  test('scaling rounds halves away from zero', () => {
    expect(scale(money(5, 'usd'), 1n, 2n).minor).toBe(3n);
    expect(scale(money(-5, 'usd'), 1n, 2n).minor).toBe(-3n);
    expect(scale(money(4, 'usd'), 1n, 3n).minor).toBe(1n);
  });
});
