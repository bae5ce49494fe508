import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionProblem } from '../connection.ts';
import { stripeConnection } from './index.ts';
import { type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount();
});
afterAll(() => account.close());

async function problem(check: Promise<unknown>): Promise<ConnectionProblem> {
  const error = await check.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConnectionProblem) return error;
  throw error ?? new Error('The check passed.');
}

async function serving(answer: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('checking a Stripe key', () => {
  test('a full secret key: account, mode, everything granted, and a warning', async () => {
    const checked = await account.check();
    expect(checked.mode).toBe('test');
    expect(checked.account).toMatchObject({
      id: expect.stringMatching(/^acct_/),
      country: 'US',
      defaultCurrency: 'usd',
    });
    expect(checked.key).toEqual({
      last4: 'ests',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      kind: 'secret',
    });
    expect(checked.permissions.every((row) => row.ok && row.granted === 'write')).toBe(true);
    expect(checked.warnings).toEqual([expect.stringContaining('full secret key')]);
    expect(JSON.stringify(checked)).not.toContain(account.apiKey);
  });

  test('a restricted key is probed row by row without changing anything', async () => {
    const permissions = {
      customers: 'write',
      products: 'read',
      prices: 'read',
      balance: 'read',
      charges: 'read',
    };
    const { secret } = await account.control('restricted_keys', { permissions });
    const checked = await account.check({ credentials: { apiKey: secret } });
    const granted = Object.fromEntries(
      checked.permissions.map((row) => [row.resource, [row.granted, row.ok]]),
    );
    expect(granted).toMatchObject({
      customer: ['write', true],
      product: ['read', false],
      plan: ['read', false],
      balance: ['read', true],
    });
    expect(checked.key.kind).toBe('restricted');
    expect(checked.account.id).toMatch(/^acct_/);
    expect(checked.warnings.join(' ')).toContain('Products (write)');
    expect((await account.stripe.events.list()).data).toEqual([]);
  });

  test('a wrong, a revoked and a powerless key each say so, and never show the key', async () => {
    const wrong = await problem(account.check({ credentials: { apiKey: 'rk_test_nobody_knows_this' } }));
    expect(wrong).toMatchObject({ code: 'key_wrong', next: expect.stringContaining('/test/apikeys') });
    expect(wrong.message).not.toContain('nobody_knows');
    const { secret } = await account.control('restricted_keys', { permissions: {} });
    const checked = await account.check({ credentials: { apiKey: secret } });
    expect(checked.account.name).toBe(checked.account.id);
    await account.control('restricted_keys/revoke', { secret });
    expect((await problem(account.check({ credentials: { apiKey: secret } }))).code).toBe('key_expired');
  });

  test('nothing listening, a name without address, and something that is not Stripe', async () => {
    const { url, server } = await serving((_, response) => response.end('<html>hello</html>'));
    expect((await problem(account.check({ baseUrl: url }))).code).toBe('not_stripe');
    await new Promise((resolve) => server.close(resolve));
    const refused = await problem(account.check({ baseUrl: url }));
    expect(refused).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Nothing listens'),
    });
    expect((await problem(account.check({ baseUrl: 'http://nowhere.invalid' }))).code).toBe('unreachable');
  });

  test('a JSON server that answers everything with 200 is not taken for Stripe', async () => {
    const { url, server } = await serving((_, response) => response.end('{"hello":"world"}'));
    expect((await problem(account.check({ baseUrl: url }))).code).toBe('not_stripe');
    server.close();
  });

  test('a test key that opens a live account is refused', async () => {
    const { url, server } = await serving((request, response) => {
      const body =
        request.url === '/v1/account'
          ? { object: 'account', id: 'acct_1' }
          : { object: 'balance', livemode: true };
      response.end(JSON.stringify(body));
    });
    expect((await problem(account.check({ baseUrl: url }))).code).toBe('mode_mismatch');
    server.close();
  });

  test('a simulated live account is live', async () => {
    const { secret } = await account.control('accounts', { livemode: true });
    expect((await account.check({ credentials: { apiKey: secret } })).mode).toBe('live');
  });
});

describe('what is pasted as a key', () => {
  const refused = (apiKey: string): string => {
    try {
      stripeConnection.parseCredentials({ apiKey });
    } catch (error) {
      if (error instanceof ConnectionProblem) return error.code;
      throw error;
    }
    return 'accepted';
  };

  test.each([
    ['', 'key_missing'],
    ['   ', 'key_missing'],
    ['pk_test_51abcdef', 'key_publishable'],
    ['whsec_abcdef', 'key_webhook_secret'],
    ['sk_org_live_abcdef', 'key_organization'],
    ['acct_1abcdef', 'key_malformed'],
    ['sk-ant-abcdef', 'key_other_product'],
    ['sk_test_****1234', 'key_masked'],
    ['sk_test_abc def', 'key_malformed'],
    ['STRIPE_KEY=sk_test_abcdef', 'key_malformed'],
    [' sk_test_abcdef\n', 'accepted'],
    ['rk_live_abcdef', 'accepted'],
  ])('%j: %s', (pasted, code) => {
    expect(refused(pasted)).toBe(code);
  });

  test('unknown and missing fields are refused', () => {
    expect(() => stripeConnection.parseCredentials({ apiKey: 'sk_test_abc', more: 1 })).toThrow(
      ConnectionProblem,
    );
    expect(() => stripeConnection.parseCredentials({ apiKey: 'sk_test_abc', webhookSecret: 'x' })).toThrow(
      'Stripe takes no "webhookSecret", only "apiKey" and "account".',
    );
    expect(() => stripeConnection.parseCredentials({})).toThrow('No key was given.');
    expect(() => stripeConnection.parseCredentials(null)).toThrow(ConnectionProblem);
  });
});
