import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

let now = Date.UTC(2026, 0, 1);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
/** A platform with somebody who pays, and two accounts that a share can go to. */
async function platform() {
  now = Date.UTC(2026, 0, 1);
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const key = `sk_test_shared_phases${accounts++}`;
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const connected = async () =>
    (
      await stripe.accounts.create({
        type: 'custom',
        country: 'US',
        capabilities: { legacy_payments: { requested: true } },
      })
    ).id;
  const [ann, bob] = [await connected(), await connected()];
  const customer = (
    await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
  ).id;
  const product = (await stripe.products.create({ name: 'Tea' })).id;
  const { id: price } = await stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 5000,
    recurring: { interval: 'month' },
  });
  const received = async () =>
    (await stripe.transfers.list({ limit: 100 })).data
      .map(({ amount, destination }) => `${destination === ann ? 'ann' : 'bob'} ${amount}`)
      .reverse();
  const audit = async () => {
    const headers = { authorization: `Bearer ${key}` };
    return (await sandbox.fetch('http://x/_sandbox/audit', { headers })).json();
  };
  return { stripe, ann, bob, customer, items: [{ price }], received, audit };
}

test('each phase shares as it says, and as the schedule says where it says nothing', async () => {
  const { stripe, ann, bob, customer, items, received, audit } = await platform();
  const made = await stripe.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    default_settings: { transfer_data: { destination: ann, amount_percent: 50 } },
    phases: [
      { items, duration: { interval: 'month' } },
      { items, duration: { interval: 'month' }, transfer_data: { destination: bob, amount_percent: 10 } },
    ],
    expand: ['default_settings.transfer_data.destination'],
  });
  expect(made).toMatchObject({
    default_settings: { transfer_data: { amount_percent: 50, destination: { object: 'account' } } },
    phases: [{ transfer_data: null }, { transfer_data: { destination: bob, amount_percent: 10 } }],
  });
  now = Date.UTC(2026, 1, 2);
  await stripe.subscriptionSchedules.retrieve(made.id);
  expect(await received()).toEqual(['ann 2500', 'bob 500']);
  expect(await audit()).toMatchObject({ ok: true });
});

test('a fee of the platform’s is taken by percentage, changed with the phase, and kept when it takes over a subscription', async () => {
  const { stripe, ann, customer, items } = await platform();
  const subscription = await stripe.subscriptions.create({
    customer,
    items,
    application_fee_percent: 10,
    transfer_data: { destination: ann },
  });
  const made = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  expect(made.default_settings).toMatchObject({
    application_fee_percent: 10,
    transfer_data: { destination: ann },
  });
  const { start_date, end_date } = made.phases[0] ?? { start_date: 0, end_date: 0 };
  await stripe.subscriptionSchedules.update(made.id, {
    phases: [{ items, start_date, end_date, application_fee_percent: 25 }],
  });
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ application_fee_percent: 25 });
  await stripe.subscriptions.update(subscription.id, { application_fee_percent: 5 });
  expect((await stripe.subscriptionSchedules.retrieve(made.id)).phases[0]?.application_fee_percent).toBe(5);
});

test('what cannot be shared is refused before anything begins, and automatic tax is no mistake of the caller', async () => {
  const { stripe, ann, customer, items } = await platform();
  const create = (phase: Partial<Stripe.SubscriptionScheduleCreateParams.Phase>) =>
    stripe.subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [{ items }, { items, ...phase }],
    });
  await expect(create({ application_fee_percent: 10 })).rejects.toMatchObject({
    statusCode: 400,
    param: 'phases[1][application_fee_percent]',
  });
  await expect(
    create({ application_fee_percent: 10, transfer_data: { destination: ann, amount_percent: 10 } }),
  ).rejects.toMatchObject({ code: 'parameters_exclusive' });
  await expect(create({ transfer_data: { destination: 'acct_no' } })).rejects.toMatchObject({
    param: 'phases[1][transfer_data][destination]',
  });
  await expect(create({ automatic_tax: { enabled: true } })).rejects.toMatchObject({ statusCode: 501 });
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
});
