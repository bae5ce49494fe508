import type { Account } from '../account.ts';
import { customers, existingCustomer } from '../customers.ts';
import { dueJobs } from '../due.ts';
import { refused } from '../resource.ts';
import { hasEnded, subscriptions } from '../subscriptions/subscription.ts';
import { clockOf } from './bound.ts';
import { clockLimits, type TestClock } from './test-clock.ts';

/** Puts an existing customer, with all that is theirs and all that waits for them, on a clock that was just made. */
export function attachCustomer(account: Account, clock: TestClock, id: string): void {
  const customer = existingCustomer(account, id);
  if (customer.test_clock)
    throw refused('customer', `This customer is already on a test clock: ${String(customer.test_clock)}`);
  if (clock.frozen_time < account.ownNow())
    throw refused('frozen_time', 'A test clock for an existing customer cannot start in the past.');
  const running = account
    .of(subscriptions)
    .by('customer', id)
    .filter((one) => !hasEnded(one));
  if (running.length > clockLimits.subscriptionsPerCustomer)
    throw refused(
      'customer',
      `A customer on a test clock can have at most ${clockLimits.subscriptionsPerCustomer} subscriptions.`,
    );
  account.of(customers).put({ ...customer, test_clock: clock.id });
  for (const { name, indexes } of account.registry.collections.values()) {
    const collection = 'customer' in indexes ? account.byName(name) : undefined;
    for (const object of collection?.by('customer', id) ?? [])
      if ('test_clock' in object) collection?.put({ ...object, test_clock: clock.id } as typeof object);
  }
  const waiting = [...account.of(dueJobs).oldestFirst()].filter((job) => job.clock === undefined);
  account.moveJobs(
    waiting.filter((job) => clockOf(account, job.payload)?.id === clock.id),
    clock.id,
  );
}
