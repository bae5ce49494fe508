import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, linesOf, openShops } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());

describe('a paused subscription', () => {
  test('is given back what is left, makes no invoices, and resumes when it is paid for', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-16');
    const paused = await shop.stripe.subscriptions.pause(id, { type: 'subscription' });
    expect(paused.status_details).toEqual({
      paused: {
        subscription: { type: 'pause_requested' },
        transitioned_at: at('2026-04-16'),
        type: 'subscription',
      },
    });
    expect((await shop.pending()).map(({ amount }) => amount)).toEqual([-1500]);
    expect(await shop.types()).toContain('customer.subscription.paused');
    shops.go('2026-07-01');
    expect(await shop.invoices()).toHaveLength(1);
    const asked = await shop.stripe.subscriptions.resume(id);
    expect(asked).toMatchObject({ status: 'paused', pending_update: { expires_at: at('2026-07-01T23:00') } });
    expect(linesOf(await shop.newest())).toEqual([
      ['Unused time on Premium after 16 Apr 2026', -1500],
      ['1 × Premium (at $30.00 / month)', 3000],
    ]);
    await shop.stripe.invoices.pay((await shop.newest()).id ?? '');
    const resumed = await shop.subscription(id);
    expect(resumed).toMatchObject({ status: 'active', pending_update: null });
    expect(resumed.status_details).toBeUndefined();
    expect(itemOf(resumed).current_period_end).toBe(at('2026-08-01'));
    expect((await shop.types()).filter((type) => /paused|resumed/.test(type))).toEqual([
      'customer.subscription.resumed',
    ]);
    shops.go('2026-08-01T02:00');
    expect(await shop.newest()).toMatchObject({ total: 3000, status: 'paid' });
    expect(await shop.problems()).toEqual([]);
  });

  test('stays paused when nobody pays in time, and can be asked again', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    await shop.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    expect(await shop.pending()).toEqual([]);
    await shop.stripe.subscriptions.resume(id);
    shops.go('2026-04-01T23:00');
    expect(await shop.subscription(id)).toMatchObject({ status: 'paused', pending_update: null });
    expect((await shop.newest()).status).toBe('void');
    await shop.stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    expect((await shop.subscription(id)).status).toBe('active');
    expect((await shop.newest()).status).toBe('paid');
  });

  test.each([
    ['resume_on_payment_attempt', 'past_due'],
    ['resume_on_payment_success', 'paused'],
  ] as const)('with %s and a declined card: %s', async (payment_behavior, status) => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    await shop.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await shop.use('pm_card_chargeCustomerFail');
    await shop.stripe.subscriptions.resume(id, { payment_behavior });
    if (payment_behavior === 'resume_on_payment_attempt')
      await expect(shop.stripe.invoices.pay((await shop.newest()).id ?? '')).rejects.toThrow(/declined/);
    expect((await shop.subscription(id)).status).toBe(status);
    await shop.use('pm_card_visa');
    await shop.stripe.invoices.pay((await shop.newest()).id ?? '');
    expect((await shop.subscription(id)).status).toBe('active');
  });

  test('keeps its cycle where that is asked for, and pays for what is left of the period', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-11');
    await shop.stripe.subscriptions.pause(id, { invoicing_behavior: 'invoice' });
    expect(await shop.newest()).toMatchObject({ total: -2000, ending_balance: -2000 });
    shops.go('2026-04-21');
    const resumed = await shop.stripe.subscriptions.resume(id, {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'create_prorations',
    });
    expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: at('2026-04-01') });
    expect((await shop.pending()).map(({ amount }) => amount)).toEqual([1000]);
    shops.go('2026-05-01T02:00');
    expect(await shop.newest()).toMatchObject({ total: 4000, amount_paid: 2000 });
  });

  test('that was not given anything back does not pay twice for the same time', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-11');
    await shop.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    shops.go('2026-04-21');
    await shop.stripe.subscriptions.resume(id, {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'create_prorations',
    });
    expect((await shop.pending()).reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
  });

  test('that is changed has to be resumed again; a trial begins it anew', async () => {
    const shop = await shops.open('2026-04-01');
    const { id, items } = await shop.subscribe(await shop.price(3000));
    await shop.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await shop.stripe.subscriptions.resume(id);
    await shop.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id, quantity: 2 }] });
    expect(await shop.subscription(id)).toMatchObject({ status: 'paused', pending_update: null });
    expect(await shop.newest()).toMatchObject({ status: 'void', total: 3000 });
    await shop.stripe.subscriptions.resume(id);
    expect((await shop.newest()).total).toBe(6000);
    const trial = await shop.stripe.subscriptions.update(id, { trial_end: at('2026-04-10') });
    expect(trial).toMatchObject({ status: 'trialing', pending_update: null });
    expect(trial.status_details).toBeUndefined();
    shops.go('2026-04-10T02:00');
    expect(await shop.newest()).toMatchObject({ total: 6000, status: 'paid' });
  });

  test('must be flexible, charged by itself and running', async () => {
    const shop = await shops.open('2026-04-01');
    const price = await shop.price(3000);
    const pause = async (params: Partial<Stripe.SubscriptionCreateParams>) =>
      shop.stripe.subscriptions.pause((await shop.subscribe(price, params)).id);
    await expect(pause({ billing_mode: { type: 'classic' } })).rejects.toThrow(/billing_mode` `flexible/);
    await expect(pause({ collection_method: 'send_invoice', days_until_due: 3 })).rejects.toThrow(
      /charge_automatically/,
    );
    await expect(pause({ trial_period_days: 3 })).rejects.toThrow(/status `trialing`/);
  });
});

describe('collection that is paused', () => {
  test.each([
    ['void', 'void'],
    ['mark_uncollectible', 'uncollectible'],
    ['keep_as_draft', 'draft'],
  ] as const)('with %s leaves invoices %s, until it resumes by itself', async (behavior, status) => {
    const shop = await shops.open('2026-01-31');
    const { id } = await shop.subscribe(await shop.price(3000));
    const paused = await shop.stripe.subscriptions.update(id, {
      pause_collection: { behavior, resumes_at: at('2026-03-15') },
    });
    expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior } });
    shops.go('2026-02-28T02:00');
    expect(await shop.newest()).toMatchObject({ status, total: 3000, auto_advance: false });
    expect((await shop.subscription(id)).status).toBe('active');
    shops.go('2026-03-15');
    expect((await shop.subscription(id)).pause_collection).toBeNull();
    shops.go('2026-03-31T02:00');
    expect(await shop.newest()).toMatchObject({ status: 'paid' });
    expect(await shop.problems()).toEqual([]);
  });

  test('can be lifted, and not end before it begins', async () => {
    const shop = await shops.open('2026-01-31');
    const { id } = await shop.subscribe(await shop.price(3000));
    const update = (pause_collection: Stripe.SubscriptionUpdateParams['pause_collection']) =>
      shop.stripe.subscriptions.update(id, { pause_collection });
    await expect(update({ behavior: 'void', resumes_at: at('2026-01-30') })).rejects.toThrow(/future/);
    await update({ behavior: 'void' });
    expect((await update('')).pause_collection).toBeNull();
    shops.go('2026-02-28T02:00');
    expect((await shop.newest()).status).toBe('paid');
  });
});
