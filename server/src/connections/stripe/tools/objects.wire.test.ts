import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
/** The sandbox's time, which passes only when told to. */
let now = Date.parse('2026-11-20T12:00:00Z');
beforeAll(async () => {
  account = await testAccount('sk_test_any_object', { clock: { now: () => now } });
});
afterAll(() => account.close());

describe('get_object', () => {
  test('reads whatever an id stands for, in one shape, with amounts and times as text', async () => {
    const { stripe } = account;
    const customer = await stripe.customers.create({ name: 'Ann', email: 'ann@example.com' });
    const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'once' });
    const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } });
    const setup = await stripe.setupIntents.create({ customer: customer.id });
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
    const topup = await stripe.topups.create({ amount: 12345, currency: 'usd', description: 'Float' });
    const looked = async (id: string) => (await account.call('get_object', { id })).view;
    expect(await looked(customer.id)).toMatchObject({ object: 'customer', name: 'Ann' });
    expect(await looked(code.id)).toMatchObject({ object: 'promotion_code', code: code.code });
    expect(await looked(setup.id)).toMatchObject({ object: 'setup_intent', customer: customer.id });
    expect(JSON.stringify(await looked(setup.id))).not.toContain('secret');
    expect(await looked(rate.id)).toMatchObject({ object: 'tax_rate', id: rate.id });
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    expect(await looked(card.id)).toMatchObject({ object: 'payment_method', brand: 'visa', last4: '4242' });
    const [event] = (await stripe.events.list({ type: 'customer.created' })).data;
    expect(await looked(event?.id ?? '')).toMatchObject({ object: 'event', about: { id: customer.id } });
    expect(await looked(topup.id)).toMatchObject({
      object: 'topup',
      amount: '123.45 USD',
      created: '2026-11-20T12:00:00Z',
    });
  });

  test('says what to do about an id it cannot place, and one that is not there', async () => {
    for (const id of ['tok_1', 'nonsense', '../v1/keys', 'constructor_1'])
      expect(await account.refusal('get_object', { id })).toMatchObject({ code: 'unknown_kind' });
    expect(await account.refusal('get_object', { id: 'cus_none' })).toMatchObject({ code: 'not_found' });
    const { secret } = await account.control('restricted_keys', { permissions: {} });
    const refused = await account.withKey(secret).refusal('get_object', { id: 'po_1' });
    expect(refused).toMatchObject({ code: 'permission_missing', next: expect.stringContaining('"Payouts"') });
  });
});

describe('wait_for', () => {
  const run = () =>
    account.stripe.reporting.reportRuns.create({
      report_type: 'balance.summary.1',
      parameters: {
        interval_start: Date.parse('2026-11-18T00:00:00Z') / 1000,
        interval_end: Date.parse('2026-11-19T00:00:00Z') / 1000,
      },
    });

  test('looks again, less and less often, until the status is there', async () => {
    const pauses: number[] = [];
    const waiting = account.whileWaiting(async (ms) => {
      pauses.push(ms);
      now += 700;
    });
    const { id } = await run();
    const { view, summary } = await waiting.call('wait_for', { id, until: ['succeeded'] });
    expect(view).toMatchObject({ object: 'reporting.report_run', status: 'succeeded', reached: true });
    expect(summary).toBe(`${id} is succeeded`);
    expect(pauses).toEqual([1000, 2000, 4000]);
  });

  test('ends when the time is over, and when nothing can come any more', async () => {
    const idle = account.whileWaiting(async () => {});
    const { id } = await run();
    expect((await idle.call('wait_for', { id, until: ['succeeded'], seconds: 5 })).view).toMatchObject({
      status: 'pending',
      reached: false,
      waited_seconds: 5,
      stopped: 'the 5 seconds are over',
    });
    const intent = await account.stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    await account.stripe.paymentIntents.cancel(intent.id);
    expect((await idle.call('wait_for', { id: intent.id, until: ['succeeded'] })).view).toMatchObject({
      status: 'canceled',
      reached: false,
      waited_seconds: 0,
      stopped: 'canceled is final',
    });
    const customer = await account.stripe.customers.create({});
    const refused = await idle.refusal('wait_for', { id: customer.id, until: ['succeeded'] });
    expect(refused.code).toBe('no_status');
  });
});

