import type {
  Agent,
  Connection,
  ConnectionCheck,
  ConnectionType,
  Page,
  Problem,
  Thread,
  TurnResult,
} from '@purser/server/api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './fixtures/free-port.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Answer, type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';
import { control, freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

let model: PuppetModel;
let sandbox: SandboxProgram;
let purser: Purser;
/** Every key that was ever sent to Purser: none may come back or be found anywhere. */
const sent = new Set<string>();

beforeAll(async () => {
  model = await startPuppetModel();
  sandbox = await startSandbox();
  purser = await startPurser({ ...model.settings, PURSER_SANDBOX_PORT: '0' });
});
afterAll(async () => {
  await purser?.remove();
  await sandbox?.stop();
  await model?.close();
});

async function connect<T = Connection>(
  apiKey: string,
  baseUrl: string | null = sandbox.url,
): Promise<Answer<T>> {
  sent.add(apiKey);
  const answer = await purser.api<T>('POST', '/api/connections', {
    type: 'stripe',
    credentials: { apiKey },
    ...(baseUrl ? { baseUrl } : {}),
  });
  expect(answer.text).not.toContain(apiKey);
  return answer;
}

async function restrictedKey(owner: string, permissions: Record<string, 'read' | 'write'>): Promise<string> {
  return (await control<{ secret: string }>(sandbox.url, owner, 'restricted_keys', { permissions })).secret;
}

async function agentOn(...connectionIds: string[]): Promise<Agent> {
  let agent = (await purser.api<Agent>('POST', '/api/agents', { name: 'Tess' })).body;
  for (const id of connectionIds)
    agent = (await purser.api<Agent>('PUT', `/api/agents/${agent.id}/connections/${id}`, {})).body;
  return agent;
}

async function ask(agentId: string, text: string, more: object = {}): Promise<Answer<TurnResult>> {
  const thread = (await purser.api<Thread>('POST', '/api/threads', { agentId, ...more })).body;
  return purser.api('POST', `/api/threads/${thread.id}/messages?wait=true`, { text });
}

describe('connecting', () => {
  it('says what can be connected and which credentials it takes', async () => {
    const { data } = (await purser.api<Page<ConnectionType>>('GET', '/api/connections/types')).body;
    const stripe = data.find(({ type }) => type === 'stripe');
    expect(stripe).toMatchObject({
      name: 'Stripe',
      acceptsBaseUrl: true,
      credentials: [
        { name: 'apiKey', secret: true, label: expect.any(String), help: expect.any(String) },
        {
          name: 'account',
          secret: false,
          optional: true,
          label: expect.any(String),
          help: expect.any(String),
        },
      ],
    });
  });

  it('checks a full secret key and shows account, mode and what it may do', async () => {
    const key = freshKey();
    const account = await stripeAt(sandbox.url, key).accounts.retrieveCurrent();
    const { status, body } = await connect(key);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^con_/),
      type: 'stripe',
      mode: 'test',
      account: { id: account.id, name: 'Sandbox account' },
      key: { last4: key.slice(-4), fingerprint: expect.any(String), kind: 'secret' },
      baseUrl: sandbox.url,
      status: 'ok',
    });
    expect(body.permissions.length).toBeGreaterThan(5);
    expect(body.permissions.every(({ ok }) => ok)).toBe(true);
    expect((await purser.api<Connection>('GET', `/api/connections/${body.id}`)).body).toEqual(body);
  });

  it('finds out what a restricted key may do, by the names of the Dashboard', async () => {
    const owner = freshKey();
    const key = await restrictedKey(owner, { customers: 'read', balance: 'read', products: 'write' });
    const { body } = await connect(key);
    const rows = Object.fromEntries(body.permissions.map((row) => [row.resource, row]));
    expect(rows.customer).toEqual({
      resource: 'customer',
      label: 'Customers',
      needed: 'write',
      granted: 'read',
      ok: false,
    });
    expect(rows.balance).toMatchObject({ granted: 'read', ok: true });
    expect(rows.product).toMatchObject({ label: 'Products', granted: 'write', ok: true });
    expect(rows.subscription).toMatchObject({ granted: 'none', ok: false });
    expect(body.key.kind).toBe('restricted');
    const stripe = stripeAt(sandbox.url, owner);
    for (const list of [stripe.customers.list(), stripe.products.list(), stripe.prices.list()])
      expect((await list).data).toEqual([]);
  });

  it('knows a live key', async () => {
    const { secret } = await control<{ secret: string }>(sandbox.url, freshKey(), 'accounts', {
      livemode: true,
    });
    expect((await connect(secret)).body).toMatchObject({ mode: 'live', key: { last4: secret.slice(-4) } });
  });

  it('says for each bad key, and each bad address, what is wrong with it', async () => {
    const owner = freshKey();
    const revoked = await restrictedKey(owner, { balance: 'read' });
    await control(sandbox.url, owner, 'restricted_keys/revoke', { secret: revoked });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const cases: [string, string, string, string | null, RegExp][] = [
      ['wrong', 'key_wrong', `rk_test_51${'Z'.repeat(48)}`, sandbox.url, /does not know/],
      ['revoked', 'key_expired', revoked, sandbox.url, /expired or was revoked/],
      ['publishable', 'key_publishable', 'pk_test_51Abcdefghijklmnop', sandbox.url, /publishable/],
      ['unreachable', 'unreachable', freshKey(), nobody, /Nothing listens/],
      ['not Stripe', 'not_stripe', freshKey(), purser.url, /not Stripe/],
      ['masked', 'key_masked', 'sk_test_51Ab…wxyz', sandbox.url, /masked/],
      ['webhook secret', 'key_webhook_secret', 'whsec_abcdefghijklmnop', sandbox.url, /signing secret/],
      [
        'of something else',
        'key_other_product',
        'ghp_abcdefghijklmnopqrstuvwx',
        sandbox.url,
        /another product/,
      ],
      ['nonsense', 'key_malformed', 'correct horse battery', sandbox.url, /space inside/],
      ['empty', 'key_missing', '  ', sandbox.url, /No key/],
      ['private address', 'base_url_refused', freshKey(), 'http://10.0.0.1:80', /private network/],
      ['metadata address', 'base_url_refused', freshKey(), 'http://169.254.169.254', /private network/],
      ['file address', 'base_url_refused', freshKey(), 'file:///etc/passwd', /not an http/],
    ];
    const said = new Set<string>();
    for (const [what, code, key, baseUrl, words] of cases) {
      const { status, body } = await connect<Problem>(key, baseUrl);
      expect([what, status, body.code]).toEqual([what, 422, code]);
      expect(body.detail).toMatch(words);
      expect(body.errors?.length).toBe(1);
      said.add(body.detail);
    }
    expect(said.size).toBe(cases.length);
  });

  it('refuses what is no connection at all', async () => {
    const credentials = { apiKey: freshKey() };
    for (const body of [
      { type: 'fax', credentials },
      { type: 'stripe' },
      { type: 'stripe', credentials: {}, baseUrl: sandbox.url },
      { type: 'stripe', credentials: { ...credentials, extra: 'x' }, baseUrl: sandbox.url },
      { type: 'stripe', credentials, baseUrl: sandbox.url, colour: 'red' },
    ])
      expect((await purser.api<Problem>('POST', '/api/connections', body)).status).toBe(422);
  });
});

