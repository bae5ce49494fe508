import { afterAll, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createShops, first, idOf, start } from '../testing/schedule-shop.ts';

const { sandbox, shop } = createShops('phases');
afterAll(() => sandbox.close());

describe('phases', () => {
  test('one follows the other at the end of a period, and the renewal bills the new one without prorations', async () => {
    const { stripe, customer, small, large, totals, types, to } = await shop();
    const schedule = await stripe.subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: small }], duration: { interval: 'month', interval_count: 2 } },
        { items: [{ price: large, quantity: 2 }], metadata: { tier: 'large' } },
      ],
    });
    expect(schedule).toMatchObject({
      object: 'subscription_schedule',
      status: 'active',
      current_phase: { start_date: start, end_date: first(3) },
      end_behavior: 'release',
      phases: [
        { start_date: start, end_date: first(3), items: [{ price: small, quantity: 1 }] },
        { start_date: first(3), end_date: first(4), proration_behavior: 'create_prorations' },
      ],
    });
    const id = idOf(schedule.subscription);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      schedule: schedule.id,
      items: { data: [{ price: { id: small } }] },
    });
    expect((await types()).slice(0, 3)).toEqual([
      'subscription_schedule.created',
      'customer.subscription.created',
      'invoice.created',
    ]);
    expect((await stripe.invoices.list({ customer })).data).toMatchObject([{ status: 'draft', total: 1000 }]);
    to(first(3) + 3700);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      items: { data: [{ price: { id: large }, quantity: 2 }] },
      metadata: { tier: 'large' },
      status: 'active',
    });
    expect(await totals()).toEqual([
      '1000 subscription_create',
      '1000 subscription_cycle',
      '6000 subscription_cycle',
    ]);
    const invoices = await stripe.invoices.list({ customer });
    expect(invoices.data.map((invoice) => invoice.status)).toEqual(['paid', 'paid', 'paid']);
    const ofSchedule = async () => (await types()).filter((type) => type.startsWith('subscription_schedule'));
    expect(await ofSchedule()).toEqual(['subscription_schedule.updated']);
    to(first(4) + 10);
    expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: 'released',
      released_at: first(4),
      released_subscription: id,
      subscription: null,
      current_phase: null,
    });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active', schedule: null });
    expect(await ofSchedule()).toEqual(['subscription_schedule.released', 'subscription_schedule.expiring']);
  });

  const twoPhases = (small: string, large: string, second: object = {}) => [
    { items: [{ price: small }], end_date: start + 15 * day },
    { items: [{ price: large }], end_date: first(4), ...second },
  ];

  test.each([
    // January has 31 days: of the 15 that were used 484 stays, 516 comes back, and 16 days at 3000 cost 1548.
    ['create_prorations', ['1000 subscription_create', '4032 subscription_cycle']],
    ['always_invoice', ['1000 subscription_create', '1032 subscription_update', '3000 subscription_cycle']],
    ['none', ['1000 subscription_create', '3000 subscription_cycle']],
  ] as const)('a change in mid-period is prorated as the phase says: %s', async (behavior, expected) => {
    const { stripe, customer, small, large, totals, to } = await shop();
    await stripe.subscriptionSchedules.create({
      customer,
      phases: twoPhases(small, large, { proration_behavior: behavior }),
    });
    to(first(2) + 10);
    expect(await totals()).toEqual(expected);
  });

  test('a phase can begin a cycle of its own', async () => {
    const { stripe, customer, small, large, totals, to } = await shop();
    const { subscription } = await stripe.subscriptionSchedules.create({
      customer,
      phases: twoPhases(small, large, { billing_cycle_anchor: 'phase_start' }),
    });
    to(start + 15 * day + 10);
    const { billing_cycle_anchor: anchor } = await stripe.subscriptions.retrieve(idOf(subscription));
    expect(anchor).toBe(start + 15 * day);
    expect(await totals()).toEqual(['1000 subscription_create', '2484 subscription_update']);
  });

  test('another interval begins with the phase, and more prices join at a renewal without prorations', async () => {
    const { stripe, customer, price, small, large, totals, to } = await shop();
    const yearly = await price(10_000, 'year');
    const { subscription } = await stripe.subscriptionSchedules.create({
      customer,
      phases: [
        { items: [{ price: small }], end_date: first(2) },
        { items: [{ price: small }, { price: large }], end_date: first(3) },
        { items: [{ price: yearly }] },
      ],
    });
    to(first(2) + 10);
    const both = await stripe.subscriptions.retrieve(idOf(subscription));
    expect(both.items.data.map((item) => item.current_period_end)).toEqual([first(3), first(3)]);
    to(first(3) + 10);
    expect(await totals()).toEqual([
      '1000 subscription_create',
      '4000 subscription_cycle',
      '10000 subscription_update',
    ]);
    const { items } = await stripe.subscriptions.retrieve(idOf(subscription));
    expect(items.data).toMatchObject([{ price: { id: yearly }, current_period_start: first(3) }]);
  });

  test('trials: a whole phase, a part of one, and one in the middle', async () => {
    const { stripe, customer, small, totals, to } = await shop();
    const items = [{ price: small }];
    const whole = await stripe.subscriptionSchedules.create({
      customer,
      phases: [
        { items, trial: true, end_date: first(2) },
        { items, end_date: first(3) },
        { items, trial_end: first(3) + 10 * day, end_date: first(5) },
      ],
    });
    expect(whole.phases.map((phase) => phase.trial_end)).toEqual([first(2), null, first(3) + 10 * day]);
    const id = idOf(whole.subscription);
    const state = async () => {
      const { status, trial_end: end } = await stripe.subscriptions.retrieve(id);
      return [status, end];
    };
    expect(await state()).toEqual(['trialing', first(2)]);
    to(first(2) + 10);
    expect(await state()).toEqual(['active', first(2)]);
    to(first(3) + 10);
    expect(await state()).toEqual(['trialing', first(3) + 10 * day]);
    to(first(3) + 10 * day + 10);
    expect((await state())[0]).toBe('active');
    expect(await totals()).toEqual([
      '0 subscription_create',
      '1000 subscription_cycle',
      '0 subscription_update',
      '1000 subscription_cycle',
    ]);
  });

  test('each brings its own discounts, tax rates, items to add once, and ways to collect', async () => {
    const { stripe, customer, product, small, totals, to } = await shop();
    const coupon = (await stripe.coupons.create({ percent_off: 50, duration: 'forever' })).id;
    const rate = (await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false })).id;
    const items = [{ price: small }];
    const price_data = { currency: 'usd', product, unit_amount: 700 };
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      default_settings: { description: 'Usual' },
      phases: [
        { items, discounts: [{ coupon }], end_date: first(2), metadata: { a: '1', b: '1' } },
        {
          items,
          add_invoice_items: [{ price_data, quantity: 2 }],
          default_tax_rates: [rate],
          description: 'Special',
          metadata: { b: '2' },
          end_date: first(3),
        },
        {
          items,
          collection_method: 'send_invoice',
          invoice_settings: { days_until_due: 9 },
          end_date: first(4),
        },
      ],
    });
    const state = () => stripe.subscriptions.retrieve(idOf(subscription));
    expect(await state()).toMatchObject({ description: 'Usual', metadata: { a: '1', b: '1' } });
    expect((await state()).discounts).toHaveLength(1);
    to(first(2) + 10);
    expect(await state()).toMatchObject({
      description: 'Special',
      discounts: [],
      metadata: { a: '1', b: '2' },
    });
    to(first(3) + 10);
    expect(await state()).toMatchObject({
      description: 'Usual',
      collection_method: 'send_invoice',
      days_until_due: 9,
    });
    expect(await totals()).toEqual([
      '500 subscription_create',
      '2880 subscription_cycle',
      '1000 subscription_cycle',
    ]);
    const { phases } = await stripe.subscriptionSchedules.retrieve(id, {
      expand: ['phases.items.price', 'phases.discounts.coupon'],
    });
    expect(phases).toMatchObject([
      { items: [{ price: { unit_amount: 1000 } }], discounts: [{ coupon: { percent_off: 50 } }] },
      { default_tax_rates: [{ id: rate }], add_invoice_items: [{ quantity: 2 }] },
      { collection_method: 'send_invoice' },
    ]);
  });
});
