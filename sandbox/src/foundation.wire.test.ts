import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox, demoKey, type Sandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

function client(key: string, of: Sandbox = sandbox): Stripe {
  return new Stripe(key, { httpClient: Stripe.createFetchHttpClient(of.fetch), maxNetworkRetries: 0 });
}
const stripe = client('sk_test_foundation');

async function control(path: string, body: unknown, key = 'sk_test_foundation', of: Sandbox = sandbox) {
  const response = await of.fetch(`http://sandbox/_sandbox/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { secret: string };
}

describe('the wire, spoken by the official SDK', () => {
  test('a customer lives: created, read, changed, found by e-mail, deleted', async () => {
    const bob = await stripe.customers.create({
      email: 'bob@example.com',
      name: 'Bob',
      metadata: { a: '1', b: '2' },
    });
    expect(bob.id).toMatch(/^cus_\w{14}$/);
    const changed = await stripe.customers.update(bob.id, { metadata: { a: '' }, address: { city: 'Oslo' } });
    expect(changed.metadata).toEqual({ b: '2' });
    expect(changed.address).toMatchObject({ city: 'Oslo', line1: null });
    expect((await stripe.customers.list({ email: 'bob@example.com' })).data.map((one) => one.id)).toEqual([
      bob.id,
    ]);
    expect(await stripe.customers.del(bob.id)).toMatchObject({ id: bob.id, deleted: true });
    expect(await stripe.customers.retrieve(bob.id)).toMatchObject({ deleted: true });
    await expect(stripe.customers.update(bob.id, { name: 'X' })).rejects.toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
    expect((await stripe.customers.list({ email: 'bob@example.com' })).data).toEqual([]);
  });

  test('a change shows what was before in its event', async () => {
    const ann = await stripe.customers.create({ name: 'Ann', metadata: { tier: 'gold' } });
    await stripe.customers.update(ann.id, { name: 'Anne', metadata: { tier: 'silver' } });
    const [event] = (await stripe.events.list({ type: 'customer.updated', limit: 1 })).data;
    expect(event?.data).toMatchObject({
      object: { name: 'Anne' },
      previous_attributes: { name: 'Ann', metadata: { tier: 'gold' } },
    });
    expect(event?.request?.id).toMatch(/^req_/);
  });

  test('pages go both ways and auto-pagination sees everything once', async () => {
    const other = client('sk_test_pages');
    const ids: string[] = [];
    for (let count = 0; count < 25; count++)
      ids.push((await other.customers.create({ name: `C ${count}` })).id);
    ids.reverse();
    expect(
      (await other.customers.list({ limit: 100 }).autoPagingToArray({ limit: 100 })).map((one) => one.id),
    ).toEqual(ids);
    expect(
      (await other.customers.list({ limit: 3 }).autoPagingToArray({ limit: 100 })).map((one) => one.id),
    ).toEqual(ids);
    const middle = await other.customers.list({ limit: 3, ending_before: ids[10] ?? '' });
    expect(middle.data.map((one) => one.id)).toEqual(ids.slice(7, 10));
    expect(middle.has_more).toBe(true);
    await expect(other.customers.list({ limit: 101 })).rejects.toMatchObject({
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
  });

  test('wrong parameters are named as Stripe names them', async () => {
    const odd = { colour: 'red' } as Stripe.CustomerCreateParams;
    await expect(stripe.customers.create(odd)).rejects.toMatchObject({
      message: 'Received unknown parameter: colour',
      code: 'parameter_unknown',
      param: 'colour',
    });
    const empty = {} as Stripe.ProductCreateParams;
    await expect(stripe.products.create(empty)).rejects.toMatchObject({
      message: 'Missing required param: name.',
      param: 'name',
    });
    await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({
      message: "No such customer: 'cus_none'",
      statusCode: 404,
    });
  });

  test('products and prices: default price, lookup keys, other currencies, expansion', async () => {
    const product = await stripe.products.create({
      name: 'Premium',
      default_price_data: { currency: 'usd', unit_amount: 2999, recurring: { interval: 'month' } },
      expand: ['default_price.product'],
    });
    const price = product.default_price as Stripe.Price;
    expect(price).toMatchObject({
      unit_amount: 2999,
      recurring: { interval: 'month', interval_count: 1 },
      product: { id: product.id },
    });
    const first = await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 100,
      lookup_key: 'k',
      currency_options: { jpy: { unit_amount: 15 } },
    });
    await expect(
      stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 1, lookup_key: 'k' }),
    ).rejects.toThrow(/already uses/);
    const second = await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 200,
      lookup_key: 'k',
      transfer_lookup_key: true,
    });
    expect((await stripe.prices.list({ lookup_keys: ['k'] })).data.map((one) => one.id)).toEqual([second.id]);
    expect((await stripe.prices.retrieve(first.id)).currency_options).toBeUndefined();
    expect(
      (await stripe.prices.retrieve(first.id, { expand: ['currency_options'] })).currency_options?.jpy
        ?.unit_amount,
    ).toBe(15);
    await expect(stripe.products.del(product.id)).rejects.toThrow(/user-created prices/);
    await expect(stripe.prices.list({ expand: ['data.foo'] })).rejects.toThrow(/cannot be expanded/);
  });

  test('search reads the query language', async () => {
    const other = client('sk_test_search');
    const jane = await other.customers.create({
      email: 'jane@example.com',
      name: 'Jane Smith',
      metadata: { plan: 'pro' },
    });
    await other.customers.create({ email: 'john@example.com', name: 'John Doe' });
    const ids = async (query: string) => (await other.customers.search({ query })).data.map((one) => one.id);
    expect(await ids('email:"jane@example.com"')).toEqual([jane.id]);
    expect(await ids("name~'smi' AND metadata['plan']:'pro'")).toEqual([jane.id]);
    expect(await ids('-name:"john"')).toEqual([jane.id]);
    expect(await ids('email:"jane@example.com" OR email:"john@example.com"')).toHaveLength(2);
    await expect(ids('nonsense')).rejects.toThrow(/unable to parse/);
  });
});

describe('keys', () => {
  test('one key is one account', async () => {
    const a = await client('sk_test_a').accounts.retrieveCurrent();
    const b = await client('sk_test_b').accounts.retrieveCurrent();
    expect(a.id).not.toBe(b.id);
    expect((await client('sk_test_a').accounts.retrieveCurrent()).id).toBe(a.id);
  });

  test.each([['sk_live_nope'], ['rk_test_nope'], ['pk_test_abc'], ['whatever']])(
    '%s is refused',
    async (key) => {
      await expect(client(key).customers.list()).rejects.toBeInstanceOf(
        Stripe.errors.StripeAuthenticationError,
      );
    },
  );

  test('a restricted key is told which permission it lacks', async () => {
    const { secret } = await control('restricted_keys', { permissions: { customers: 'read' } });
    const limited = client(secret);
    await limited.customers.list();
    const refusal = await limited.products.list().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Stripe.errors.StripePermissionError);
    expect(refusal).toMatchObject({ message: expect.stringContaining("'rak_product_read'") });
    await expect(limited.customers.create({})).rejects.toThrow(/rak_customer_write/);
    await control('restricted_keys/revoke', { secret });
    await expect(limited.customers.list()).rejects.toThrow(/Expired API Key/);
  });

  test('a permission that would grant nothing is no permission', async () => {
    const asked = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_foundation' },
      body: JSON.stringify({ permissions: { customers: 'read', costumers: 'read' } }),
    });
    expect(asked.status).toBe(400);
    expect(await asked.json()).toMatchObject({
      error: {
        param: 'permissions[costumers]',
        message: expect.stringMatching(/^Unknown permission: costumers\. .*charge, .*customer, /),
      },
    });
    for (const name of ['Charges and refunds', 'rak_payment_intent_read', 'prices', 'issuing_cards'])
      expect(await control('restricted_keys', { permissions: { [name]: 'read' } })).toHaveProperty('secret');
  });

  test('a simulated live account answers in live mode', async () => {
    const { secret } = await control('accounts', { livemode: true });
    expect((await client(secret).customers.create({})).livemode).toBe(true);
    const logs = expect.stringMatching(/^https:\/\/dashboard\.stripe\.com\/logs\/req_/);
    await expect(client(secret).customers.retrieve('cus_0')).rejects.toMatchObject({
      raw: { request_log_url: logs },
    });
  });
});

describe('retries', () => {
  test('an idempotency key replays, refuses other parameters, and survives only with its effect', async () => {
    const options = { idempotencyKey: 'key-1' };
    const first = await stripe.customers.create({ name: 'Once' }, options);
    const again = await stripe.customers.create({ name: 'Once' }, options);
    expect(again.id).toBe(first.id);
    const raw = await sandbox.fetch('http://sandbox/v1/customers', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_foundation', 'idempotency-key': 'key-1' },
      body: new URLSearchParams({ name: 'Once' }),
    });
    expect(raw.headers.get('idempotent-replayed')).toBe('true');
    await expect(stripe.customers.create({ name: 'Twice' }, options)).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    );
  });

  test('faults come before or after the effect', async () => {
    const other = client('sk_test_faults');
    await control('faults', { path: '/v1/customers', status: 429, times: 1 }, 'sk_test_faults');
    await expect(other.customers.create({})).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect((await other.customers.list()).data).toHaveLength(0);
    await control(
      'faults',
      { path: '/v1/customers', method: 'POST', status: 503, after_effect: true },
      'sk_test_faults',
    );
    await expect(other.customers.create({}, { idempotencyKey: 'k' })).rejects.toMatchObject({
      statusCode: 503,
    });
    expect((await other.customers.create({}, { idempotencyKey: 'k' })).object).toBe('customer');
    expect((await other.customers.list()).data).toHaveLength(1);
  });

  test('a rate limit set for an account answers 429 until time passes', async () => {
    await control('limits', { requests_per_second: 2 }, 'sk_test_limited');
    const limited = client('sk_test_limited');
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => limited.customers.list()));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(3);
    expect(refused[0]).toMatchObject({ reason: { statusCode: 429, code: 'rate_limit' } });
  });

  test('a reset empties the account and keeps its restricted keys', async () => {
    const key = 'sk_test_resetting';
    const { secret } = await control('restricted_keys', { permissions: { customers: 'read' } }, key);
    await client(key).customers.create({});
    await control('reset', { seed: 'empty' }, key);
    expect((await client(secret).customers.list()).data).toEqual([]);
  });

  test('what Stripe has and the sandbox has not is a 501, nonsense a 404', async () => {
    await expect(stripe.terminal.readers.list()).rejects.toMatchObject({ statusCode: 501 });
    await expect(stripe.rawRequest('GET', '/v1/nonsense')).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('Unrecognized request URL'),
    });
  });
});

test('the demo account is a year of business whose money adds up, and restarts as it was', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-demo-'));
  const ask = async (of: Sandbox, path: string) => {
    const response = await of.fetch(`http://sandbox${path}`, {
      headers: { authorization: `Bearer ${demoKey}` },
    });
    return (await response.json()) as { ok: boolean; problems: string[] };
  };
  const first = createSandbox({ dataDir, seed: 'demo' });
  expect(await ask(first, '/_sandbox/audit')).toMatchObject({ ok: true, problems: [] });
  const balance = await client(demoKey, first).balance.retrieve();
  await first.close();
  const second = createSandbox({ dataDir, seed: 'demo' });
  expect((await client(demoKey, second).balance.retrieve()).available).toEqual(balance.available);
  await second.close();
  await rm(dataDir, { recursive: true });
});

