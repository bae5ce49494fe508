import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let stripe: Stripe;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_helping_tools');
  stripe = account.stripe;
  bob = (await stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
});
afterAll(() => account.close());

const limited = async (permissions: Record<string, string>) =>
  account.withKey((await account.control('restricted_keys', { permissions })).secret);

describe('what a customer has in credit', () => {
  test('credit is given, used in the list, found, and taken back', async () => {
    const input = {
      customer: 'Bob',
      direction: 'credit',
      amount: '10',
      currency: 'usd',
      description: 'Sorry',
    };
    const { preview } = await account.plan('adjust_customer_balance', input);
    expect(preview).toMatchObject({
      summary: 'Credit Bob (bob@example.com) $10.00 on their balance',
      facts: expect.arrayContaining([
        { label: 'Balance now', value: 'nothing' },
        { label: 'Afterwards', value: '$10.00 in credit' },
      ]),
      amount: { decimal: '10.00', currency: 'usd' },
      objects: [{ type: 'customer', id: bob }],
    });
    const given = await foundAgain(account, 'adjust_customer_balance', input);
    expect(given.summary).toContain('the balance is now $10.00 in credit');
    expect(await stripe.customers.retrieve(bob)).toMatchObject({ balance: -1000, currency: 'usd' });
    const { view } = await account.call('list_customer_balance_transactions', { customer: bob });
    expect(view).toMatchObject({
      ...{ complete: true, balance: '$10.00 in credit' },
      data: [{ direction: 'credit', amount: '10.00 USD', description: 'Sorry' }],
    });
    const back = await account.undo(given);
    expect(back.summary).toContain('the balance is now nothing');
    expect(await stripe.customers.retrieve(bob)).toMatchObject({ balance: 0 });
  });

  test('it has one currency, and yen have no cents', async () => {
    const wrong = { customer: bob, direction: 'credit', amount: '10', currency: 'eur' };
    expect((await account.refusal('adjust_customer_balance', wrong)).code).toBe('currency_mismatch');
    const yuki = (await stripe.customers.create({ name: 'Yuki' })).id;
    const owed = { customer: yuki, direction: 'debit', amount: '1000', currency: 'jpy' };
    await account.call('adjust_customer_balance', owed);
    expect(await stripe.customers.retrieve(yuki)).toMatchObject({ balance: 1000, currency: 'jpy' });
  });

  test('a key without Customers (write) names it', async () => {
    const reader = await limited({ customers: 'read' });
    const input = { customer: bob, direction: 'credit', amount: '1', currency: 'usd' };
    expect((await reader.refusal('adjust_customer_balance', input)).message).toContain('Customers (write)');
  });
});

describe('tax ids', () => {
  const vat = { customer: 'Bob', action: 'add', value: 'DE123456789', type: 'eu_vat' };

  test('one is added, shown on the card, and removed by undo', async () => {
    const added = await foundAgain(account, 'manage_tax_ids', vat);
    expect((await stripe.customers.listTaxIds(bob)).data).toMatchObject([
      { type: 'eu_vat', value: 'DE123456789' },
    ]);
    const card = (await account.call('get_customer', { customer: bob })).view;
    expect(card).toMatchObject({ tax_ids: [{ value: 'DE123456789' }] });
    expect((await account.refusal('manage_tax_ids', vat)).code).toBe('already_exists');
    const removed = await account.undo(added);
    expect((await stripe.customers.listTaxIds(bob)).data).toEqual([]);
    await account.undo(removed);
    await foundAgain(account, 'manage_tax_ids', { customer: bob, action: 'remove', value: 'de 123 456 789' });
  });

  test('what is missing or not there is said', async () => {
    const none = { customer: bob, action: 'remove', value: 'GB123456789' };
    expect((await account.refusal('manage_tax_ids', none)).code).toBe('not_found');
    const kindless = { customer: bob, action: 'add', value: 'GB123456789' };
    expect((await account.refusal('manage_tax_ids', kindless)).code).toBe('missing_input');
    const wrong = await account.refusal('manage_tax_ids', { ...vat, value: 'nonsense' });
    expect(wrong.code).toBe('tax_id_invalid');
  });
});

