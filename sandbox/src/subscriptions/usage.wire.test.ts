import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;
let now = start;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
/** A new account at the beginning of a year, with a meter, a product with a unit label and a customer with a card. */
async function shop() {
  now = start;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_usage${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const meter = (
    await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    })
  ).id;
  const product = (await stripe.products.create({ name: 'API', unit_label: 'call' })).id;
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const recurring = { interval: 'month', usage_type: 'metered', meter } as const;
  const metered = async (terms: Partial<Stripe.PriceCreateParams> = { unit_amount: 10 }) =>
    (await stripe.prices.create({ product, currency: 'usd', recurring, ...terms })).id;
  const licensed = async (terms: Partial<Stripe.PriceCreateParams> = { unit_amount: 3000 }) =>
    (await stripe.prices.create({ product, currency: 'usd', recurring: { interval: 'month' }, ...terms })).id;
  const use = (value: number, at = now) =>
    stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value: String(value) },
      timestamp: at,
    });
  const subscribe = (prices: readonly string[], more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({
      customer,
      items: prices.map((price) => ({ price })),
      billing_mode: { type: 'classic' },
      ...more,
    });
  const invoices = async () => (await stripe.invoices.list({ customer })).data;
  const newest = async () => {
    const [invoice] = await invoices();
    if (!invoice) throw new Error('no invoice');
    return invoice;
  };
  return { stripe, customer, product, meter, metered, licensed, use, subscribe, invoices, newest };
}

const linesOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => [line.description, line.quantity, line.amount]);
const itemOf = (subscription: Stripe.Subscription) => {
  const [item] = subscription.items.data;
  if (!item) throw new Error('no item');
  return item;
};
const tiers: Stripe.PriceCreateParams.Tier[] = [
  { up_to: 1000, unit_amount: 0, flat_amount: 900 },
  { up_to: 'inf', unit_amount_decimal: Stripe.Decimal.from('3.6'), flat_amount: 0 },
];
const graduated = { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers } as const;

describe('a metered price', () => {
  test('costs nothing at first and is billed when the period is over', async () => {
    const { metered, licensed, subscribe, use, newest, invoices } = await shop();
    const subscription = await subscribe([await licensed(), await metered()]);
    expect(subscription.items.data.map((item) => item.quantity)).toEqual([1, undefined]);
    expect(linesOf(await newest())).toEqual([
      ['1 call × API (at $30.00 / month)', 1, 3000],
      ['0 call × API', 0, 0],
    ]);
    await use(100);
    now = start + 20 * day;
    await use(50);
    now = start + 31 * day;
    const draft = await newest();
    expect(draft).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle', total: 4500 });
    expect(linesOf(draft)).toEqual([
      ['150 call × API (at $0.10 / month)', 150, 1500],
      ['1 call × API (at $30.00 / month)', 1, 3000],
    ]);
    const [used, ahead] = draft.lines.data;
    expect(used?.period).toEqual({ start, end: start + 31 * day });
    expect(ahead?.period).toEqual({ start: start + 31 * day, end: start + 59 * day });
    expect(used?.pricing?.price_details?.price).not.toBe(ahead?.pricing?.price_details?.price);
    now += 2 * 3600;
    expect(await newest()).toMatchObject({ status: 'paid', total: 4500 });
    now = start + 59 * day + 2 * 3600;
    expect(await newest()).toMatchObject({ status: 'paid', total: 3000 });
    expect(await invoices()).toHaveLength(3);
  });

  test('with tiers has a line for each and for each flat fee, the first even when nothing was used', async () => {
    const { metered, subscribe, use, newest } = await shop();
    await subscribe([await metered(graduated)]);
    await use(1031);
    now = start + 32 * day;
    const invoice = await newest();
    expect(linesOf(invoice)).toEqual([
      ['1000 call × API (Tier 1 at $0.00 / month)', 1000, 0],
      ['API (Tier 1 at $9.00 / month)', 0, 900],
      ['31 call × API (Tier 2 at $0.036 / month)', 31, 112],
      ['API (Tier 2 at $0.00 / month)', 0, 0],
    ]);
    expect(invoice.total).toBe(1012);
    now = start + 60 * day;
    expect(linesOf(await newest())).toEqual([
      ['0 call × API (Tier 1 at $0.00 / month)', 0, 0],
      ['API (Tier 1 at $9.00 / month)', 0, 900],
    ]);
  });

  test('by volume charges all units at the price of the tier reached; in packages, whole packages', async () => {
    const { metered, subscribe, use, newest } = await shop();
    const volume = { ...graduated, tiers_mode: 'volume' } as const;
    await subscribe([
      await metered(volume),
      await metered({ unit_amount: 8, transform_quantity: { divide_by: 60, round: 'up' } }),
    ]);
    await use(9892);
    now = start + 32 * day;
    expect(linesOf(await newest())).toEqual([
      ['9892 call × API (Tier 2 at $0.036 / month)', 9892, 35_611],
      ['API (Tier 2 at $0.00 / month)', 0, 0],
      ['9892 call × API (at $0.08 per 60 units / month)', 9892, 1320],
    ]);
  });

  test('takes no quantity, and none of its usage during a trial is billed', async () => {
    const { stripe, customer, metered, subscribe, use, newest } = await shop();
    const price = await metered();
    await expect(
      stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }] }),
    ).rejects.toMatchObject({
      param: 'items[0][quantity]',
      message:
        'Quantity should not be specified where usage_type is `metered`. Remove quantity from `items[0]`',
    });
    await subscribe([price], { trial_period_days: 10 });
    expect(linesOf(await newest())).toEqual([['0 call × API (Free trial)', 0, 0]]);
    await use(500);
    now = start + 10 * day;
    await use(3);
    now += 32 * day;
    expect(await newest()).toMatchObject({ total: 30 });
  });

  test('usage reported while the invoice is a draft still counts, later it does not', async () => {
    const { stripe, metered, subscribe, use, newest } = await shop();
    await subscribe([await metered(graduated)]);
    await use(10);
    const end = start + 31 * day;
    now = end + 60;
    const draft = await newest();
    await stripe.invoices.updateLines(draft.id ?? '', {
      lines: [{ id: draft.lines.data[1]?.id ?? '', description: 'Base fee' }],
    });
    await use(1000, end - 60);
    now = end + 3700;
    const final = await newest();
    expect(final).toMatchObject({ status: 'paid', total: 936 });
    expect(linesOf(final)).toHaveLength(4);
    expect(final.lines.data.slice(0, 2).map(({ id }) => id)).toEqual(draft.lines.data.map(({ id }) => id));
    await use(1000, end - 60);
    now = end + 29 * day;
    expect((await newest()).total).toBe(900);
  });

  test('a preview shows what was used so far', async () => {
    const { stripe, licensed, metered, subscribe, use } = await shop();
    const { id } = await subscribe([await licensed(), await metered()]);
    await use(7);
    const upcoming = await stripe.invoices.createPreview({ subscription: id });
    expect(linesOf(upcoming)).toEqual([
      ['7 call × API (at $0.10 / month)', 7, 70],
      ['1 call × API (at $30.00 / month)', 1, 3000],
    ]);
    const last = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { cancel_now: true },
    });
    expect(last.lines.data.map((line) => line.amount)).toContain(70);
  });
});

