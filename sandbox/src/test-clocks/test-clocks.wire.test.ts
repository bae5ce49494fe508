import Stripe from 'stripe';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const real = Date.UTC(2026, 4, 10, 9) / 1000;
const start = Date.UTC(2027, 0, 31, 12) / 1000;
let now = real;
const troubles: unknown[] = [];
const sandbox = createSandbox({ clock: { now: () => now * 1000 }, log: (message) => troubles.push(message) });
afterAll(() => sandbox.close());
beforeEach(() => {
  now = real;
});
afterEach(() => expect(troubles).toEqual([]));

let accounts = 0;
function connected(key = `sk_test_clocks${accounts++}`) {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const headers = { authorization: `Bearer ${key}` };
  const audit = async () =>
    (await (await sandbox.fetch('http://sandbox/_sandbox/audit', { headers })).json()) as unknown;
  const expectBooksInOrder = async () => expect(await audit()).toMatchObject({ ok: true, problems: [] });
  return { stripe, expectBooksInOrder };
}

/** An account with a clock, a customer on it who pays by card, and a monthly price of $20. */
async function simulation(card = 'pm_card_visa') {
  const { stripe, expectBooksInOrder } = connected();
  const clocks = stripe.testHelpers.testClocks;
  const clock = (await clocks.create({ frozen_time: start, name: 'Renewals' })).id;
  const customer = await stripe.customers.create({
    test_clock: clock,
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  const product = (await stripe.products.create({ name: 'Plan' })).id;
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product,
  });
  const advance = async (frozen_time: number) => {
    expect((await clocks.advance(clock, { frozen_time })).status).toBe('advancing');
    expect(await clocks.retrieve(clock)).toMatchObject({ status: 'ready', frozen_time });
  };
  const types = async () =>
    (await stripe.events.list({ limit: 100 })).data.map((event) => event.type).reverse();
  return {
    stripe,
    clocks,
    clock,
    customer: customer.id,
    price: price.id,
    product,
    advance,
    types,
    expectBooksInOrder,
  };
}

