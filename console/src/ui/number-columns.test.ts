import { expect, test } from 'vitest';
import { alignNumberColumns, isNumberText, sortKeyOf } from './number-columns.ts';

test.each(['5', '1,204', '-€12.50', '€1,102.22', 'CA$5.00', '¥1,000', '3.5%', '20.00 USD'])(
  '%s is a number',
  (text) => {
    expect(isNumberText(text)).toBe(true);
  },
);

test.each(['Bob', 'cus_5', '23 Nov 2026', '€20.00 per month', 'active'])('%s is none', (text) => {
  expect(isNumberText(text)).toBe(false);
});

const row = (...texts: string[]) => ({
  type: 'tableRow',
  children: texts.map((value) => ({ type: 'tableCell', children: [{ type: 'text', value }] })),
});

test('a column of numbers is aligned at its end, one with a word among them is not', () => {
  const table = {
    type: 'table',
    align: [null, null, null],
    children: [row('Name', 'Sum', 'Note'), row('Bob', '€1.00', '5'), row('Ann', '€12.00', 'none')],
  };
  alignNumberColumns()({ type: 'root', children: [table] });
  expect(table.align).toEqual([null, 'right', null]);
});

test('amounts are put in order by size, days by time, all else as it is written', () => {
  expect(['$1,204.11', '-€12.50', '¥1,000', '3.5 %'].map(sortKeyOf)).toEqual([1204.11, -12.5, 1000, 3.5]);
  expect(Number(sortKeyOf('2 Dec 2026'))).toBeGreaterThan(Number(sortKeyOf('30 Nov 2026')));
  expect(sortKeyOf(' past due ')).toBe('past due');
});