describe('ending and changing', () => {
  test('cancelled now, usage is billed only when that is asked for', async () => {
    const { stripe, metered, subscribe, use, newest, invoices } = await shop();
    const price = await metered();
    const silent = await subscribe([price]);
    await use(5);
    await stripe.subscriptions.cancel(silent.id);
    expect(await invoices()).toHaveLength(1);
    now += day;
    const billed = await subscribe([price]);
    await use(9);
    now += day;
    await stripe.subscriptions.cancel(billed.id, { invoice_now: true });
    expect(await newest()).toMatchObject({ total: 90, status: 'paid' });
  });

  test('cancelled at the end of the period, the last usage is billed', async () => {
    const { stripe, metered, subscribe, use, newest } = await shop();
    const { id } = await subscribe([await metered()]);
    await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    now = start + 30 * day;
    await use(60);
    now = start + 31 * day + 7200;
    const ended = await stripe.subscriptions.retrieve(id);
    expect(ended.status).toBe('canceled');
    expect(await newest()).toMatchObject({ id: ended.latest_invoice, total: 600, status: 'paid' });
  });

  test('with another price only the usage since is billed; nothing is prorated', async () => {
    const { stripe, customer, metered, subscribe, use, newest } = await shop();
    const before = await subscribe([await metered()]);
    await use(1000);
    now = start + 15 * day;
    const dearer = await metered({ unit_amount: 15 });
    await stripe.subscriptions.update(before.id, {
      items: [{ id: itemOf(before).id, price: dearer }],
      proration_behavior: 'create_prorations',
    });
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([]);
    await use(500);
    now = start + 32 * day;
    expect(linesOf(await newest())).toEqual([['500 call × API (at $0.15 / month)', 500, 7500]]);
  });

  test('with flexible billing nothing is invoiced at first, and what was used at the old price is billed too', async () => {
    const { stripe, metered, subscribe, use, invoices, newest } = await shop();
    const before = await subscribe([await metered()], { billing_mode: { type: 'flexible' } });
    expect(await invoices()).toEqual([]);
    await use(1000);
    now = start + 15 * day;
    const dearer = await metered({ unit_amount: 15 });
    await stripe.subscriptions.update(before.id, { items: [{ id: itemOf(before).id, price: dearer }] });
    await use(500);
    now = start + 32 * day;
    expect(linesOf(await newest())).toEqual([
      ['1000 call × API (at $0.10 / month)', 1000, 10_000],
      ['500 call × API (at $0.15 / month)', 500, 7500],
    ]);
  });

  test('a pause bills what was used until then, and the next bill begins after it', async () => {
    const { stripe, metered, licensed, subscribe, use, newest } = await shop();
    const { id } = await subscribe([await metered(), await licensed()], {
      billing_mode: { type: 'flexible' },
    });
    await use(40);
    now = start + 15.5 * day;
    await stripe.subscriptions.pause(id, { type: 'subscription', invoicing_behavior: 'invoice' });
    expect(await newest()).toMatchObject({ total: 400 - 1500, billing_reason: 'subscription_update' });
    now = start + 20 * day;
    await stripe.subscriptions.resume(id, {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'none',
    });
    await use(2);
    now = start + 32 * day;
    expect(linesOf(await newest())).toEqual([
      ['2 call × API (at $0.10 / month)', 2, 20],
      ['1 call × API (at $30.00 / month)', 1, 3000],
    ]);
  });

  test('a new billing cycle ends the old with its usage', async () => {
    const { stripe, metered, licensed, subscribe, use, newest } = await shop();
    const { id } = await subscribe([await metered(), await licensed()]);
    await use(20);
    now = start + 10 * day;
    await stripe.subscriptions.update(id, {
      billing_cycle_anchor: { type: 'now' },
      proration_behavior: 'none',
    });
    expect(linesOf(await newest())).toEqual([
      ['20 call × API (at $0.10 / month)', 20, 200],
      ['1 call × API (at $30.00 / month)', 1, 3000],
    ]);
    await use(1);
    now += 32 * day;
    expect(await newest()).toMatchObject({ total: 3010 });
  });

  test('tiers of a licensed price are charged for its quantity and prorated as a whole', async () => {
    const { stripe, customer, licensed, newest } = await shop();
    const price = await licensed({
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 5, unit_amount: 700 },
        { up_to: 'inf', unit_amount: 600 },
      ],
    });
    const before = await stripe.subscriptions.create({
      customer,
      items: [{ price, quantity: 7 }],
      billing_mode: { type: 'classic' },
    });
    expect(linesOf(await newest())).toEqual([
      ['5 call × API (Tier 1 at $7.00 / month)', 5, 3500],
      ['2 call × API (Tier 2 at $6.00 / month)', 2, 1200],
    ]);
    now = start + 15.5 * day;
    await stripe.subscriptions.update(before.id, { items: [{ id: itemOf(before).id, quantity: 8 }] });
    const amounts = (await stripe.invoiceItems.list({ customer, pending: true })).data.map(
      (item) => item.amount,
    );
    expect(amounts.sort((a, b) => a - b)).toEqual([-2350, 2650]);
  });
});

