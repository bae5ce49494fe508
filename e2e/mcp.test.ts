import { join } from 'node:path';
import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import type {
  Agent,
  Approval,
  AuditEntry,
  Connection,
  KnowledgeDocument,
  Operation,
  Page,
  Thread,
  ThreadSummary,
  TurnResult,
  UploadedDocument,
} from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

let purser: Purser;
let stripe: Stripe;
let agent: Agent;
let connection: Connection;
const open: Client[] = [];
beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
  const apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl };
  connection = (await purser.api<Connection>('POST', '/api/connections', body)).body;
  const made = await purser.api<Agent>('POST', '/api/agents', { name: 'Claude’s Ops' });
  agent = await attach(made.body.id);
});
afterAll(async () => {
  for (const client of open) await client.close();
  await purser?.remove();
});

async function attach(agentId: string, policy: object = {}): Promise<Agent> {
  const path = `/api/agents/${agentId}/connections/${connection.id}`;
  return (await purser.api<Agent>('PUT', path, { policy })).body;
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'Test <b>client</b>', version: '1.2.3' });
  await client.connect(transport);
  open.push(client);
  return client;
}

const overHttp = (path: string, token = purser.token) =>
  connect(
    new StreamableHTTPClientTransport(new URL(path, purser.url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );

interface Outcome {
  readonly text: string;
  readonly isError: boolean;
  readonly data: Answer;
}

/** What of an answer is looked at here; whatever else a tool says is left out of view. */
const answer = z.looseObject({
  id: z.string().default(''),
  call: z.string().default(''),
  status: z.string().optional(),
  data: z.array(z.unknown()).optional(),
  approval: z.looseObject({ id: z.string(), url: z.string() }).optional(),
});
type Answer = z.infer<typeof answer>;

async function call(client: Client, name: string, input: Record<string, unknown> = {}): Promise<Outcome> {
  const { content, isError, structuredContent } = await client.callTool({ name, arguments: input });
  const [first] = content as { type: string; text: string }[];
  return { text: first?.text ?? '', isError: isError === true, data: answer.parse(structuredContent ?? {}) };
}

const pending = async () =>
  (await purser.api<Page<Approval>>('GET', '/api/approvals?status=pending')).body.data;

describe('the MCP server', () => {
  it('lists what the agent carries with what it does to the world, and everything on request', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    expect(client.getServerVersion()).toMatchObject({ name: 'purser', title: 'Purser: Claude’s Ops' });
    expect(client.getInstructions()).toContain('You cannot approve anything yourself');
    const { tools } = await client.listTools();
    const by = new Map(tools.map((tool) => [tool.name, tool]));
    expect(by.get('list_customers')?.annotations).toMatchObject({ readOnlyHint: true });
    expect(by.get('create_refund')?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
    });
    expect(by.get('create_customer')?.annotations).toMatchObject({ destructiveHint: false });
    for (const { name, inputSchema } of tools) expect([name, inputSchema.type]).toEqual([name, 'object']);
    expect([by.has('search_tools'), by.has('get_call_outcome')]).toEqual([true, true]);
    const all = await (await overHttp(`/mcp?agent=${agent.id}&tools=all`)).listTools();
    expect(all.tools.length).toBeGreaterThan(tools.length);
    const names = all.tools.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('chooses the agent by path, query, header or name, and takes the oldest where none is named', async () => {
    const named = await overHttp('/mcp/claude-s-ops');
    expect(named.getServerVersion()?.title).toBe('Purser: Claude’s Ops');
    const byDefault = await overHttp('/mcp');
    expect(byDefault.getServerVersion()?.title).toBe('Purser: Stripe Sleuth');
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', purser.url), {
      requestInit: { headers: { authorization: `Bearer ${purser.token}`, 'purser-agent': agent.id } },
    });
    expect((await connect(transport)).getServerVersion()?.title).toBe('Purser: Claude’s Ops');
    await expect(overHttp('/mcp/nobody')).rejects.toThrow(/no agent nobody/);
  });

  it('reads and writes as turns of that agent, journaled, audited and named after the client', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    const made = await call(client, 'create_customer', { name: 'Bob Loblaw', email: 'bob@example.com' });
    expect([made.isError, made.data]).toMatchObject([false, { id: expect.stringMatching(/^cus_/) }]);
    expect(await stripe.customers.retrieve(made.data.id)).toMatchObject({ email: 'bob@example.com' });
    const listed = await call(client, 'list_customers', { email: 'bob@example.com' });
    expect(listed.data.data).toMatchObject([{ id: made.data.id }]);
    const threads = await purser.api<Page<ThreadSummary>>('GET', `/api/threads?agentId=${agent.id}`);
    expect(threads.body.data).toMatchObject([{ title: 'MCP: Test b client /b', status: 'idle' }]);
    const { body } = await purser.api<Page<AuditEntry>>('GET', '/api/audit?limit=50');
    const actions = body.data.map(({ action }) => action);
    for (const action of ['mcp.connected', 'operation.done']) expect(actions).toContain(action);
    const operations = await purser.api<Page<Operation>>('GET', '/api/operations');
    expect(operations.body.data[0]).toMatchObject({
      tool: 'create_customer',
      state: 'done',
      requestedBy: 'e2e',
    });
  });

  it('calls side by side', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    const names = ['list_customers', 'retrieve_balance', 'list_products', 'list_invoices'];
    const answers = await Promise.all(names.map((name) => call(client, name)));
    expect(answers.map(({ isError }) => isError)).toEqual(names.map(() => false));
  });

  it('says what is wrong with a call in words, and does nothing', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    expect(await call(client, 'create_customer', { nome: 'Bob' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/nome/),
      data: { error: { code: 'invalid_input' } },
    });
    expect((await call(client, 'no_such_tool')).text).toMatch(/no tool called no_such_tool/);
    expect(await call(client, 'get_customer', { customer: 'cus_none00000000' })).toMatchObject({
      isError: true,
      data: { status: 'failed' },
    });
  });
});

