import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

let now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const key = 'sk_test_search_delay';
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
const set = (delay_seconds: number) =>
  sandbox.fetch('http://sandbox/_sandbox/search', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ delay_seconds }),
  });
const customers = async (name: string) =>
  (await stripe.customers.search({ query: `name:"${name}"` })).data.map((one) => one.name);
const payments = async (status: string) =>
  (await stripe.paymentIntents.search({ query: `status:"${status}"` })).data.length;

test('searches find things at once, or as late as Stripe does where that was asked for', async () => {
  const { id } = await stripe.customers.create({ name: 'Ann' });
  expect(await customers('Ann')).toEqual(['Ann']);
  now += 61_000;
  expect((await set(60)).status).toBe(200);
  await stripe.customers.update(id, { name: 'Bea' });
  await stripe.customers.update(id, { name: 'Cleo' });
  await stripe.customers.create({ name: 'Cleo' });
  // Found by what it was, and answered as it is.
  expect(await customers('Ann')).toEqual(['Cleo']);
  expect(await customers('Bea')).toEqual([]);
  expect(await customers('Cleo')).toEqual([]);
  now += 61_000;
  expect(await customers('Ann')).toEqual([]);
  expect(await customers('Cleo')).toEqual(['Cleo', 'Cleo']);
});

test('a step on the way is not known before its time either', async () => {
  const types = { allowed_payment_method_types: ['card' as const] };
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...types });
  now += 61_000;
  await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
  expect([await payments('requires_payment_method'), await payments('succeeded')]).toEqual([1, 0]);
  now += 61_000;
  expect([await payments('requires_payment_method'), await payments('succeeded')]).toEqual([0, 1]);
  await set(0);
  await stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...types });
  expect(await payments('requires_payment_method')).toBe(1);
  expect((await set(-1)).status).toBe(400);
});
