import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { noSuch, StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';

/**
 * A test clock as stored: a time of its own for the customers that are on it and for everything of theirs.
 *
 * ```
 * ready ──advance──▶ advancing ──all that fell due is done──▶ ready
 *                        └──a job failed──▶ internal_failure
 * every state but advancing ──delete, or 30 days──▶ gone
 * ```
 */
export type TestClock = Wire<Stripe.TestHelpers.TestClock>;

export const testClocks: CollectionSpec<TestClock, 'status'> = {
  name: 'test_clocks',
  indexes: { status: (clock) => clock.status },
};

/** Stripe's limits on what one clock moves. */
export const clockLimits = { customers: 3, subscriptionsPerCustomer: 3 } as const;

/** The clock a parameter names. Throws Stripe's 400 when there is none. */
export function existingClock(account: Account, id: string, param = 'test_clock'): TestClock {
  const clock = account.of(testClocks).get(id);
  if (!clock) throw noSuch('test_clock', id, param, 400);
  return clock;
}

/** Does something in a clock's time; without a clock, in the account's own. */
export function inTimeOf<T>(account: Account, clock: TestClock | null, work: () => T): T {
  return clock === null ? work() : account.within(clock.id, clock.frozen_time, work);
}

/** What time it is on a clock, or in the account's own time; seconds. On a clock that is gone, all times have come. */
export function timeOn(account: Account, clock: string | null): number {
  if (clock === null) return account.ownNow();
  // What happens on one account's clock can move money of another's: of its platform, of a destination.
  for (const member of account.family()) {
    const found = member.of(testClocks).get(clock);
    if (found) return found.frozen_time;
  }
  return Number.POSITIVE_INFINITY;
}

/** Throws Stripe's 429 while the clock moves: nothing on it may be changed then. */
export function requireStill(clock: TestClock): void {
  if (clock.status !== 'advancing') return;
  throw new StripeFault(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: `Test clock advancement underway - cannot perform modifications: ${clock.id}`,
  });
}
