import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { verifiedIndividual } from './test-account.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_countries', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

test('a country’s spec says what an account there has to give', async () => {
  const spec = await stripe.countrySpecs.retrieve('US');
  expect(spec).toMatchObject({
    id: 'US',
    object: 'country_spec',
    default_currency: 'usd',
    supported_bank_account_currencies: { usd: ['US'] },
  });
  expect(spec.supported_payment_methods).toEqual(expect.arrayContaining(['card', 'us_bank_account']));
  expect(spec.supported_payment_methods).not.toContain('sepa_debit');
  const { id } = await stripe.accounts.create({
    type: 'custom',
    country: 'US',
    business_type: 'individual',
    capabilities: verifiedIndividual.capabilities,
  });
  const { requirements } = await stripe.accounts.retrieve(id);
  expect(spec.verification_fields.individual.minimum).toEqual(
    requirements?.currently_due?.map((field) => field).sort(),
  );
});

test('the countries are listed page by page, forwards and backwards', async () => {
  const all = await stripe.countrySpecs.list({ limit: 100 });
  const ids = all.data.map(({ id }) => id);
  expect(all.has_more).toBe(false);
  const seen: string[] = [];
  for await (const { id } of stripe.countrySpecs.list({ limit: 7 })) seen.push(id);
  expect(seen).toEqual(ids);
  const before = await stripe.countrySpecs.list({ limit: 3, ending_before: ids[5] ?? '' });
  expect(before.data.map(({ id }) => id)).toEqual(ids.slice(2, 5));
  expect(before.has_more).toBe(true);
  await expect(stripe.countrySpecs.retrieve('XX')).rejects.toMatchObject({ statusCode: 404 });
  await expect(stripe.countrySpecs.list({ starting_after: 'XX' })).rejects.toMatchObject({ statusCode: 400 });
});