describe('a clock', () => {
  test('is made, read, listed and advanced with the shapes and events Stripe documents', async () => {
    const { stripe } = connected();
    const made = await stripe.testHelpers.testClocks.create({ frozen_time: start, name: 'Renewals' });
    expect(made).toMatchObject({
      object: 'test_helpers.test_clock',
      created: real,
      deletes_after: real + 30 * day,
      frozen_time: start,
      livemode: false,
      name: 'Renewals',
      status: 'ready',
      status_details: {},
    });
    expect(made.id).toMatch(/^clock_1/);
    const set = await stripe.testHelpers.testClocks.advance(made.id, { frozen_time: start + day });
    expect(set).toMatchObject({
      status: 'advancing',
      frozen_time: start,
      status_details: { advancing: { target_frozen_time: start + day } },
    });
    const [listed] = (await stripe.testHelpers.testClocks.list()).data;
    expect(listed).toMatchObject({ id: made.id, status: 'ready', frozen_time: start + day });
    const events = (await stripe.events.list()).data.reverse();
    expect(events.map((event) => [event.type, event.created])).toEqual([
      ['test_helpers.test_clock.created', real],
      ['test_helpers.test_clock.advancing', real],
      ['test_helpers.test_clock.ready', real],
    ]);
  });

  test('refuses to go back, to stand still, too far, and anything unknown', async () => {
    const { stripe, clocks, clock, customer, price, product } = await simulation();
    const to = (frozen_time: number) => clocks.advance(clock, { frozen_time });
    await expect(to(start)).rejects.toMatchObject({ statusCode: 400, param: 'frozen_time' });
    await expect(to(start - 1)).rejects.toThrow(/only advance it to a later time/);
    const twoYears = Date.UTC(2029, 0, 31, 12) / 1000;
    await expect(to(twoYears + 1)).rejects.toThrow(
      'You can only advance it up to 1864555200 (2029-01-31 12:00:00 UTC).',
    );
    await stripe.subscriptions.create({ customer, items: [{ price }] });
    await expect(to(Date.UTC(2027, 2, 31, 12) / 1000 + 1)).rejects.toThrow(
      'You can only advance it up to 1806494400 (2027-03-31 12:00:00 UTC). You can only advance a test clock up to two intervals from the current frozen time at a time',
    );
    const weekly = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'week' },
      product,
    });
    const short = await stripe.subscriptions.create({ customer, items: [{ price: weekly.id }] });
    await expect(to(start + 14 * day + 1)).rejects.toThrow(/\(2027-02-14 12:00:00 UTC\)/);
    await stripe.subscriptions.cancel(short.id);
    expect((await to(start + 20 * day)).status).toBe('advancing');
    await expect(clocks.retrieve('clock_none')).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.customers.create({ test_clock: 'clock_none' })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'test_clock',
    });
  });

  test('lets nothing on it be changed while it advances, and everything be read', async () => {
    const { stripe, clocks, clock, customer, price } = await simulation();
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] });
    await clocks.advance(clock, { frozen_time: start + day });
    const underway = { statusCode: 429, message: expect.stringContaining('Test clock advancement underway') };
    await expect(clocks.advance(clock, { frozen_time: start + 2 * day })).rejects.toMatchObject(underway);
    await expect(clocks.del(clock)).rejects.toMatchObject(underway);
    await expect(
      stripe.subscriptions.update(subscription.id, { metadata: { a: 'b' } }),
    ).rejects.toMatchObject(underway);
    await expect(stripe.invoiceItems.create({ customer, amount: 5, currency: 'usd' })).rejects.toMatchObject(
      underway,
    );
    expect((await stripe.customers.create({ name: 'Elsewhere' })).test_clock).toBeNull();
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
    expect((await clocks.retrieve(clock)).status).toBe('ready');
    await stripe.subscriptions.update(subscription.id, { metadata: { a: 'b' } });
  });

  test('arrives within a second though nobody asks, on a connected account too', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const unwatched = createSandbox({ clock: { now: () => now * 1000 } });
    try {
      const httpClient = Stripe.createFetchHttpClient(unwatched.fetch);
      const stripe = new Stripe('sk_test_unwatched', { httpClient, maxNetworkRetries: 0 });
      const { id: stripeAccount } = await stripe.accounts.create({ type: 'express' });
      for (const options of [{}, { stripeAccount }]) {
        const { id: test_clock } = await stripe.testHelpers.testClocks.create(
          { frozen_time: start },
          options,
        );
        const customer = await stripe.customers.create({ test_clock }, options);
        await stripe.testHelpers.testClocks.advance(test_clock, { frozen_time: start + day }, options);
        const rename = () => stripe.customers.update(customer.id, { name: 'Ann' }, options);
        await expect(rename()).rejects.toMatchObject({ statusCode: 429 });
        vi.advanceTimersByTime(1000);
        await expect(rename()).resolves.toMatchObject({ name: 'Ann' });
      }
    } finally {
      vi.useRealTimers();
      await unwatched.close();
    }
  });

  test('takes three customers with three subscriptions each', async () => {
    const { stripe, clock, customer, price } = await simulation();
    for (let count = 0; count < 2; count++) await stripe.customers.create({ test_clock: clock });
    await expect(stripe.customers.create({ test_clock: clock })).rejects.toMatchObject({
      param: 'test_clock',
    });
    const subscribe = () => stripe.subscriptions.create({ customer, items: [{ price }] });
    const [first] = [await subscribe(), await subscribe(), await subscribe()];
    await expect(subscribe()).rejects.toMatchObject({ code: 'customer_max_subscriptions' });
    await stripe.subscriptions.cancel(first.id);
    expect((await subscribe()).status).toBe('active');
  });

  test('does not exist in live mode', async () => {
    const answer = await sandbox.fetch('http://sandbox/_sandbox/accounts', {
      method: 'POST',
      body: JSON.stringify({ livemode: true }),
    });
    const { stripe } = connected(((await answer.json()) as { secret: string }).secret);
    await expect(stripe.testHelpers.testClocks.create({ frozen_time: start })).rejects.toMatchObject({
      statusCode: 400,
      message: 'Test clocks are only available in test mode.',
    });
  });

  test('deleted, it takes its customers and their subscriptions along; after 30 days by itself', async () => {
    const { stripe, clocks, clock, customer, price, types, expectBooksInOrder } = await simulation();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    expect(await clocks.del(clock)).toEqual(
      expect.objectContaining({ id: clock, object: 'test_helpers.test_clock', deleted: true }),
    );
    await expect(clocks.retrieve(clock)).rejects.toMatchObject({ statusCode: 404 });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: start,
      test_clock: clock,
    });
    expect((await types()).slice(-4)).toEqual([
      'customer.deleted',
      'customer.subscription.deleted',
      'payment_method.detached',
      'test_helpers.test_clock.deleted',
    ]);
    now += 400 * day;
    await expectBooksInOrder();
    const balance = await stripe.balance.retrieve();
    expect(balance.available[0]?.amount).toBeGreaterThan(0);
    expect(balance.pending[0]?.amount).toBe(0);

    const other = await clocks.create({ frozen_time: start });
    now += 30 * day;
    await expect(clocks.retrieve(other.id)).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('what is on a clock', () => {
  test('lives in its time: renewals, funds, trials, retries and deadlines wait for it', async () => {
    const { stripe, customer, price, advance, types, expectBooksInOrder } = await simulation();
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const trial = await stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 14 });
    expect(subscription.created).toBe(start);
    const charge = (await stripe.charges.list({ customer })).data[0];
    expect(charge?.created).toBe(start);
    expect((await stripe.balance.retrieve()).pending[0]?.amount).toBeGreaterThan(0);

    now += 25 * day;
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(2);
    expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(0);
    await expectBooksInOrder();

    await advance(start + 12 * day);
    expect(await types()).toContain('customer.subscription.trial_will_end');
    expect((await stripe.balance.retrieve()).pending[0]?.amount).toBe(0);
    await advance(Date.UTC(2027, 2, 1) / 1000);
    const invoices = (await stripe.invoices.list({ subscription: subscription.id })).data;
    expect(
      invoices.map((invoice) => [new Date(invoice.created * 1000).toISOString(), invoice.status]),
    ).toEqual([
      ['2027-02-28T12:00:00.000Z', 'paid'],
      ['2027-01-31T12:00:00.000Z', 'paid'],
    ]);
    expect((await stripe.subscriptions.retrieve(trial.id)).status).toBe('active');
    await expectBooksInOrder();
  });

  test('a card that fails is retried and given up in the clock’s time', async () => {
    const { stripe, customer, price, advance } = await simulation();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } });
    const renewal = Date.UTC(2027, 1, 28, 12) / 1000;
    await advance(renewal + 3600);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
    expect((await stripe.invoices.list({ customer })).data[0]).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: renewal + 3600 + 3 * day,
    });
    await advance(renewal + 8 * day);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: renewal + 3600 + 7 * day,
    });
  });

  test('a dispute nobody answers is lost when the clock passes its deadline', async () => {
    const { stripe, customer, advance, expectBooksInOrder } = await simulation();
    await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer,
      payment_method: 'pm_card_createDispute',
      confirm: true,
      allowed_payment_method_types: ['card'],
    });
    const [dispute] = (await stripe.disputes.list()).data;
    const due = dispute?.evidence_details.due_by ?? 0;
    now += 29 * day;
    expect((await stripe.disputes.list()).data[0]?.status).toBe('needs_response');
    await advance(due - 1);
    expect((await stripe.disputes.list()).data[0]?.status).toBe('needs_response');
    await advance(due);
    expect((await stripe.disputes.list()).data[0]).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true },
    });
    await expectBooksInOrder();
  });

  test('nothing else ever sees its time, and it sees none but its own', async () => {
    const { stripe, clocks, customer, price, product, advance } = await simulation();
    const card = {
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    };
    const free = (await stripe.customers.create(card)).id;
    const second = await clocks.create({ frozen_time: start + 5 * day });
    const other = (await stripe.customers.create({ ...card, test_clock: second.id })).id;
    const subscribe = (who: string) => stripe.subscriptions.create({ customer: who, items: [{ price }] });
    const weekly = { currency: 'usd', product, unit_amount: 700, recurring: { interval: 'week' as const } };
    const [on, elsewhere] = [await subscribe(customer), await subscribe(other)];
    const off = await stripe.subscriptions.create({ customer: free, items: [{ price_data: weekly }] });
    expect([on.created, off.created, elsewhere.created]).toEqual([start, real, start + 5 * day]);
    await stripe.invoiceItems.create({ customer: free, amount: 100, currency: 'usd', description: customer });
    await advance(start + 58 * day);
    const count = async (subscription: string) => (await stripe.invoices.list({ subscription })).data.length;
    expect([await count(on.id), await count(off.id), await count(elsewhere.id)]).toEqual([2, 1, 1]);
    expect(await stripe.subscriptions.retrieve(off.id)).toMatchObject({ test_clock: null, status: 'active' });
    now = real + 29 * day;
    expect([await count(on.id), await count(off.id), await count(elsewhere.id)]).toEqual([2, 5, 1]);
    const events = await stripe.events.list({ limit: 100 });
    expect(events.data.every((event) => event.created >= real && event.created <= now)).toBe(true);
  });

  test('shows its clock, can be found by it, and is left out of lists of everything', async () => {
    const { stripe, clock, customer, price } = await simulation();
    const outside = (await stripe.customers.create({ email: 'out@example.com' })).id;
    await stripe.customers.update(customer, { email: 'in@example.com' });
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price }],
      expand: ['test_clock', 'customer.test_clock', 'latest_invoice.test_clock'],
    });
    const expanded = { id: clock, frozen_time: start };
    expect(subscription).toMatchObject({
      test_clock: expanded,
      customer: { test_clock: expanded },
      latest_invoice: { test_clock: expanded },
    });
    const item = await stripe.invoiceItems.create({ customer, amount: 100, currency: 'usd' });
    expect(item.test_clock).toBe(clock);
    const grant = await stripe.billing.creditGrants.create({
      customer,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 1000 } },
      applicability_config: { scope: { price_type: 'metered' } },
      category: 'promotional',
      expand: ['test_clock'],
    });
    expect(grant.test_clock).toMatchObject(expanded);
    const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);
    expect(ids(await stripe.customers.list())).toEqual([outside]);
    expect(ids(await stripe.customers.list({ email: 'in@example.com' }))).toEqual([]);
    expect(ids(await stripe.customers.list({ test_clock: clock }))).toEqual([customer]);
    expect(ids(await stripe.customers.list({ test_clock: clock, email: 'out@example.com' }))).toEqual([]);
    expect(ids(await stripe.subscriptions.list())).toEqual([]);
    expect(ids(await stripe.subscriptions.list({ test_clock: clock }))).toEqual([subscription.id]);
    expect(ids(await stripe.subscriptions.list({ customer }))).toEqual([subscription.id]);
    expect(ids(await stripe.invoices.list())).toEqual([]);
    expect(ids(await stripe.invoices.list({ customer }))).toHaveLength(1);
    await expect(stripe.customers.list({ test_clock: 'clock_none' })).rejects.toMatchObject({
      code: 'resource_missing',
    });
  });

  test('an existing customer can be put on a new clock with all that waits for them', async () => {
    const { stripe, clocks, price } = await simulation();
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
    await expect(clocks.create({ frozen_time: real - 1, customer: customer.id })).rejects.toMatchObject({
      param: 'frozen_time',
    });
    const clock = await clocks.create({ frozen_time: real, customer: customer.id });
    await expect(clocks.create({ frozen_time: real, customer: customer.id })).rejects.toMatchObject({
      param: 'customer',
    });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ test_clock: clock.id });
    now += 29 * day;
    expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1);
    await clocks.advance(clock.id, { frozen_time: real + 40 * day });
    expect((await stripe.invoices.list({ subscription: id })).data.map((one) => one.created)).toEqual([
      Date.UTC(2026, 5, 10, 9) / 1000,
      real,
    ]);
  });

  test('a restricted key needs the permission for clocks', async () => {
    const key = `sk_test_clocks${accounts++}`;
    const answer = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ permissions: { test_clocks: 'read' } }),
    });
    const { stripe } = connected(((await answer.json()) as { secret: string }).secret);
    expect((await stripe.testHelpers.testClocks.list()).data).toEqual([]);
    await expect(stripe.testHelpers.testClocks.create({ frozen_time: start })).rejects.toThrow(
      /rak_billing_clock_write/,
    );
  });
});