test('a price that a schedule brings with a period has no part in the one before', async () => {
  const { stripe, customer, metered, use, newest } = await shop();
  const [first, second] = [await metered(), await metered({ unit_amount: 20 })];
  const month = { interval: 'month', interval_count: 1 } as const;
  await stripe.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    end_behavior: 'cancel',
    phases: [first, second].map((price) => ({ items: [{ price }], duration: month })),
  });
  await use(100);
  now += 15 * day;
  await use(50);
  now = start + 31 * day + 3600;
  expect(linesOf(await newest())).toEqual([['150 call × API (at $0.10 / month)', 150, 1500]]);
  await use(7);
  now = start + 59 * day + 3600;
  expect(linesOf(await newest())).toEqual([['7 call × API (at $0.20 / month)', 7, 140]]);
});

describe('a threshold', () => {
  test.each([
    ['an amount', { billing_thresholds: { amount_gte: 1000 } }, undefined],
    ['units', {}, { usage_gte: 100 }],
  ] as const)('of %s is billed when it is reached, and counting begins anew', async (_, params, ofItem) => {
    const { stripe, customer, metered, use, invoices, newest } = await shop();
    await stripe.subscriptions.create({
      customer,
      items: [{ price: await metered(), billing_thresholds: ofItem }],
      ...params,
    });
    await use(99);
    now += 10;
    expect(await invoices()).toEqual([]);
    await use(21);
    now += 1;
    const draft = await newest();
    expect(draft).toMatchObject({ status: 'draft', billing_reason: 'subscription_threshold' });
    expect(linesOf(draft)).toEqual([['120 call × API (at $0.10 / month)', 120, 1200]]);
    now += 3600;
    expect((await newest()).status).toBe('paid');
    await use(7);
    now = start + 32 * day;
    expect((await invoices()).map(({ total }) => total)).toEqual([70, 1200]);
  });

  test('can begin the billing cycle anew', async () => {
    const { stripe, customer, metered, licensed, use, newest } = await shop();
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: await metered() }, { price: await licensed() }],
      billing_thresholds: { amount_gte: 500, reset_billing_cycle_anchor: true },
    });
    now = start + 15.5 * day - 1;
    await use(60);
    now += 1;
    expect((await newest()).total).toBe(600 - 1500 + 3000);
    const { billing_cycle_anchor: anchor } = await stripe.subscriptions.retrieve(id);
    expect(anchor).toBe(start + 15.5 * day);
    await use(1);
    now += 40 * day;
    expect((await newest()).total).toBe(3010);
  });
});
