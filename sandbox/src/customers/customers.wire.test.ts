import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
function client(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_customers${accounts++}`, { httpClient, maxNetworkRetries: 0 });
}

describe('a customer', () => {
  test('shows on request what it has', async () => {
    const stripe = client();
    const { id } = await stripe.customers.create({
      email: 'bea@example.com',
      address: { country: 'DE', city: 'Köln' },
      tax: { ip_address: '203.0.113.9', validate_location: 'immediately' },
      tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }],
      balance: -500,
    });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
      product_data: { name: 'Plan' },
    });
    const running = await stripe.subscriptions.create({
      customer: id,
      items: [{ price: price.id }],
      trial_period_days: 5,
    });
    const plain = (await stripe.customers.retrieve(id)) as Stripe.Customer;
    for (const hidden of ['subscriptions', 'tax', 'tax_ids', 'sources', 'invoice_credit_balance'])
      expect(plain).not.toHaveProperty(hidden);
    expect(plain).toMatchObject({ discount: null, balance: -500, currency: 'usd' });
    const expand = ['subscriptions', 'tax', 'tax_ids', 'invoice_credit_balance'];
    expect(await stripe.customers.retrieve(id, { expand })).toMatchObject({
      subscriptions: { url: `/v1/customers/${id}/subscriptions`, data: [{ id: running.id }] },
      tax: {
        automatic_tax: 'not_collecting',
        ip_address: '203.0.113.9',
        location: { country: 'DE', source: 'billing_address', state: null },
      },
      tax_ids: { data: [{ value: 'DE123456789' }] },
      invoice_credit_balance: { usd: 500 },
    });
  });

  test.each<[string, Stripe.CustomerCreateParams, object]>([
    ['a short prefix', { invoice_prefix: 'AB' }, { param: 'invoice_prefix' }],
    ['a prefix in small letters', { invoice_prefix: 'abcdef' }, { param: 'invoice_prefix' }],
    [
      'a location that is not known',
      { tax: { validate_location: 'immediately' } },
      { param: 'tax[validate_location]', code: 'customer_tax_location_invalid' },
    ],
    ['an address without an at', { email: 'nobody' }, { param: 'email', code: 'email_invalid' }],
    ['a number below one', { next_invoice_sequence: 0 }, { param: 'next_invoice_sequence' }],
  ])('is refused with %s, and nothing stays', async (_, params, expected) => {
    const stripe = client();
    await expect(stripe.customers.create(params)).rejects.toMatchObject({ statusCode: 400, ...expected });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  test('has a prefix of its own, which its invoices are numbered with', async () => {
    const stripe = client();
    const { id } = await stripe.customers.create({ invoice_prefix: 'ACME', next_invoice_sequence: 41 });
    await expect(stripe.customers.create({ invoice_prefix: 'ACME' })).rejects.toMatchObject({
      param: 'invoice_prefix',
    });
    await stripe.customers.update(id, { invoice_prefix: 'ACME' });
    const invoice = await stripe.invoices.create({ customer: id });
    expect((await stripe.invoices.finalizeInvoice(invoice.id)).number).toBe('ACME-0041');
    expect(await stripe.customers.retrieve(id)).toMatchObject({ next_invoice_sequence: 42 });
  });

  test('has no discount to take away', async () => {
    const stripe = client();
    const { id } = await stripe.customers.create();
    await expect(stripe.customers.deleteDiscount(id)).rejects.toMatchObject({
      statusCode: 404,
      message: `No active discount for customer: ${id}`,
    });
  });

  test('that was deleted is remembered by its id alone, and refused everywhere else', async () => {
    const stripe = client();
    const { id } = await stripe.customers.create({ email: 'gone@example.com' });
    expect(await stripe.customers.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
    expect(await stripe.customers.retrieve(id)).toEqual(
      expect.objectContaining({ id, object: 'customer', deleted: true }),
    );
    expect((await stripe.customers.list({ email: 'gone@example.com' })).data).toEqual([]);
    const missing = { message: `No such customer: '${id}'`, code: 'resource_missing' };
    await expect(stripe.customers.del(id)).rejects.toMatchObject({ ...missing, statusCode: 404 });
    await expect(stripe.customers.update(id, { name: 'Back' })).rejects.toMatchObject(missing);
    await expect(stripe.invoices.create({ customer: id })).rejects.toMatchObject(missing);
    await expect(
      stripe.customers.createBalanceTransaction(id, { amount: 1, currency: 'usd' }),
    ).rejects.toMatchObject(missing);
  });
});

describe('what a customer has in credit', () => {
  test('is written down however it is changed', async () => {
    const stripe = client();
    const { id } = await stripe.customers.create({ balance: -700 });
    await stripe.customers.update(id, { balance: -200, name: 'Bea' });
    await stripe.customers.update(id, { balance: -200 });
    const own = await stripe.customers.createBalanceTransaction(id, {
      amount: 50,
      currency: 'usd',
      description: 'Fee',
      metadata: { ticket: '7' },
    });
    await stripe.customers.createBalanceTransaction(id, { amount: -900, currency: 'eur' });
    const { data } = await stripe.customers.listBalanceTransactions(id);
    expect(data.map((entry) => [entry.type, entry.amount, entry.ending_balance, entry.currency])).toEqual([
      ['adjustment', -900, -900, 'eur'],
      ['adjustment', 50, -150, 'usd'],
      ['adjustment', 500, -200, 'usd'],
      ['initial', -700, -700, 'usd'],
    ]);
    const updated = await stripe.customers.updateBalanceTransaction(id, own.id, {
      description: 'Late fee',
      metadata: { ticket: '' },
    });
    expect(updated).toMatchObject({ description: 'Late fee', metadata: {}, amount: 50 });
    expect(await stripe.customers.retrieveBalanceTransaction(id, own.id)).toEqual(
      expect.objectContaining({ description: 'Late fee' }),
    );
    const customer = await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] });
    expect(customer).toMatchObject({ balance: -150, invoice_credit_balance: { eur: 900, usd: 150 } });
    const events = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(events).toHaveLength(2);
    const other = await stripe.customers.create();
    await expect(stripe.customers.retrieveBalanceTransaction(other.id, own.id)).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('is the sum of all that was written down, whatever happens', async () => {
    const stripe = client();
    const act = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), amount: fc.integer({ min: -3000, max: 3000 }) }),
      fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: -3000, max: 3000 }) }),
      fc.record({ kind: fc.constant('invoice' as const), amount: fc.integer({ min: -3000, max: 3000 }) }),
      fc.record({ kind: fc.constant('void' as const), amount: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const { id } = await stripe.customers.create();
        const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
        await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
        for (const { kind, amount } of acts) {
          if (kind === 'set') await stripe.customers.update(id, { balance: amount });
          if (kind === 'add' && amount !== 0)
            await stripe.customers.createBalanceTransaction(id, { amount, currency: 'usd' });
          if (kind === 'invoice') {
            const draft = await stripe.invoices.create({ customer: id, currency: 'usd' });
            await stripe.invoiceItems.create({ customer: id, invoice: draft.id, amount, currency: 'usd' });
            await stripe.invoices.finalizeInvoice(draft.id);
          }
          if (kind === 'void') {
            const [open] = (await stripe.invoices.list({ customer: id, status: 'open' })).data;
            if (open) await stripe.invoices.voidInvoice(open.id);
          }
        }
        const { data } = await stripe.customers.listBalanceTransactions(id, { limit: 100 });
        const sum = data.reduce((total, entry) => total + entry.amount, 0);
        const customer = (await stripe.customers.retrieve(id)) as Stripe.Customer;
        expect(customer.balance).toBe(sum);
        let running = 0;
        for (const entry of data.reverse()) {
          running += entry.amount;
          expect(entry.ending_balance).toBe(running);
        }
      }),
      { numRuns: 25 },
    );
  });
});
