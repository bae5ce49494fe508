import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../../tools/tool.ts';
import type { CustomerLookup } from '../customers.ts';
import { stripeConnection } from './index.ts';
import { type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_customer_lookup');
});
afterAll(() => account.close());

const whose = { id: 'acct_1', name: 'Test', country: null, defaultCurrency: null };
const targetOf = (apiKey: string) => ({
  ...{ credentials: { apiKey }, baseUrl: account.url, mode: 'test' as const },
  ...{ account: whose, now: () => new Date() },
});

function lookup(): CustomerLookup {
  const { customers } = stripeConnection;
  if (!customers) throw new Error('Stripe has customers.');
  return customers;
}

const find = (query?: string, limit = 10) => lookup().find(targetOf(account.apiKey), { query, limit });
const story = (id: string, apiKey = account.apiKey) => lookup().story(targetOf(apiKey), id);
const rows = (list: Json) => (list as { data: { [key: string]: Json }[] }).data;

test('the newest come first and say whether there are more; a part of a name or an address finds', async () => {
  for (const name of ['Ann Lee', 'Ben Wu', 'Béa Lindqvist'])
    await account.stripe.customers.create({
      name,
      email: `${name.split(' ')[1]?.toLowerCase()}@example.com`,
    });
  const newest = await find(undefined, 2);
  expect(newest).toMatchObject({ of: 'customer', complete: false });
  expect(rows(newest).map(({ name }) => name)).toEqual(['Béa Lindqvist', 'Ben Wu']);
  expect(rows(await find('bea')).map(({ name }) => name)).toEqual(['Béa Lindqvist']);
  expect(rows(await find('wu@'))).toMatchObject([{ email: 'wu@example.com' }]);
  expect(rows(await find('nobody'))).toEqual([]);
});

test('a story holds what is theirs and nobody else’s', async () => {
  const dora = await account.stripe.customers.create({ name: 'Dora', email: 'dora@example.com' });
  const other = await account.stripe.customers.create({ name: 'Eve' });
  for (const { id } of [dora, other])
    await account.call('attach_test_payment_method', { customer: id, card: 'pm_card_createDispute' });
  await account.call('charge_customer', { customer: dora.id, amount: '40', currency: 'usd' });
  await account.call('charge_customer', { customer: other.id, amount: '7', currency: 'usd' });
  await account.call('create_product', { name: 'Team', amount: '9', currency: 'usd', interval: 'month' });
  await account.call('create_subscription', { customer: dora.id, product: 'Team' });
  const told = await story(dora.id);
  expect(rows(told.subscriptions)).toMatchObject([{ items: [{ product_name: 'Team' }] }]);
  expect(told.customer).toMatchObject({ object: 'customer', id: dora.id, name: 'Dora' });
  const disputed = rows(told.payments).find(({ amount }) => amount === '40.00 USD');
  expect(disputed).toMatchObject({ disputed: true });
  expect(rows(told.payments).every(({ customer }) => customer === dora.id)).toBe(true);
  expect(rows(told.disputes)).toContainEqual(
    expect.objectContaining({ amount: '40.00 USD', status: 'needs_response' }),
  );
  expect(rows(told.paymentMethods)).toHaveLength(1);
  expect(told.invoices).toMatchObject({ complete: true, seen: 1 });
});

test('what the key may not read is null, and an unknown or deleted customer is not found', async () => {
  const { id } = await account.stripe.customers.create({ name: 'Finn' });
  const { secret } = await account.control('restricted_keys', { permissions: { customer: 'read' } });
  expect(await story(id, secret)).toMatchObject({
    ...{ customer: { name: 'Finn' }, payments: null, disputes: null, invoices: null, subscriptions: null },
  });
  await account.stripe.customers.del(id);
  await expect(story(id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(story('cus_nobody')).rejects.toMatchObject({ code: 'not_found' });
});
