import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, linesOf, openShops } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());

describe('a trial', () => {
  test.each([
    ['create_invoice', 'past_due'],
    ['cancel', 'canceled'],
    ['pause', 'paused'],
  ] as const)('that ends without a card: %s', async (missing_payment_method, status) => {
    const shop = await shops.open('2026-01-31', null);
    const { id } = await shop.subscribe(await shop.price(3000), {
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method } },
    });
    shops.go('2026-02-04T00:00');
    expect(await shop.types()).toContain('customer.subscription.trial_will_end');
    shops.go('2026-02-07T01:00');
    const ended = await shop.subscription(id);
    expect(ended.status).toBe(status);
    if (status === 'paused')
      expect(ended.status_details).toMatchObject({
        paused: { subscription: { type: 'trial_end_without_payment_method' } },
      });
    expect(await shop.types()).toContain(
      status === 'canceled'
        ? 'customer.subscription.deleted'
        : status === 'paused'
          ? 'customer.subscription.paused'
          : 'invoice.payment_failed',
    );
    expect(await shop.invoices()).toHaveLength(status === 'past_due' ? 2 : 1);
  });

  test.each([
    ['cancel', 'canceled', 'customer.subscription.deleted'],
    ['pause', 'paused', 'customer.subscription.paused'],
  ] as const)('that is ended at once without a card: %s', async (missing_payment_method, status, event) => {
    const shop = await shops.open('2026-01-31', null);
    const price = await shop.price(3000);
    const { id } = await shop.subscribe(price, {
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method } },
    });
    shops.go('2026-02-02T00:00');
    const ended = await shop.stripe.subscriptions.update(id, { trial_end: 'now', metadata: { seen: 'yes' } });
    expect(ended).toMatchObject({ status, trial_end: at('2026-02-02'), metadata: { seen: 'yes' } });
    expect(await shop.types()).toContain(event);
    expect(await shop.invoices()).toHaveLength(1);
    shops.go('2026-03-20T00:00');
    expect((await shop.subscription(id)).status).toBe(status);
    expect(await shop.invoices()).toHaveLength(1);
  });

  test('is announced once, three days before its end, also one that was prolonged or is short', async () => {
    const shop = await shops.open('2026-01-31');
    const { id } = await shop.subscribe(await shop.price(3000), { trial_period_days: 7 });
    const announced = async () =>
      (await shop.types()).filter((type) => type === 'customer.subscription.trial_will_end').length;
    const longer = await shop.stripe.subscriptions.update(id, { trial_end: at('2026-02-20') });
    expect(itemOf(longer).current_period_end).toBe(at('2026-02-20'));
    shops.go('2026-02-16T23:00');
    expect(await announced()).toBe(0);
    shops.go('2026-02-17T00:00');
    expect(await announced()).toBe(1);
    shops.go('2026-02-25T00:00');
    expect(await announced()).toBe(1);
    await shop.subscribe(await shop.price(500), { trial_end: at('2026-02-26') });
    expect(await announced()).toBe(2);
  });

  test('that is cut short begins the first period then, or keeps the anchor where that was set', async () => {
    const shop = await shops.open('2026-02-01');
    const price = await shop.price(2800);
    const { id } = await shop.subscribe(price, { trial_period_days: 14 });
    shops.go('2026-02-08');
    const ended = await shop.stripe.subscriptions.update(id, { trial_end: 'now' });
    expect(ended).toMatchObject({
      status: 'active',
      trial_end: at('2026-02-08'),
      billing_cycle_anchor: at('2026-02-08'),
    });
    expect(itemOf(ended).current_period_end).toBe(at('2026-03-08'));
    expect((await shop.newest()).total).toBe(2800);
    const kept = await shop.subscribe(price, {
      trial_period_days: 14,
      trial_settings: {
        end_behavior: { billing_cycle_anchor: 'unchanged', missing_payment_method: 'create_invoice' },
      },
    });
    shops.go('2026-02-15');
    const anchored = await shop.stripe.subscriptions.update(kept.id, { trial_end: 'now' });
    expect(anchored.billing_cycle_anchor).toBe(at('2026-02-22'));
    expect(itemOf(anchored).current_period_end).toBe(at('2026-02-22'));
    // 7 of the 31 days from 22 January to 22 February.
    expect((await shop.newest()).total).toBe(Math.round((2800 * 7) / 31));
  });

  test('that begins in mid-period gives back the rest', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-16');
    const trial = await shop.stripe.subscriptions.update(id, { trial_end: at('2026-05-16') });
    expect(trial).toMatchObject({ status: 'trialing', trial_start: at('2026-04-16') });
    expect(linesOf(await shop.newest())).toEqual([
      ['Unused time on Premium after 16 Apr 2026', -1500],
      ['Free trial for 1 × Premium', 0],
    ]);
    shops.go('2026-05-16T02:00');
    expect(await shop.newest()).toMatchObject({ total: 3000, starting_balance: -1500, amount_paid: 1500 });
  });

  test('can come from the price, and is refused where it makes no sense', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000, { interval: 'month', trial_period_days: 9 });
    const { trial_end: end } = await shop.subscribe(price, { trial_from_plan: true });
    expect(end).toBe(at('2026-04-10'));
    expect((await shop.subscribe(price)).status).toBe('active');
    const refusals = [
      [{ trial_end: at('2026-03-31') }, /in the future/],
      [{ trial_end: at('2029-04-01') }, /two years/],
      [{ trial_end: at('2026-05-01'), trial_period_days: 3 }, /only specify one/],
      [{ trial_end: at('2026-05-01'), trial_from_plan: true }, /only specify one/],
    ] as const;
    for (const [params, refusal] of refusals)
      await expect(shop.subscribe(price, params)).rejects.toThrow(refusal);
  });

  test('costs nothing to change, and the change is what it then costs', async () => {
    const shop = await shops.open('2026-04-01');
    const [small, yearly] = [await shop.price(3000), await shop.price(30_000, { interval: 'year' })];
    const { id, items } = await shop.subscribe(small, { trial_period_days: 10 });
    const changed = await shop.stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id, price: yearly }],
      proration_behavior: 'always_invoice',
    });
    expect(changed.status).toBe('trialing');
    expect(await shop.invoices()).toHaveLength(1);
    shops.go('2026-04-11T02:00');
    expect(await shop.newest()).toMatchObject({ total: 30_000, status: 'paid' });
    expect(itemOf(await shop.subscription(id)).current_period_end).toBe(at('2027-04-11'));
    expect(await shop.problems()).toEqual([]);
  });
});
