import { afterAll, beforeAll, expect, test } from 'vitest';
import { stripeConnection } from './index.ts';
import { type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_suggestions');
});
afterAll(() => account.close());

const suggestions = async (apiKey = account.apiKey, baseUrl = account.url): Promise<string[]> => {
  const target = { credentials: { apiKey }, baseUrl, mode: 'test' as const, now: () => new Date() };
  const whose = { id: 'acct_1', name: 'Test', country: null, defaultCurrency: null };
  const offered = await stripeConnection.suggestions?.({ ...target, account: whose });
  return (offered ?? []).map(({ text }) => text);
};

test('an empty account is offered a first product, and a look at the balance', async () => {
  expect(await suggestions()).toEqual([
    'Can you check my Stripe account balance?',
    'Create a product called "Starter Plan" for $19 a month',
  ]);
});

test('what troubles the business comes first, four at most', async () => {
  const dora = await account.stripe.customers.create({ name: 'Dora', email: 'dora@example.com' });
  await account.call('attach_test_payment_method', { customer: dora.id, card: 'pm_card_chargeCustomerFail' });
  await account.refusal('charge_customer', { customer: dora.id, amount: '40', currency: 'usd' });
  const texts = await suggestions();
  expect(texts[0]).toBe('Why did the $40.00 payment of Dora fail?');
  expect(texts).toContain("Show me Dora's last payments");
  expect(texts.length).toBeLessThanOrEqual(4);
});

test('what the key may not read is not suggested, and an unreachable account suggests nothing that needs it', async () => {
  const { secret } = await account.control('restricted_keys', { permissions: { balance: 'read' } });
  expect(await suggestions(secret)).toEqual(['Can you check my Stripe account balance?']);
});
