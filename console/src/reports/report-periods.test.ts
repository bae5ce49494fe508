import { expect, test } from 'vitest';
import { spanOf } from './report-periods.ts';

// Still 2026-01-31 in New York, February already in UTC.
const now = new Date('2026-02-01T03:00:00Z');
const of = (period: string) => spanOf({ period }, now, 'America/New_York');

test.each([
  ['month', '2026-01-01', '2026-02-01'],
  ['last-month', '2025-12-01', '2026-01-01'],
  ['week', '2026-01-25', '2026-02-01'],
  ['year', '2026-01-01', '2026-02-01'],
  ['last-year', '2025-01-01', '2026-01-01'],
])('%s begins and ends on days of the account', (period, from, to) => {
  expect(of(period)).toEqual({ from, to });
});

test('the last day of a period of one’s own is in it; what is no day is left out', () => {
  expect(spanOf({ period: 'custom', from: '2026-02-01', to: '2026-02-28' }, now, 'UTC')).toEqual({
    from: '2026-02-01',
    to: '2026-03-01',
  });
  expect(spanOf({ period: 'custom', from: 'soon' }, now, 'UTC')).toEqual({});
});

test('without a period the report takes its own', () => {
  expect(spanOf({}, now, 'UTC')).toEqual({});
});
