import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, linesOf, openShops, type Shop } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());

const amountsOf = (invoice: Stripe.Invoice) => invoice.lines.data.map(({ amount }) => amount);

/** A shop in mid-period, with a customer who pays $30 a month since the 1st of April. */
async function running(params: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const shop = await shops.open('2026-04-01');
  const subscription = await shop.subscribe(await shop.price(3000), params);
  shops.go('2026-04-16');
  const preview = (
    subscription_details: Stripe.InvoiceCreatePreviewParams.SubscriptionDetails = {},
    more: Stripe.InvoiceCreatePreviewParams = {},
  ) => shop.stripe.invoices.createPreview({ subscription: subscription.id, subscription_details, ...more });
  return { shop, subscription, item: itemOf(subscription).id, preview };
}
const none = { code: 'invoice_upcoming_none', message: expect.stringMatching(/^No upcoming invoices/) };

describe('a preview of a subscription', () => {
  test('is its next renewal, with all that waits; nothing of it is kept', async () => {
    const { shop, subscription, preview } = await running();
    await shop.stripe.invoiceItems.create({ customer: shop.customer, amount: 500, currency: 'usd' });
    const before = [await shop.types(), await shop.invoices(), await shop.pending()];
    const upcoming = await preview();
    expect(upcoming).toMatchObject({
      billing_reason: 'upcoming',
      status: 'draft',
      auto_advance: false,
      created: at('2026-05-01'),
      period_start: at('2026-04-01'),
      period_end: at('2026-05-01'),
      total: 3500,
      customer: shop.customer,
      parent: { subscription_details: { subscription: subscription.id } },
    });
    expect(upcoming.id).toMatch(/^upcoming_in_/);
    expect(upcoming.lines.data[0]?.id).toMatch(/^il_tmp_/);
    expect([await shop.types(), await shop.invoices(), await shop.pending()]).toEqual(before);
    await expect(shop.stripe.invoices.retrieve(upcoming.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  });

  test('shows every line, and only what recurs where that is asked for', async () => {
    const { shop, item, preview } = await running();
    for (let count = 0; count < 12; count++)
      await shop.stripe.invoiceItems.create({ customer: shop.customer, amount: 100, currency: 'usd' });
    expect((await preview()).lines.data).toHaveLength(13);
    const items = [{ id: item, quantity: 2 }];
    expect((await preview({ items })).total).toBe(6000 + 1200 + 1500);
    const recurring = await preview({ items }, { preview_mode: 'recurring' });
    expect(recurring).toMatchObject({ total: 6000, period_end: at('2026-05-01') });
    expect(await shop.pending()).toHaveLength(12);
  });

  test('of a change counts from the date it names, which it shows', async () => {
    const { item, preview } = await running();
    const details = { items: [{ id: item, quantity: 2 }], proration_date: at('2026-04-11') };
    const upcoming = await preview(details);
    expect(amountsOf(upcoming)).toEqual([4000, -2000, 6000]);
    expect(upcoming.parent?.subscription_details?.subscription_proration_date).toBe(at('2026-04-11'));
    const now = await preview({ ...details, proration_behavior: 'always_invoice' });
    expect([amountsOf(now), now.created]).toEqual([[4000, -2000], at('2026-04-16')]);
    await expect(preview({ ...details, proration_date: at('2026-03-01') })).rejects.toMatchObject({
      param: 'proration_date',
    });
  });

  test('of its end is the last invoice, if there is one', async () => {
    const { preview } = await running();
    expect(amountsOf(await preview({ cancel_now: true }))).toEqual([-1500]);
    expect(amountsOf(await preview({ cancel_now: true, proration_behavior: 'none' }))).toEqual([]);
    await expect(preview({ cancel_at_period_end: true })).rejects.toMatchObject(none);
    const cut = await preview({ cancel_at: at('2026-04-21') });
    expect([amountsOf(cut), cut.created]).toEqual([[-1000], at('2026-04-21')]);
  });

  test('of a trial, a new anchor, a pause and what follows it', async () => {
    const { shop, subscription, preview } = await running();
    expect(amountsOf(await preview({ trial_end: at('2026-05-10') }))).toEqual([-1500, 0]);
    expect(amountsOf(await preview({ billing_cycle_anchor: { type: 'now' } }))).toEqual([-1500, 3000]);
    const paused = await preview({ pause: { invoicing_behavior: 'invoice' } });
    expect(amountsOf(paused)).toEqual([-1500]);
    await expect(preview({ pause: { invoicing_behavior: 'pending_invoice_item' } })).rejects.toMatchObject(
      none,
    );
    await shop.stripe.subscriptions.pause(subscription.id);
    await expect(preview()).rejects.toMatchObject(none);
    expect(amountsOf(await preview({ resume_at: 'now' }))).toEqual([-1500, 3000]);
    const unchanged = { resume_at: 'now', billing_cycle_anchor: { type: 'unchanged' } } as const;
    expect(amountsOf(await preview(unchanged))).toEqual([1500, -1500, 3000]);
  });

  test('can have other discounts, items and taxes than the real thing', async () => {
    const { shop, preview } = await running();
    const half = (await shop.stripe.coupons.create({ percent_off: 50, duration: 'once' })).id;
    expect((await preview({}, { discounts: [{ coupon: half }] })).total).toBe(1500);
    expect((await shop.stripe.coupons.retrieve(half)).times_redeemed).toBe(0);
    const item = await shop.stripe.invoiceItems.create({
      customer: shop.customer,
      amount: 500,
      currency: 'usd',
    });
    const changed = await preview(
      {},
      {
        invoice_items: [
          { invoiceitem: item.id, amount: 700 },
          { amount: 40, description: 'Fee' },
        ],
      },
    );
    expect(linesOf(changed)).toEqual([
      ['Fee', 40],
      [null, 700],
      ['1 × Premium (at $30.00 / month)', 3000],
    ]);
    const tax = await shop.stripe.taxRates.create({ display_name: 'VAT', percentage: 10, inclusive: false });
    const taxed = { default_tax_rates: [tax.id] };
    expect((await preview(taxed)).total).toBe(3850);
    expect((await preview(taxed, { customer_details: { tax_exempt: 'exempt' } })).total).toBe(3500);
    const real = (await shop.stripe.customers.retrieve(shop.customer)) as Stripe.Customer;
    expect(real.tax_exempt).toBe('none');
  });
});

describe('a preview without a subscription', () => {
  const firstOf = (shop: Shop, price: string, more: Stripe.InvoiceCreatePreviewParams = {}) =>
    shop.stripe.invoices.createPreview({
      customer: shop.customer,
      subscription_details: { items: [{ price }] },
      ...more,
    });

  test('is the first invoice of a new one, now, later or before', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000);
    expect((await firstOf(shop, price)).total).toBe(3000);
    const details = (more: Stripe.InvoiceCreatePreviewParams.SubscriptionDetails) =>
      firstOf(shop, price, { subscription_details: { items: [{ price }], ...more } });
    expect(await details({ start_date: at('2026-06-01') })).toMatchObject({
      total: 3000,
      created: at('2026-06-01'),
    });
    expect((await details({ start_date: at('2026-02-01') })).total).toBe(9000);
    expect((await details({ trial_end: at('2026-04-10') })).total).toBe(0);
    const free = await details({ start_date: at('2026-02-15'), proration_behavior: 'none' });
    expect(free).toMatchObject({ total: 3000, created: at('2026-04-15') });
    expect((await shop.stripe.subscriptions.list({ status: 'all' })).data).toEqual([]);
  });

  test('needs no customer who exists', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000);
    const made = await firstOf(shop, price, {
      customer: undefined,
      customer_details: { tax_exempt: 'none' },
    });
    expect(made.total).toBe(3000);
    expect((await shop.stripe.customers.list()).data).toHaveLength(1);
    await expect(firstOf(shop, price, { customer: undefined })).rejects.toMatchObject({ param: 'customer' });
    await expect(firstOf(shop, price, { customer: 'cus_none' })).rejects.toMatchObject({
      code: 'resource_missing',
    });
  });

  test('is the next renewal of the customer, or what waits for them', async () => {
    const shop = await shops.open('2026-04-01');
    const next = () => shop.stripe.invoices.createPreview({ customer: shop.customer });
    await expect(next()).rejects.toMatchObject(none);
    await shop.stripe.invoiceItems.create({ customer: shop.customer, amount: 500, currency: 'usd' });
    expect(await next()).toMatchObject({ total: 500, parent: null });
    await shop.subscribe(await shop.price(9000, { interval: 'year' }));
    const { id } = await shop.subscribe(await shop.price(3000));
    expect((await next()).parent?.subscription_details?.subscription).toBe(id);
  });
});
