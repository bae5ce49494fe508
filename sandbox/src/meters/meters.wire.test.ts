import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** Midnight, in seconds. */
const midnight = Date.UTC(2026, 2, 10) / 1000;
let now = midnight;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
async function metered(formula: 'count' | 'last' | 'sum' = 'sum') {
  now = midnight;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_meters${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula },
  });
  const report = (value: number | string, at = now, identifier?: string) =>
    stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value: String(value) },
      timestamp: at,
      ...(identifier === undefined ? {} : { identifier }),
    });
  const total = async (start_time: number, end_time: number) => {
    const { data } = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer,
      start_time,
      end_time,
    });
    return data[0]?.aggregated_value;
  };
  return { stripe, customer, meter, report, total };
}

describe('a meter', () => {
  test('has Stripe’s defaults and is told apart by the name of its events', async () => {
    const { stripe, meter } = await metered();
    expect(meter).toMatchObject({
      id: expect.stringMatching(/^mtr_test_\w{32}$/),
      object: 'billing.meter',
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      value_settings: { event_payload_key: 'value' },
      event_time_window: null,
      status: 'active',
      status_transitions: { deactivated_at: null },
    });
    await expect(
      stripe.billing.meters.create({
        display_name: 'Again',
        event_name: 'calls',
        default_aggregation: { formula: 'count' },
      }),
    ).rejects.toThrow(
      "An active meter already exists for event name 'calls'. To create a new meter with the same event name, first deactivate the currently active meter.",
    );
  });

  test('takes no events while inactive, and comes back unless its name was taken', async () => {
    const { stripe, meter, report } = await metered();
    now += hour;
    const off = await stripe.billing.meters.deactivate(meter.id);
    expect(off).toMatchObject({ status: 'inactive', status_transitions: { deactivated_at: now } });
    await expect(report(1)).rejects.toThrow('No active meter found for event name "calls".');
    expect((await stripe.billing.meters.list({ status: 'active' })).data).toEqual([]);
    expect((await stripe.billing.meters.reactivate(meter.id)).status).toBe('active');
    await report(1);
    await stripe.billing.meters.deactivate(meter.id);
    await stripe.billing.meters.create({
      display_name: 'Heir',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    await expect(stripe.billing.meters.reactivate(meter.id)).rejects.toThrow(/already exists for event name/);
    expect((await stripe.billing.meters.update(meter.id, { display_name: 'Old' })).display_name).toBe('Old');
    const types = (await stripe.events.list({ limit: 20 })).data.map((event) => event.type);
    for (const type of ['created', 'deactivated', 'reactivated', 'updated'])
      expect(types).toContain(`billing.meter.${type}`);
  });
});

describe('usage', () => {
  test.each([
    ['sum', '8'],
    ['count', '3'],
    ['last', '2'],
  ] as const)('adds up by %s', async (formula, expected) => {
    const { report, total } = await metered(formula);
    await report(5, midnight - 10);
    // Reported later, but used last of all.
    await report(2, midnight - 1);
    await report(1, midnight - 5);
    expect(await total(midnight - hour, midnight)).toBe(Number(expected));
  });

  test('in decimals adds up exactly, and corrections take away', async () => {
    const { report, total } = await metered();
    for (const value of ['0.1', '0.2', '-0.05']) await report(value);
    expect(await total(midnight, midnight + hour)).toBe(0.25);
  });

  test('is summed by the hour or day it fell into, newest first, a page at a time', async () => {
    const { stripe, customer, meter, report } = await metered();
    for (const [value, at] of [
      [1, midnight - 25 * hour],
      [2, midnight - 2 * hour],
      [3, midnight - 2 * hour + 59 * minute],
      [4, midnight - hour],
    ] as const)
      await report(value, at);
    const list = (value_grouping_window: 'day' | 'hour', more: object = {}) =>
      stripe.billing.meters.listEventSummaries(meter.id, {
        customer,
        start_time: midnight - 2 * day,
        end_time: midnight,
        value_grouping_window,
        ...more,
      });
    const hours = (await list('hour')).data;
    expect(hours.map((summary) => [summary.start_time - midnight, summary.aggregated_value])).toEqual([
      [-hour, 4],
      [-2 * hour, 5],
      [-25 * hour, 1],
    ]);
    expect((await list('day')).data.map((summary) => summary.aggregated_value)).toEqual([9, 1]);
    const first = await list('hour', { limit: 2 });
    expect(first.has_more).toBe(true);
    const rest = await list('hour', { limit: 2, starting_after: first.data[1]?.id });
    expect(rest.data.map((summary) => summary.aggregated_value)).toEqual([1]);
    await expect(list('hour', { end_time: midnight + minute })).rejects.toMatchObject({ param: 'end_time' });
    await expect(list('day', { start_time: midnight - hour })).rejects.toMatchObject({ param: 'start_time' });
  });

  test('is refused for what it is about', async () => {
    const { stripe, customer } = await metered();
    const send = (payload: Record<string, string>, more: object = {}) =>
      stripe.billing.meterEvents.create({ event_name: 'calls', payload, ...more });
    const good = { stripe_customer_id: customer, value: '1' };
    for (const [payload, more, message, param] of [
      [good, { event_name: 'other' }, 'No active meter found for event name "other".', 'event_name'],
      [
        { ...good, stripe_customer_id: 'cus_none' },
        {},
        "No such customer: 'cus_none'",
        'payload[stripe_customer_id]',
      ],
      [
        { value: '1' },
        {},
        'Customer mapping key stripe_customer_id not found in payload.',
        'payload[stripe_customer_id]',
      ],
      [{ stripe_customer_id: customer }, {}, 'Value key value not found in payload.', 'payload[value]'],
      [{ ...good, value: 'many' }, {}, 'Invalid value for value: many.', 'payload[value]'],
      [{ ...good, value: '1e5' }, {}, 'Invalid value for value: 1e5.', 'payload[value]'],
      [{ ...good, value: '9'.repeat(16) }, {}, 'at most 15 digits', 'payload[value]'],
      [good, { timestamp: now - 36 * day }, 'within the past 35 calendar days', 'timestamp'],
      [good, { timestamp: now + 6 * minute }, 'not be more than 5 minutes in the future', 'timestamp'],
    ] as const)
      await expect(send(payload, more)).rejects.toMatchObject({
        statusCode: 400,
        type: 'StripeInvalidRequestError',
        message: expect.stringContaining(message),
        param,
      });
    expect((await send(good, { timestamp: now - 34 * day })).timestamp).toBe(now - 34 * day);
    expect((await send(good, { timestamp: now + 4 * minute })).timestamp).toBe(now + 4 * minute);
  });

  test('counts once by its identifier for a day', async () => {
    const { report, total } = await metered();
    const event = await report(5, now, 'one');
    expect(event).toMatchObject({ object: 'billing.meter_event', identifier: 'one', event_name: 'calls' });
    await expect(report(5, now, 'one')).rejects.toMatchObject({
      message: 'An event already exists with identifier one.',
      code: undefined,
      headers: expect.objectContaining({ 'stripe-should-retry': 'false' }),
    });
    now += day + 1;
    await report(7, now, 'one');
    expect(await total(midnight, midnight + 2 * day)).toBe(12);
  });

  test('is cancelled by its identifier within a day, once', async () => {
    const { stripe, report, total } = await metered();
    await report(5, now, 'kept');
    await report(9, now, 'wrong');
    const cancel = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({
        event_name: 'calls',
        type: 'cancel',
        cancel: { identifier },
      });
    expect(await cancel('wrong')).toMatchObject({
      object: 'billing.meter_event_adjustment',
      status: 'complete',
      cancel: { identifier: 'wrong' },
    });
    expect(await total(midnight, midnight + hour)).toBe(5);
    await expect(cancel('wrong')).rejects.toThrow(/already been canceled/);
    await expect(cancel('unknown')).rejects.toMatchObject({ param: 'cancel[identifier]' });
    now += day;
    await expect(cancel('kept')).rejects.toThrow(
      'You can only cancel events within 24 hours of Stripe receiving them.',
    );
  });

  test('is found under the keys that the meter names', async () => {
    const { stripe, customer } = await metered();
    const meter = await stripe.billing.meters.create({
      display_name: 'Bytes',
      event_name: 'bytes',
      default_aggregation: { formula: 'sum' },
      customer_mapping: { event_payload_key: 'who', type: 'by_id' },
      value_settings: { event_payload_key: 'much' },
    });
    await stripe.billing.meterEvents.create({ event_name: 'bytes', payload: { who: customer, much: '42' } });
    const seen = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer,
      start_time: midnight,
      end_time: midnight + minute,
    });
    expect(seen.data).toEqual([expect.objectContaining({ aggregated_value: 42, meter: meter.id })]);
  });
});
