import { describe, expect, test } from 'vitest';
import { createRandom } from '../seeds/random.ts';
import { shareOf } from './lines.ts';
import { intervalsOn, nextBoundary } from './periods.ts';

const at = (text: string) => Date.parse(text) / 1000;
const monthly = { interval: 'month', interval_count: 1 };

describe('the billing cycle', () => {
  test('months keep the day they began on and end early where there is no such day', () => {
    const anchor = at('2026-01-31T12:00:00Z');
    expect([1, 2, 3, 13].map((count) => intervalsOn(anchor, monthly, count))).toEqual(
      ['2026-02-28', '2026-03-31', '2026-04-30', '2027-02-28'].map((day) => at(`${day}T12:00:00Z`)),
    );
    const leap = at('2028-02-29T00:00:00Z');
    expect(intervalsOn(leap, { interval: 'year', interval_count: 1 }, 1)).toBe(at('2029-02-28T00:00:00Z'));
  });

  test('the next boundary is the first one after a moment, for any anchor and interval', () => {
    const random = createRandom(7);
    for (let round = 0; round < 500; round++) {
      const recurrence = {
        interval: random.pick(['day', 'week', 'month', 'year']),
        interval_count: random.between(1, 3),
      };
      const anchor = at('2024-01-01T00:00:00Z') + random.between(0, 100_000_000);
      const after = anchor + random.between(-20_000_000, 200_000_000);
      const next = nextBoundary(anchor, recurrence, after);
      let count = -300;
      while (intervalsOn(anchor, recurrence, count) <= after) count++;
      expect(next).toBe(intervalsOn(anchor, recurrence, count));
    }
  });
});

describe('proration', () => {
  test('what is used and what is left make the whole, to a minor unit', () => {
    const random = createRandom(11);
    for (let round = 0; round < 500; round++) {
      const amount = random.between(0, 5_000_000);
      const start = random.between(0, 1_000_000);
      const end = start + random.between(1, 40_000_000);
      const moment = random.between(start, end);
      const whole = { start, end };
      const left = shareOf(amount, 'usd', { start: moment, end }, whole);
      const used = shareOf(amount, 'usd', { start, end: moment }, whole);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThanOrEqual(amount);
      expect(Math.abs(left + used - amount)).toBeLessThanOrEqual(1);
    }
    const whole = { start: 0, end: 100 };
    expect(shareOf(2999, 'usd', whole, whole)).toBe(2999);
    expect(shareOf(2999, 'usd', { start: 100, end: 100 }, whole)).toBe(0);
    expect(shareOf(2999, 'usd', { start: 500, end: 100 }, whole)).toBe(0);
  });
});
