import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, linesOf, openShops } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());
const classic = { type: 'classic' } as const;

const periodOf = (item: { current_period_start: number; current_period_end: number }) =>
  [item.current_period_start, item.current_period_end].map((time) =>
    new Date(time * 1000).toISOString().slice(0, 16),
  );

describe('the billing cycle', () => {
  test.each([
    ['2026-01-31T12:00', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    ['2027-12-30T12:00', ['2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30']],
    // Clocks change in Europe on the 29th of March: UTC does not care.
    ['2026-02-28T12:00', ['2026-03-28', '2026-04-28', '2026-05-28', '2026-06-28']],
  ])('that begins on %s renews on %j', async (opening, renewals) => {
    const shop = await shops.open(opening);
    const { id } = await shop.subscribe(await shop.price(3000));
    for (const renewal of renewals) {
      const item = itemOf(await shop.subscription(id));
      expect(periodOf(item)[1]).toBe(`${renewal}T12:00`);
      shops.go(item.current_period_end);
      expect(await shop.newest()).toMatchObject({
        billing_reason: 'subscription_cycle',
        created: at(`${renewal}T12:00`),
      });
    }
    expect(await shop.problems()).toEqual([]);
  });

  test('may begin later: until then a share is paid, or nothing', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000);
    const anchor = at('2026-04-11');
    const shared = await shop.subscribe(price, { billing_cycle_anchor: anchor });
    expect(shared).toMatchObject({ status: 'active', billing_cycle_anchor: anchor });
    // 10 of the 31 days from 11 March to 11 April.
    expect((await shop.newest()).total).toBe(Math.round((3000 * 10) / 31));
    const free = await shop.subscribe(price, { billing_cycle_anchor: anchor, proration_behavior: 'none' });
    expect(free).toMatchObject({ status: 'active', latest_invoice: null });
    shops.go(anchor);
    for (const { id } of [shared, free]) {
      const now = await shop.subscription(id);
      expect(periodOf(itemOf(now))).toEqual(['2026-04-11T00:00', '2026-05-11T00:00']);
      expect((await shop.stripe.invoices.retrieve(String(now.latest_invoice))).total).toBe(3000);
    }
    await expect(shop.subscribe(price, { billing_cycle_anchor: at('2026-06-11') })).rejects.toThrow(
      /cannot be later than next natural billing date/,
    );
  });

  test.each([
    [{ day_of_month: 31 }, '2026-03-31T09:30', '2026-04-30T09:30'],
    [{ day_of_month: 5, hour: 0, minute: 0, second: 0 }, '2026-04-05T00:00', '2026-05-05T00:00'],
    [{ day_of_month: 10 }, '2026-03-10T09:30', '2026-04-10T09:30'],
  ])('can be told by a day of the month: %j', async (billing_cycle_anchor_config, first, second) => {
    const shop = await shops.open('2026-03-10T09:30');
    const { id, billing_cycle_anchor } = await shop.subscribe(await shop.price(3000), {
      billing_cycle_anchor_config,
    });
    expect(billing_cycle_anchor).toBe(at(first));
    if (first !== '2026-03-10T09:30') {
      expect(periodOf(itemOf(await shop.subscription(id)))[1]).toBe(first);
      shops.go(first);
    }
    expect(periodOf(itemOf(await shop.subscription(id)))[1]).toBe(second);
  });

  test('can have begun before: what has passed is billed cycle by cycle, or in one piece in classic mode', async () => {
    const shop = await shops.open('2026-03-15');
    const price = await shop.price(3100);
    const backdate_start_date = at('2026-01-31');
    const flexible = await shop.subscribe(price, { backdate_start_date });
    expect(flexible).toMatchObject({
      billing_cycle_anchor: backdate_start_date,
      start_date: backdate_start_date,
      created: at('2026-03-15'),
    });
    expect(periodOf(itemOf(flexible))).toEqual(['2026-02-28T00:00', '2026-03-31T00:00']);
    expect(linesOf(await shop.newest()).map(([, amount]) => amount)).toEqual([3100, 3100]);
    const old = await shop.subscribe(price, { backdate_start_date, billing_mode: classic });
    expect(periodOf(itemOf(old))).toEqual(['2026-03-15T00:00', '2026-04-15T00:00']);
    const amounts = linesOf(await shop.newest()).map(([, amount]) => amount);
    expect(amounts).toEqual([Math.round((3100 * 43) / 28), 3100]);
    const free = await shop.subscribe(price, { backdate_start_date, proration_behavior: 'none' });
    expect(free.latest_invoice).toBeNull();
    await expect(shop.subscribe(price, { backdate_start_date: at('2026-03-16') })).rejects.toThrow(
      /in the past/,
    );
  });

  test('can begin anew in mid-period, with credit for the rest', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-16');
    const moved = await shop.stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' } });
    expect(periodOf(itemOf(moved))).toEqual(['2026-04-16T00:00', '2026-05-16T00:00']);
    expect(linesOf(await shop.newest())).toEqual([
      ['Unused time on Premium after 16 Apr 2026', -1500],
      ['1 × Premium (at $30.00 / month)', 3000],
    ]);
  });

  test('can have an end: a last period that is cut short costs its share', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000);
    const short = await shop.subscribe(price, { cancel_at: at('2026-04-16') });
    expect(short).toMatchObject({ cancel_at: at('2026-04-16'), cancel_at_period_end: false });
    expect((await shop.newest()).total).toBe(1500);
    const long = await shop.subscribe(price, { cancel_at: at('2026-05-16T12:00') });
    shops.go('2026-04-16');
    expect((await shop.subscription(short.id)).status).toBe('canceled');
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(1500);
    shops.go('2026-05-16T12:00');
    expect(await shop.subscription(long.id)).toMatchObject({
      status: 'canceled',
      ended_at: at('2026-05-16T12:00'),
    });
    expect(await shop.invoices()).toHaveLength(3);
  });

  test('an end that is set later gives back what is paid beyond it, and charges again when it is lifted', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    const ending = await shop.stripe.subscriptions.update(id, { cancel_at: at('2026-04-16') });
    expect(periodOf(itemOf(ending))[1]).toBe('2026-04-16T00:00');
    expect((await shop.pending()).map(({ amount }) => amount)).toEqual([-1500]);
    const going = await shop.stripe.subscriptions.update(id, { cancel_at: '' });
    expect(periodOf(itemOf(going))[1]).toBe('2026-05-01T00:00');
    expect((await shop.pending()).map(({ amount }) => amount)).toEqual([1500, -1500]);
    const named = await shop.stripe.subscriptions.update(id, { cancel_at: 'min_period_end' });
    expect(named.cancel_at).toBe(at('2026-05-01'));
    await expect(
      shop.stripe.subscriptions.update(id, { cancel_at: at('2026-06-01'), cancel_at_period_end: true }),
    ).rejects.toThrow(/only specify one/);
    shops.go('2026-05-01T02:00');
    expect(await shop.subscription(id)).toMatchObject({ status: 'canceled' });
    expect(await shop.problems()).toEqual([]);
  });
});

