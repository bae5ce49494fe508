import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_subscription_tools');
  bob = (await account.stripe.customers.create({ name: 'Bob Loblaw', email: 'bob@example.com' })).id;
  for (const [name, amount] of [
    ['Premium Subscription', '29.99'],
    ['Basic Plan', '9.99'],
  ]) {
    await account.call('create_product', { name, amount, currency: 'usd', interval: 'month' });
  }
});
afterAll(() => account.close());

const subscriptions = async () =>
  (await account.stripe.subscriptions.list({ customer: bob, status: 'all' })).data;

describe('subscriptions', () => {
  test('without a card the subscription is active, billed by invoice, and says so', async () => {
    const input = { customer: 'Bob Loblaw', product: 'Premium Subscription', interval: 'month' };
    const plan = await account.plan('create_subscription', input);
    expect(plan.preview.summary).toBe(
      'Subscribe Bob Loblaw (bob@example.com) to Premium Subscription, $29.99 monthly; billed by mailed invoice, due in 30 days, since no saved card is known',
    );
    expect(await account.plan('create_subscription', input)).toEqual(plan);
    const made = await account.call('create_subscription', input);
    expect(made.view).toMatchObject({
      status: 'active',
      collection_method: 'send_invoice',
      note: expect.stringContaining('No saved card is known'),
    });
    expect(made.summary).toContain('mails an invoice');
    expect(await subscriptions()).toEqual([expect.objectContaining({ status: 'active', customer: bob })]);
    expect((await account.refusal('create_subscription', input)).code).toBe('already_exists');
  });

  test('a restricted key with the recommended permissions is enough', async () => {
    const write = Object.fromEntries(
      ['customer', 'payment_intent', 'invoice', 'product', 'plan', 'subscription'].map((row) => [
        row,
        'write',
      ]),
    );
    const { secret } = await account.control('restricted_keys', {
      permissions: { ...write, charge: 'read' },
    });
    const limited = account.withKey(secret);
    await limited.call('create_customer', { name: 'Rita', email: 'rita@example.com' });
    expect(
      (await limited.call('create_subscription', { customer: 'Rita', product: 'Basic Plan' })).view,
    ).toMatchObject({ status: 'active' });
    await limited.call('create_payment_intent', { amount: '5', currency: 'usd', customer: 'Rita' });
    const paid = await limited.call('confirm_payment_intent', {
      customer: 'Rita',
      payment_method: 'pm_card_visa',
    });
    expect(paid.view).toMatchObject({ status: 'succeeded' });
  });

  test('switching replaces the one item', async () => {
    const plan = await account.plan('update_subscription', { customer: 'Bob Loblaw', product: 'Basic Plan' });
    expect(plan.preview.summary).toBe(
      'Switch Bob Loblaw (bob@example.com) from Premium Subscription, $29.99 monthly to Basic Plan, $9.99 monthly',
    );
    await account.call('update_subscription', { customer: 'Bob Loblaw', product: 'Basic Plan' });
    const [only, ...others] = await subscriptions();
    expect(others).toEqual([]);
    expect(only?.items.data.map((item) => item.price.unit_amount)).toEqual([999]);
    expect(
      (await account.refusal('update_subscription', { customer: bob, product: 'Basic Plan' })).code,
    ).toBe('nothing_to_change');
  });

  test('it ends with the period, can be taken back, and ends now', async () => {
    const ended = await account.call('cancel_subscription_at_period_end', { customer: 'bob@example.com' });
    expect(ended.view).toMatchObject({ status: 'active', cancel_at_period_end: true });
    if (!ended.undo) throw new Error('There is no undo.');
    expect((await account.call(ended.undo.tool, ended.undo.input)).view).not.toHaveProperty(
      'cancel_at_period_end',
    );
    expect((await account.call('cancel_subscription_now', { customer: bob })).view).toMatchObject({
      status: 'canceled',
    });
    expect((await account.refusal('cancel_subscription_now', { customer: bob })).code).toBe('not_found');
  });

  test('with a card it is charged at once; a declined first payment is told clearly', async () => {
    await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
    const paid = await account.call('create_subscription', {
      customer: bob,
      product: 'Premium Subscription',
    });
    expect(paid.view).toMatchObject({
      status: 'active',
      collection_method: 'charge_automatically',
      latest_invoice_status: 'paid',
    });
    const dora = (await account.stripe.customers.create({ name: 'Dora', email: 'dora@example.com' })).id;
    await account.call('attach_test_payment_method', { customer: dora, card: '4000 0000 0000 0341' });
    const declined = await account.call('create_subscription', { customer: 'Dora', product: 'Basic Plan' });
    expect(declined.view).toMatchObject({
      status: 'incomplete',
      note: expect.stringContaining('Not active yet'),
    });
    expect(declined.summary).toContain('did not go through');
    const listed = (await account.call('list_subscriptions', { status: 'all', count_all: true })).view;
    expect(listed).toMatchObject({
      complete: true,
      data: [
        { customer_name: 'Dora', items: [{ product_name: 'Basic Plan', amount: '9.99 USD' }] },
        expect.anything(),
        expect.anything(),
        expect.anything(),
      ],
    });
  });

  test('of prices that differ in currency alone, the one of the customer is taken', async () => {
    const world = await account.stripe.products.create({ name: 'World Plan' });
    for (const [currency, unit_amount, interval] of [
      ['usd', 2000, 'month'],
      ['eur', 1800, 'month'],
      ['eur', 18_000, 'year'],
    ] as const) {
      await account.stripe.prices.create({
        product: world.id,
        currency,
        unit_amount,
        recurring: { interval },
      });
    }
    await account.stripe.customers.create({ name: 'Eva', email: 'eva@example.com' });
    await account.call('create_product', {
      name: 'Euro Plan',
      amount: '5',
      currency: 'eur',
      interval: 'month',
    });
    await account.call('create_subscription', { customer: 'Eva', product: 'Euro Plan' });
    const ask = (customer: string) =>
      account.plan('create_subscription', { customer, product: 'World Plan', interval: 'month' });
    expect((await ask('Eva')).preview.amount).toEqual({ decimal: '18.00', currency: 'eur' });
    expect((await ask('Bob Loblaw')).preview.amount).toEqual({ decimal: '20.00', currency: 'usd' });
    const unclear = await account.refusal('create_subscription', { customer: 'Eva', product: 'World Plan' });
    expect(unclear).toMatchObject({ code: 'ambiguous', details: { candidates: { length: 2 } } });
  });

  test('a product without a monthly price is not guessed at', async () => {
    await account.call('create_product', {
      name: 'Yearly Only',
      amount: '99',
      currency: 'usd',
      interval: 'year',
    });
    const error = await account.refusal('create_subscription', {
      customer: bob,
      product: 'Yearly Only',
      interval: 'month',
    });
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining('$99.00 yearly') });
  });
});