describe('links for customers', () => {
  test('a portal link leads straight to replacing the card', async () => {
    const made = await account.call('create_portal_session', {
      customer: bob,
      page: 'payment_method_update',
    });
    expect(made.view).toMatchObject({ customer: bob, url: expect.stringMatching(/^http/) });
    expect(
      (await account.refusal('create_portal_session', { customer: bob, page: 'subscription_cancel' })).code,
    ).toBe('not_found');
    const unable = await limited({ customers: 'write' });
    const refused = await unable.refusal('create_portal_session', { customer: bob });
    expect(refused.message).toContain('Customer portal (write)');
  });

  test('a checkout page takes an amount of one’s own, is listed, read, and closed by undo', async () => {
    const input = { customer: bob, amount: '120', currency: 'usd', description: 'Workshop', quantity: 2 };
    const { preview } = await account.plan('create_checkout_session', input);
    expect(preview).toMatchObject({
      summary: 'Create a checkout page for Bob (bob@example.com): 2 × Workshop, $120.00',
      amount: { decimal: '240.00', currency: 'usd' },
    });
    const made = await foundAgain(account, 'create_checkout_session', input);
    const id = made.objects[0]?.id ?? '';
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      ...{ amount_total: 24_000, currency: 'usd', mode: 'payment', customer: bob, status: 'open' },
    });
    const listed = (await account.call('list_checkout_sessions', { customer: bob, status: 'open' })).view;
    expect(listed).toMatchObject({ complete: true, data: [{ id, total: '240.00 USD' }] });
    expect((await account.call('get_checkout_session', { session: id })).view).toMatchObject({
      lines: [{ description: 'Workshop', quantity: 2, amount: '240.00 USD' }],
      url: expect.stringMatching(/^http/),
    });
    await account.undo(made);
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
    const again = await account.refusal('expire_checkout_session', { session: id });
    expect(again.code).toBe('checkout_session_unexpected_state');
  });

  test('a recurring price makes a subscription page, for nobody in particular too; a card can be saved', async () => {
    const plan = { currency: 'eur', unit_amount: 900, recurring: { interval: 'month' as const } };
    const product = await stripe.products.create({ name: 'Club', default_price_data: plan });
    const page = await foundAgain(account, 'create_checkout_session', { product: product.id });
    expect(page.view).toMatchObject({ mode: 'subscription', total: '9.00 EUR', for: 'Club, €9.00 monthly' });
    await foundAgain(account, 'expire_checkout_session', { session: page.objects[0]?.id });
    const saving = await foundAgain(account, 'create_checkout_session', {
      customer: bob,
      purpose: 'save_card',
    });
    expect(saving.view).toMatchObject({ mode: 'setup', status: 'open' });
  });

  test('half of an order is no checkout page', () => {
    const { input } = account.tool('create_checkout_session');
    expect(input.safeParse({ customer: bob }).success).toBe(false);
    expect(input.safeParse({ amount: '10', currency: 'usd' }).success).toBe(false);
    expect(
      input.safeParse({ product: 'Club', amount: '10', currency: 'usd', description: 'x' }).success,
    ).toBe(false);
    expect(input.safeParse({ purpose: 'save_card' }).success).toBe(false);
  });
});

describe('saving a card for later', () => {
  test('without a card it yields a secret for a page, with one it is set up or asks for authentication', async () => {
    const open = await foundAgain(account, 'create_setup_intent', { customer: bob });
    expect(open.view).toMatchObject({ status: 'requires_payment_method' });
    // Whoever holds it can act for the customer: people find it in the record, a model never sees it.
    expect(JSON.stringify(open.view)).not.toContain('_secret_');
    expect(JSON.stringify(open.record)).toContain('_secret_');
    const ready = await foundAgain(account, 'create_setup_intent', {
      customer: bob,
      payment_method: 'pm_card_visa',
    });
    expect(ready.view).toMatchObject({ status: 'succeeded' });
    expect((await stripe.customers.listPaymentMethods(bob)).data).toHaveLength(1);
    const asked = await foundAgain(account, 'create_setup_intent', {
      ...{ customer: bob, payment_method: 'pm_card_authenticationRequired' },
    });
    expect(asked.view).toMatchObject({
      ...{ status: 'requires_action', authentication_url: expect.stringMatching(/^http/) },
    });
  });
});

describe('a payment that is not paid yet', () => {
  test('its amount and description change, and change back', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', customer: bob });
    const input = {
      payment_intent: intent.id,
      amount: '15.50',
      description: 'Less',
      receipt_email: 'b@example.com',
    };
    const { preview } = await account.plan('update_payment_intent', input);
    expect(preview.facts.slice(0, 3)).toEqual([
      { label: 'Amount', value: '$20.00 → $15.50' },
      { label: 'Description', value: 'none → Less' },
      { label: 'Receipt to', value: 'none → b@example.com' },
    ]);
    const changed = await foundAgain(account, 'update_payment_intent', input);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      amount: 1550,
      description: 'Less',
    });
    await account.undo(changed);
    const { amount, description, receipt_email: receipt } = await stripe.paymentIntents.retrieve(intent.id);
    expect({ amount, description: description || null, receipt }).toEqual({
      amount: 2000,
      description: null,
      receipt: null,
    });
  });

  test('of a paid one only what is no money changes', async () => {
    const paid = await stripe.paymentIntents.create({
      ...{ amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const refused = await account.refusal('update_payment_intent', { payment_intent: paid.id, amount: '10' });
    expect(refused.code).toBe('payment_intent_unexpected_state');
    await account.call('update_payment_intent', { payment_intent: paid.id, description: 'Order 7' });
  });
});