describe('a call that needs a person', () => {
  const ask = { effects: { write: 'ask' } };

  it('waits, is told so with a link, is never made twice, and tells its outcome once decided', async () => {
    await attach(agent.id, ask);
    const client = await overHttp(`/mcp/${agent.id}`);
    const { id } = await stripe.customers.create({ name: 'Wanda', email: 'wanda@example.com' });
    const input = { customer: id, name: 'Waiting Wanda' };
    const name = async () => (await stripe.customers.retrieve(id)) as Stripe.Customer;
    const first = await call(client, 'update_customer', input);
    expect(first).toMatchObject({
      isError: false,
      text: expect.stringContaining('Not done yet'),
      data: {
        status: 'waiting_for_approval',
        call: expect.stringMatching(/^run_/),
        approval: { id: expect.stringMatching(/^apr_/), url: `${purser.url}/inbox` },
      },
    });
    const again = await call(client, 'update_customer', input);
    expect(again.data.call).toBe(first.data.call);
    expect(await pending()).toHaveLength(1);
    const outcome = { call: first.data.call };
    expect((await call(client, 'get_call_outcome', outcome)).data.status).toBe('waiting_for_approval');
    expect((await name()).name).toBe('Wanda');

    const told = call(client, 'get_call_outcome', { ...outcome, wait_seconds: 30 });
    await purser.api('POST', `/api/approvals/${first.data.approval?.id}`, { decision: 'approve' });
    expect((await told).data.id).toBe(id);
    expect((await call(client, 'get_call_outcome', outcome)).data.id).toBe(id);
    expect((await name()).name).toBe('Waiting Wanda');
    // Its outcome was told: the same call again is a new wish, and asked for again.
    const another = await call(client, 'update_customer', input);
    expect(another.data.call).not.toBe(first.data.call);
    const approval = `/api/approvals/${another.data.approval?.id}`;
    await purser.api('POST', approval, { decision: 'reject', reason: 'Once is enough.' });
    expect(await call(client, 'get_call_outcome', { call: another.data.call })).toMatchObject({
      isError: true,
      text: expect.stringContaining('Once is enough.'),
      data: { status: 'rejected' },
    });
    await attach(agent.id);
  });

  it('is brought before its person by a client that can, and what comes back of that decides nothing', async () => {
    await attach(agent.id, ask);
    const client = new Client(
      { name: 'Brings people', version: '1' },
      { capabilities: { elicitation: { url: {} } } },
    );
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`/mcp/${agent.id}`, purser.url), {
        requestInit: { headers: { authorization: `Bearer ${purser.token}` } },
      }),
    );
    open.push(client);
    const input = { name: 'create_customer', arguments: { name: 'Brought', email: 'brought@example.com' } };
    const asked = await client.callTool(input).catch((error: unknown) => error);
    if (!(asked instanceof UrlElicitationRequiredError)) throw new Error('Nobody was asked for.');
    expect(asked.elicitations).toMatchObject([{ mode: 'url', url: `${purser.url}/inbox` }]);
    // Whatever the client says its person did there: nothing has happened.
    await expect(client.callTool(input)).rejects.toBeInstanceOf(UrlElicitationRequiredError);
    expect((await stripe.customers.list({ email: 'brought@example.com' })).data).toEqual([]);
    const [waits] = await pending();
    await purser.api('POST', `/api/approvals/${waits?.id}?wait=true`, { decision: 'approve' });
    const done = await client.callTool(input);
    expect(done.structuredContent).toMatchObject({ email: 'brought@example.com' });
    expect((await stripe.customers.list({ email: 'brought@example.com' })).data).toHaveLength(1);
    await attach(agent.id);
  });

  it('is asked for when money would move to what nobody looked up, and is not when it was', async () => {
    const { id: customer } = await stripe.customers.create({
      email: 'pay@example.com',
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const paid = await stripe.paymentIntents.create({
      ...{ amount: 2_999, currency: 'usd', customer, payment_method: 'pm_card_visa', confirm: true },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const refund = { payment_intent: paid.id, amount: '29.99' };
    const blind = await overHttp(`/mcp/${agent.id}`);
    const waiting = await call(blind, 'create_refund', refund);
    expect(waiting.data).toMatchObject({
      status: 'waiting_for_approval',
      approval: { reason: expect.stringContaining('comes from nothing that was said or looked up here') },
    });
    await purser.api('POST', `/api/approvals/${waiting.data.approval?.id}`, { decision: 'reject' });
    const looking = await overHttp(`/mcp/${agent.id}`);
    await call(looking, 'get_payment_intent', { payment_intent: paid.id });
    const refunded = await call(looking, 'create_refund', refund);
    expect([refunded.isError, refunded.data]).toMatchObject([false, { id: expect.stringMatching(/^re_/) }]);
    expect((await stripe.refunds.list({ payment_intent: paid.id })).data).toHaveLength(1);
  });

  it('cannot be approved by the client, and nobody else learns its outcome', async () => {
    await attach(agent.id, ask);
    const client = await overHttp(`/mcp/${agent.id}`);
    const { tools } = await client.listTools();
    expect(tools.filter(({ name }) => /approv/.test(name)).map(({ name }) => name)).toEqual([]);
    const { data } = await call(client, 'create_customer', { name: 'Private' });
    const other = await overHttp(`/mcp/${agent.id}`);
    expect(await call(other, 'get_call_outcome', { call: data.call })).toMatchObject({
      isError: true,
      data: { error: { code: 'no_such_call' } },
    });
    await purser.api('POST', `/api/approvals/${data.approval?.id}`, { decision: 'reject' });
    await attach(agent.id);
  });
});

describe('resources and prompts', () => {
  it('are the agent’s threads, its account’s reports, and beginnings of work', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain('purser://reports/revenue');
    const thread = resources.find(({ uri }) => uri.startsWith('purser://threads/'));
    const { contents } = await client.readResource({ uri: thread?.uri ?? '' });
    expect(contents[0]).toMatchObject({
      mimeType: 'text/markdown',
      text: expect.stringContaining('# MCP: '),
    });
    const report = await client.readResource({ uri: 'purser://reports/revenue?from=2026-01-01' });
    expect(JSON.parse(String((report.contents[0] as { text: string }).text))).toMatchObject({
      name: 'revenue',
    });
    await expect(client.readResource({ uri: 'purser://threads/thr_none' })).rejects.toThrow(/thr_none/);
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow(/no such resource/);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ name }) => name)).toEqual(['thread', 'document', 'report']);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('refund-request');
    const prompt = await client.getPrompt({ name: 'customer-overview', arguments: { customer: 'Bob' } });
    expect(JSON.stringify(prompt.messages)).toContain('Look up the customer Bob');
    await expect(client.getPrompt({ name: 'customer-overview' })).rejects.toThrow(/"customer" is missing/);
  });
});

