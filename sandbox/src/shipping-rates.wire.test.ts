import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_shipping', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

test('a shipping rate is made, changed, listed by currency and shows other currencies when asked', async () => {
  const rate = await stripe.shippingRates.create({
    display_name: 'Ground',
    type: 'fixed_amount',
    fixed_amount: { amount: 500, currency: 'usd', currency_options: { eur: { amount: 450 } } },
    delivery_estimate: { minimum: { unit: 'business_day', value: 5 } },
  });
  expect(rate).toMatchObject({
    object: 'shipping_rate',
    active: true,
    fixed_amount: { amount: 500, currency: 'usd' },
    delivery_estimate: { maximum: null, minimum: { unit: 'business_day', value: 5 } },
    tax_behavior: 'unspecified',
  });
  expect(rate.fixed_amount?.currency_options).toBeUndefined();
  await stripe.shippingRates.update(rate.id, {
    active: false,
    metadata: { zone: '1' },
    tax_behavior: 'exclusive',
    fixed_amount: { currency_options: { gbp: { amount: 400, tax_behavior: 'inclusive' } } },
  });
  const now = await stripe.shippingRates.retrieve(rate.id, { expand: ['fixed_amount.currency_options'] });
  expect(now).toMatchObject({
    active: false,
    metadata: { zone: '1' },
    tax_behavior: 'exclusive',
    fixed_amount: {
      currency_options: {
        eur: { amount: 450, tax_behavior: 'unspecified' },
        gbp: { amount: 400, tax_behavior: 'inclusive' },
      },
    },
  });
  expect((await stripe.shippingRates.list({ currency: 'usd', active: false })).data).toHaveLength(1);
  expect((await stripe.shippingRates.list({ currency: 'eur' })).data).toHaveLength(0);
});

test('a shipping rate without an amount, and a changed tax behavior, are refused', async () => {
  await expect(stripe.shippingRates.create({ display_name: 'Free-ish' })).rejects.toMatchObject({
    statusCode: 400,
    code: 'parameter_missing',
    param: 'fixed_amount',
  });
  const { id } = await stripe.shippingRates.create({
    display_name: 'Taxed',
    tax_behavior: 'inclusive',
    fixed_amount: { amount: 100, currency: 'usd' },
  });
  await expect(stripe.shippingRates.update(id, { tax_behavior: 'exclusive' })).rejects.toMatchObject({
    param: 'tax_behavior',
  });
});
