import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 4, 1, 9);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_invoices${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ email: 'bea@example.com', name: 'Bea' })).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const draft = async (amounts: number[], more: Stripe.InvoiceCreateParams = {}) => {
    const { id } = await stripe.invoices.create({ customer, currency: 'usd', ...more });
    for (const amount of amounts)
      await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: 'usd' });
    return stripe.invoices.retrieve(id);
  };
  return { stripe, customer, draft };
}

describe('an invoice', () => {
  test('is drafted, finalized, numbered and paid', async () => {
    const { stripe, draft } = await shop();
    const made = await draft([1000, 250]);
    expect(made).toMatchObject({ status: 'draft', total: 1250, number: null, auto_advance: false });
    const open = await stripe.invoices.finalizeInvoice(made.id);
    expect(open).toMatchObject({ status: 'open', amount_due: 1250 });
    expect(open.hosted_invoice_url).toMatch(/^http/);
    const paid = await stripe.invoices.pay(open.id);
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1250, amount_remaining: 0, attempt_count: 1 });
    const [charge] = (await stripe.charges.list()).data;
    expect(charge).toMatchObject({ amount: 1250, paid: true });
    await expect(stripe.invoices.pay(open.id)).rejects.toThrow(/already paid/);
    await expect(stripe.invoices.voidInvoice(open.id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await stripe.invoicePayments.list({ invoice: open.id })).data).toMatchObject([
      { status: 'paid', amount_paid: 1250 },
    ]);
  });

  test('takes what was pending, newest first, and takes it along when the draft is deleted', async () => {
    const { stripe, customer } = await shop();
    const item = await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' });
    await stripe.invoiceItems.create({ customer, amount: 50, currency: 'usd' });
    const made = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    expect(made.lines.data.map(({ amount }) => amount)).toEqual([50, 700]);
    expect(await stripe.invoices.del(made.id)).toMatchObject({ deleted: true });
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([]);
    await expect(stripe.invoiceItems.update(item.id, { description: 'gone' })).rejects.toThrow(
      'This invoice item has been deleted.',
    );
    await expect(stripe.invoiceItems.del(item.id)).rejects.toThrow(/no longer editable/);
  });

  test('credit is used first and given back by voiding', async () => {
    const { stripe, customer, draft } = await shop();
    await stripe.customers.createBalanceTransaction(customer, { amount: -400, currency: 'usd' });
    const made = await draft([1000]);
    const open = await stripe.invoices.finalizeInvoice(made.id);
    expect(open).toMatchObject({ amount_due: 600, starting_balance: -400, ending_balance: 0 });
    await stripe.invoices.voidInvoice(open.id);
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: -400 });
  });

  test('discount and tax make the total', async () => {
    const { stripe, draft } = await shop();
    const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 });
    const coupon = await stripe.coupons.create({ percent_off: 25 });
    const made = await draft([1000, 3000], {
      default_tax_rates: [vat.id],
      discounts: [{ coupon: coupon.id }],
    });
    expect(made).toMatchObject({ subtotal: 4000, total: 3600, total_excluding_tax: 3000 });
    expect(made.total_discount_amounts).toMatchObject([{ amount: 1000 }]);
    await expect(stripe.coupons.create({ percent_off: 10, amount_off: 5, currency: 'usd' })).rejects.toThrow(
      /Received both percent_off and amount_off/,
    );
  });

  test('that is sent falls due, is paid outside Stripe or given up', async () => {
    const { stripe, customer, draft } = await shop();
    await expect(stripe.invoices.create({ customer, collection_method: 'send_invoice' })).rejects.toThrow(
      /days_until_due/,
    );
    const first = await draft([5000], { collection_method: 'send_invoice', days_until_due: 7 });
    const sent = await stripe.invoices.sendInvoice(first.id);
    expect(sent).toMatchObject({ status: 'open', due_date: now / 1000 + 7 * 86_400 });
    now += 8 * day;
    const due = { lt: Math.floor(now / 1000) };
    expect((await stripe.invoices.list({ status: 'open', due_date: due })).data).toHaveLength(1);
    const paid = await stripe.invoices.pay(sent.id, { paid_out_of_band: true });
    expect(paid).toMatchObject({ status: 'paid', amount_remaining: 0 });
    expect((await stripe.charges.list()).data).toEqual([]);
    const second = await stripe.invoices.finalizeInvoice((await draft([900])).id);
    expect(await stripe.invoices.markUncollectible(second.id)).toMatchObject({ status: 'uncollectible' });
    expect((await stripe.invoices.pay(second.id)).status).toBe('paid');
  });

  test('advances by itself an hour after it was drafted, and is retried', async () => {
    const { stripe, customer, draft } = await shop();
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const made = await draft([2000], { auto_advance: true, default_payment_method: bad.id });
    now += 2 * 3_600_000;
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({ status: 'open', attempt_count: 1 });
    now += 8 * day;
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({
      status: 'open',
      attempt_count: 4,
      next_payment_attempt: null,
    });
    const types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(4);
  });

  test('below the smallest charge goes onto the customer’s balance', async () => {
    const { stripe, customer, draft } = await shop();
    const tiny = await stripe.invoices.finalizeInvoice((await draft([20])).id);
    expect(tiny).toMatchObject({ status: 'paid', amount_due: 0, total: 20, ending_balance: 20 });
    const next = await stripe.invoices.finalizeInvoice((await draft([1000])).id);
    expect(next).toMatchObject({ amount_due: 1020, starting_balance: 20 });
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: 0 });
    expect(
      (await stripe.invoices.search({ query: `customer:"${customer}" AND status:"open"` })).data,
    ).toHaveLength(1);
  });
});
