import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const authorization = 'Bearer sk_test_hostile';

async function post(body: string, headers: Record<string, string> = {}) {
  const response = await sandbox.fetch('http://sandbox/v1/customers', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
  return {
    status: response.status,
    error: ((await response.json()) as { error?: { message: string; type: string } }).error,
  };
}

test.each([
  ['JSON instead of a form', '{"name":"x"}', { 'content-type': 'application/json' }, /form-urlencoded/],
  ['a list where text belongs', 'name[]=x', {}, /Invalid string/],
  ['a map where text belongs', 'name[a]=x', {}, /Invalid string/],
  ['text where a map belongs', 'address=x', {}, /Invalid object/],
  ['a number that is none', 'balance=1e3', {}, /Invalid integer/],
  ['a number too large', 'balance=99999999999999999999', {}, /Invalid integer/],
  ['long metadata keys', `metadata[${'k'.repeat(41)}]=v`, {}, /up to 40 characters/],
  ['long metadata values', `metadata[k]=${'v'.repeat(501)}`, {}, /up to 500 characters/],
  [
    'too much metadata',
    Array.from({ length: 51 }, (_, at) => `metadata[k${at}]=v`).join('&'),
    {},
    /up to 50 keys/,
  ],
  ['a version that is none', 'name=x', { 'stripe-version': 'yesterday' }, /Invalid Stripe API version/],
  ['somebody else’s account', 'name=x', { 'stripe-account': 'acct_other' }, /does not have access/],
  ['a body too large', `name=${'x'.repeat(1_000_001)}`, {}, /at most/],
  ['an e-mail that is none', 'email=bob', {}, /Invalid email address/],
])('%s is refused as Stripe refuses', async (_name, body, headers: Record<string, string>, message) => {
  const { status, error } = await post(body, headers);
  expect([400, 403]).toContain(status);
  expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(message) });
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
  const send = () =>
    sandbox.fetch('http://sandbox/v1/products', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ name: 'Once' }),
    });
  const statuses = (await Promise.all([send(), send(), send()])).map((response) => response.status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  const list = await sandbox.fetch('http://sandbox/v1/products', { headers: { authorization } });
  expect(((await list.json()) as { data: unknown[] }).data).toHaveLength(1);
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
