import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { day } from './clock.ts';
import { createSandbox } from './index.ts';

const clock = { at: Date.UTC(2026, 0, 5), now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_topups', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});
const wait = (seconds: number) => {
  clock.at += seconds * 1000;
};
const available = async () => (await stripe.balance.retrieve()).available[0]?.amount;

test('a top-up is on its way for a day, then in the balance', async () => {
  const topup = await stripe.topups.create({
    amount: 5000,
    currency: 'usd',
    description: 'For refunds',
    source: 'btok_us_verified',
    metadata: { a: '1' },
  });
  expect(topup).toMatchObject({ status: 'pending', balance_transaction: null, metadata: { a: '1' } });
  expect(await available()).toBe(0);
  wait(day);
  const there = await stripe.topups.retrieve(topup.id, { expand: ['balance_transaction'] });
  expect(there).toMatchObject({ status: 'succeeded', balance_transaction: { type: 'topup', net: 5000 } });
  expect(await available()).toBe(5000);
  await expect(stripe.topups.cancel(topup.id)).rejects.toThrow(/only be canceled while they are pending/);
  expect(await stripe.topups.update(topup.id, { description: 'New' })).toMatchObject({ description: 'New' });
});

test.each([
  ['btok_us_verified_noAccount', 'no_account'],
  ['btok_us_verified_insufficientFunds', 'insufficient_funds'],
  ['btok_us_verified_debitNotAuthorized', 'debit_not_authorized'],
])('a top-up from %s fails with %s', async (source, code) => {
  const before = await available();
  const { id } = await stripe.topups.create({ amount: 100, currency: 'usd', source });
  wait(day);
  expect(await stripe.topups.retrieve(id)).toMatchObject({ status: 'failed', failure_code: code });
  expect(await available()).toBe(before);
});

test('a top-up called off never comes, and lists tell them apart', async () => {
  const { id } = await stripe.topups.create({ amount: 777, currency: 'usd' });
  expect(await stripe.topups.cancel(id)).toMatchObject({ status: 'canceled' });
  const before = await available();
  wait(2 * day);
  expect(await available()).toBe(before);
  expect((await stripe.topups.list({ status: 'canceled' })).data.map((one) => one.id)).toEqual([id]);
  expect((await stripe.topups.list({ amount: { gte: 700, lt: 800 } })).data).toHaveLength(1);
  await expect(
    stripe.topups.create({ amount: 1, currency: 'usd', source: 'src_none' }),
  ).rejects.toMatchObject({
    param: 'source',
  });
});