describe('knowledge', () => {
  const policy = `# Refund policy\n\n## Time limit\n\nUnused goods come back within 30 days.\n\n## Damaged goods\n\nWe send a new one.`;
  let document: UploadedDocument;

  it('is uploaded as text or as files, listed, read, replaced and taken away', async () => {
    const path = `/api/agents/${agent.id}/knowledge`;
    document = (await purser.api<UploadedDocument>('POST', path, { name: 'Refund policy', text: policy }))
      .body;
    expect(document).toMatchObject({
      name: 'Refund policy',
      kind: 'markdown',
      passages: 2,
      outcome: 'added',
    });
    const form = new FormData();
    form.append('file', new File(['Plan,Price\nGold,100 USD'], 'prices.csv'));
    form.append('file', new File(['We are open from 9 to 5.'], 'docs/hours.txt'));
    const headers = { authorization: `Bearer ${purser.token}` };
    const sent = await fetch(new URL(path, purser.url), { method: 'POST', headers, body: form });
    expect([
      sent.status,
      ((await sent.json()) as Page<UploadedDocument>).data.map(({ name }) => name),
    ]).toEqual([201, ['prices.csv', 'docs/hours.txt']]);
    const listed = await purser.api<Page<KnowledgeDocument>>('GET', `${path}?limit=2`);
    const rest = await purser.api<Page<KnowledgeDocument>>(
      'GET',
      `${path}?cursor=${listed.body.next_cursor}`,
    );
    expect([...listed.body.data, ...rest.body.data].map(({ name }) => name).sort()).toEqual(
      ['Refund policy', 'docs/hours.txt', 'prices.csv'].sort(),
    );
    const hours = [...listed.body.data, ...rest.body.data].find(({ name }) => name === 'docs/hours.txt');
    expect((await purser.api('DELETE', `${path}/${hours?.id}`)).status).toBe(204);
    expect((await purser.api('GET', `${path}/${hours?.id}`)).status).toBe(404);
    const wrong = new FormData();
    wrong.append('file', new File([new Uint8Array([0x50, 0x4b, 3, 4])], 'a.txt'));
    const refused = await fetch(new URL(path, purser.url), { method: 'POST', headers, body: wrong });
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('no text file')]);
  });

  it('answers the built-in model, with a citation that opens the document where it stands', async () => {
    const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId: agent.id })).body;
    const said = await purser.api<TurnResult>('POST', `/api/threads/${id}/messages?wait=true`, {
      text: 'What does our refund policy say about the time limit?',
    });
    expect(said.body.toolCalls.map(({ name }) => name)).toEqual(['search_knowledge']);
    expect(said.body.text).toContain('> Unused goods come back within 30 days.');
    expect(said.body.text).toContain(
      `[Refund policy, Refund policy › Time limit](/agents/${agent.id}/knowledge?document=${document.id}&at=0)`,
    );
  });

  it('is a tool and a resource for MCP clients', async () => {
    const client = await overHttp(`/mcp/${agent.id}`);
    const found = await call(client, 'search_knowledge', { query: 'price of gold' });
    expect(found.data.data).toMatchObject([{ content: { document: 'prices.csv', place: 'row 2' } }]);
    const { contents } = await client.readResource({ uri: `purser://knowledge/${document.id}` });
    expect((contents[0] as { text: string }).text).toContain('## Refund policy › Damaged goods');
  });
});