describe('a connection', () => {
  it('is checked again: reachable or not, and what the key may do now', async () => {
    const owner = freshKey();
    const key = await restrictedKey(owner, { balance: 'read' });
    const { id } = (await connect(key)).body;
    const check = () => purser.api<ConnectionCheck>('POST', `/api/connections/${id}/check`, {});
    expect((await check()).body).toMatchObject({ reachable: true, mode: 'test', problem: null });
    await control(sandbox.url, owner, 'restricted_keys/revoke', { secret: key });
    expect((await check()).body).toMatchObject({
      reachable: true,
      problem: expect.stringMatching(/revoked/),
    });
    const after = (await purser.api<Connection>('GET', `/api/connections/${id}`)).body;
    expect(after).toMatchObject({ status: 'failing', problem: expect.stringMatching(/revoked/) });
  });

  it('gets another key of the same account, and no other account’s', async () => {
    const owner = freshKey();
    const { body: made } = await connect(owner);
    const rotate = <T>(apiKey: string) => {
      sent.add(apiKey);
      return purser.api<T>('POST', `/api/connections/${made.id}/rotate`, {
        credentials: { apiKey },
      });
    };
    const next = await restrictedKey(owner, { balance: 'read', customers: 'write' });
    const rotated = await rotate<Connection>(next);
    expect(rotated.body).toMatchObject({ id: made.id, key: { kind: 'restricted', last4: next.slice(-4) } });
    expect(rotated.body.key.fingerprint).not.toBe(made.key.fingerprint);
    expect(rotated.text).not.toContain(next);

    expect((await rotate<Problem>(freshKey())).body).toMatchObject({ status: 422, code: 'other_account' });
    expect((await rotate<Problem>('pk_test_51Abcdefghijklmnop')).body).toMatchObject({
      code: 'key_publishable',
    });
    const kept = (await purser.api<Connection>('GET', `/api/connections/${made.id}`)).body;
    expect(kept.key).toMatchObject({ last4: next.slice(-4) });
    const agent = await agentOn(made.id);
    expect((await ask(agent.id, 'retrieve_balance {}')).body.toolCalls[0]).toMatchObject({
      status: 'completed',
    });
  });

  it('is attached with a policy, detached and deleted', async () => {
    const { id } = (await connect(freshKey())).body;
    const agent = await agentOn();
    const path = `/api/agents/${agent.id}/connections/${id}`;
    const policy = { effects: { write: 'deny' }, tools: { create_product: 'ask' } };
    const attached = await purser.api<Agent>('PUT', path, { policy });
    expect(attached.body.connections).toMatchObject([{ connectionId: id, policy }]);
    const denied = (await ask(agent.id, 'create_customer {"name":"No"}')).body.toolCalls[0];
    expect(denied).toMatchObject({ status: 'failed', error: { code: 'denied_by_policy' } });
    expect((await purser.api<Problem>('PUT', path, { policy: { effects: { write: 'maybe' } } })).status).toBe(
      422,
    );

    expect((await purser.api('DELETE', path)).status).toBe(204);
    expect((await purser.api<Agent>('GET', `/api/agents/${agent.id}`)).body.connections).toEqual([]);
    await purser.api('PUT', path, {});
    expect((await purser.api('DELETE', `/api/connections/${id}`)).status).toBe(204);
    expect((await purser.api<Agent>('GET', `/api/agents/${agent.id}`)).body.connections).toEqual([]);
    expect((await purser.api('GET', `/api/connections/${id}`)).status).toBe(404);
    expect((await purser.api('PUT', path, {})).status).toBe(404);
  });

  it('without a permission: says which one is missing, and where to add it', async () => {
    const key = await restrictedKey(freshKey(), { customers: 'read', balance: 'read' });
    const agent = await agentOn((await connect(key)).body.id);
    const { body } = await ask(agent.id, 'all\nlist_customers {}\nlist_products {}');
    const [customers, products] = body.toolCalls;
    expect(customers).toMatchObject({ status: 'completed' });
    expect(products).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('Products') },
    });
    expect(JSON.stringify(products?.error)).toMatch(/https:\/\/dashboard\.stripe\.com\S*apikeys/);
  });
});

