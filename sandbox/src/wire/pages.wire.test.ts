import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
function client(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_pages${accounts++}`, { httpClient, maxNetworkRetries: 0, telemetry: false });
}

test('pages walked either way show each object once, in one order, whatever was deleted meanwhile', async () => {
  const plans = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    limit: fc.integer({ min: 1, max: 5 }),
    deleted: fc.uniqueArray(fc.nat(11), { maxLength: 6 }),
    backwards: fc.boolean(),
    // After how many pages things are deleted, the cursor perhaps among them.
    after: fc.nat(3),
  });
  const walk = fc.asyncProperty(plans, async ({ count, limit, deleted, backwards, after }) => {
    const stripe = client();
    const ids: string[] = [];
    for (let made = 0; made < count; made++) ids.unshift((await stripe.customers.create()).id);
    const gone = new Set(deleted.flatMap((at) => ids[at] ?? []));
    const seen: string[] = [];
    const start = backwards ? ids.at(-1) : undefined;
    let cursor: string | undefined = start;
    for (let page = 0; ; page++) {
      if (page === after) for (const id of gone) await stripe.customers.del(id);
      const from = cursor === undefined ? {} : { [backwards ? 'ending_before' : 'starting_after']: cursor };
      const { data, has_more } = await stripe.customers.list({ limit, ...from });
      expect(data.length === limit || !has_more).toBe(true);
      const shown = data.map(({ id }) => id);
      seen.push(...(backwards ? shown.reverse() : shown));
      if (!has_more) break;
      cursor = seen.at(-1);
    }
    const whole = backwards ? ids.slice(0, -1).reverse() : ids;
    // What is deleted may have been seen before; all else is seen once, in order.
    expect(new Set(seen).size).toBe(seen.length);
    expect(whole.filter((id) => seen.includes(id))).toEqual(seen);
    expect(whole.filter((id) => !gone.has(id) && !seen.includes(id))).toEqual([]);
  });
  await fc.assert(walk, { seed: 1, numRuns: 60 });
});

test('a cursor has to be an object of that list, and only one is taken', async () => {
  const stripe = client();
  const customer = await stripe.customers.create();
  const product = await stripe.products.create({ name: 'Tea' });
  await stripe.products.del(product.id);
  for (const [list, param] of [
    [stripe.customers.list({ starting_after: product.id }), 'starting_after'],
    [stripe.customers.list({ ending_before: 'cus_none' }), 'ending_before'],
    [stripe.prices.list({ starting_after: customer.id }), 'starting_after'],
  ] as const)
    await expect(list).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param });
  const both = { starting_after: customer.id, ending_before: customer.id };
  await expect(stripe.customers.list(both)).rejects.toThrow(/both starting_after and ending_before/);
  for (const limit of [0, 101, -1])
    await expect(stripe.customers.list({ limit })).rejects.toMatchObject({ param: 'limit' });
});
