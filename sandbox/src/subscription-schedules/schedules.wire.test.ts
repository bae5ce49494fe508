import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;
let now = start;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

/** The first of a month of 2026, in seconds. */
const first = (month: number) => Date.UTC(2026, month - 1, 1) / 1000;

let accounts = 0;
async function shop() {
  now = start;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_schedules${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ email: 'bea@example.com' })).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const { id: product } = await stripe.products.create({ name: 'Premium' });
  const price = async (unit_amount: number, interval: 'month' | 'year' = 'month') =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval } })).id;
  const [small, large] = [await price(1000), await price(3000)];
  const types = async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
  const totals = async () =>
    (await stripe.invoices.list({ customer })).data
      .map(({ total, billing_reason: reason }) => `${total} ${reason}`)
      .reverse();
  const to = (at: number) => {
    now = at;
  };
  return { stripe, customer, product, price, small, large, types, totals, to, method: method.id };
}

function idOf(value: string | { id: string } | null): string {
  if (value === null) throw new Error('nothing there');
  return typeof value === 'string' ? value : value.id;
}

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
    to(first(4) + 10);
    expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: 'released',
      released_at: first(4),
      released_subscription: id,
      subscription: null,
      current_phase: null,
    });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active', schedule: null });
    expect((await types()).filter((type) => type.startsWith('subscription_schedule')).reverse()).toEqual([
      'subscription_schedule.created',
      'subscription_schedule.updated',
      'subscription_schedule.expiring',
      'subscription_schedule.released',
    ]);
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

describe('the ends of a schedule', () => {
  test('one that begins later has no subscription until then, also on a test clock', async () => {
    const { stripe, small, to } = await shop();
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const customer = (await stripe.customers.create({ test_clock: clock.id })).id;
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    const { id } = await stripe.subscriptionSchedules.create({
      customer,
      start_date: first(2),
      phases: [{ items: [{ price: small }] }],
    });
    expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
      status: 'not_started',
      subscription: null,
      current_phase: null,
      test_clock: clock.id,
    });
    expect((await stripe.subscriptionSchedules.list({ customer, scheduled: true })).data).toHaveLength(1);
    expect((await stripe.subscriptionSchedules.list()).data).toHaveLength(0);
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: first(2) + 7200 });
    const begun = await stripe.subscriptionSchedules.retrieve(id, {
      expand: ['subscription.latest_invoice'],
    });
    expect(begun).toMatchObject({
      status: 'active',
      current_phase: { start_date: first(2), end_date: first(3) },
      subscription: {
        schedule: id,
        start_date: first(2),
        status: 'active',
        latest_invoice: { status: 'paid', total: 1000, created: first(2) },
      },
    });
    expect((await stripe.subscriptionSchedules.list({ customer, scheduled: true })).data).toEqual([]);
    to(start);
  });

  test('with end_behavior cancel the subscription is to end with the last phase, and does', async () => {
    const { stripe, customer, small, types, to } = await shop();
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      end_behavior: 'cancel',
      phases: [{ items: [{ price: small }], end_date: first(3) }],
    });
    expect(await stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({ cancel_at: first(3) });
    to(first(3) + 10);
    expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
      status: 'completed',
      completed_at: first(3),
      subscription,
    });
    expect(await stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({
      status: 'canceled',
      ended_at: first(3),
    });
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(2);
    expect((await types()).filter((type) => type.endsWith('.completed'))).toHaveLength(1);
  });

  test.each([
    [false, null],
    [true, first(3)],
  ])('releasing takes the end away unless it is kept: %s', async (keeps, cancelAt) => {
    const { stripe, customer, small } = await shop();
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      end_behavior: 'cancel',
      phases: [{ items: [{ price: small }], end_date: first(3) }],
    });
    const released = await stripe.subscriptionSchedules.release(id, { preserve_cancel_date: keeps });
    expect(released).toMatchObject({ status: 'released', released_subscription: subscription });
    expect(await stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({
      schedule: null,
      cancel_at: cancelAt,
    });
  });

  test('canceling credits the rest of the period and bills at once, unless told otherwise', async () => {
    const { stripe, customer, small, totals, to } = await shop();
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      phases: [{ items: [{ price: small }], end_date: first(4) }],
    });
    to(start + 15 * day);
    const canceled = await stripe.subscriptionSchedules.cancel(id);
    expect(canceled).toMatchObject({ status: 'canceled', canceled_at: start + 15 * day, subscription });
    expect((await stripe.subscriptions.retrieve(idOf(subscription))).status).toBe('canceled');
    expect(await totals()).toEqual(['1000 subscription_create', '-516 subscription_update']);
  });

  test('a subscription that nobody pays for aborts its schedule', async () => {
    const { stripe, customer, small, types, to } = await shop();
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      default_settings: { default_payment_method: method.id },
      phases: [{ items: [{ price: small }], end_date: first(6) }],
    });
    to(start + 7300);
    expect((await stripe.subscriptions.retrieve(idOf(subscription))).status).toBe('past_due');
    to(start + 20 * day);
    expect((await stripe.subscriptionSchedules.retrieve(id)).status).toBe('canceled');
    expect(await types()).toContain('subscription_schedule.aborted');
  });
});

