import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import type { Schedule } from './schedule.ts';

type Status = Schedule['status'];
type Action =
  | 'adopt_its_subscription'
  | 'cancel'
  | 'cancel_its_subscription'
  | 'delete_the_customer'
  | 'outlive_its_end'
  | 'outlive_its_start'
  | 'release'
  | 'update_metadata'
  | 'update_phases';
/** The status an action leads to, or how it is refused. */
type Expected = Status | { readonly refused: string };

const not = (verb: string, done: string, status: Status) => ({
  refused: `You cannot ${verb} a subscription schedule that is currently in the \`${status}\` status. It must be in \`not_started, active\` status to be ${done}.`,
});
const nothingThere = { refused: 'nothing to act on' };

/** What is the same for all statuses in which nothing more can happen. */
const over = (status: 'canceled' | 'completed' | 'released') => ({
  cancel: not('cancel', 'canceled', status),
  delete_the_customer: status,
  outlive_its_end: status,
  outlive_its_start: status,
  release: not('release', 'released', status),
  update_metadata: not('update', 'updated', status),
  update_phases: not('update', 'updated', status),
});

/** Every status with every action: a pair left out does not compile. */
const table: Record<Status, Record<Action, Expected>> = {
  not_started: {
    adopt_its_subscription: nothingThere,
    cancel: 'canceled',
    cancel_its_subscription: nothingThere,
    delete_the_customer: 'canceled',
    outlive_its_end: 'completed',
    outlive_its_start: 'active',
    release: 'released',
    update_metadata: 'not_started',
    update_phases: 'not_started',
  },
  active: {
    adopt_its_subscription: {
      refused: 'You cannot migrate a subscription that is already attached to a schedule: `sub_sched_`.',
    },
    cancel: 'canceled',
    cancel_its_subscription: 'canceled',
    delete_the_customer: 'canceled',
    outlive_its_end: 'completed',
    outlive_its_start: 'active',
    release: 'released',
    update_metadata: 'active',
    update_phases: 'active',
  },
  canceled: {
    ...over('canceled'),
    adopt_its_subscription: {
      refused: 'You cannot migrate a subscription that is already attached to a schedule: `sub_sched_`.',
    },
    cancel_its_subscription: { refused: "No such subscription: 'sub_'" },
  },
  completed: {
    ...over('completed'),
    adopt_its_subscription: {
      refused: 'You cannot migrate a subscription that is already attached to a schedule: `sub_sched_`.',
    },
    cancel_its_subscription: { refused: "No such subscription: 'sub_'" },
  },
  released: {
    ...over('released'),
    adopt_its_subscription: 'released',
    cancel_its_subscription: 'released',
  },
};

const day = 86_400;
let now = Date.UTC(2026, 0, 1) / 1000;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_schedule_transitions', { httpClient, maxNetworkRetries: 0 });
const price = (async () => {
  const recurring = { interval: 'month' as const };
  const product_data = { name: 'Premium' };
  return (await stripe.prices.create({ currency: 'usd', unit_amount: 900, recurring, product_data })).id;
})();

async function scheduleIn(status: Status): Promise<Stripe.SubscriptionSchedule> {
  const customer = (await stripe.customers.create()).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const made = await stripe.subscriptionSchedules.create({
    customer,
    end_behavior: 'cancel',
    start_date: status === 'not_started' ? now + 10 * day : 'now',
    phases: [{ items: [{ price: await price }] }],
  });
  if (status === 'canceled') await stripe.subscriptionSchedules.cancel(made.id);
  if (status === 'released') await stripe.subscriptionSchedules.release(made.id);
  if (status === 'completed') now += 40 * day;
  return stripe.subscriptionSchedules.retrieve(made.id);
}

const subscriptionOf = ({ subscription, released_subscription: released }: Stripe.SubscriptionSchedule) => {
  const id = subscription ?? released;
  if (typeof id !== 'string') throw new Error('nothing to act on');
  return id;
};

const actions: Record<Action, (schedule: Stripe.SubscriptionSchedule) => Promise<unknown>> = {
  adopt_its_subscription: async (schedule) =>
    stripe.subscriptionSchedules.create({ from_subscription: subscriptionOf(schedule) }),
  cancel: ({ id }) => stripe.subscriptionSchedules.cancel(id),
  cancel_its_subscription: async (schedule) => stripe.subscriptions.cancel(subscriptionOf(schedule)),
  delete_the_customer: ({ customer }) => stripe.customers.del(customer as string),
  outlive_its_end: async () => {
    now += 60 * day;
  },
  outlive_its_start: async () => {
    now += 12 * day;
  },
  release: ({ id }) => stripe.subscriptionSchedules.release(id),
  update_metadata: ({ id }) => stripe.subscriptionSchedules.update(id, { metadata: { seen: 'yes' } }),
  update_phases: async ({ id, phases }) =>
    stripe.subscriptionSchedules.update(id, {
      phases: [{ items: [{ price: await price, quantity: 2 }], start_date: phases[0]?.start_date }],
    }),
};

describe.each(Object.entries(table))('a schedule that is %s', (status, row) => {
  test.each(Object.entries(row))('%s', async (action, expected) => {
    const schedule = await scheduleIn(status as Status);
    expect(schedule.status).toBe(status);
    const outcome = actions[action as Action](schedule).then(
      async () => (await stripe.subscriptionSchedules.retrieve(schedule.id)).status,
      (error: Error) => ({ refused: error.message.replaceAll(/(sub_sched_|sub_)1\w+/g, '$1') }),
    );
    expect(await outcome).toEqual(expected);
    if (typeof expected === 'object')
      expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe(status);
  });
});