describe('who may', () => {
  const initialize = {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  const headers = { accept: 'application/json, text/event-stream' };

  it('nobody without a token, and no page elsewhere even with one', async () => {
    const nobody = await purser.api('POST', '/mcp', initialize, { token: null, headers });
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer/),
    ]);
    for (const method of ['GET', 'POST'] as const) {
      const foreign = { ...headers, origin: 'https://evil.example' };
      const answer = await purser.api(method, '/mcp', method === 'POST' ? initialize : undefined, {
        headers: foreign,
      });
      expect([method, answer.status]).toEqual([method, 403]);
    }
    const own = await purser.api('POST', '/mcp', initialize, { headers: { ...headers, origin: purser.url } });
    expect([own.status, own.headers.get('mcp-session-id')]).toEqual([
      200,
      expect.stringMatching(/^[\w-]{20,}\./),
    ]);
    expect((await purser.api('GET', '/mcp', undefined, { headers })).status).toBe(405);
  });

  it.each(['approver', 'viewer'])('an %s looks by every method there is, and calls nothing', async (role) => {
    const { stdout } = await purser.cli('token', 'create', '--name', role, '--role', role);
    const client = await overHttp(`/mcp/${agent.id}`, stdout.trim());
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    const { resources } = await client.listResources();
    await client.listResourceTemplates();
    const [prompt] = (await client.listPrompts()).prompts;
    if (prompt) await client.getPrompt({ name: prompt.name, arguments: {} }).catch(() => undefined);
    if (resources[0]) await client.readResource({ uri: resources[0].uri });
    await client.ping();
    for (const name of ['list_customers', 'create_customer'])
      expect(await call(client, name, { name: 'Nobody' })).toMatchObject({
        isError: true,
        data: { error: { code: 'forbidden' } },
      });
    expect(client.getServerCapabilities()).toEqual({ tools: {}, resources: {}, prompts: {} });
  });
});

