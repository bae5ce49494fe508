import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from './testing.ts';

const key = `sk_live_${'a1B2'.repeat(6)}`;
const dirty = /4242.4242|a1B2a1B2|pm_card_visa/;

let account: TestAccount;
let customer: string;
beforeAll(async () => {
  account = await testAccount('sk_test_foreign_text');
  const made = await account.stripe.customers.create({
    name: `4242 4242 4242 4242 ${key}`,
    email: 'odd@example.com',
    phone: '+4915123456789',
    description: 'card 4242/4242/4242/4242',
    metadata: { note: `whsec_${'a1B2'.repeat(6)}` },
  });
  customer = made.id;
  await account.stripe.customers.create({ name: `4242 4242 4242 4242 ${key}` });
});
afterAll(() => account.close());

describe('card numbers and keys that stand at Stripe', () => {
  test('are masked in what a read returns, and nothing else is', async () => {
    const read = await account.call('get_customer', { customer });
    expect(JSON.stringify(read)).not.toMatch(dirty);
    expect(read.record).toMatchObject({ customer: { id: customer, phone: '+4915123456789' } });
    expect(read.objects).toEqual([expect.objectContaining({ id: customer })]);
    expect(read.summary).toContain('[card number removed •••• 4242]');
    const listed = await account.call('list_customers', {});
    expect(JSON.stringify(listed)).not.toMatch(dirty);
  });

  test('are masked in previews, in candidates and in what a write returns', async () => {
    const input = { customer, description: 'clean' };
    expect(JSON.stringify((await account.plan('update_customer', input)).preview)).not.toMatch(dirty);
    const done = await account.call('update_customer', input);
    expect(JSON.stringify(done)).not.toMatch(dirty);
    expect(done.undo).toBeUndefined();
    const refused = await account.refusal('get_customer', { customer: key });
    expect(refused.code).toBe('ambiguous');
    expect(JSON.stringify([refused.message, refused.next, refused.details])).not.toMatch(dirty);
  });
});
