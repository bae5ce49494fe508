import { expect, test } from 'vitest';
import { moneyText, viewMoney } from './money-text.ts';

test.each([
  ['29.99 USD', '$29.99'],
  ['1234567.00 USD', '$1,234,567.00'],
  ['1000 JPY', '¥1,000'],
  ['-12.50 EUR', '-€12.50'],
])('%s is shown as %s', (view, text) => {
  expect(viewMoney(view)).toBe(text);
});

test.each(['active', '12 months', 29.99, null, '2026-11-23T10:00:00Z'])('%s is no money', (value) => {
  expect(viewMoney(value)).toBeNull();
});

test('an amount that cannot be read is shown as it came, with its currency', () => {
  expect(moneyText('a lot', 'usd')).toBe('a lot USD');
});
