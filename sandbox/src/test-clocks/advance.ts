import type { Account } from '../account.ts';
import { advance } from '../events.ts';
import { refused } from '../resource.ts';
import { intervalsOn, type Recurrence } from '../subscriptions/periods.ts';
import { hasEnded, subscriptions } from '../subscriptions/subscription.ts';
import { requireStill, type TestClock, testClocks } from './test-clock.ts';

const intervalsAtOnce = 2;

/** Sets a clock off towards a time (seconds); `finishAdvances` takes it there. Throws Stripe's refusals. */
export function startAdvance(account: Account, clock: TestClock, to: number): TestClock {
  requireStill(clock);
  if (clock.status !== 'ready')
    throw refused('id', `This test clock failed to advance and can only be deleted: ${clock.id}`);
  const { frozen_time: from } = clock;
  if (to <= from)
    throw refused(
      'frozen_time',
      `The frozen time of this clock is ${shown(from)}. You can only advance it to a later time.`,
    );
  const furthest = furthestFrom(account, clock);
  if (to > furthest)
    throw refused(
      'frozen_time',
      `The frozen time of this clock is ${shown(from)}. You can only advance it up to ${shown(furthest)}. You can only advance a test clock up to two intervals from the current frozen time at a time, based on the shortest subscription interval in the test clock. For example, if a test clock has a monthly and yearly subscription, you may only advance up to two months at a time. If the test clock has no subscriptions or subscription schedules, you can advance up to 2 years from the current frozen time.`,
    );
  const details = { advancing: { target_frozen_time: to } };
  const off: TestClock = { ...clock, status: 'advancing', status_details: details };
  return advance(account, testClocks, off, 'test_helpers.test_clock.advancing');
}

/** Two of the shortest intervals that anything on the clock renews in, or two years. */
function furthestFrom(account: Account, clock: TestClock): number {
  const running = account
    .of(subscriptions)
    .by('test_clock', clock.id)
    .filter((subscription) => !hasEnded(subscription));
  const intervals: Recurrence[] = running.flatMap((subscription) =>
    subscription.items.data.flatMap(({ price }) => price.recurring ?? []),
  );
  const years: Recurrence = { interval: 'year', interval_count: 1 };
  return Math.min(
    ...[years, ...intervals].map((recurrence) => intervalsOn(clock.frozen_time, recurrence, intervalsAtOnce)),
  );
}

function shown(seconds: number): string {
  return `${seconds} (${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
}

/** Takes every clock that was set off to where it is going, also one that a crash left on its way. Outside transactions. */
export function finishAdvances(account: Account): void {
  for (const clock of account.of(testClocks).by('status', 'advancing')) finish(account, clock);
}

function finish(account: Account, clock: TestClock): void {
  const to = clock.status_details.advancing?.target_frozen_time ?? clock.frozen_time;
  const arrived = account.advanceClock(clock.id, clock.frozen_time, to);
  account.transact(() => {
    if (arrived) {
      const ready: TestClock = { ...clock, status: 'ready', frozen_time: to, status_details: {} };
      advance(account, testClocks, ready, 'test_helpers.test_clock.ready');
    } else {
      const failed: TestClock = { ...clock, status: 'internal_failure', status_details: {} };
      advance(account, testClocks, failed, 'test_helpers.test_clock.internal_failure');
    }
  });
}
