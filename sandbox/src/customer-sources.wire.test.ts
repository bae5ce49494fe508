import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

let now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = new Stripe(`sk_test_sources${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const number = { number: '4242424242424242', exp_month: 12, exp_year: 2030, cvc: '123' };
const bank = {
  country: 'US',
  currency: 'usd',
  account_holder_name: 'Jenny Rosen',
  account_number: '000123456789',
  routing_number: '110000000',
};
const eventsOf = async (type: string) => (await stripe.events.list({ type })).data;

describe('a token', () => {
  test('of a card knows its owner, becomes a method or a source, and is spent', async () => {
    const { id, card, used } = await stripe.tokens.create({
      card: { ...number, exp_month: '12', exp_year: '2030', name: 'Jenny', address_zip: '94110' },
    });
    expect(card).toMatchObject({ brand: 'Visa', last4: '4242', name: 'Jenny', address_zip: '94110' });
    expect(used).toBe(false);
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: id } });
    expect(method.billing_details).toMatchObject({ name: 'Jenny', address: { postal_code: '94110' } });
    expect((await stripe.tokens.retrieve(id)).used).toBe(true);
    await expect(stripe.paymentMethods.create({ type: 'card', card: { token: id } })).rejects.toMatchObject({
      code: 'token_already_used',
    });
  });

  test('can be of a bank account, an id number or a security code, of one at a time', async () => {
    expect(await stripe.tokens.create({ bank_account: bank })).toMatchObject({
      type: 'bank_account',
      bank_account: { last4: '6789', status: 'new' },
    });
    expect(await stripe.tokens.create({ pii: { id_number: '000000000' } })).toMatchObject({ type: 'pii' });
    const update = await stripe.tokens.create({ cvc_update: { cvc: '123' } });
    expect(await stripe.tokens.retrieve(update.id)).toMatchObject({ type: 'cvc_update', used: false });
    await expect(stripe.tokens.create({ cvc_update: { cvc: 'x' } })).rejects.toMatchObject({
      code: 'invalid_cvc',
    });
    await expect(stripe.tokens.create({})).rejects.toThrow(/You must supply either a card/);
    await expect(stripe.tokens.retrieve('tok_none')).rejects.toMatchObject({
      statusCode: 404,
      param: 'token',
    });
  });
});

describe('a customer’s sources', () => {
  test('are cards and bank accounts, the first of them the default', async () => {
    const { id } = await stripe.customers.create();
    const card = await stripe.customers.createSource(id, { source: 'tok_visa', metadata: { seat: '1' } });
    const account = await stripe.customers.createSource(id, { source: 'btok_us_verified' });
    expect(card).toMatchObject({ object: 'card', customer: id, cvc_check: 'pass', metadata: { seat: '1' } });
    expect(account).toMatchObject({ object: 'bank_account', status: 'verified', last4: '6789' });
    const list = async (object?: string) =>
      (await stripe.customers.listSources(id, object ? { object } : {})).data.map((one) => one.id);
    expect(await list()).toEqual([account.id, card.id]);
    expect(await list('bank_account')).toEqual([account.id]);
    const customer = await stripe.customers.retrieve(id, { expand: ['default_source', 'sources'] });
    expect(customer).toMatchObject({
      default_source: { id: card.id, object: 'card' },
      sources: { data: [{ id: account.id }, { id: card.id }] },
    });
    expect(await eventsOf('customer.source.created')).toHaveLength(2);
  });

  test('are changed, and the next becomes the default when one goes', async () => {
    const { id } = await stripe.customers.create({ source: 'tok_visa' });
    const [first] = (await stripe.customers.listSources(id)).data;
    const second = await stripe.customers.createSource(id, { source: 'tok_mastercard' });
    const changed = await stripe.customers.updateSource(id, second.id, {
      exp_month: '11',
      exp_year: '2031',
      name: 'Jenny',
      address_line1: 'Main Street 1',
      metadata: { seat: '2' },
    });
    expect(changed).toMatchObject({ exp_month: 11, exp_year: 2031, name: 'Jenny', metadata: { seat: '2' } });
    const [event] = await eventsOf('customer.source.updated');
    expect(event?.data.previous_attributes).toMatchObject({ name: null, exp_month: 1 });
    expect(await stripe.customers.deleteSource(id, first?.id ?? '')).toMatchObject({ deleted: true });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ default_source: second.id });
    await expect(stripe.customers.retrieveSource(id, first?.id ?? '')).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(await eventsOf('customer.source.deleted')).toHaveLength(1);
  });

  test('given with an update take the place of the default', async () => {
    const { id, default_source: before } = await stripe.customers.create({ source: 'tok_visa' });
    const after = await stripe.customers.update(id, { source: 'tok_amex' });
    expect(after.default_source).not.toBe(before);
    expect((await stripe.customers.listSources(id)).data).toMatchObject([{ brand: 'American Express' }]);
    await expect(stripe.customers.update(id, { default_source: String(before) })).rejects.toMatchObject({
      param: 'default_source',
    });
  });

  test('prove a bank account by two deposits before it can be debited', async () => {
    const { id } = await stripe.customers.create();
    const token = await stripe.tokens.create({ bank_account: bank });
    const account = await stripe.customers.createSource(id, { source: token.id });
    expect(account).toMatchObject({ id: token.bank_account?.id, status: 'new' });
    const charge = () =>
      stripe.charges.create({ amount: 700, currency: 'usd', customer: id, source: account.id });
    await expect(charge()).rejects.toMatchObject({ code: 'bank_account_unverified' });
    await expect(stripe.customers.verifySource(id, account.id, { amounts: [1, 2] })).rejects.toThrow(
      /do not match the amounts/,
    );
    expect(await stripe.customers.verifySource(id, account.id, { amounts: [32, 45] })).toMatchObject({
      status: 'verified',
    });
    const pending = await charge();
    expect(pending).toMatchObject({ status: 'pending', source: { id: account.id, object: 'bank_account' } });
    now += 2000;
    expect(await stripe.charges.retrieve(pending.id)).toMatchObject({ status: 'succeeded', paid: true });
  });

  test('give up on a bank account after ten wrong guesses', async () => {
    const { id } = await stripe.customers.create();
    const { id: token } = await stripe.tokens.create({ bank_account: bank });
    const account = await stripe.customers.createSource(id, { source: token });
    for (let guess = 0; guess < 10; guess++)
      await expect(stripe.customers.verifySource(id, account.id, { amounts: [1, guess] })).rejects.toThrow();
    expect(await stripe.customers.retrieveSource(id, account.id)).toMatchObject({
      status: 'verification_failed',
    });
    await expect(stripe.customers.verifySource(id, account.id, { amounts: [32, 45] })).rejects.toMatchObject({
      code: 'bank_account_verification_failed',
    });
  });

  test('pay as old integrations do: by the customer alone', async () => {
    const customer = await stripe.customers.create({ source: 'tok_visa' });
    const charge = await stripe.charges.create({ amount: 700, currency: 'usd', customer: customer.id });
    expect(charge).toMatchObject({
      paid: true,
      source: { id: customer.default_source, object: 'card', brand: 'Visa' },
      payment_method: customer.default_source,
    });
  });
});

describe('the source that something is charged to', () => {
  test('is a subscription’s own, before its customer’s, and after its method', async () => {
    const customer = (await stripe.customers.create({ source: 'tok_visa' })).id;
    const own = await stripe.customers.createSource(customer, { source: 'tok_mastercard' });
    const product = (await stripe.products.create({ name: 'Tea' })).id;
    const price_data = {
      currency: 'usd',
      product,
      unit_amount: 900,
      recurring: { interval: 'month' },
    } as const;
    const paidBy = async (params: Partial<Stripe.SubscriptionCreateParams>) => {
      const made = await stripe.subscriptions.create({
        customer,
        items: [{ price_data }],
        ...params,
        expand: ['default_source', 'latest_invoice.payments.data.payment.payment_intent'],
      });
      const invoice = made.latest_invoice as Stripe.Invoice;
      const intent = invoice.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
      return { source: made.default_source, paid: intent.payment_method, id: made.id };
    };
    const first = await paidBy({ default_source: own.id });
    expect(first).toMatchObject({ paid: own.id, source: { object: 'card', brand: 'MasterCard' } });
    const method = await stripe.paymentMethods.attach('pm_card_amex', { customer });
    expect(await paidBy({ default_source: own.id, default_payment_method: method.id })).toMatchObject({
      paid: method.id,
    });
    const unset = await stripe.subscriptions.update(first.id, { default_source: '' });
    expect(unset.default_source).toBeNull();
    await expect(paidBy({ default_source: method.id })).rejects.toMatchObject({
      param: 'default_source',
      code: 'resource_missing',
    });
  });

  test('is an invoice’s own, and must be its customer’s', async () => {
    const customer = (await stripe.customers.create({ source: 'tok_visa' })).id;
    const own = await stripe.customers.createSource(customer, { source: 'tok_mastercard' });
    const stranger = await stripe.customers.create({ source: 'tok_visa' });
    await expect(
      stripe.invoices.create({ customer, default_source: stranger.default_source as string }),
    ).rejects.toMatchObject({ param: 'default_source' });
    const { id } = await stripe.invoices.create({ customer, default_source: own.id });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 700, currency: 'usd' });
    const expand = ['default_source', 'payments.data.payment.payment_intent'];
    const paid = await stripe.invoices.pay(id, { expand });
    expect(paid).toMatchObject({
      default_source: { object: 'card', brand: 'MasterCard' },
      payments: { data: [{ payment: { payment_intent: { payment_method: own.id } } }] },
    });
  });
});
