import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';
import { createListener } from './listener.ts';
import { raw } from './testing/raw.ts';
import type { Exchange } from './wire/exchange.ts';

/** What broke: refusals are not logged. */
const broken: unknown[] = [];
const sandbox = createSandbox({ log: (message, cause) => broken.push(message, cause) });
let port = 0;
beforeAll(async () => {
  ({ port } = await sandbox.listen({ port: 0 }));
});
afterEach(() => expect(broken).toEqual([]));
afterAll(() => sandbox.close());

const key = 'authorization: Bearer sk_test_socket\r\n';
const form = 'content-type: application/x-www-form-urlencoded\r\n';
const last = 'connection: close\r\n';
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${key}${headers}\r\n`;
const post = (body: string, headers = '') =>
  `POST /v1/customers HTTP/1.1\r\nhost: x\r\n${key}${form}content-length: ${body.length}\r\n${headers}\r\n${body}`;

/** The answers in a connection's bytes: status and parsed body. */
function answersIn(text: string): { status: number; body: { name?: string; error?: { message: string } } }[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((part) => !part.startsWith('HTTP/1.1 100 '))
    .map((part) => ({
      status: Number(part.slice(9, 12)),
      body: JSON.parse(part.slice(part.indexOf('\r\n\r\n') + 4) || '{}'),
    }));
}

test.each([
  ['no HTTP at all', 'hello there\r\n\r\n', 400, /no HTTP\/1\.1/],
  ['the beginning of TLS', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', 400, /without TLS/],
  ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /no HTTP\/1\.1/],
  ['a method that does not exist', 'FOO /v1/customers HTTP/1.1\r\nhost: x\r\n\r\n', 400, /no HTTP\/1\.1/],
  ['a zero byte in a header', get('/v1/customers', 'x-a: \0\r\n'), 400, /no HTTP\/1\.1/],
  ['two lengths', post('abc', 'content-length: 4\r\n'), 400, /no HTTP\/1\.1/],
  ['a length and chunks', post('abc', 'transfer-encoding: chunked\r\n'), 400, /no HTTP\/1\.1/],
  ['a header that is too long', get('/v1/customers', `x-a: ${'a'.repeat(20_000)}\r\n`), 431, /too long/],
  ['thousands of headers', get('/v1/customers', 'a: b\r\n'.repeat(5000)), 431, /too long/],
  ['an address that is too long', get(`/v1/customers?email=${'a'.repeat(20_000)}`), 431, /too long/],
  ['an address for all', `OPTIONS * HTTP/1.1\r\nhost: x\r\n${last}\r\n`, 400, /no HTTP\/1\.1/],
  ['a page of an impossible host', `GET /nope HTTP/1.1\r\nhost: a b%\r\n${last}\r\n`, 400, /no HTTP\/1\.1/],
  ['an empty chunk size', get('/nope', last), 404, /Unrecognized request URL/],
])('%s is refused in words of Stripe, and the connection closed', async (_, bytes, status, message) => {
  const [answer, ...more] = answersIn(await raw(port, bytes));
  expect(more).toEqual([]);
  expect(answer).toMatchObject({
    status,
    body: { error: { type: 'invalid_request_error', message: expect.stringMatching(message) } },
  });
});

test('chunks without sense, after a request was taken up, end the connection without another answer', async () => {
  const head = `POST /v1/customers HTTP/1.1\r\nhost: x\r\n${key}${form}transfer-encoding: chunked\r\n\r\n`;
  expect(await raw(port, `${head}zz\r\nabc`)).toBe('');
});

test('requests sent without waiting are answered in their order', async () => {
  // Each is done when the one before is, so that the last sees them all.
  const names = Array.from({ length: 20 }, (_, at) => `C${at}`);
  const bytes = names.map((name) => post(`name=${name}`)).join('');
  const answers = answersIn(await raw(port, `${bytes}${get('/v1/customers?limit=1', last)}`));
  expect(answers.slice(0, -1).map(({ body }) => body.name)).toEqual(names);
  expect(answers.at(-1)?.body).toMatchObject({ data: [{ name: 'C19' }], has_more: true });
});

test('nonsense behind a request is not taken for an answer to it', async () => {
  expect(await raw(port, `${post('name=Before')}nonsense\r\n\r\n`)).not.toMatch(/^HTTP\/1\.1 400/);
});

test('HTTP/1.0 is answered and the connection closed; HEAD has no body; no Host is needed', async () => {
  const old = await raw(port, `GET /v1/customers HTTP/1.0\r\n${key}\r\n`);
  expect(old).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(old).toMatch(/\r\nconnection: close\r\n/i);
  const head = await raw(port, `HEAD /v1/customers HTTP/1.1\r\nhost: x\r\n${key}${last}\r\n`);
  expect(head).toMatch(/^HTTP\/1\.1 404 /);
  expect(head).toMatch(/\r\n\r\n$/);
  expect(await raw(port, `GET /v1/customers HTTP/1.1\r\n${key}${last}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});

