import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_ephemeral', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

test('an ephemeral key opens one customer for an hour, and tells its secret once', async () => {
  const { id } = await stripe.customers.create();
  const key = await stripe.ephemeralKeys.create({ customer: id }, { apiVersion: '2026-10-28.endive' });
  expect(key).toMatchObject({
    id: expect.stringMatching(/^ephkey_/),
    object: 'ephemeral_key',
    associated_objects: [{ type: 'customer', id }],
    expires: key.created + 3600,
    secret: expect.stringMatching(/^ek_test_/),
  });
  const gone = await stripe.ephemeralKeys.del(key.id);
  expect(gone.secret).toBeUndefined();
  expect(gone.expires).toBeLessThanOrEqual(key.created + 60);
  await expect(
    stripe.ephemeralKeys.create({ customer: 'cus_none' }, { apiVersion: '2026-10-28.endive' }),
  ).rejects.toMatchObject({ code: 'resource_missing', param: 'customer' });
});