describe('a subscription that is put under a schedule', () => {
  async function adopted() {
    const at = await shop();
    const { id } = await at.stripe.subscriptions.create({
      customer: at.customer,
      items: [{ price: at.small, quantity: 2 }],
      description: 'Two seats',
    });
    const schedule = await at.stripe.subscriptionSchedules.create({ from_subscription: id });
    return { ...at, id, schedule };
  }

  test('its period is the first phase, and another can be added', async () => {
    const { stripe, id, schedule, small, large, totals, to } = await adopted();
    expect(schedule).toMatchObject({
      status: 'active',
      subscription: id,
      default_settings: { description: 'Two seats', collection_method: 'charge_automatically' },
      phases: [{ start_date: start, end_date: first(2), items: [{ price: small, quantity: 2 }] }],
    });
    expect((await stripe.subscriptions.retrieve(id)).schedule).toBe(schedule.id);
    await stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: small, quantity: 2 }], start_date: start, end_date: first(2) },
        { items: [{ price: large }], duration: { interval: 'month' } },
      ],
    });
    expect(await totals()).toEqual(['2000 subscription_create']);
    to(first(2) + 10);
    expect(await totals()).toEqual(['2000 subscription_create', '3000 subscription_cycle']);
    expect(await stripe.subscriptions.retrieve(id, { expand: ['schedule'] })).toMatchObject({
      schedule: { current_phase: { start_date: first(2), end_date: first(3) } },
    });
  });

  test('a change of it changes the phase it is in; when it ends is for the schedule to say', async () => {
    const { stripe, id, schedule, small, types } = await adopted();
    const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
    await stripe.subscriptions.update(id, { items: [{ id: item?.id, quantity: 5 }], description: 'Five' });
    const { phases } = await stripe.subscriptionSchedules.retrieve(schedule.id);
    expect(phases).toMatchObject([{ items: [{ price: small, quantity: 5 }], description: 'Five' }]);
    expect((await types())[0]).toBe('subscription_schedule.updated');
    for (const change of [{ cancel_at_period_end: true }, { cancel_at: first(6) }])
      await expect(stripe.subscriptions.update(id, change)).rejects.toThrow(
        `The subscription is managed by the subscription schedule \`${schedule.id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      );
  });

  test('a change of the current phase happens at once, prorated as the request says', async () => {
    const { stripe, id, schedule, small, totals, to } = await adopted();
    to(start + 15 * day);
    const update = (quantity: number, proration_behavior: 'always_invoice' | 'none') =>
      stripe.subscriptionSchedules.update(schedule.id, {
        phases: [{ items: [{ price: small, quantity }], start_date: start, end_date: first(2) }],
        proration_behavior,
      });
    await update(4, 'always_invoice');
    expect(await totals()).toEqual(['2000 subscription_create', '1033 subscription_update']);
    await update(1, 'none');
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ items: { data: [{ quantity: 1 }] } });
    expect(await totals()).toHaveLength(2);
  });

  test('ending the current phase now begins the next', async () => {
    const { stripe, id, schedule, small, large, to } = await adopted();
    to(start + 15 * day);
    const updated = await stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: small, quantity: 2 }], start_date: start, end_date: 'now' },
        { items: [{ price: large }], duration: { interval: 'month' } },
      ],
    });
    expect(updated.current_phase?.start_date).toBe(start + 15 * day);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      items: { data: [{ price: { id: large } }] },
    });
  });
});

describe('refusals', () => {
  type Shop = Awaited<ReturnType<typeof shop>>;
  const phase = ({ small }: Shop) => ({ items: [{ price: small }] });
  test.each<[string, (at: Shop) => Stripe.SubscriptionScheduleCreateParams, object]>([
    ['no customer', (at) => ({ phases: [phase(at)] }), { param: 'customer' }],
    ['no phases', ({ customer }) => ({ customer }), { param: 'phases' }],
    [
      'two lengths',
      (at) => ({
        customer: at.customer,
        phases: [{ ...phase(at), end_date: first(3), duration: { interval: 'month' } }],
      }),
      { message: 'You may only specify one of these parameters: duration, end_date.' },
    ],
    [
      'an end before the start',
      (at) => ({ customer: at.customer, phases: [{ ...phase(at), end_date: start - 5 }] }),
      { param: 'phases[0][end_date]' },
    ],
    [
      'a price that is not there',
      ({ customer }) => ({ customer, phases: [{ items: [{ price: 'price_x' }] }] }),
      { param: 'phases[0][items][0][price]', code: 'resource_missing' },
    ],
    [
      'a coupon that is not there',
      (at) => ({ customer: at.customer, phases: [{ ...phase(at), discounts: [{ coupon: 'nope' }] }] }),
      { param: 'phases[0][discounts][0][coupon]', code: 'resource_missing' },
    ],
    [
      'the same price twice',
      ({ customer, small }) => ({ customer, phases: [{ items: [{ price: small }, { price: small }] }] }),
      { param: 'phases[0][items]' },
    ],
    [
      'sending without a time to pay',
      (at) => ({ customer: at.customer, phases: [{ ...phase(at), collection_method: 'send_invoice' }] }),
      { param: 'phases[0][invoice_settings][days_until_due]' },
    ],
    [
      'a trial beyond the phase',
      (at) => ({ customer: at.customer, phases: [{ ...phase(at), trial_end: first(5) }] }),
      { param: 'phases[0][trial_end]' },
    ],
    [
      'a cycle of its own in a phase on trial',
      (at) => ({
        customer: at.customer,
        phases: [{ ...phase(at), trial: true, billing_cycle_anchor: 'phase_start' }],
      }),
      { param: 'phases[0][billing_cycle_anchor]' },
    ],
    [
      'phases with a subscription to take over',
      (at) => ({ from_subscription: 'sub_x', phases: [phase(at)] }),
      { param: 'phases', message: 'You cannot set `phases` if `from_subscription` is set.' },
    ],
    [
      'more than ten phases',
      (at) => ({ customer: at.customer, phases: Array.from({ length: 11 }, () => phase(at)) }),
      { param: 'phases' },
    ],
  ])('%s', async (_, params, expected) => {
    const at = await shop();
    await expect(at.stripe.subscriptionSchedules.create(params(at))).rejects.toMatchObject({
      statusCode: 400,
      ...expected,
    });
    expect((await at.stripe.subscriptionSchedules.list()).data).toEqual([]);
  });

  test('of an update of the current phase', async () => {
    const { stripe, customer, small, to } = await shop();
    const items = [{ price: small }];
    const { id } = await stripe.subscriptionSchedules.create({ customer, phases: [{ items }] });
    to(start + 5 * day);
    const update = (phases: Stripe.SubscriptionScheduleUpdateParams.Phase[]) =>
      stripe.subscriptionSchedules.update(id, { phases });
    await expect(update([{ items }])).rejects.toThrow(/missing at least one phase with a `start_date`/);
    await expect(update([{ items, start_date: start + day }])).rejects.toThrow(
      'You can not modify the start date of the current phase',
    );
    await expect(update([{ items, start_date: start, end_date: start + day }])).rejects.toThrow(
      'You can only adjust the end date to a future date for the current phase.',
    );
    await expect(stripe.subscriptionSchedules.retrieve('sub_sched_x')).rejects.toMatchObject({
      statusCode: 404,
      message: "No such subscription schedule: 'sub_sched_x'",
    });
  });
});
