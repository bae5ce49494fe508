import { describe, expect, test } from 'vitest';
import { ToolError } from '../../tools/tool.ts';
import { resolvePeriod } from './period.ts';

const now = new Date('2026-03-18T15:30:00Z');
const iso = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

describe('a period in words', () => {
  test.each([
    ['today', 'UTC', '2026-03-18T00:00:00Z', '2026-03-19T00:00:00Z'],
    ['yesterday', 'UTC', '2026-03-17T00:00:00Z', '2026-03-18T00:00:00Z'],
    ['last month', 'UTC', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['in the last month', 'UTC', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['this month', 'America/New_York', '2026-03-01T05:00:00Z', '2026-04-01T04:00:00Z'],
    ['this week', 'Europe/Berlin', '2026-03-15T23:00:00Z', '2026-03-22T23:00:00Z'],
    ['last quarter', 'UTC', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['last year', 'UTC', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2025', 'UTC', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-02', 'Asia/Tokyo', '2026-01-31T15:00:00Z', '2026-02-28T15:00:00Z'],
    ['december', 'UTC', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['January 2026', 'UTC', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['last 24 hours', 'UTC', '2026-03-17T15:30:00Z', undefined],
    ['last 7 days', 'UTC', '2026-03-11T00:00:00Z', undefined],
    ['past 3 months', 'UTC', '2025-12-18T00:00:00Z', undefined],
    ['since 2026-03-01', 'UTC', '2026-03-01T00:00:00Z', undefined],
  ])('%s in %s', (words, zone, from, to) => {
    const period = resolvePeriod(words, now, zone);
    expect([iso(period.gte), iso(period.lt)]).toEqual([from, to]);
  });

  test('dates begin at local midnight, and the end is exclusive', () => {
    const period = resolvePeriod(
      { from: '2026-03-01', to: '2026-03-31T12:00:00+02:00' },
      now,
      'Europe/Berlin',
    );
    expect([iso(period.gte), iso(period.lt)]).toEqual(['2026-02-28T23:00:00Z', '2026-03-31T10:00:00Z']);
  });

  test.each(['whenever', 'last blue moon', '', '2026-13-99x'])('%j is refused with a hint', (words) => {
    expect(() => resolvePeriod(words, now, 'UTC')).toThrow(ToolError);
  });
});
