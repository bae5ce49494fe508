import type Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createShops, first, start } from '../testing/schedule-shop.ts';

const { sandbox, shop } = createShops('schedule_refusals');
afterAll(() => sandbox.close());

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