describe('a client that signs its person in', () => {
  it('needs nothing but the address: registers, is let in, calls, and is out once that is taken back', async () => {
    const link = await fetch(purser.signInLink, { redirect: 'manual' });
    const cookie = link.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const kept: {
      client?: OAuthClientInformationFull;
      tokens?: OAuthTokens;
      verifier?: string;
      sent?: URL;
    } = {};
    const redirectUrl = 'http://127.0.0.1:33418/callback';
    const authProvider: OAuthClientProvider = {
      redirectUrl,
      clientMetadata: {
        client_name: 'Cursor',
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: 'none',
      },
      clientInformation: () => kept.client,
      saveClientInformation(made) {
        Object.assign(kept, { client: made });
      },
      tokens: () => kept.tokens,
      saveTokens(tokens) {
        Object.assign(kept, { tokens });
      },
      redirectToAuthorization(sent) {
        Object.assign(kept, { sent });
      },
      saveCodeVerifier(verifier) {
        Object.assign(kept, { verifier });
      },
      codeVerifier: () => kept.verifier ?? '',
    };
    const transport = () =>
      new StreamableHTTPClientTransport(new URL(`/mcp/${agent.id}`, purser.url), { authProvider });
    const first = transport();
    await expect(new Client({ name: 'Cursor', version: '1' }).connect(first)).rejects.toBeInstanceOf(
      UnauthorizedError,
    );
    const asked = await fetch(kept.sent ?? '', { headers: { cookie }, redirect: 'manual' });
    const at = new URL(asked.headers.get('location') ?? '', purser.url);
    expect(at.pathname).toBe('/allow');
    const allowed = await fetch(new URL('/api/connected-apps', purser.url), {
      method: 'POST',
      headers: { cookie, origin: purser.url, 'content-type': 'application/json' },
      body: JSON.stringify({ accept: true, query: at.searchParams.get('asking') }),
    });
    const { redirectTo } = (await allowed.json()) as { redirectTo: string };
    await first.finishAuth(new URL(redirectTo).searchParams.get('code') ?? '');
    const client = await connect(transport());
    expect((await call(client, 'list_customers')).isError).toBe(false);
    const { body } = await purser.api<Page<AuditEntry>>('GET', '/api/audit?limit=50');
    for (const action of ['app.registered', 'app.allowed', 'mcp.connected'])
      expect(body.data.map((entry) => entry.action)).toContain(action);
    await fetch(new URL(`/api/connected-apps/${kept.client?.client_id}`, purser.url), {
      method: 'DELETE',
      headers: { cookie, origin: purser.url },
    });
    await expect(call(client, 'list_customers')).rejects.toThrow();
  });
});

describe('purser mcp', () => {
  it('hands standard input and output on to the running server', async () => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [join(import.meta.dirname, '../bin/purser.js'), 'mcp', '--agent', agent.name],
      env: {
        ...{ PATH: process.env.PATH ?? '', PURSER_DATA_DIR: purser.dataDir },
        ...{ PURSER_PORT: new URL(purser.url).port },
      },
      stderr: 'inherit',
    });
    const client = await connect(transport);
    expect(client.getServerVersion()?.title).toBe('Purser: Claude’s Ops');
    expect((await call(client, 'list_customers')).isError).toBe(false);
    await client.close();
    const { body } = await purser.api<Page<AuditEntry>>('GET', '/api/audit?limit=20');
    expect(body.data.map(({ action }) => action)).toContain('mcp.connected');
  });
});
