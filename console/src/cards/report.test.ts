import type { Table } from '@purser/server/api';
import { expect, test } from 'vitest';
import { currenciesOf, seriesOf } from './report-series.ts';
import { dateText, spanText, tableRows, tieOutText } from './report-words.ts';

const byMonth: Table = {
  name: 'by_month',
  title: 'By month',
  columns: [
    { key: 'month', label: 'Month', type: 'date' },
    { key: 'currency', label: 'Currency', type: 'text' },
    { key: 'gross', label: 'Gross', type: 'money' },
    { key: 'net', label: 'Net', type: 'money' },
    { key: 'count', label: 'Payments', type: 'number' },
  ],
  rows: [
    { month: '2026-02', currency: 'usd', gross: '1200.50', net: '-3.00', count: 1200 },
    { month: '2026-01', currency: 'usd', gross: '9.00', net: '8.00', count: 2 },
    { month: '2026-01', currency: 'jpy', gross: '1000', net: '900', count: null },
  ],
};

test('cells say money with its currency and are ordered by its size', () => {
  const { columns, rows } = tableRows(byMonth);
  expect(columns.map(({ numeric }) => numeric)).toEqual([false, false, true, true, true]);
  expect(rows[0]?.cells.map(({ text }) => text)).toEqual(['Feb 2026', 'USD', '$1,200.50', '-$3.00', '1,200']);
  expect(rows[0]?.cells[2]?.sort).toBe(1200.5);
  expect(rows[2]?.cells.map(({ text }) => text)).toEqual(['Jan 2026', 'JPY', '¥1,000', '¥900', '']);
});

test('months run from left to right, in one currency at a time, with the exact sums beside the bars', () => {
  expect(currenciesOf(byMonth)).toEqual(['usd', 'jpy']);
  const series = seriesOf(byMonth, 'usd');
  expect(series?.bars.map(({ key }) => key)).toEqual(['gross', 'net']);
  expect(series?.points.map(({ label, texts }) => [label, texts.gross])).toEqual([
    ['Jan 2026', '$9.00'],
    ['Feb 2026', '$1,200.50'],
  ]);
  expect(seriesOf(byMonth, 'jpy')).toBeNull();
});

test('what is no time is drawn from the largest down, and what finds no room is counted', () => {
  const rows = Array.from({ length: 15 }, (_, n) => ({ product: `P${n}`, currency: 'usd', net: `${n}.00` }));
  const columns = [
    { key: 'product', label: 'Product', type: 'text' as const },
    { key: 'net', label: 'Net', type: 'money' as const },
  ];
  const series = seriesOf({ name: 'by_product', title: '', columns, rows }, 'usd');
  expect(series).toMatchObject({ overTime: false, leftOut: 3 });
  expect(series?.points[0]?.label).toBe('P14');
  expect(seriesOf({ name: 'payments', title: '', columns, rows }, 'usd')).toBeNull();
});

test('a difference is said, not hidden', () => {
  const tie = { currency: 'usd', balanceChange: '10.00', explained: '10.00', difference: '0.00' };
  expect(tieOutText(tie)).toMatch(/^USD ties out.*\$10\.00/);
  expect(tieOutText({ ...tie, explained: '9.99', difference: '0.01' })).toMatch(
    /does not tie out.*\$0\.01 is not/,
  );
});

test('a span ends with its last day, in the zone of the account', () => {
  const span = { from: '2026-01-01T05:00:00Z', to: '2026-04-01T04:00:00Z', timeZone: 'America/New_York' };
  expect(spanText(span)).toBe('Jan 1, 2026 to Mar 31, 2026');
  expect(spanText({ ...span, from: null, to: null })).toBe('all time');
});

test.each([
  ['2026-03', 'Mar 2026'],
  ['2026-03-09', 'Mar 9, 2026'],
  ['soon', 'soon'],
])('the date %s is %s', (value, text) => {
  expect(dateText(value)).toBe(text);
});
