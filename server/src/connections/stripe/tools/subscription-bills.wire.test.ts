import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;

beforeAll(async () => {
  account = await testAccount('sk_test_subscription_bills');
  for (const [name, amount] of [
    ['Basic', '10'],
    ['Pro', '40'],
  ])
    await account.call('create_product', { name, amount, currency: 'usd', interval: 'month' });
});
afterAll(() => account.close());

test('the first bill of a new subscription is what Stripe will bill: discounts, credit and lines that wait', async () => {
  const kim = (await account.stripe.customers.create({ name: 'Kim', email: 'kim@example.com' })).id;
  await account.stripe.invoiceItems.create({
    customer: kim,
    amount: 250,
    currency: 'usd',
    description: 'before',
  });
  await account.stripe.customers.createBalanceTransaction(kim, { amount: -300, currency: 'usd' });
  const input = { customer: 'Kim', product: 'Basic', quantity: 2, collection_method: 'send_invoice' };
  const { preview } = await account.plan('create_subscription', input);
  expect(preview.facts).toContainEqual({
    label: 'First bill',
    value: '$22.50, of which $19.50 is due after credit',
  });
  await foundAgain(account, 'create_subscription', input);
  const [invoice] = (await account.stripe.invoices.list({ customer: kim })).data;
  expect(invoice).toMatchObject({ total: 2250, amount_due: 1950 });
});

test('what the next invoice was said to be is what it is', async () => {
  const clock = await account.stripe.testHelpers.testClocks.create({
    frozen_time: Date.UTC(2027, 5, 1) / 1000,
  });
  const { id } = await account.stripe.customers.create({
    ...{ name: 'Eve', email: 'eve@example.com', test_clock: clock.id },
    ...{ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } },
  });
  await account.call('create_subscription', { customer: id, product: 'Basic' });
  await account.stripe.testHelpers.testClocks.advance(clock.id, {
    frozen_time: Date.UTC(2027, 5, 16, 11) / 1000,
  });
  const input = { customer: id, product: 'Pro', quantity: 3 };
  const { preview } = await account.plan('update_subscription', input);
  expect(preview.facts).toEqual(
    expect.arrayContaining([
      { label: 'For the rest of the period', value: '$55.00 more, counted from 2027-06-16T00:00:00Z' },
      { label: 'Billed now', value: 'nothing' },
      { label: 'Next bill', value: '$175.00 on 2027-07-01' },
    ]),
  );
  await account.call('update_subscription', input);
  await account.stripe.testHelpers.testClocks.advance(clock.id, {
    frozen_time: Date.UTC(2027, 6, 1, 2) / 1000,
  });
  const [invoice] = (await account.stripe.invoices.list({ customer: id })).data;
  expect(invoice).toMatchObject({ total: 17_500, status: 'paid' });
});

describe('usage', () => {
  test('a metered price takes no quantity, and its subscription none', async () => {
    await account.stripe.billing.meters.create({
      ...{ display_name: 'Calls', event_name: 'call', default_aggregation: { formula: 'sum' } },
    });
    await account.call('create_product', { name: 'API' });
    const price = { product: 'API', amount: '0.01', currency: 'usd', interval: 'month', meter: 'Calls' };
    await account.call('create_price', price);
    await account.stripe.customers.create({ name: 'Una', email: 'una@example.com' });
    const input = { customer: 'Una', product: 'API' };
    expect(await account.refusal('create_subscription', { ...input, quantity: 2 })).toMatchObject({
      code: 'metered_price',
      next: expect.stringContaining('record_meter_event'),
    });
    const { preview } = await account.plan('create_subscription', input);
    expect(preview.facts).toContainEqual({ label: 'Quantity', value: 'counted by a meter' });
    await foundAgain(account, 'create_subscription', input);
    expect((await account.refusal('update_subscription', { customer: 'Una', quantity: 3 })).code).toBe(
      'metered_price',
    );
    expect((await account.call('create_quote', input)).summary).toBe(
      'Drafted a quote over $0.00 for Una (una@example.com)',
    );
  });
});
