import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 1) } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_taxrates${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const rate = async (percentage: number, inclusive = false) =>
    (await stripe.taxRates.create({ display_name: `${percentage}%`, inclusive, percentage })).id;
  return { stripe, customer, rate };
}

describe('a tax rate', () => {
  test('has a percentage of at most four decimal places, which is what takes effect', async () => {
    const { stripe } = await shop();
    const made = await stripe.taxRates.create({ display_name: 'QST', inclusive: false, percentage: 9.9755 });
    expect(made).toMatchObject({ percentage: 9.9755, effective_percentage: 9.9755, rate_type: 'percentage' });
    for (const percentage of [9.97551, -1, 100.1])
      await expect(
        stripe.taxRates.create({ display_name: 'x', inclusive: false, percentage }),
      ).rejects.toMatchObject({ param: 'percentage' });
    await expect(stripe.taxRates.retrieve('txr_none')).rejects.toMatchObject({
      statusCode: 404,
      param: 'tax_rate',
      message: "No such tax rate: 'txr_none'",
    });
  });
});

describe('taxes on an invoice', () => {
  test('are reckoned line by line by each line’s rates or the invoice’s, and summed by rate', async () => {
    const { stripe, customer, rate } = await shop();
    const [gst, qst, vat] = [await rate(5), await rate(9.975), await rate(19, true)];
    const { id = '' } = await stripe.invoices.create({
      customer,
      currency: 'cad',
      default_tax_rates: [gst, qst],
    });
    const add = (amount: number, tax_rates?: string[]) =>
      stripe.invoiceItems.create({
        customer,
        invoice: id,
        amount,
        currency: 'cad',
        ...(tax_rates ? { tax_rates } : {}),
      });
    await add(1010);
    await add(333);
    await add(11_900, [vat]);
    await add(1190, [vat, gst]);
    const invoice = await stripe.invoices.finalizeInvoice(id);
    const taxes = (invoice.total_taxes ?? []).map((tax) => ({
      rate: tax.tax_rate_details?.tax_rate,
      amount: tax.amount,
      of: tax.taxable_amount,
      how: tax.tax_behavior,
      why: tax.taxability_reason,
    }));
    const why = 'not_available';
    expect(taxes).toHaveLength(3);
    expect(taxes).toEqual(
      expect.arrayContaining([
        // 50.5 → 51, 16.65 → 17, 50 of what the inclusive tax leaves.
        { rate: gst, amount: 51 + 17 + 50, of: 1010 + 333 + 1000, how: 'exclusive', why },
        // 100.7475 → 101, 33.21675 → 33.
        { rate: qst, amount: 101 + 33, of: 1010 + 333, how: 'exclusive', why },
        { rate: vat, amount: 1900 + 190, of: 10_000 + 1000, how: 'inclusive', why },
      ]),
    );
    expect(invoice).toMatchObject({
      subtotal: 14_433,
      subtotal_excluding_tax: 14_433 - 2090,
      total: 14_433 + 118 + 134,
      total_excluding_tax: 14_433 - 2090,
    });
  });

  test('come after discounts', async () => {
    const { stripe, customer, rate } = await shop();
    const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: 'once' });
    const { id = '' } = await stripe.invoices.create({
      customer,
      default_tax_rates: [await rate(20)],
      discounts: [{ coupon }],
    });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 1000, currency: 'usd' });
    expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
      total: 1080,
      total_taxes: [{ amount: 180, taxable_amount: 900 }],
    });
  });
});
