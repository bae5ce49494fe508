import { describe, expect, test } from 'vitest';
import { inWords, nextRun, ScheduleProblem } from './schedule.ts';
import { nextTimes } from './trigger.ts';

/** The next so many runs after a moment. */
function runs(cron: string, timezone: string, after: string, count = 3): string[] {
  const found: string[] = [];
  for (let at = new Date(after); found.length < count; ) {
    const next = nextRun({ cron, timezone }, at);
    if (!next) break;
    found.push(next.toISOString());
    at = next;
  }
  return found;
}

describe('a change of clocks', () => {
  test('nine in the morning stays nine in the morning', () => {
    expect(runs('0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z')).toEqual([
      '2026-03-28T08:00:00.000Z',
      '2026-03-29T07:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
    ]);
  });

  test('a time that does not exist runs once that day, and not at all twice', () => {
    // In Berlin, 02:30 is left out on 29 March 2026.
    const found = runs('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2);
    expect(found[0]).toMatch(/^2026-03-29T01:[03]0/);
    expect(found[1]).toBe('2026-03-30T00:30:00.000Z');
  });

  test('a time that comes twice runs once', () => {
    // In New York, 01:30 comes twice on 1 November 2026.
    const found = runs('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2);
    expect(found[0]).toMatch(/^2026-11-01T0[56]:30/);
    expect(found[1]).toBe('2026-11-02T06:30:00.000Z');
  });
});

test('the last day of a month, weekdays, and what never comes', () => {
  expect(runs('0 0 L * *', 'UTC', '2028-02-01T00:00:00Z', 1)).toEqual(['2028-02-29T00:00:00.000Z']);
  expect(runs('0 9 * * 1', 'UTC', '2026-11-24T00:00:00Z', 1)).toEqual(['2026-11-30T09:00:00.000Z']);
  expect(nextRun({ cron: '0 0 30 2 *', timezone: 'UTC' }, new Date())).toBeNull();
});

test('the next times of a schedule; what is none has none', () => {
  const after = new Date('2026-11-24T10:00:00Z');
  const weekly = { type: 'schedule', cron: '0 9 * * 1', timezone: 'UTC', missed: 'once' } as const;
  expect(nextTimes(weekly, after, 2).map((time) => time.toISOString())).toEqual([
    '2026-11-30T09:00:00.000Z',
    '2026-12-07T09:00:00.000Z',
  ]);
  expect(nextTimes({ ...weekly, cron: '0 0 30 2 *' }, after, 2)).toEqual([]);
  expect(nextTimes({ type: 'manual' }, after, 2)).toEqual([]);
});

test('in words', () => {
  expect(inWords({ cron: '0 9 * * 1', timezone: 'UTC' })).toBe('At 09:00, only on Monday');
});

test.each([
  ['every monday', 'UTC', 'cron'],
  ['61 * * * *', 'UTC', 'cron'],
  ['0 9 * * 1', 'Berlin', 'timezone'],
])('%s in %s is refused by its field', (cron, timezone, field) => {
  expect(() => nextRun({ cron, timezone }, new Date())).toThrow(expect.objectContaining({ field }));
  expect(() => nextRun({ cron, timezone }, new Date())).toThrow(ScheduleProblem);
});
