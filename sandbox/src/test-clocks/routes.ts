import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { freeFunds } from '../balance/balance.ts';
import { day } from '../clock.ts';
import { customers, deleteCustomer } from '../customers.ts';
import { dueJobs } from '../due.ts';
import { create, emit } from '../events.ts';
import { randomText } from '../ids.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { integer, type Parsed, required, text } from '../wire/params.ts';
import { startAdvance } from './advance.ts';
import { attachCustomer } from './attach.ts';
import { inTimeOf, type TestClock, testClocks } from './test-clock.ts';

const deletionJob = 'test_clock.delete';
const lifeSeconds = 30 * day;
/** The last second of the year 9999, after which dates cannot be shown. */
const endOfTime = 253_402_300_799;

const frozenTime = required(integer(0, endOfTime));
const createParams = { customer: text(), frozen_time: frozenTime, name: text(300) } as const;

function createClock({ account, params }: Call<Parsed<typeof createParams>>): TestClock {
  if (account.livemode) throw invalidRequest('Test clocks are only available in test mode.');
  const deletesAfter = account.ownNow() + lifeSeconds;
  const clock: TestClock = {
    id: `clock_1${randomText(23)}`,
    object: 'test_helpers.test_clock',
    created: account.ownNow(),
    deletes_after: deletesAfter,
    frozen_time: params.frozen_time,
    livemode: account.livemode,
    name: params.name ?? null,
    status: 'ready',
    status_details: {},
  };
  create(account, testClocks, clock, 'test_helpers.test_clock.created');
  if (params.customer !== undefined) attachCustomer(account, clock, params.customer);
  account.schedule(deletesAfter, deletionJob, clock.id);
  return clock;
}

/** Deletes a clock with its customers, whose subscriptions end; money on its way goes on in the account's own time. */
function deleteClock(account: Account, clock: TestClock): Stripe.TestHelpers.DeletedTestClock {
  for (const customer of account.of(customers).by('test_clock', clock.id))
    if (!customer.deleted) deleteCustomer(account, customer);
  for (const member of account.family()) {
    freeFunds(member, clock.id);
    member.moveJobs(member.of(dueJobs).by('clock', clock.id), null);
  }
  account.of(testClocks).delete(clock.id);
  emit(account, 'test_helpers.test_clock.deleted', clock);
  return { id: clock.id, object: 'test_helpers.test_clock', deleted: true };
}

/** Nobody deleted the clock within its 30 days. Runs as a due job. */
function deleteInTheEnd(account: Account, id: string): void {
  const clock = account.of(testClocks).get(id);
  if (clock) inTimeOf(account, clock, () => deleteClock(account, clock));
}

const permission = 'billing_clock';

/** `/v1/test_helpers/test_clocks`. */
export const testClockResource: Resource = {
  collections: [declare(testClocks)],
  expand: {
    'billing.credit_balance_transaction': { test_clock: ['test_clocks'] },
    'billing.credit_grant': { test_clock: ['test_clocks'] },
    customer: { test_clock: ['test_clocks'] },
    invoice: { test_clock: ['test_clocks'] },
    invoiceitem: { test_clock: ['test_clocks'] },
    subscription: { test_clock: ['test_clocks'] },
  },
  jobs: { [deletionJob]: deleteInTheEnd },
  routes: [
    route('POST', '/v1/test_helpers/test_clocks', { permission, params: createParams }, createClock),
    route('GET', '/v1/test_helpers/test_clocks/:id', { permission }, (call) =>
      found(call, testClocks, 'test_clock'),
    ),
    route(
      'POST',
      '/v1/test_helpers/test_clocks/:id/advance',
      { permission, params: { frozen_time: frozenTime } },
      (call) => startAdvance(call.account, found(call, testClocks, 'test_clock'), call.params.frozen_time),
    ),
    route('DELETE', '/v1/test_helpers/test_clocks/:id', { permission }, (call) =>
      deleteClock(call.account, found(call, testClocks, 'test_clock')),
    ),
    route('GET', '/v1/test_helpers/test_clocks', { permission, params: pageParams }, (call) =>
      listed(call, testClocks),
    ),
  ],
};