describe('reports of Stripe’s own', () => {
  test('are run over a period in words, waited for, and read whole', async () => {
    const { stripe } = account;
    for (const amount of [1000, 2500])
      await stripe.charges.create({ amount, currency: 'usd', source: 'tok_visa' });
    now += 3 * 86_400_000;
    const waiting = account.at(new Date(now)).whileWaiting(async (ms) => {
      now += ms;
    });
    const types = (await waiting.call('list_report_types', {})).view as { data: { id: string }[] };
    expect(types.data.map(({ id }) => id)).toContain('balance_change_from_activity.itemized.1');
    const started = await waiting.call('run_report', {
      report_type: 'balance_change_from_activity.itemized.1',
      period: { from: '2026-11-20', to: '2026-11-21' },
    });
    const { id } = started.view as { id: string };
    expect(started.view).toMatchObject({ status: 'pending', note: expect.stringContaining('wait_for') });
    expect((await waiting.call('get_report', { report_run: id })).view).toMatchObject({ status: 'pending' });
    await waiting.call('wait_for', { id, until: ['succeeded', 'failed'] });
    const { view, record } = await waiting.call('get_report', { report_run: id, limit: 1 });
    expect(view).toMatchObject({
      status: 'succeeded',
      row_count: expect.any(Number),
      complete: false,
      stopped: 'showing the first 1',
    });
    const { rows, row_count: count } = view as { rows: object[]; row_count: number };
    expect(rows).toHaveLength(1);
    expect(count).toBeGreaterThanOrEqual(2);
    expect((record as { csv: string }).csv.trim().split('\n')).toHaveLength(count + 1);
  });

  test('a period without data and an unknown type are refused with what there is', async () => {
    const old = await account.refusal('run_report', {
      report_type: 'balance.summary.1',
      period: { from: '2019-01-01', to: '2019-02-01' },
    });
    expect(old).toMatchObject({ code: 'no_data', message: expect.stringContaining('has data for') });
    const unknown = await account.refusal('run_report', { report_type: 'everything.1' });
    expect(unknown.details).toMatchObject({ param: 'report_type' });
  });
});

describe('raw_read', () => {
  test('reads what is on the list, shaped, and says when a list goes on', async () => {
    const product = await account.stripe.products.create({ name: 'Tea', metadata: { shelf: '7' } });
    await account.stripe.products.create({ name: 'Coffee' });
    const one = await account.call('raw_read', { path: `/v1/products/${product.id}` });
    expect(one.view).toMatchObject({ object: 'product', name: 'Tea', metadata: { shelf: '7' } });
    const page = await account.call('raw_read', { path: '/v1/products', params: { limit: 1, active: true } });
    expect(page.view).toMatchObject({ data: [{ name: 'Coffee' }], complete: false, seen: 1 });
  });

  test.each([
    '/v1/ephemeral_keys',
    '/v1/accounts/acct_1/persons',
    '/v1/customers/../ephemeral_keys',
    '/v1/customers?expand[]=data.sources',
    '/v1/files/file_1/contents',
    '/v2/core/accounts',
    'https://example.com/v1/customers',
    '/v1/customers%2f..',
    '/v1/chargesx',
  ])('%s is not read', async (path) => {
    expect(await account.refusal('raw_read', { path })).toMatchObject({ code: 'not_allowed' });
  });

  test('expanding is not given, in whatever spelling', async () => {
    const input = { path: '/v1/customers', params: { 'expand[]': 'data.sources' } };
    expect(await account.refusal('raw_read', input)).toMatchObject({ code: 'not_allowed' });
  });
});
