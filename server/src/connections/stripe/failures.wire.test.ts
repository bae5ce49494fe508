import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutcomeUnknown, ToolError } from '../../tools/tool.ts';
import { createStripeClient } from './client.ts';
import { explainFailure } from './errors.ts';
import { operation, type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_failures');
});
afterAll(() => account.close());

describe('when the network or Stripe fails', () => {
  const named = async (wanted: string) =>
    (await account.stripe.customers.list({ limit: 100 })).data.filter(({ name }) => name === wanted);

  test('a write whose answer stays away is unknown, and the same operation can be sent again', async () => {
    const tool = account.tool('create_customer');
    if (tool.effect === 'read') throw new Error('It only reads.');
    const { sealed } = await tool.plan({ name: 'Lost Answer' }, {});
    const saved500 = { path: '/v1/customers', method: 'POST', status: 500, times: 1, should_retry: false };
    await account.control('faults', saved500);
    await expect(tool.act(sealed, operation('op_lost'))).rejects.toBeInstanceOf(OutcomeUnknown);
    expect((await tool.act(sealed, operation('op_lost'))).view).toMatchObject({ name: 'Lost Answer' });
    expect(await named('Lost Answer')).toHaveLength(1);
  });

  test('an answer that is lost after the effect is fetched by repeating, and nothing happens twice', async () => {
    const lost = { path: '/v1/customers', method: 'POST', times: 1, drop: true, after_effect: true };
    await account.control('faults', lost);
    expect((await account.call('create_customer', { name: 'Heard Twice' })).view).toMatchObject({
      name: 'Heard Twice',
    });
    expect(await named('Heard Twice')).toHaveLength(1);
  });

  test('a connection that drops before anything happened is tried again with the same key', async () => {
    await account.control('faults', { path: '/v1/customers', method: 'POST', drop: true, times: 1 });
    const made = await account.call('create_customer', { name: 'Second Try' });
    expect(made.view).toMatchObject({ name: 'Second Try' });
  });

  test('too many requests are waited out', async () => {
    await account.control('faults', { path: '/v1/balance', status: 429, times: 2 });
    expect((await account.call('retrieve_balance', {})).requestIds).toHaveLength(3);
  });

  test('a lock and a rate limit are waited out aloud, and given up when the deadline is over', async () => {
    const heard: string[] = [];
    const client = (deadlineMs: number) =>
      createStripeClient({
        ...{ apiKey: account.apiKey, baseUrl: account.url, maxNetworkRetries: 0 },
        retry: { deadlineMs, firstPauseMs: 4, longestPauseMs: 8 },
      });
    const read = (deadlineMs: number) =>
      client(deadlineMs).run((api) => api.balance.retrieve(), { onWait: (text) => heard.push(text) });
    await account.control('faults', { path: '/v1/balance', times: 1, code: 'lock_timeout' });
    await account.control('faults', { path: '/v1/balance', times: 1, status: 429 });
    expect((await read(5_000)).ok).toBe(true);
    expect(heard).toEqual(['Stripe asks to wait 1 s', 'Stripe asks to wait 1 s']);
    await account.control('faults', { path: '/v1/balance', status: 429, times: 100 });
    const gone = await read(30);
    if (gone.ok) throw new Error('It succeeded.');
    const said = explainFailure(gone.error, { kind: 'read', mode: 'test', exchange: gone.exchange });
    expect(said).toMatchObject({ code: 'rate_limited', next: 'Try again in a minute.' });
    await account.control('reset', { seed: 'empty' });
  });

  test('a read that fails says so plainly and is no unknown outcome', async () => {
    await account.control('faults', { path: '/v1/balance', status: 500, times: 1, should_retry: false });
    expect((await account.refusal('retrieve_balance', {})).code).toBe('stripe_unavailable');
  });
});

