import { afterAll, beforeAll, expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_traces');
  bob = (await account.stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
});
afterAll(() => account.close());

const pay = async () => {
  const paid = await account.call('charge_customer', { customer: bob, amount: '29.99', currency: 'usd' });
  return paid.objects[0]?.id ?? '';
};

/** What an operation left tells the same as its own answer would have. */
async function isFoundAgain(name: string, input: unknown): Promise<void> {
  const { before, said, after } = await account.traced(name, input);
  expect(before).toBeNull();
  if (said instanceof ToolError)
    return expect(after).toMatchObject({ code: said.code, message: said.message });
  expect(after).toEqual({ ...said, requestIds: expect.any(Array) });
}

test('a customer that was made is found by its mark', async () => {
  await isFoundAgain('create_customer', { name: 'Dora', email: 'dora@example.com' });
  await isFoundAgain('create_customer', { name: 'Nobody with a mail' });
});

test('a refund is found among those of its charge, and not another of the same amount', async () => {
  const payment = await pay();
  await isFoundAgain('create_refund', { payment_intent: payment, amount: '10' });
  await isFoundAgain('create_refund', { payment_intent: payment, amount: '10' });
});
