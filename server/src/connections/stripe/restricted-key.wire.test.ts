import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_restricted_tools');
});
afterAll(() => account.close());

async function limitedTo(permissions: Record<string, string>): Promise<TestAccount> {
  return account.withKey((await account.control('restricted_keys', { permissions })).secret);
}

describe('tools with a restricted key', () => {
  test.each([
    ['create_customer', { name: 'Ann', email: 'ann@example.com' }, 'Customers', 'customer'],
    ['update_customer', { customer: 'cus_1', name: 'Ann' }, 'Customers', 'customer'],
    ['create_product', { name: 'Tea' }, 'Products', 'product'],
    ['update_product', { product: 'Tea', name: 'Coffee' }, 'Products', 'product'],
  ])('%s names the Write level although it reads first', async (name, input, label, resource) => {
    const error = await (await limitedTo({})).refusal(name, input);
    expect(error).toMatchObject({
      code: 'permission_missing',
      message: `The Stripe key lacks the permission ${label} (write).`,
      next: expect.stringContaining(`set "${label}" to Write`),
      details: { resource, access: 'write' },
    });
  });

  test('a tool that only reads still asks for Read', async () => {
    const error = await (await limitedTo({})).refusal('list_customers', {});
    expect(error.next).toContain('set "Customers" to Read');
  });

  test('what Stripe would refuse is refused before anybody is asked, and no longer once the key is widened', async () => {
    const customer = await account.stripe.customers.create({ name: 'Rita', email: 'rita@example.com' });
    const charged = await account.stripe.paymentIntents.create({
      ...{
        amount: 900,
        currency: 'usd',
        customer: customer.id,
        payment_method: 'pm_card_visa',
        confirm: true,
      },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const input = { payment_intent: charged.id, full: true };
    const reading = { customers: 'read', payment_intents: 'read', charges: 'read' };
    const narrow = await limitedTo(reading);
    await expect(narrow.plan('create_refund', input)).rejects.toMatchObject({
      code: 'permission_missing',
      message: 'The Stripe key lacks the permission Charges and Refunds (write).',
    });
    const wide = await limitedTo({ ...reading, charges: 'write' });
    expect((await wide.plan('create_refund', input)).preview.summary).toContain('$9.00');
    expect((await account.stripe.refunds.list({ payment_intent: charged.id })).data).toEqual([]);
  });

  const recommended = {
    customers: 'write',
    payment_intents: 'write',
    charges: 'read',
    invoices: 'write',
    products: 'write',
    prices: 'write',
    subscriptions: 'write',
  };

  test('the recommended set subscribes a customer with and without a card', async () => {
    const limited = await limitedTo(recommended);
    const product = await account.stripe.products.create({ name: 'Basic plan' });
    await account.stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
    });
    await account.stripe.customers.create({ name: 'Bare', email: 'bare@example.com' });
    const card = await account.stripe.customers.create({ name: 'Card', email: 'card@example.com' });
    const attached = await account.stripe.paymentMethods.attach('pm_card_visa', { customer: card.id });
    const hidden = await account.stripe.customers.create({ name: 'Hidden', email: 'hidden@example.com' });
    await account.stripe.paymentMethods.attach('pm_card_visa', { customer: hidden.id });
    await account.stripe.customers.update(card.id, {
      invoice_settings: { default_payment_method: attached.id },
    });
    for (const customer of ['Bare', 'Card', 'Hidden']) {
      const done = await limited.call('create_subscription', { customer, product: 'Basic plan' });
      expect(done.view).toMatchObject({
        status: 'active',
        ...(customer !== 'Card' && { note: expect.stringContaining('may not read which cards are saved') }),
      });
    }
    await account.stripe.customers.create({ name: 'Silent' });
    const refused = await limited.refusal('create_subscription', {
      customer: 'Silent',
      product: 'Basic plan',
    });
    expect(refused).toMatchObject({
      code: 'email_missing',
      next: expect.stringContaining('PaymentMethods (read)'),
    });
    const { warnings } = await limited.check({ credentials: { apiKey: limited.apiKey } });
    expect(warnings.join(' ')).toContain('PaymentMethods (read) is recommended');
  });
});