describe('what an answer of Stripe means', () => {
  async function explained(
    status: number,
    error: object,
    kind: 'read' | 'write' = 'write',
  ): Promise<unknown> {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'request-id': 'req_1', 'stripe-should-retry': 'false' });
      response.end(JSON.stringify({ error }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createStripeClient({
      apiKey: 'sk_test_x',
      baseUrl,
      maxNetworkRetries: 0,
      retry: { deadlineMs: 0 },
    });
    const ran = await client.run((api) => api.customers.create({}));
    server.close();
    if (ran.ok) throw new Error('It succeeded.');
    return explainFailure(ran.error, { kind, mode: 'test', exchange: ran.exchange });
  }
  const refused = { type: 'invalid_request_error' };

  test.each([
    [
      404,
      {
        ...refused,
        code: 'resource_missing',
        message:
          "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used to make this request.",
      },
      'mode_mismatch',
    ],
    [404, { ...refused, code: 'resource_missing', message: "No such customer: 'cus_1'" }, 'not_found'],
    [
      400,
      { ...refused, code: 'parameter_unknown', param: 'nope', message: 'Received unknown parameter: nope' },
      'parameter_unknown',
    ],
    [401, { ...refused, message: 'Invalid API Key provided: sk_test_****' }, 'key_wrong'],
    [401, { ...refused, code: 'api_key_expired', message: 'Expired API Key provided' }, 'key_expired'],
    [
      403,
      {
        ...refused,
        message: "Having the 'rak_invoice_write' permission would allow this request to continue.",
      },
      'permission_missing',
    ],
    [429, { ...refused, code: 'rate_limit', message: 'Too many requests' }, 'rate_limited'],
    [429, { ...refused, code: 'lock_timeout', message: 'Busy' }, 'lock_timeout'],
    [
      402,
      { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'Declined' },
      'card_declined',
    ],
    [
      402,
      {
        type: 'card_error',
        code: 'authentication_required',
        decline_code: 'authentication_required',
        message: 'Authenticate',
      },
      'authentication_required',
    ],
    [501, { type: 'api_error', message: 'Not supported' }, 'not_supported'],
  ])('%i %o is %s', async (status, error, code) => {
    const problem = await explained(status, error);
    expect(problem).toBeInstanceOf(ToolError);
    expect(problem).toMatchObject({ code, next: expect.stringMatching(/\.$|https/), requestIds: ['req_1'] });
  });

  test('a 500 leaves a write unknown and a read merely unavailable', async () => {
    const broken = { type: 'api_error', message: 'Something went wrong' };
    expect(await explained(500, broken)).toBeInstanceOf(OutcomeUnknown);
    expect(await explained(500, broken, 'read')).toMatchObject({ code: 'stripe_unavailable' });
    expect(
      await explained(409, { ...refused, code: 'idempotency_key_in_use', message: 'In use' }),
    ).toBeInstanceOf(OutcomeUnknown);
  });

  test('a write that could not even be sent did not happen', async () => {
    const client = createStripeClient({
      apiKey: 'sk_test_x',
      baseUrl: 'http://127.0.0.1:1',
      maxNetworkRetries: 0,
    });
    const ran = await client.run((api) => api.customers.create({}));
    if (ran.ok) throw new Error('It succeeded.');
    expect(explainFailure(ran.error, { kind: 'write', mode: 'test', exchange: ran.exchange })).toMatchObject({
      code: 'unreachable',
    });
  });

  test('a time-out leaves a write unknown', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createStripeClient({ apiKey: 'sk_test_x', baseUrl, maxNetworkRetries: 0, timeoutMs: 50 });
    const ran = await client.run((api) => api.customers.create({}));
    server.closeAllConnections();
    server.close();
    if (ran.ok) throw new Error('It succeeded.');
    expect(explainFailure(ran.error, { kind: 'write', mode: 'test', exchange: ran.exchange })).toBeInstanceOf(
      OutcomeUnknown,
    );
  });

  test('a read stops waiting when it is told to', async () => {
    const client = createStripeClient({ apiKey: 'sk_test_x', baseUrl: account.url });
    const signal = AbortSignal.abort(new Error('stopped'));
    expect(await client.run((api) => api.customers.list(), { signal })).toMatchObject({ ok: false });
  });
});
