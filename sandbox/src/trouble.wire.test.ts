import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const clock = { at: 1_795_000_000_000, now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());

function world(key: string, maxNetworkRetries = 0) {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries, telemetry: false });
  async function control(path: string, body: object): Promise<Record<string, unknown>> {
    const response = await sandbox.fetch(`http://sandbox/_sandbox/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }
  /** How many of `count` requests at once got through, and what the others were told. */
  async function burst(count: number, request: () => Promise<unknown>) {
    const all = await Promise.allSettled(Array.from({ length: count }, request));
    const errors = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    for (const error of errors) expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    const reasons = errors.map((error) => error.headers['stripe-rate-limited-reason']);
    return { passed: count - errors.length, reasons: [...new Set(reasons)], error: errors[0] };
  }
  return { stripe, control, burst };
}

test('without limits everything gets through', async () => {
  const { stripe, burst } = world('sk_test_unlimited');
  expect((await burst(200, () => stripe.customers.list())).passed).toBe(200);
});

test("Stripe's limits in test mode: 25 requests a second in all", async () => {
  const { stripe, control, burst } = world('sk_test_preset');
  expect(await control('limits', { preset: 'stripe' })).toMatchObject({
    requests_per_second: 25,
    endpoint_requests_per_second: 25,
  });
  const { passed, reasons, error } = await burst(40, () => stripe.customers.list());
  expect({ passed, reasons }).toEqual({ passed: 25, reasons: ['global-rate'] });
  expect(error).toMatchObject({ statusCode: 429, code: 'rate_limit', rawType: 'invalid_request_error' });
  clock.at += 200;
  expect((await burst(10, () => stripe.customers.list())).passed).toBe(5);
  await control('limits', { preset: 'none' });
  expect((await burst(100, () => stripe.customers.list())).passed).toBe(100);
});

test("Stripe's limits in live mode: 100 in all, 25 for each endpoint, 20 searches", async () => {
  const { secret } = (await world('sk_test_any').control('accounts', { livemode: true })) as {
    secret: string;
  };
  const { stripe, control, burst } = world(secret);
  await control('limits', { preset: 'stripe' });
  const customer = await stripe.customers.create({});
  const lists = await burst(30, () => stripe.customers.list());
  expect(lists).toMatchObject({ passed: 25, reasons: ['endpoint-rate'] });
  // One operation, whichever object; and not the same as the list.
  const reads = await burst(30, () => stripe.customers.retrieve(customer.id));
  expect(reads).toMatchObject({ passed: 25, reasons: ['endpoint-rate'] });
  const searches = await burst(22, () => stripe.customers.search({ query: 'name:"x"' }));
  expect(searches).toMatchObject({ passed: 20, reasons: ['resource-specific'] });
  const others = await burst(40, () => stripe.products.list());
  expect(others.reasons).toContain('global-rate');
});

test('one payment intent takes a thousand updates an hour', async () => {
  const { stripe, control, burst } = world('sk_test_updates');
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  await control('limits', {
    preset: 'stripe',
    requests_per_second: null,
    endpoint_requests_per_second: null,
  });
  const update = () => stripe.paymentIntents.update(intent.id, { description: 'again' });
  expect((await burst(1000, update)).passed).toBe(1000);
  expect(await burst(1, update)).toMatchObject({ passed: 0, reasons: ['resource-specific'] });
  const other = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  await stripe.paymentIntents.update(other.id, { description: 'fine' });
  clock.at += 3_600_000;
  expect((await burst(1, update)).passed).toBe(1);
});

test('requests at once are limited in all and for each endpoint', async () => {
  const { stripe, control, burst } = world('sk_test_concurrent');
  await control('limits', { concurrent_requests: 6, endpoint_concurrent_requests: 4 });
  await control('faults', { path: '/v1/*', latency_ms: 20, times: 100 });
  const customers = () => stripe.customers.list();
  expect(await burst(6, customers)).toMatchObject({ passed: 4, reasons: ['endpoint-concurrency'] });
  const turns = [customers, () => stripe.products.list()];
  const mixed = await burst(12, () => (turns.reverse()[0] ?? customers)());
  expect(mixed).toMatchObject({ passed: 6, reasons: ['global-concurrency'] });
  // Those that were refused are not under way.
  expect((await burst(4, customers)).passed).toBe(4);
});

test('two requests that change one object: the one that finds it held is told so, and the SDK retries it', async () => {
  const { stripe, control } = world('sk_test_locked');
  const customer = await stripe.customers.create({ name: 'Ada' });
  const slow = { path: `/v1/customers/${customer.id}`, method: 'POST', latency_ms: 30 };
  await control('faults', slow);
  const first = stripe.customers.update(customer.id, { name: 'First' });
  await expect(stripe.customers.update(customer.id, { name: 'Second' })).rejects.toMatchObject({
    statusCode: 429,
    code: 'lock_timeout',
    rawType: 'invalid_request_error',
    message: expect.stringContaining('another API request or Stripe process is currently accessing it'),
    headers: { 'stripe-should-retry': 'true' },
  });
  // Reading it, or changing another, is free.
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ name: 'Ada' });
  await stripe.customers.create({ name: 'Other' });
  expect(await first).toMatchObject({ name: 'First' });

  await control('faults', slow);
  const patient = world('sk_test_locked', 3).stripe;
  const [, second] = await Promise.all([
    stripe.customers.update(customer.id, { name: 'Third' }),
    patient.customers.update(customer.id, { name: 'Fourth' }),
  ]);
  expect(second).toMatchObject({ name: 'Fourth' });
});

test('a key in use, or used elsewhere, is refused', async () => {
  const { stripe, control } = world('sk_test_in_use');
  await control('faults', { path: '/v1/customers', latency_ms: 30 });
  const options = { idempotencyKey: 'one' };
  const first = stripe.customers.create({ name: 'Once' }, options);
  await expect(stripe.customers.create({ name: 'Once' }, options)).rejects.toMatchObject({
    statusCode: 409,
    code: 'idempotency_key_in_use',
    rawType: 'idempotency_error',
  });
  const made = await first;
  expect((await stripe.customers.create({ name: 'Once' }, options)).id).toBe(made.id);
  await expect(stripe.products.create({ name: 'Once' }, options)).rejects.toThrow(
    /same endpoint they were first used for \('\/v1\/products' vs '\/v1\/customers'\)/,
  );
  await expect(stripe.customers.create({ name: 'Twice' }, options)).rejects.toThrow(/same parameters/);
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test.each([
  ['a server error before the effect', { status: 500 }],
  ['an answer lost at a gateway after the effect', { status: 503, after_effect: true }],
  ['a conflict', { status: 409 }],
  ['a lock', { code: 'lock_timeout' }],
  ['a limit that says to retry', { status: 429, should_retry: true }],
])('%s is retried by the SDK and done once', async (name, fault) => {
  const key = `sk_test_retried_${name.replaceAll(/\W/g, '')}`;
  const { stripe, control } = world(key, 1);
  await control('faults', { path: '/v1/customers', method: 'POST', ...fault });
  const made = await stripe.customers.create({ name: 'Once' });
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([made.id]);
});

test('a server error after the effect is what its key answers from then on, and the SDK is told not to ask again', async () => {
  const { stripe, control } = world('sk_test_saved_500', 3);
  await control('faults', { path: '/v1/customers', method: 'POST', status: 500, after_effect: true });
  const create = () => stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'k' });
  const first = await create().catch((error) => error);
  expect(first).toMatchObject({ statusCode: 500, rawType: 'api_error' });
  const again = await create().catch((error) => error);
  expect(again).toMatchObject({ statusCode: 500, rawType: 'api_error', message: first.message });
  expect(again.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.requestId,
    'stripe-should-retry': 'false',
  });
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test('a limit that says nothing, and an error that says not to, are not retried', async () => {
  const { stripe, control } = world('sk_test_not_retried', 3);
  await control('faults', { path: '/v1/customers', status: 429 });
  await expect(stripe.customers.list()).rejects.toMatchObject({
    statusCode: 429,
    headers: { 'stripe-rate-limited-reason': 'global-rate' },
  });
  await control('faults', { path: '/v1/customers', status: 500, should_retry: false });
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 500 });
  expect((await stripe.customers.list()).data).toEqual([]);
});

test('limits can be set for all accounts from the start', async () => {
  const limited = createSandbox({ clock, limits: { requestsPerSecond: 3 } });
  const stripe = new Stripe('sk_test_x', { httpClient: Stripe.createFetchHttpClient(limited.fetch) });
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => stripe.customers.list()));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await limited.close();
});
