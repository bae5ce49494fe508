import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 2, 10) / 1000;
let now = start;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
const client = (key: string) =>
  new Stripe(key, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch), maxNetworkRetries: 0 });

let accounts = 0;
async function metered() {
  now = start;
  const stripe = client(`sk_test_v2meters${accounts++}`);
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  const event = (value: string, more: Partial<Stripe.V2.Billing.MeterEventCreateParams> = {}) => ({
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value },
    ...more,
  });
  const total = async () => {
    const window = { customer, start_time: start - 40 * day, end_time: start + 2 * day };
    return (await stripe.billing.meters.listEventSummaries(meter.id, window)).data[0]?.aggregated_value;
  };
  const streaming = async () => {
    const session = await stripe.v2.billing.meterEventSession.create();
    return { session, stream: client(session.authentication_token).v2.billing.meterEventStream };
  };
  const told = async () => (await stripe.v2.core.events.list({ types: [...reports] })).data;
  return { stripe, customer, meter: meter.id, event, total, streaming, told };
}
const reports = ['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found'];

describe('an event of API v2', () => {
  test('counts like one of v1, with times as text', async () => {
    const { stripe, customer, event, total } = await metered();
    const timestamp = iso(now - 60.5);
    const made = await stripe.v2.billing.meterEvents.create(event('2.5', { timestamp, identifier: 'first' }));
    expect(made).toMatchObject({
      object: 'v2.billing.meter_event',
      created: iso(now),
      event_name: 'calls',
      identifier: 'first',
      livemode: false,
      payload: { stripe_customer_id: customer, value: '2.5' },
      timestamp,
    });
    await stripe.billing.meterEvents.create({ ...event('4'), timestamp: now });
    expect(await total()).toBe(6.5);
  });

  test('is refused at once, with a code of its own, when it cannot count', async () => {
    const { stripe, event } = await metered();
    const { meterEvents } = stripe.v2.billing;
    await meterEvents.create(event('1', { identifier: 'again' }));
    const refusals = [
      [event('1', { identifier: 'again' }), 'duplicate_meter_event'],
      [event('1', { event_name: 'none' }), 'no_meter'],
      [event('1', { payload: { value: '1' } }), 'meter_event_no_customer_defined'],
      [
        event('1', { payload: { stripe_customer_id: 'cus_x', value: '1' } }),
        'meter_event_customer_not_found',
      ],
      [event('many'), 'meter_event_invalid_value'],
      [event('1', { timestamp: iso(now + 301) }), 'timestamp_in_future'],
      [event('1', { timestamp: iso(now - 36 * day) }), 'timestamp_too_far_in_past'],
      [event('1', { timestamp: 'yesterday' }), 'invalid_fields'],
    ] as const;
    for (const [refused, code] of refusals)
      await expect(meterEvents.create(refused)).rejects.toMatchObject({ statusCode: 400, code });
  });

  test('can be cancelled within a day', async () => {
    const { stripe, event, total } = await metered();
    const cancel = (identifier: string) =>
      stripe.v2.billing.meterEventAdjustments.create({
        cancel: { identifier },
        event_name: 'calls',
        type: 'cancel',
      });
    await stripe.v2.billing.meterEvents.create(event('7', { identifier: 'wrong' }));
    await stripe.v2.billing.meterEvents.create(event('3', { identifier: 'late' }));
    now += 60;
    expect(await cancel('wrong')).toMatchObject({
      object: 'v2.billing.meter_event_adjustment',
      cancel: { identifier: 'wrong' },
      created: iso(now),
      status: 'complete',
      type: 'cancel',
    });
    expect(await total()).toBe(3);
    await expect(cancel('none')).rejects.toMatchObject({ statusCode: 400, code: 'not_found' });
    now += day;
    await expect(cancel('late')).rejects.toThrow('within 24 hours');
  });
});

