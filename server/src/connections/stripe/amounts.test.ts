import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../tools/tool.ts';
import { spokenUnit, unitAmountFrom } from './amounts.ts';

describe('what one unit costs', () => {
  test('whole coins are minor units, and less than a coin keeps its decimals', () => {
    expect(unitAmountFrom('29.99', 'usd')).toEqual({ unit_amount: 2999 });
    expect(unitAmountFrom('0', 'usd')).toEqual({ unit_amount: 0 });
    expect(unitAmountFrom('0.0025', 'USD')).toEqual({ unit_amount_decimal: '0.25' });
    expect(unitAmountFrom('1.2500', 'usd')).toEqual({ unit_amount: 125 });
    expect(unitAmountFrom('0.5', 'jpy')).toEqual({ unit_amount_decimal: '0.5' });
    expect(unitAmountFrom('3', 'jpy')).toEqual({ unit_amount: 3 });
  });

  test('is spoken as it was given', () => {
    for (const [decimal, currency, said] of [
      ['0.0025', 'usd', '$0.0025'],
      ['12.345', 'usd', '$12.345'],
      ['0.5', 'jpy', '¥0.5'],
      ['10', 'usd', '$10.00'],
    ] as const)
      expect(spokenUnit(unitAmountFrom(decimal, currency), currency)).toBe(said);
  });

  test('what is no price is refused', () => {
    for (const decimal of ['', '-1', '1e3', 'free', '1.', `0.${'1'.repeat(20)}`, '1,5'])
      expect(() => unitAmountFrom(decimal, 'usd')).toThrow(ToolError);
    expect(() => unitAmountFrom('1', 'doubloons')).toThrow(ToolError);
  });

  test('no digit is lost', () => {
    const digits = fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 1, max: 999_999_999 }));
    fc.assert(
      fc.property(digits, ([whole, below]) => {
        const fraction = String(below).padStart(9, '0').replace(/0+$/, '');
        const unit = unitAmountFrom(`${whole}.${fraction}`, 'usd');
        const minor = 'unit_amount' in unit ? String(unit.unit_amount) : unit.unit_amount_decimal;
        const [coins = '', rest = ''] = minor.split('.');
        const all = (coins + rest.padEnd(7, '0')).replace(/^0+(?=\d)/, '');
        expect(BigInt(all)).toBe(BigInt(whole) * 1_000_000_000n + BigInt(below));
      }),
    );
  });
});