describe('several items', () => {
  test('with intervals of their own are billed together when they meet, and alone when they do not', async () => {
    const shop = await shops.open('2026-01-31');
    const month = await shop.price(1000);
    const quarter = await shop.price(5000, { interval: 'month', interval_count: 3 });
    const { id, items } = await shop.stripe.subscriptions.create({
      customer: shop.customer,
      items: [{ price: month }, { price: quarter }],
    });
    expect(items.data.map((item) => periodOf(item)[1])).toEqual(['2026-02-28T00:00', '2026-04-30T00:00']);
    expect((await shop.newest()).total).toBe(6000);
    shops.go('2026-02-28T02:00');
    expect(linesOf(await shop.newest())).toEqual([['1 × Premium (at $10.00 / month)', 1000]]);
    shops.go('2026-04-30T02:00');
    expect((await shop.newest()).total).toBe(6000);
    const [first, second] = (await shop.subscription(id)).items.data;
    expect(periodOf(first ?? itemOf(await shop.subscription(id)))[1]).toBe('2026-05-31T00:00');
    expect(second && periodOf(second)[1]).toBe('2026-07-31T00:00');
    expect(await shop.invoices()).toHaveLength(4);
  });

  test('must fit: no weeks in months, and in classic mode one interval only', async () => {
    const shop = await shops.open('2026-01-31');
    const create = (recurring: { interval: 'week' | 'year' }, billing_mode?: { type: 'classic' }) =>
      Promise.all([shop.price(1000), shop.price(500, recurring)]).then((prices) =>
        shop.stripe.subscriptions.create({
          customer: shop.customer,
          items: prices.map((price) => ({ price })),
          billing_mode,
        }),
      );
    await expect(create({ interval: 'week' })).rejects.toThrow(/multiples of the shortest/);
    await expect(create({ interval: 'year' }, classic)).rejects.toThrow(/recurring.interval/);
    await expect(create({ interval: 'year' })).resolves.toMatchObject({ status: 'active' });
    const many = Array.from({ length: 21 }, () => ({ price: 'price_x' }));
    await expect(shop.stripe.subscriptions.create({ customer: shop.customer, items: many })).rejects.toThrow(
      /items/,
    );
  });

  test('are added, changed and removed, each prorated for itself', async () => {
    const shop = await shops.open('2026-04-01');
    const [basic, extra, seats] = await Promise.all([shop.price(3000), shop.price(900), shop.price(200)]);
    const created = await shop.stripe.subscriptions.create({
      customer: shop.customer,
      items: [{ price: basic }, { price: seats, quantity: 3 }],
    });
    const seatItem = created.items.data.find((item) => item.price.id === seats)?.id ?? '';
    shops.go('2026-04-16');
    const item = await shop.stripe.subscriptionItems.create({ subscription: created.id, price: extra });
    expect(periodOf(item)).toEqual(['2026-04-01T00:00', '2026-05-01T00:00']);
    await shop.stripe.subscriptionItems.update(seatItem, { quantity: 5 });
    await shop.stripe.subscriptionItems.del(itemOf(created).id);
    expect((await shop.pending()).map(({ amount, description }) => [description, amount])).toEqual([
      ['Unused time on Premium after 16 Apr 2026', -1500],
      ['Remaining time on 5 × Premium after 16 Apr 2026', 500],
      ['Unused time on 3 × Premium after 16 Apr 2026', -300],
      ['Remaining time on Premium after 16 Apr 2026', 450],
    ]);
    await shop.stripe.subscriptionItems.del(item.id);
    await expect(shop.stripe.subscriptionItems.del(seatItem)).rejects.toThrow(/at least one active plan/);
    shops.go('2026-05-01T02:00');
    const [charge, credit] = [Math.round(450), -450];
    expect((await shop.newest()).total).toBe(1000 - 1500 + 500 - 300 + charge + credit);
  });

  test('a quantity of 0 costs nothing and goes on', async () => {
    const shop = await shops.open('2026-04-01');
    const { id, items, status } = await shop.stripe.subscriptions.create({
      customer: shop.customer,
      items: [{ price: await shop.price(3000), quantity: 0 }],
    });
    expect([status, items.data[0]?.quantity, (await shop.newest()).total]).toEqual(['active', 0, 0]);
    await shop.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id, quantity: 2 }] });
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(12_000);
  });

  test('prices can be described on the spot, and so can what is billed once', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.stripe.subscriptions.create({
      customer: shop.customer,
      items: [
        {
          price_data: {
            currency: 'usd',
            product: shop.product,
            unit_amount: 2500,
            recurring: { interval: 'month' },
          },
        },
      ],
      add_invoice_items: [
        { price_data: { currency: 'usd', product: shop.product, unit_amount: 700 }, quantity: 2 },
      ],
    });
    expect((await shop.newest()).total).toBe(3900);
    await shop.stripe.subscriptions.update(id, {
      add_invoice_items: [{ price_data: { currency: 'usd', product: shop.product, unit_amount: 50 } }],
    });
    expect((await shop.pending()).map(({ amount }) => amount)).toEqual([50]);
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(2550);
    await expect(
      shop.stripe.subscriptions.update(id, { add_invoice_items: [{ price: await shop.price(100) }] }),
    ).rejects.toThrow(/type=one_time/);
  });

  test('are billed with what the invoices of a subscription say', async () => {
    const shop = await shops.open('2026-04-01');
    const { id: taxId } = await shop.stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
    const said = {
      description: 'Thank you',
      footer: 'Northwind',
      custom_fields: [{ name: 'PO', value: '17' }],
    };
    const { id } = await shop.subscribe(await shop.price(3000), {
      invoice_settings: { ...said, account_tax_ids: [taxId] },
      payment_settings: { payment_method_types: ['card'] },
      metadata: { team: 'red' },
    });
    const shown = {
      ...said,
      account_tax_ids: [taxId],
      payment_settings: { payment_method_types: ['card'] },
      parent: { subscription_details: { subscription: id, metadata: { team: 'red' } } },
    };
    expect(await shop.newest()).toMatchObject(shown);
    await shop.stripe.subscriptions.update(id, { invoice_settings: { footer: '', account_tax_ids: '' } });
    shops.go('2026-05-01');
    expect(await shop.newest()).toMatchObject({ ...shown, footer: null, account_tax_ids: null });
    await expect(
      shop.subscribe(await shop.price(100), { invoice_settings: { account_tax_ids: ['txi_none'] } }),
    ).rejects.toThrow(/No such tax_id/);
  });

  test('what waits can be billed between renewals', async () => {
    const shop = await shops.open('2026-04-01');
    const created = await shop.subscribe(await shop.price(12_000, { interval: 'year' }), {
      pending_invoice_item_interval: { interval: 'month' },
    });
    expect(created.next_pending_invoice_item_invoice).toBe(at('2026-05-01'));
    await shop.stripe.invoiceItems.create({ customer: shop.customer, amount: 500, currency: 'usd' });
    shops.go('2026-05-01T02:00');
    expect(await shop.newest()).toMatchObject({ total: 500, status: 'paid' });
    shops.go('2026-06-01T02:00');
    expect(await shop.invoices()).toHaveLength(2);
    expect((await shop.subscription(created.id)).next_pending_invoice_item_invoice).toBe(at('2026-07-01'));
  });
});