describe('a stream of events', () => {
  test('is opened by a session’s token for a quarter of an hour, and by nothing else', async () => {
    const { stripe, event, total, streaming } = await metered();
    const { session, stream } = await streaming();
    expect(session).toMatchObject({
      object: 'v2.billing.meter_event_session',
      created: iso(now),
      expires_at: iso(now + 900),
      livemode: false,
    });
    now += 899;
    await stream.create({ events: [event('1'), event('2')] });
    expect(await total()).toBe(3);
    now += 1;
    const expired = { statusCode: 401, code: 'billing_meter_event_session_expired' };
    await expect(stream.create({ events: [event('1')] })).rejects.toMatchObject(expired);
    await stripe.v2.billing.meterEventSession.create();
    await expect(stream.create({ events: [event('1')] })).rejects.toMatchObject(expired);

    const own = stripe.v2.billing.meterEventStream.create({ events: [event('1')] });
    await expect(own).rejects.toThrow('Invalid API Key provided');
    const fresh = client((await stripe.v2.billing.meterEventSession.create()).authentication_token);
    await expect(fresh.customers.list()).rejects.toThrow('Invalid API Key provided');
    await expect(fresh.v2.billing.meterEvents.create(event('1'))).rejects.toThrow('Invalid API Key provided');
    const invented = client('mes_test_51AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').v2.billing.meterEventStream;
    await expect(invented.create({ events: [event('1')] })).rejects.toThrow('Invalid API Key provided');
    expect(await total()).toBe(3);
  });

  test('takes what is right, each identifier once, and reports per meter what was wrong', async () => {
    const { stripe, meter, event, total, streaming, told } = await metered();
    const { stream } = await streaming();
    now += 3;
    await stream.create({
      events: [
        event('1', { identifier: 'one' }),
        event('9', { identifier: 'one' }),
        event('two', { identifier: 'two' }),
        event('2', { payload: { value: '2' }, identifier: 'three' }),
      ],
    });
    now += 4;
    await stream.create({
      events: [event('1e3', { identifier: 'four' }), event('5', { event_name: 'others' })],
    });
    expect(await total()).toBe(1);
    expect(await told()).toEqual([]);
    now = start + 10;
    const events = await told();
    const of = (type: string) => events.find((one) => one.type === type);
    expect(events).toHaveLength(2);
    const window = { validation_start: iso(start), validation_end: iso(start + 10) };
    expect(of('v1.billing.meter.error_report_triggered')).toMatchObject({
      object: 'v2.core.event',
      related_object: { id: meter, type: 'billing.meter', url: `/v1/billing/meters/${meter}` },
      data: {
        ...window,
        developer_message_summary: 'There are 3 invalid events',
        reason: {
          error_count: 3,
          error_types: [
            {
              code: 'meter_event_no_customer_defined',
              error_count: 1,
              sample_errors: [
                {
                  error_message: 'Customer mapping key stripe_customer_id not found in payload.',
                  request: { identifier: 'three' },
                },
              ],
            },
            { code: 'meter_event_invalid_value', error_count: 2 },
          ],
        },
      },
    });
    const lost = of('v1.billing.meter.no_meter_found');
    expect(lost).toMatchObject({
      data: {
        ...window,
        developer_message_summary: 'There is 1 invalid event',
        reason: { error_count: 1, error_types: [{ code: 'no_meter', error_count: 1 }] },
      },
    });
    expect(lost).not.toHaveProperty('related_object');
    const again = await stripe.v2.core.events.retrieve(lost?.id ?? '');
    expect(again.type).toBe('v1.billing.meter.no_meter_found');
    now += 60;
    expect(await told()).toHaveLength(2);
  });

  test('shows five of many events that are wrong in one way', async () => {
    const { event, streaming, told } = await metered();
    const { stream } = await streaming();
    await stream.create({ events: Array.from({ length: 100 }, () => event('none')) });
    now += 10;
    const [report] = await told();
    expect(report).toMatchObject({
      data: { reason: { error_types: [{ error_count: 100, sample_errors: { length: 5 } }] } },
    });
    const tooMany = Array.from({ length: 101 }, () => event('1'));
    await expect(stream.create({ events: tooMany })).rejects.toMatchObject({ statusCode: 400 });
  });

  test('counts each event in the time of its own customer', async () => {
    const { stripe, customer, event, total, streaming } = await metered();
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start + 300 * day });
    const later = await stripe.customers.create({ name: 'Bob', test_clock: clock.id });
    const { stream } = await streaming();
    const payload = { stripe_customer_id: later.id, value: '8' };
    await stream.create({ events: [event('0', { payload }), event('5'), event('0', { payload })] });
    expect(await total()).toBe(5);
    const [meter] = (await stripe.billing.meters.list()).data;
    const { data } = await stripe.billing.meters.listEventSummaries(meter?.id ?? '', {
      customer: later.id,
      start_time: start + 299 * day,
      end_time: start + 301 * day,
    });
    expect(data).toMatchObject([{ aggregated_value: 16 }]);
    expect(customer).not.toBe(later.id);
  });
});
