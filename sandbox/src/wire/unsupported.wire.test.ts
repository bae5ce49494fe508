import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { unsupportedParams } from './unsupported-params.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_unsupported', { httpClient, maxNetworkRetries: 0 });

test('what Stripe has and the sandbox has not is told from what nobody has, and nothing is done', async () => {
  const official = {
    customer: 'cus_1',
    items: [{ price: 'price_1', current_trial: { trial_offer: 'to_1' } }],
  };
  await expect(stripe.subscriptions.create(official)).rejects.toMatchObject({
    statusCode: 501,
    code: 'sandbox_not_supported',
    message:
      'The sandbox does not support the parameter items[0][current_trial] yet. Stripe does; nothing was done.',
  });
  const invented = { transfer_data: { description: 'Rent', nonsense: 1 } };
  const charge = { amount: 500, currency: 'usd', source: 'tok_visa' };
  const params = { ...charge, ...invented } as unknown as Stripe.ChargeCreateParams;
  await expect(stripe.charges.create(params)).rejects.toMatchObject({
    statusCode: 400,
    code: 'parameter_unknown',
    message: 'Received unknown parameters: transfer_data[description], transfer_data[nonsense]',
  });
  expect((await stripe.charges.list()).data).toEqual([]);
});

test('every parameter that is said to be lacking is refused with a 501', async () => {
  const authorization = 'Bearer sk_test_unsupported';
  for (const [endpoint, names] of Object.entries(unsupportedParams)) {
    const [method = '', path = ''] = endpoint.split(' ');
    const isV2 = path.startsWith('/v2/');
    for (const name of names) {
      const form = new URLSearchParams({ [name.replaceAll('[]', '[0]')]: 'x' }).toString();
      const body = isV2 ? JSON.stringify({ [name]: {} }) : form;
      const type = isV2 ? 'application/json' : 'application/x-www-form-urlencoded';
      const address = `http://sandbox${path.replaceAll(':id', 'none')}`;
      const answer = await sandbox.fetch(method === 'POST' ? address : `${address}?${form}`, {
        method,
        headers: { authorization, 'stripe-version': '2026-10-28.endive', 'content-type': type },
        ...(method === 'POST' ? { body } : {}),
      });
      expect([endpoint, name, answer.status]).toEqual([endpoint, name, 501]);
    }
  }
});
