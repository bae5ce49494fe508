import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, linesOf, openShops, type Shop } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());
const modes = [['classic'], ['flexible']] as const;

const change = (
  shop: Shop,
  before: Stripe.Subscription,
  params: Partial<Stripe.SubscriptionItemUpdateParams>,
) =>
  shop.stripe.subscriptions.update(before.id, {
    items: [{ id: itemOf(before).id, ...params } as Stripe.SubscriptionUpdateParams.Item],
  });
const amounts = async (shop: Shop) => (await shop.pending()).map(({ amount }) => amount).reverse();

describe('prorations', () => {
  test.each(modes)('count from a date that was named, %s', async (type) => {
    const shop = await shops.open('2026-04-01');
    const before = await shop.subscribe(await shop.price(3000), { billing_mode: { type } });
    shops.go('2026-04-20');
    const update = (proration_date: number) =>
      shop.stripe.subscriptions.update(before.id, {
        items: [{ id: itemOf(before).id, quantity: 2 }],
        proration_date,
      });
    await expect(update(at('2026-03-31'))).rejects.toThrow(/outside of the current period/);
    await expect(update(at('2026-05-02'))).rejects.toThrow(/outside of the current period/);
    await update(at('2026-04-11'));
    expect(await amounts(shop)).toEqual([-2000, 4000]);
    expect((await shop.pending()).map(({ period }) => period.start)).toEqual([
      at('2026-04-11'),
      at('2026-04-11'),
    ]);
  });

  test('give back what was paid in flexible mode, what it costs now in classic', async () => {
    for (const [type, credit] of [
      ['classic', -3000],
      ['flexible', -1500],
    ] as const) {
      const shop = await shops.open('2026-04-01');
      const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: 'once' });
      const before = await shop.subscribe(await shop.price(6000), {
        billing_mode: { type },
        discounts: [{ coupon: coupon.id }],
      });
      expect((await shop.newest()).total).toBe(3000);
      shops.go('2026-04-16');
      await change(shop, before, { price: await shop.price(8000) });
      expect(await amounts(shop)).toEqual([credit, 4000]);
    }
  });

  test('never give back more than was paid, however often a plan changes within a day', async () => {
    const shop = await shops.open('2026-04-01');
    const [small, large] = [await shop.price(3000), await shop.price(9000)];
    const before = await shop.subscribe(small);
    shops.go('2026-04-16');
    for (const price of [large, small, large, small]) await change(shop, before, { price });
    expect(await amounts(shop)).toEqual([-1500, 4500, -4500, 1500, -1500, 4500, -4500, 1500]);
    await shop.stripe.subscriptions.cancel(before.id, { prorate: true, invoice_now: true });
    expect((await shop.newest()).total).toBe(-1500);
    expect((await shop.stripe.customers.retrieve(shop.customer)) as Stripe.Customer).toMatchObject({
      balance: -1500,
    });
  });

  test('leave out what was never billed, or is on an invoice that was voided', async () => {
    const shop = await shops.open('2026-04-01', 'pm_card_chargeCustomerFail');
    const before = await shop.subscribe(await shop.price(3000), {
      collection_method: 'send_invoice',
      days_until_due: 30,
    });
    await shop.stripe.invoices.finalizeInvoice(String(before.latest_invoice));
    await shop.stripe.invoices.voidInvoice(String(before.latest_invoice));
    shops.go('2026-04-16');
    await change(shop, before, { quantity: 2 });
    expect(await amounts(shop)).toEqual([3000]);
  });

  test('carry the tax of what they give back', async () => {
    const shop = await shops.open('2026-04-01');
    const rate = (percentage: number) =>
      shop.stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive: false });
    const [low, high] = [await rate(10), await rate(20)];
    const before = await shop.subscribe(await shop.price(3000), { default_tax_rates: [low.id] });
    expect((await shop.newest()).total).toBe(3300);
    shops.go('2026-04-16');
    await shop.stripe.subscriptions.update(before.id, {
      items: [{ id: itemOf(before).id, quantity: 2 }],
      default_tax_rates: [high.id],
      proration_behavior: 'always_invoice',
    });
    // 1500 back with a tenth, 3000 with a fifth.
    expect(await shop.newest()).toMatchObject({ subtotal: 1500, total: 3600 - 1650 });
    expect(await shop.problems()).toEqual([]);
  });

  test('of a discount on the item lower only that item', async () => {
    const shop = await shops.open('2026-04-01');
    const coupon = (await shop.stripe.coupons.create({ percent_off: 20, duration: 'forever' })).id;
    const [one, other] = [await shop.price(1000), await shop.price(2000)];
    const before = await shop.stripe.subscriptions.create({
      customer: shop.customer,
      items: [{ price: one, discounts: [{ coupon }] }, { price: other }],
      expand: ['items.data.discounts'],
    });
    expect((await shop.newest()).total).toBe(2800);
    expect(before.items.data[0]?.discounts[0]).toMatchObject({ source: { coupon } });
    shops.go('2026-04-16');
    await shop.stripe.subscriptions.update(before.id, {
      items: before.items.data.map(({ id }) => ({ id, quantity: 3 })),
    });
    expect(await amounts(shop)).toEqual([-400, -1000, 1200, 3000]);
    await shop.stripe.subscriptionItems.update(itemOf(before).id, {
      discounts: '',
      proration_behavior: 'none',
    });
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(9000 + 2800);
  });

  test('of another interval begin a new cycle, with what is left given back', async () => {
    const shop = await shops.open('2026-04-01');
    const before = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-16');
    const yearly = await shop.price(30_000, { interval: 'year' });
    const after = await change(shop, before, { price: yearly });
    expect(after.billing_cycle_anchor).toBe(at('2026-04-16'));
    expect(itemOf(after).current_period_end).toBe(at('2027-04-16'));
    expect(linesOf(await shop.newest())).toEqual([
      ['Unused time on Premium after 16 Apr 2026', -1500],
      ['1 × Premium (at $300.00 / year)', 30_000],
    ]);
  });

  test('from free to paid begin a new cycle, and the other way give back the rest', async () => {
    const shop = await shops.open('2026-04-01');
    const [free, paid] = [await shop.price(0), await shop.price(3000)];
    const before = await shop.subscribe(free);
    shops.go('2026-04-16');
    const upgraded = await change(shop, before, { price: paid });
    expect(upgraded.billing_cycle_anchor).toBe(at('2026-04-16'));
    expect(await shop.newest()).toMatchObject({ total: 3000, status: 'paid' });
    shops.go('2026-05-01');
    const downgraded = await change(shop, upgraded, { price: free });
    expect(downgraded.billing_cycle_anchor).toBe(at('2026-04-16'));
    expect(await amounts(shop)).toEqual([-1500]);
  });

  test('a subscription that moves to flexible billing keeps going, and cannot go back', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000), { billing_mode: { type: 'classic' } });
    shops.go('2026-04-16');
    const migrated = await shop.stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } });
    expect(migrated.billing_mode).toEqual({
      flexible: { proration_discounts: 'included' },
      type: 'flexible',
      updated_at: at('2026-04-16'),
    });
    await expect(
      shop.stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } }),
    ).rejects.toThrow(/already/);
    await change(shop, migrated, { quantity: 2 });
    expect(await amounts(shop)).toEqual([-1500, 3000]);
  });
});