test('who asks before sending a body is told to go on, unless nobody wants it', async () => {
  const expecting = `expect: 100-continue\r\n${last}`;
  const taken = await raw(port, post('name=Asked', expecting));
  expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  const head = (headers: string) =>
    `POST /v1/customers HTTP/1.1\r\nhost: x\r\n${headers}expect: 100-continue\r\n\r\n`;
  expect(await raw(port, head(`${key}content-length: 5000000\r\n`))).toMatch(
    /^HTTP\/1\.1 400 [\s\S]*at most/,
  );
  expect(await raw(port, head('content-length: 6\r\n'))).toMatch(/^HTTP\/1\.1 401 /);
});

test('a body that nobody reads does not become the next request', async () => {
  const smuggled = 'GET /v1/account HTTP/1.1\r\nhost: x\r\n\r\n';
  for (const method of ['GET', 'POST', 'PUT']) {
    const head = `${method} /v1/nope HTTP/1.1\r\nhost: x\r\n${key}content-length: ${smuggled.length + 100}\r\n\r\n`;
    expect(answersIn(await raw(port, `${head}${smuggled}`)).map(({ status }) => status)).toEqual([404]);
  }
});

test('a request that takes for ever to arrive is given up', async () => {
  const refuse = ({ status }: { status: number }) => ({ status, headers: {}, body: '{}' });
  const listener = createListener({
    api: async (exchange: Exchange) => ({ status: 200, headers: {}, body: await exchange.body(10) }),
    pages: () => new Response(''),
    refuse,
    timeouts: {
      headersTimeout: 60,
      requestTimeout: 120,
      connectionsCheckingInterval: 20,
      keepAliveTimeout: 1000,
    },
  });
  const bound = await listener.listen(0, '127.0.0.1');
  expect(await raw(bound.port, 'GET / HTTP/1.1\r\nhost: x\r\nx-a: ')).toMatch(/^HTTP\/1\.1 408 /);
  // The body of one that was taken up: there is nobody to answer.
  expect(await raw(bound.port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab')).toBe('');
  await listener.close();
});

test('a client that does not read its answers gets no more of them made', async () => {
  let made = 0;
  const body = 'x'.repeat(100_000);
  const api = async () => {
    made++;
    return { status: 200, headers: {}, body };
  };
  const listener = createListener({ api, pages: () => new Response(''), refuse: () => null });
  const bound = await listener.listen(0, '127.0.0.1');
  const socket = connect(bound.port, '127.0.0.1').pause();
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(10_000));
  for (let before = -1, calm = 0; calm < 50; calm = made > 0 && made === before ? calm + 1 : 0) {
    before = made;
    await new Promise(setImmediate);
  }
  expect(made).toBeLessThan(200);
  socket.destroy();
  await listener.close();
});
