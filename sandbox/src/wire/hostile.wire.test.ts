import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { raw } from '../testing/raw.ts';

/** What broke: refusals are not logged. */
const broken: unknown[] = [];
const sandbox = createSandbox({ log: (message, cause) => broken.push(message, cause) });
afterAll(async () => {
  await sandbox.close();
  expect(broken).toEqual([]);
});
const key = 'sk_test_hostile';
const authorization = `Bearer ${key}`;
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0, telemetry: false });

type Headers = Record<string, string>;

async function send(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Headers = {},
) {
  const type = path.startsWith('/v2') ? 'application/json' : 'application/x-www-form-urlencoded';
  const response = await sandbox.fetch(`http://sandbox${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const json = text === '' ? {} : JSON.parse(text);
  return { status: response.status, json, error: json.error };
}

const bytes = (...all: number[]) => new Uint8Array(all);

test.each<[string, string | Uint8Array<ArrayBuffer>, Headers, RegExp]>([
  ['JSON instead of a form', '{"name":"x"}', { 'content-type': 'application/json' }, /content type/],
  ['a multipart form', '--x\r\n\r\n', { 'content-type': 'multipart/form-data; boundary=x' }, /content type/],
  ['bytes that are no UTF-8', bytes(0x6e, 0x61, 0x6d, 0x65, 0x3d, 0xff), {}, /UTF-8/],
  ['escaped bytes that are no UTF-8', 'name=%ff', {}, /UTF-8/],
  ['an escaped half of a pair', 'name=%ED%A0%80', {}, /UTF-8/],
  ['escapes that are none', 'name=%zz', {}, /percent-encoded/],
  ['a list where text belongs', 'name[]=x', {}, /Invalid string/],
  ['a map where text belongs', 'name[a]=x', {}, /Invalid string/],
  ['text where a map belongs', 'address=x', {}, /Invalid object/],
  ['a value that is a map as well', 'address=x&address[city]=y', {}, /both a value and a map/],
  ['text where a list belongs', 'preferred_locales=de', {}, /Invalid array/],
  ['a list with an index beyond reason', 'preferred_locales[9999999]=de', {}, /Invalid array/],
  ['a list with a negative index', 'preferred_locales[-1]=de', {}, /Invalid array/],
  ['brackets that do not close', 'address[city=x', {}, /Invalid parameter name/],
  ['nesting without end', `metadata${'[a]'.repeat(500)}=x`, {}, /nested at most/],
  ['more parameters than anyone needs', 'name=x&'.repeat(5001), {}, /Too many parameters/],
  ['prototypes', '__proto__[admin]=true&constructor[prototype][admin]=true', {}, /unknown parameters/],
  ['a number that is none', 'balance=1e3', {}, /Invalid integer/],
  ['a number too large', 'balance=99999999999999999999', {}, /Invalid integer/],
  ['text too long', `name=${'x'.repeat(5001)}`, {}, /at most/],
  ['long metadata keys', `metadata[${'k'.repeat(41)}]=v`, {}, /up to 40 characters/],
  ['long metadata values', `metadata[k]=${'v'.repeat(501)}`, {}, /up to 500 characters/],
  ['metadata in metadata', 'metadata[k][l]=v', {}, /Metadata values must be strings/],
  [
    'too much metadata',
    Array.from({ length: 51 }, (_, at) => `metadata[k${at}]=v`).join('&'),
    {},
    /up to 50 keys/,
  ],
  ['a version that is none', 'name=x', { 'stripe-version': 'yesterday' }, /Invalid Stripe API version/],
  ['a key for idempotency too long', 'name=x', { 'idempotency-key': 'k'.repeat(256) }, /255 characters/],
  ['somebody else’s account', 'name=x', { 'stripe-account': 'acct_other' }, /does not have access/],
  ['a body too large', `name=${'x'.repeat(1_000_001)}`, {}, /at most/],
  ['an e-mail that is none', 'email=bob', {}, /Invalid email address/],
  ['expanding too deep', 'expand[]=a.b.c.d.e', {}, /more than 4 levels/],
  ['expanding what is not there', 'expand[]=constructor', {}, /cannot be expanded/],
  ['expanding too much', Array.from({ length: 21 }, () => 'expand[]=x').join('&'), {}, /maximum 20/],
])('%s: refused as Stripe refuses', async (_name, body, headers, message) => {
  const { status, error } = await send('POST', '/v1/customers', body, headers);
  expect([400, 403]).toContain(status);
  expect(error).toMatchObject({ message: expect.stringMatching(message) });
  expect(['invalid_request_error', 'idempotency_error']).toContain(error.type);
});

test.each([
  ['no JSON', '{"name":', {}, /not valid JSON/],
  ['a list', '[]', {}, /must be a JSON object/],
  ['a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, /application\/json/],
  ['nesting without end', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, {}, /nested at most/],
  ['half of a pair', '{"name":"\\ud800"}', {}, /UTF-8/],
  ['prototypes', '{"__proto__":{"admin":true}}', {}, /unknown parameter.*__proto__/],
])('to v2, %s: refused', async (_name, body, headers, message) => {
  const { status, error } = await send('POST', '/v2/core/event_destinations', body, headers);
  expect({ status, message: error.message }).toEqual({
    status: 400,
    message: expect.stringMatching(message),
  });
});

test.each([
  ['HEAD', '/v1/customers'],
  ['OPTIONS', '/v1/customers'],
  ['PUT', '/v1/customers/cus_x'],
  ['PATCH', '/v1/customers/cus_x'],
  ['DELETE', '/v1/customers'],
  ['POST', '/v1/customers/'],
  ['GET', '/v1'],
  ['GET', '/v1/'],
  ['GET', '/v2/core/__proto__'],
  ['GET', '/v1/customers/%'],
  ['GET', '/v1/customers/%00'],
  ['GET', '/v1/customers/__proto__'],
  ['GET', '/v1/constructor'],
])('%s %s is not found', async (method, path) => {
  expect((await send(method, path)).status).toBe(404);
});

test('names like those of prototypes are names like any other in metadata', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'object'];
  const body = names.map((name) => `metadata[${name}]=charge`).join('&');
  const { json: made } = await send('POST', '/v1/customers', body);
  expect(Object.entries(made.metadata)).toEqual(names.map((name) => [name, 'charge']));
  await send('POST', `/v1/customers/${made.id}`, 'metadata[__proto__]=&metadata[constructor]=2');
  const { json: changed } = await send('GET', `/v1/customers/${made.id}`);
  expect(Object.entries(changed.metadata)).toEqual([
    ['constructor', '2'],
    ['toString', 'charge'],
    ['object', 'charge'],
  ]);
  const [event] = (await send('GET', '/v1/events?type=customer.updated')).json.data;
  expect(Object.entries(event.data.previous_attributes.metadata)).toEqual([
    ['__proto__', 'charge'],
    ['constructor', 'charge'],
  ]);
  // Neither expanded nor given an older shape, whatever it looks like.
  const { error } = await send('GET', `/v1/customers/${made.id}?expand[]=metadata.customer`);
  expect(error).toMatchObject({ message: 'This property cannot be expanded (metadata.customer).' });
  const old = await send('GET', `/v1/customers/${made.id}`, undefined, { 'stripe-version': '2022-11-15' });
  expect(old.json.metadata).toEqual(changed.metadata);
});

test('characters are counted as people count them', async () => {
  const grins = '\u{1f600}'.repeat(500);
  const customer = await stripe.customers.create({ metadata: { grins } });
  expect(customer.metadata.grins).toBe(grins);
  await expect(stripe.customers.create({ metadata: { grins: `${grins}!` } })).rejects.toThrow(
    /501 characters/,
  );
});

test('the last of two values counts, and lists are filled in the order of their numbers', async () => {
  const body = 'name=a&name=b&preferred_locales[1]=fr&preferred_locales[0]=de';
  const { json } = await send('POST', '/v1/customers', body);
  expect(json).toMatchObject({ name: 'b', preferred_locales: ['de', 'fr'] });
});

test('DELETE takes its parameters in the body, as curl sends them, or in the address', async () => {
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product_data: { name: 'Tea' },
  });
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  for (const inBody of [true, false]) {
    const items = [{ price: price.id }];
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items });
    const params = 'cancellation_details[comment]=enough';
    const path = `/v1/subscriptions/${id}`;
    const { json } = await (inBody ? send('DELETE', path, params) : send('DELETE', `${path}?${params}`));
    expect(json).toMatchObject({ status: 'canceled', cancellation_details: { comment: 'enough' } });
  }
});

test('requests without a key, or with a strange one, are 401', async () => {
  for (const value of [
    undefined,
    'Bearer',
    'Basic !!!',
    'Bearer sk_test_',
    'Digest x',
    'Bearer rk_test_51aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ]) {
    const response = await sandbox.fetch(
      'http://sandbox/v1/customers',
      value === undefined ? {} : { headers: { authorization: value } },
    );
    expect(response.status).toBe(401);
  }
});

test('two requests with one idempotency key at once: one effect', async () => {
  const headers = { authorization, 'idempotency-key': 'both' };
  const create = () =>
    sandbox.fetch('http://sandbox/v1/products', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ name: 'Once' }),
    });
  const statuses = (await Promise.all([create(), create(), create()])).map((response) => response.status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  expect((await stripe.products.list()).data.filter(({ name }) => name === 'Once')).toHaveLength(1);
});

test('a chunked body without an end is cut off on a real port', async () => {
  const { url } = await sandbox.listen({ port: 0 });
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)));
      if (sent > 50_000_000) controller.close();
    },
  });
  const init = { method: 'POST', headers: { authorization }, body, duplex: 'half' } as RequestInit;
  const response = await fetch(`${url}/v1/customers`, init).catch(() => null);
  expect(response === null || response.status === 400).toBe(true);
  expect(sent).toBeLessThan(20_000_000);
});

test.each([
  ['letters that are not escaped', 'GET /v1/customers?email=j\xc3\xb6rg@example.test HTTP/1.1', 400],
  ['an address for all', 'OPTIONS * HTTP/1.1', 400],
  ['an address for a proxy', 'GET http://sandbox/v1/customers?limit=1 HTTP/1.1', 200],
  ['a way up', 'GET /v1/../../etc/passwd HTTP/1.1', 404],
  ['two slashes', 'GET //v1/customers HTTP/1.1', 404],
])('a raw request with %s', async (_name, line, status) => {
  const { port } = await sandbox.listen({ port: 0 });
  expect(
    await raw(
      port,
      `${line}\r\nhost: sandbox\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`,
    ),
  ).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test('a body that breaks off is no error of the sandbox', async () => {
  const { port } = await sandbox.listen({ port: 0 });
  const head = `POST /v1/customers HTTP/1.1\r\nhost: sandbox\r\nauthorization: ${authorization}\r\ncontent-length: 100\r\n\r\n`;
  expect(await raw(port, `${head}name=`, true)).toBe('');
  expect((await stripe.customers.list()).data.some(({ name }) => name === '')).toBe(false);
});
