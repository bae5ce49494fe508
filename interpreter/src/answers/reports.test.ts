import { expect, test } from 'vitest';
import { reportAnswer } from './reports.ts';

const report = {
  ...{ object: 'report', report: 'revenue', title: 'Revenue', time_zone: 'America/New_York' },
  ...{ from: '2026-10-01T04:00:00Z', to: '2026-11-01T04:00:00Z' },
  tables: [
    {
      ...{ name: 'by_product', title: 'By product' },
      columns: [
        { key: 'product', label: 'Product', type: 'text' },
        { key: 'currency', label: 'Currency', type: 'text' },
        { key: 'gross', label: 'Gross', type: 'money' },
        { key: 'tax', label: 'Tax', type: 'money' },
      ],
      rows: [{ product: 'Pro | Plan', currency: 'usd', gross: '1250.50 USD' }],
    },
    { name: 'empty', columns: [], rows: [] },
  ],
  tie_out: [{ balance_change: '1210.10 USD', explained: '1210.10 USD', difference: '0.00 USD' }],
};

test('a report says its time in the account’s days, its table without empty columns, and that it ties out', () => {
  expect(reportAnswer(report)).toBe(
    [
      '**Revenue**, 1 Oct 2026 to 31 Oct 2026',
      '| Product | Gross |\n| --- | ---: |\n| Pro \\| Plan | $1,250.50 |',
      'It ties out: the balance changed by $1,210.10, and every bit of it is explained.',
    ].join('\n\n'),
  );
});

test('a difference is never hidden, and an empty report says so', () => {
  const off = {
    ...report,
    tie_out: [{ balance_change: '5.00 USD', explained: '4.99 USD', difference: '0.01 USD' }],
  };
  expect(reportAnswer(off)).toContain(
    'It does not tie out: the balance changed by $5.00, the difference is $0.01.',
  );
  expect(reportAnswer({ ...report, tables: [] })).toBe(
    'There is nothing in the report "Revenue", 1 Oct 2026 to 31 Oct 2026.',
  );
});