test('a connection dropped after the effect is retried by the SDK without doing it twice', async () => {
  const dropping = createSandbox();
  const { port } = await dropping.listen({ port: 0 });
  const overHttp = new Stripe('sk_test_dropping', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 2,
  });
  await control(
    'faults',
    { path: '/v1/customers', method: 'POST', drop: true, after_effect: true },
    'sk_test_dropping',
    dropping,
  );
  const made = await overHttp.customers.create({ name: 'Once' });
  await control(
    'faults',
    { path: '/v1/customers', method: 'POST', drop: true },
    'sk_test_dropping',
    dropping,
  );
  const other = await overHttp.customers.create({ name: 'Other' });
  expect((await overHttp.customers.list()).data.map((one) => one.id)).toEqual([other.id, made.id]);
  await dropping.close();
});

test('state is there after a restart, over a real port', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const first = createSandbox({ dataDir });
  const { port } = await first.listen({ port: 0 });
  const overHttp = new Stripe('sk_test_kept', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
  });
  const kept = await overHttp.customers.create({ name: 'Kept' }, { idempotencyKey: 'same' });
  await first.close();
  const second = createSandbox({ dataDir });
  expect(
    (await client('sk_test_kept', second).customers.create({ name: 'Kept' }, { idempotencyKey: 'same' })).id,
  ).toBe(kept.id);
  await second.close();
  await rm(dataDir, { recursive: true });
});
