import { afterAll, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createShops, first, idOf, start } from '../testing/schedule-shop.ts';

const { sandbox, shop } = createShops('schedules');
afterAll(() => sandbox.close());

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
