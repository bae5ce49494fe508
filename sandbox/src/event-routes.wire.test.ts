import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { day } from './clock.ts';
import { createSandbox } from './index.ts';

let now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

test('events are answered for thirty days, and not a second longer', async () => {
  const stripe = new Stripe('sk_test_old_events', {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  const { id: old } = await stripe.customers.create({});
  const [event] = (await stripe.events.list()).data;
  const [thin] = (await stripe.v2.core.events.list()).data;
  now += 30 * day * 1000;
  const { id: young } = await stripe.customers.create({});
  const about = async (params: Stripe.EventListParams = {}) => {
    const { data } = await stripe.events.list(params);
    return data.map(({ data: { object } }) => ('id' in object ? object.id : null));
  };
  expect(await about()).toEqual([young, old]);
  now += 1000;
  for (const params of [{}, { type: 'customer.created' }, { created: { lt: now } }, { created: { gte: 1 } }])
    expect(await about(params)).toEqual([young]);
  await expect(stripe.events.retrieve(event?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  expect((await stripe.v2.core.events.list()).data).toHaveLength(1);
  await expect(stripe.v2.core.events.retrieve(thin?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
});
