import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

test('the items of a subscription are listed a page at a time', async () => {
  const sandbox = createSandbox();
  const stripe = new Stripe('sk_test_items', { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) });
  const { id: customer } = await stripe.customers.create({ source: 'tok_visa' });
  const items: Stripe.SubscriptionCreateParams.Item[] = [];
  for (const name of ['A', 'B', 'C']) {
    const price = { currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' as const } };
    const product = await stripe.products.create({ name, default_price_data: price });
    items.push({ price: String(product.default_price) });
  }
  const { id: subscription } = await stripe.subscriptions.create({ customer, items });
  const first = await stripe.subscriptionItems.list({ subscription, limit: 2 });
  expect([first.data.length, first.has_more]).toEqual([2, true]);
  const rest = await stripe.subscriptionItems.list({
    subscription,
    limit: 2,
    starting_after: first.data[1]?.id,
  });
  expect([rest.data.length, rest.has_more]).toEqual([1, false]);
  const all = await stripe.subscriptionItems.list({ subscription }).autoPagingToArray({ limit: 10 });
  expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  await sandbox.close();
});