describe('discounts', () => {
  test('can be taken away by name or with their last', async () => {
    const shop = await shops.open('2026-04-01');
    const coupon = (await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })).id;
    const { id, discounts } = await shop.subscribe(await shop.price(3000), { discounts: [{ coupon }] });
    expect(discounts).toHaveLength(1);
    const gone = await shop.stripe.subscriptions.deleteDiscount(id);
    expect(gone).toMatchObject({ id: discounts[0], deleted: true });
    expect((await shop.subscription(id)).discounts).toEqual([]);
    await expect(shop.stripe.subscriptions.deleteDiscount(id)).rejects.toMatchObject({ statusCode: 404 });
    await shop.stripe.subscriptions.update(id, { discounts: [{ coupon }] });
    expect((await shop.stripe.subscriptions.update(id, { discounts: '' })).discounts).toEqual([]);
    expect(await shop.types()).toEqual(
      expect.arrayContaining(['customer.discount.created', 'customer.discount.deleted']),
    );
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(3000);
  });

  test('go with a subscription when it moves to another: the same discount, not another redemption', async () => {
    const shop = await shops.open('2026-04-01');
    const terms = { percent_off: 50, duration: 'forever', max_redemptions: 1 } as const;
    const coupon = (await shop.stripe.coupons.create(terms)).id;
    const price = await shop.price(3000);
    const old = await shop.subscribe(price, { discounts: [{ coupon }] });
    await expect(shop.subscribe(price, { discounts: [{ coupon }] })).rejects.toThrow(/expired/);
    const moved = await shop.subscribe(price, { discounts: [{ discount: String(old.discounts[0]) }] });
    expect(moved.discounts).toEqual(old.discounts);
    expect((await shop.newest()).total).toBe(1500);
  });
});

test('subscriptions are found by search and by what lists filter', async () => {
  const shop = await shops.open('2026-04-01');
  const [price, other] = [await shop.price(3000), await shop.price(500)];
  const one = await shop.subscribe(price, { metadata: { team: 'red' } });
  await shop.subscribe(other, { collection_method: 'send_invoice', days_until_due: 3 });
  await shop.stripe.subscriptions.cancel(one.id);
  const ids = async (params: Stripe.SubscriptionListParams) =>
    (await shop.stripe.subscriptions.list(params)).data.map(({ id }) => id);
  expect(await ids({})).toHaveLength(1);
  expect(await ids({ status: 'all' })).toHaveLength(2);
  expect(await ids({ status: 'ended' })).toEqual([one.id]);
  expect(await ids({ status: 'all', price })).toEqual([one.id]);
  expect(await ids({ collection_method: 'send_invoice' })).toHaveLength(1);
  expect(await ids({ current_period_end: { gt: at('2026-05-01') } })).toEqual([]);
  const found = await shop.stripe.subscriptions.search({
    query: "metadata['team']:'red' AND status:'canceled'",
  });
  expect(found.data.map(({ id }) => id)).toEqual([one.id]);
});
