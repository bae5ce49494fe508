import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createRates, rates } from './rates.ts';

let now = 0;
const clock = { now: () => new Date(now) };

function refusalOf(work: () => void): Problem | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe('rates', () => {
  it('let a burst through, then as many as the rate allows', () => {
    const { take } = createRates(clock);
    for (let each = 0; each < rates.open.burst; each += 1) take('open', 'a');
    expect(refusalOf(() => take('open', 'a'))).toMatchObject({ status: 429, retryAfter: 1 });
    now += 1_000;
    for (let each = 0; each < rates.open.perSecond; each += 1) take('open', 'a');
    expect(refusalOf(() => take('open', 'a'))).toMatchObject({ code: 'too_many_requests' });
  });

  it('count everyone apart, and every kind', () => {
    const { take } = createRates(clock);
    for (let each = 0; each < rates.open.burst; each += 1) take('open', 'a');
    expect(refusalOf(() => take('open', 'b'))).toBeUndefined();
    expect(refusalOf(() => take('known', 'a'))).toBeUndefined();
  });

  it('stay bounded however many ask, and remember the latest', () => {
    const { take } = createRates(clock);
    for (let each = 0; each < 120_000; each += 1) take('open', `address ${each}`);
    for (let each = 0; each < rates.open.burst; each += 1) take('open', 'last');
    take('open', 'other');
    expect(refusalOf(() => take('open', 'last'))?.status).toBe(429);
  });

  it('do not run backwards with a clock that does', () => {
    const { take } = createRates(clock);
    take('open', 'a');
    now -= 3_600_000;
    expect(refusalOf(() => take('open', 'a'))).toBeUndefined();
  });
});
