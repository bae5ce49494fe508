import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

let now = Date.UTC(2026, 0, 1) / 1000;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
async function watched(formula: 'count' | 'last' | 'sum' = 'sum') {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_alerts${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const ann = (await stripe.customers.create({ name: 'Ann' })).id;
  const bob = (await stripe.customers.create({ name: 'Bob' })).id;
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula },
  });
  const alert = (gte: number, customer?: string) =>
    stripe.billing.alerts.create({
      alert_type: 'usage_threshold',
      title: `${gte} calls`,
      usage_threshold: {
        gte,
        meter: meter.id,
        recurrence: 'one_time',
        ...(customer === undefined ? {} : { filters: [{ type: 'customer', customer }] }),
      },
    });
  const report = (customer: string, value: number) => {
    now += 1;
    return stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value: String(value) },
    });
  };
  const told = async () => {
    const type = 'billing.alert.triggered' as const;
    const { data } = await stripe.events.list({ type });
    return data.flatMap((event) => (event.type === type ? [event.data.object] : []));
  };
  return { stripe, ann, bob, meter: meter.id, alert, report, told };
}

describe('a usage alert', () => {
  test('tells once per customer that usage reported since it was made reached the threshold', async () => {
    const { ann, bob, meter, alert, report, told } = await watched();
    await report(ann, 90);
    now += 1;
    const { id } = await alert(100);
    await report(ann, 60);
    await report(bob, 50);
    expect(await told()).toEqual([]);
    await report(ann, 45);
    await report(ann, 200);
    expect(await told()).toEqual([
      {
        object: 'billing.alert_triggered',
        alert: {
          id,
          object: 'billing.alert',
          alert_type: 'usage_threshold',
          livemode: false,
          status: 'active',
          title: '100 calls',
          usage_threshold: { filters: null, gte: 100, meter, recurrence: 'one_time' },
        },
        created: now - 1,
        customer: ann,
        livemode: false,
        value: 105,
      },
    ]);
    await report(bob, 50);
    expect((await told()).map(({ customer }) => customer)).toEqual([bob, ann]);
  });

  test('watches one customer where it is told to', async () => {
    const { ann, bob, alert, report, told } = await watched('count');
    await alert(2, bob);
    for (const customer of [ann, ann, bob, bob]) await report(customer, 7);
    expect(await told()).toMatchObject([{ customer: bob, value: 2 }]);
  });

  test('is silent while inactive and can go off again once activated', async () => {
    const { stripe, ann, alert, report, told } = await watched();
    const { id } = await alert(10);
    await report(ann, 10);
    expect(await stripe.billing.alerts.deactivate(id)).toMatchObject({ status: 'inactive' });
    await expect(stripe.billing.alerts.deactivate(id)).rejects.toThrow('already inactive');
    await report(ann, 10);
    expect(await told()).toHaveLength(1);
    now += 1;
    expect(await stripe.billing.alerts.activate(id)).toMatchObject({ status: 'active' });
    await expect(stripe.billing.alerts.activate(id)).rejects.toThrow('already active');
    await report(ann, 9);
    expect(await told()).toHaveLength(1);
    await report(ann, 1);
    expect(await told()).toHaveLength(2);
  });

  test('is gone once archived', async () => {
    const { stripe, ann, meter, alert, report, told } = await watched();
    const { id } = await alert(10);
    const other = await alert(20);
    expect(await stripe.billing.alerts.archive(id)).toMatchObject({ status: 'archived' });
    await expect(stripe.billing.alerts.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.billing.alerts.activate(id)).rejects.toMatchObject({ statusCode: 404 });
    expect((await stripe.billing.alerts.list({ meter })).data).toMatchObject([{ id: other.id }]);
    expect((await stripe.billing.alerts.list({ meter: 'mtr_none' })).data).toEqual([]);
    await report(ann, 15);
    expect(await told()).toEqual([]);
  });

  test('needs a threshold of a meter there is, and a customer there is', async () => {
    const { stripe, meter, alert } = await watched();
    await expect(
      stripe.billing.alerts.create({ alert_type: 'usage_threshold', title: 'None' }),
    ).rejects.toMatchObject({ param: 'usage_threshold', code: 'parameter_missing' });
    await expect(alert(0)).rejects.toMatchObject({ param: 'usage_threshold[gte]' });
    await expect(alert(5, 'cus_none')).rejects.toMatchObject({ code: 'resource_missing' });
    const usage_threshold = { gte: 5, meter: 'mtr_none', recurrence: 'one_time' } as const;
    await expect(
      stripe.billing.alerts.create({ alert_type: 'usage_threshold', title: 'x', usage_threshold }),
    ).rejects.toMatchObject({ code: 'resource_missing', param: 'usage_threshold[meter]' });
    const { id } = await alert(5);
    const shown = await stripe.billing.alerts.retrieve(id, { expand: ['usage_threshold.meter'] });
    expect(shown.usage_threshold?.meter).toMatchObject({ id: meter, object: 'billing.meter' });
  });

  test('has at most 24 siblings for the same customers', async () => {
    const { ann, alert } = await watched();
    for (let gte = 1; gte <= 25; gte++) await alert(gte);
    await expect(alert(26)).rejects.toThrow('at most 25 alerts');
    await alert(26, ann);
  });
});
