import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_pages${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const product = await stripe.products.create({ name: 'Poster <b>A2</b>' });
  const once = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 1900 });
  const monthly = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
  });
  return { stripe, once: once.id, monthly: monthly.id };
}

function pay(url: string, fields: Record<string, string>) {
  return sandbox.fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

describe('a payment link', () => {
  test('is made, listed, paid with a test card and switched off', async () => {
    const { stripe, once } = await shop();
    const link = await stripe.paymentLinks.create({
      line_items: [{ price: once, quantity: 2 }],
      expand: ['line_items'],
    });
    expect(link).toMatchObject({
      active: true,
      currency: 'usd',
      line_items: { data: [{ amount_total: 3800 }] },
    });
    const page = await (await sandbox.fetch(link.url)).text();
    expect(page).toContain('Pay $38.00');
    expect(page).not.toContain('<b>A2');
    const refused = await pay(link.url, { email: 'a@example.com', number: '4000 0000 0000 0002' });
    expect(refused.status).toBe(402);
    expect(await refused.text()).toContain('Your card was declined.');
    expect((await pay(link.url, { email: 'a@example.com', number: '4242 4242 4242 4242' })).status).toBe(200);
    const charges = await stripe.charges.list();
    expect(charges.data.map((charge) => [charge.amount, charge.status])).toEqual([
      [3800, 'succeeded'],
      [3800, 'failed'],
    ]);
    expect((await pay(link.url, { email: 'a@example.com', number: '4000 0027 6000 3184' })).status).toBe(303);
    await stripe.paymentLinks.update(link.id, { active: false });
    expect((await stripe.paymentLinks.list({ active: true })).data).toEqual([]);
    expect((await pay(link.url, { email: 'a@example.com', number: '4242424242424242' })).status).toBe(402);
    expect((await stripe.paymentLinks.listLineItems(link.id)).data[0]?.price?.id).toBe(once);
  });

  test('with a recurring price starts a subscription', async () => {
    const { stripe, monthly, once } = await shop();
    const link = await stripe.paymentLinks.create({
      line_items: [
        { price: monthly, quantity: 1 },
        { price: once, quantity: 1 },
      ],
    });
    const answer = await pay(link.url, { email: 'b@example.com', number: '4242424242424242' });
    expect(await answer.text()).toContain('Thanks for your payment.');
    const [subscription] = (await stripe.subscriptions.list({ expand: ['data.latest_invoice'] })).data;
    expect(subscription).toMatchObject({ status: 'active', latest_invoice: { total: 2400, status: 'paid' } });
  });
});

test('an invoice is paid on its own page, and only with its secret', async () => {
  const { stripe } = await shop();
  const customer = (await stripe.customers.create({ name: "O'Hara" })).id;
  const { id } = await stripe.invoices.create({ customer, currency: 'usd' });
  await stripe.invoiceItems.create({
    customer,
    invoice: id,
    amount: 4200,
    currency: 'usd',
    description: 'Work',
  });
  const open = await stripe.invoices.finalizeInvoice(id);
  const url = open.hosted_invoice_url ?? '';
  expect(await (await sandbox.fetch(url)).text()).toContain('Pay $42.00');
  expect((await sandbox.fetch(`${url.slice(0, -1)}!`)).status).toBe(404);
  expect((await pay(url, { number: '4242424242424241' })).status).toBe(402);
  expect(await (await pay(url, { number: '4242424242424242' })).text()).toContain('<strong>paid</strong>');
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
});
