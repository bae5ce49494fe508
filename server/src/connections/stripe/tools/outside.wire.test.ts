import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../../guard/policy.ts';
import { ToolError } from '../../../tools/tool.ts';
import { stripeConnection } from '../index.ts';
import { type TestAccount, testAccount } from '../testing.ts';

/** What the sandbox has not: Stripe's search of its documentation, and Sigma. A peer on this machine stands for both. */
let server: Server;
let url: string;
let answers: ((request: IncomingMessage, body: string) => { status?: number; body: unknown })[] = [];
const asked: { method: string; path: string; version: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method = '', url: path = '', headers } = request;
    asked.push({ method, path, version: headers['stripe-version'] as string | undefined, body });
    const { status = 200, body: answer } = answers.shift()?.(request, body) ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_peer' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  answers = [];
  asked.length = 0;
});

const target = {
  ...{ credentials: { apiKey: 'sk_test_peer' }, mode: 'test' as const, now: () => new Date() },
  account: { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' },
  pause: async () => {},
};

function read(name: string, input: unknown) {
  const tools = stripeConnection.tools({ ...target, baseUrl: url, documentationUrl: `${url}/search` });
  const tool = tools.find((each) => each.name === name);
  if (tool?.effect !== 'read') throw new Error(`${name} is no tool that reads.`);
  return tool.read(input, {});
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof ToolError ? error : undefined),
  );

describe('search_stripe_documentation', () => {
  test('sends the question alone, and keeps what it is told short', async () => {
    answers = [
      () => ({
        body: {
          sources: [
            { title: 'Payouts', url: 'https://docs.stripe.com/payouts', content: 'x'.repeat(9000) },
            ...Array.from({ length: 9 }, (_, at) => ({ url: `https://docs.stripe.com/${at}`, text: 'More' })),
          ],
        },
      }),
    ];
    const { view } = await read('search_stripe_documentation', { question: 'When are payouts delayed?' });
    const { data } = view as { data: { title?: string; text: string }[] };
    expect(data).toHaveLength(5);
    expect(data[0]).toMatchObject({ title: 'Payouts', text: 'x'.repeat(1500) });
    expect(asked).toMatchObject([
      { path: '/search', body: '{"question":"When are payouts delayed?","language":null}' },
    ]);
  });

  test('says that it cannot be reached, and where the pages are', async () => {
    for (const answer of [{ status: 503, body: {} }, { body: 'nonsense' }]) {
      answers = [() => answer];
      const error = await refusal(read('search_stripe_documentation', { question: 'Refunds?' }));
      expect(error).toMatchObject({ code: 'documentation_unavailable' });
      expect(error?.next).toContain('docs.stripe.com');
    }
  });

  test.each(['search_stripe_documentation', 'raw_read'])('%s is off until it is allowed by name', (name) => {
    const tool = stripeConnection.tools({ ...target, baseUrl: url }).find((each) => each.name === name);
    if (!tool) throw new Error('It is gone.');
    const where = { tool, mode: 'test', now: new Date(), timeZone: 'UTC' } as const;
    const planned = { amount: null, objects: [] };
    const said = (policy: Parameters<typeof decide>[0]['policy']) => decide({ ...where, policy, planned });
    expect(said({})).toMatchObject({ decision: 'deny', reason: expect.stringContaining(`"${name}"`) });
    expect(said({ effects: { read: 'allow' } })?.decision).toBe('deny');
    expect(said({ rules: [{ decision: 'allow', effects: ['read'] }] })?.decision).toBe('deny');
    expect(said({ tools: { [name]: 'allow' } })?.decision).toBe('allow');
    expect(said({ rules: [{ decision: 'allow', tools: [name] }] })?.decision).toBe('allow');
  });
});

describe('run_sql_query', () => {
  const sql = 'select status, count(*) as n from charges group by 1';
  const run = (more: object) => ({ id: 'qrun_1', object: 'v2.data.query_run', ...more });
  const inline = {
    columns: [
      { name: 'status', type: 'varchar' },
      { name: 'n', type: 'bigint' },
    ],
    rows: [
      ['succeeded', '41'],
      ['failed', '3'],
    ],
  };

  test('starts the query under the preview version, waits for it and gives its rows by name', async () => {
    answers = [
      () => ({ body: run({ status: 'running' }) }),
      () => ({ body: run({ status: 'running' }) }),
      () => ({ body: run({ status: 'succeeded', result: { row_count: '2', inline } }) }),
    ];
    const { view } = await read('run_sql_query', { sql, limit: 1 });
    expect(view).toMatchObject({
      rows: [{ status: 'succeeded', n: '41' }],
      row_count: 2,
      complete: false,
      stopped: 'showing 1 of 2',
    });
    expect(asked[0]).toMatchObject({
      ...{ method: 'POST', path: '/v2/data/query_runs', version: '2026-10-28.preview' },
      body: JSON.stringify({ query: { sql } }),
    });
    expect(asked[1]?.path).toBe('/v2/data/query_runs/qrun_1?include[]=result.inline');
  });

  test('SQL that is wrong comes back with what Stripe says of it', async () => {
    const failed = { error_code: 'invalid_sql', error_message: 'Column "foo" cannot be resolved' };
    answers = [
      () => ({ body: run({ status: 'running' }) }),
      () => ({ body: run({ status: 'failed', status_details: { failed } }) }),
    ];
    expect(await refusal(read('run_sql_query', { sql }))).toMatchObject({
      code: 'query_failed',
      message: 'Column "foo" cannot be resolved',
      details: { query_run: 'qrun_1', stripe_code: 'invalid_sql' },
    });
  });

  test('a query that takes too long is given up, and said so', async () => {
    answers = Array.from({ length: 60 }, () => () => ({ body: run({ status: 'running' }) }));
    expect(await refusal(read('run_sql_query', { sql }))).toMatchObject({ code: 'query_takes_long' });
  });

  test('an account without Sigma is told what else answers', async () => {
    const error = {
      code: 'feature_not_enabled',
      message: 'Your account must have an active Sigma subscription.',
    };
    answers = [() => ({ status: 400, body: { error } })];
    expect(await refusal(read('run_sql_query', { sql }))).toMatchObject({
      code: 'sigma_missing',
      next: expect.stringContaining('revenue_report'),
    });
  });

  test('only a SELECT is sent at all', () => {
    const tool = stripeConnection
      .tools({ ...target, baseUrl: url })
      .find((each) => each.name === 'run_sql_query');
    expect(tool?.input.safeParse({ sql: 'delete from charges' }).success).toBe(false);
    expect(tool?.input.safeParse({ sql: '  WITH a AS (SELECT 1) SELECT * FROM a' }).success).toBe(true);
  });

  test('the sandbox, which has no Sigma, says that Stripe itself has', async () => {
    const account: TestAccount = await testAccount('sk_test_no_sigma');
    expect(await account.refusal('run_sql_query', { sql })).toMatchObject({
      next: expect.stringContaining('Stripe itself'),
    });
    await account.close();
  });
});