describe('an agent with two accounts', () => {
  it('never guesses which one is meant', async () => {
    const [one, two] = [(await connect(freshKey())).body, (await connect(freshKey())).body];
    const agent = await agentOn(one.id, two.id);
    const refused = await ask(agent.id, 'get_account_info {}');
    expect(refused).toMatchObject({ status: 409, body: { code: 'connection_ambiguous' } });
    for (const { id, account } of [one, two]) {
      const { body } = await ask(agent.id, 'get_account_info {}', { connectionId: id });
      expect(JSON.stringify(body.toolCalls[0]?.output)).toContain(account.id);
    }
  });
});

describe('keys', () => {
  it('are in no answer and nowhere in the database as they were sent', async () => {
    const lists = ['connections', 'agents', 'audit?limit=100', 'threads', 'operations', 'approvals'];
    const answers = await Promise.all(lists.map((name) => purser.api('GET', `/api/${name}`)));
    const kept = [...answers.map(({ text }) => text), ...(await everyRow())].join('\n');
    const real = [...sent].filter((key) => /^[rs]k_/.test(key));
    expect(real.length).toBeGreaterThan(10);
    for (const key of real) expect(kept.includes(key)).toBe(false);
  });
});

/** All rows of all tables as text. */
async function everyRow(): Promise<string[]> {
  const client = new pg.Client({ connectionString: await postgresUrl(purser) });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables.rows) {
    const found = await client.query<{ row: string }>(
      `select convert_from(convert_to(t::text, 'UTF8'), 'UTF8') as row from ${name} t`,
    );
    rows.push(...found.rows.map(({ row }) => row));
    // Bytes print as hex: look at them as text too.
    rows.push(
      ...found.rows.flatMap(({ row }) =>
        [...row.matchAll(/\\x([0-9a-f]+)/g)].map(([, hex = '']) =>
          Buffer.from(hex, 'hex').toString('latin1'),
        ),
      ),
    );
  }
  await client.end();
  return rows;
}
