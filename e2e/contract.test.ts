import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent, ApiToken, Page, Problem, Report, Session, Thread } from '@purser/server/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Answer, type Method, type Purser, startPurser } from './fixtures/purser.ts';

let purser: Purser;
beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
});
afterAll(() => purser?.remove());

function expectProblem(answer: Answer<Problem>, status: number, code?: string): void {
  expect(answer.text).toContain('"detail"');
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { type, title, detail } = answer.body;
  expect(answer.body.status).toBe(status);
  for (const said of [type, title, detail]) expect(said.length).toBeGreaterThan(3);
  if (code) expect(answer.body.code).toBe(code);
}

const newAgent = async (fields: object = { name: 'Tess' }): Promise<Agent> =>
  (await purser.api<Agent>('POST', '/api/agents', fields)).body;

describe('health', () => {
  it('answers healthz and readyz to anyone', async () => {
    for (const path of ['/healthz', '/readyz'])
      expect((await purser.api('GET', path, undefined, { token: null })).status).toBe(200);
  });
});

describe('the API for developers', () => {
  const examples = join(import.meta.dirname, '../client/examples');
  const example = async (name: string, ...args: string[]) =>
    (await promisify(execFile)(process.execPath, [join(examples, name), purser.url, purser.token, ...args]))
      .stdout;

  it('answers what its OpenAPI document says, on every list and singleton there is', async () => {
    const { body } = await purser.api<DescribedApi>('GET', '/api/openapi.json');
    const paths = Object.entries(body.paths).filter(([path, { get: read }]) => read && !path.includes('{'));
    expect(paths.length).toBeGreaterThan(15);
    for (const [path, { get: read }] of paths) {
      const schema = read?.responses['200']?.content?.['application/json']?.schema;
      if (!schema) continue;
      const answer = await purser.api('GET', path);
      // A token is nobody's account.
      if (answer.status === 403) continue;
      expect([path, answer.status]).toEqual([path, 200]);
      const checked = z.fromJSONSchema({ ...defined(schema), $defs: defined(body.components.schemas) });
      expect([path, checked.safeParse(answer.body).error?.message]).toEqual([path, undefined]);
    }
  });

  it('has examples that run', async () => {
    expect(await example('ask.ts', 'What is my balance?')).toMatch(/balance|USD|\$/i);
    expect(await example('approve-small-refunds.ts')).toBe('');
  });
});

/** With references as JSON Schema alone has them. */
function defined(schema: object): Record<string, never> {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
}

interface DescribedApi {
  readonly paths: {
    readonly [path: string]: {
      readonly get?: {
        readonly responses: {
          readonly [status: string]: { readonly content?: { readonly [type: string]: { schema?: object } } };
        };
      };
    };
  };
  readonly components: { readonly schemas: object };
}

describe('reports', () => {
  it('come as JSON and as CSV, tied out to the balance, and say what is wrong with a question', async () => {
    const made = await purser.api<Report>('GET', '/api/reports/revenue');
    expect(made.body.tables.map(({ name }) => name)).toContain('by_month_and_product');
    expect(made.body.tieOut.map(({ difference }) => Number(difference))).toEqual(
      made.body.tieOut.map(() => 0),
    );
    const csv = await purser.api('GET', '/api/reports/mrr?format=csv&table=by_month');
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.text).toMatch(/^Month,Currency,MRR,New,/);
    expectProblem(await purser.api('GET', '/api/reports/revenue?from=soon'), 422);
    expectProblem(await purser.api('GET', '/api/reports/revenue?from=2026-02-01&to=2026-01-01'), 422);
    expectProblem(await purser.api('GET', '/api/reports/revenue?format=csv&table=none'), 422);
    expectProblem(await purser.api('GET', '/api/reports/revenue?connectionId=con_none'), 404);
    for (const name of ['tax', 'disputes', 'failed-payments'])
      expect((await purser.api<Report>('GET', `/api/reports/${name}`)).body.name).toBe(name);
  });
});

describe('agents', () => {
  it('are made from a name alone, read, changed and deleted', async () => {
    const made = await purser.api<Agent>('POST', '/api/agents', { name: '  Ada  ' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^agt_/),
      name: 'Ada',
      description: '',
      instructions: '',
      model: null,
      connections: [],
      threadCount: 0,
    });
    const path = `/api/agents/${made.body.id}`;
    const change = { description: 'Refunds', instructions: 'Be kind.', model: 'builtin' };
    expect((await purser.api<Agent>('PATCH', path, change)).body).toMatchObject({ name: 'Ada', ...change });
    expect((await purser.api<Agent>('GET', path)).body).toMatchObject(change);
    expect((await purser.api<Agent>('PATCH', path, { model: null })).body.model).toBeNull();
    expect((await purser.api('DELETE', path)).status).toBe(204);
    expectProblem(await purser.api('GET', path), 404);
    expectProblem(await purser.api('DELETE', path), 404);
  });

  it('are listed in pages that miss none and repeat none', async () => {
    for (const name of ['P1', 'P2', 'P3']) await newAgent({ name });
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page: Answer<Page<Agent>> = await purser.api('GET', `/api/agents?limit=2${query}`);
      expect(page.body.data.length).toBeLessThanOrEqual(2);
      ids.push(...page.body.data.map(({ id }) => id));
      cursor = page.body.next_cursor;
    } while (cursor);
    const all = await purser.api<Page<Agent>>('GET', '/api/agents?limit=100');
    expect(ids).toEqual(all.body.data.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('begin with one on the demo account', async () => {
    const { data } = (await purser.api<Page<Agent>>('GET', '/api/agents')).body;
    expect(data[0]).toMatchObject({
      name: 'Stripe Sleuth',
      connections: [{ type: 'stripe', mode: 'test', account: { name: 'Northwind Cloud' } }],
    });
  });
});

describe('threads', () => {
  it('belong to an agent, can be renamed, found by words and deleted', async () => {
    const agent = await newAgent();
    const made = await purser.api<Thread>('POST', '/api/threads', { agentId: agent.id });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^thr_/),
      agentId: agent.id,
      title: expect.any(String),
      status: 'idle',
      messages: [],
    });
    const path = `/api/threads/${made.body.id}`;
    await purser.api('PATCH', path, { title: 'Quarterly zebra report' });
    const found = await purser.api<Page<Thread>>('GET', '/api/threads?q=ZEBRA');
    expect(found.body.data.map(({ id }) => id)).toEqual([made.body.id]);
    expect((await purser.api<Page<Thread>>('GET', '/api/threads?q=100%25')).body.data).toEqual([]);
    expect((await purser.api<Agent>('GET', `/api/agents/${agent.id}`)).body.threadCount).toBe(1);
    expect((await purser.api('DELETE', path)).status).toBe(204);
    expectProblem(await purser.api('GET', path), 404);
  });

  it('of a deleted agent can be read, not continued', async () => {
    const agent = await newAgent();
    const thread = (await purser.api<Thread>('POST', '/api/threads', { agentId: agent.id })).body;
    await purser.api('DELETE', `/api/agents/${agent.id}`);
    const path = `/api/threads/${thread.id}`;
    expect((await purser.api<Thread>('GET', path)).body).toMatchObject({ readOnly: true });
    const refused = await purser.api<Problem>('POST', `${path}/messages?wait=true`, { text: 'Hello?' });
    expectProblem(refused, 409, 'agent_deleted');
    expect((await purser.api<Thread>('GET', path)).body.messages).toEqual([]);
    expectProblem(await purser.api('POST', '/api/threads', { agentId: agent.id }), 404);
  });
});

describe('bad input', () => {
  const cases: [string, Method, string, unknown, number, string[]?][] = [
    ['an unknown field', 'POST', '/api/agents', { name: 'A', colour: 'red' }, 422, ['colour']],
    ['a missing field', 'POST', '/api/agents', {}, 422, ['name']],
    ['an empty name', 'POST', '/api/agents', { name: '   ' }, 422, ['name']],
    ['a wrong type', 'POST', '/api/agents', { name: 7, instructions: [] }, 422, ['name', 'instructions']],
    ['a list for a body', 'POST', '/api/agents', [], 422, ['']],
    ['null for a body', 'POST', '/api/agents', 'null', 422, ['']],
    ['too long a name', 'POST', '/api/agents', { name: 'x'.repeat(5000) }, 422, ['name']],
    ['an unknown model', 'POST', '/api/agents', { name: 'A', model: 'gpt' }, 422, ['model']],
    ['malformed JSON', 'POST', '/api/agents', '{"name": "A"', 400],
    ['an oversized body', 'POST', '/api/agents', { name: 'A', instructions: 'x'.repeat(2_000_000) }, 413],
    ['an unknown agent', 'PATCH', '/api/agents/agt_nobody', { name: 'A' }, 404],
    ['an unknown agent for a thread', 'POST', '/api/threads', { agentId: 'agt_nobody' }, 404],
    ['an unknown thread', 'POST', '/api/threads/thr_nobody/messages?wait=true', { text: 'Hi' }, 404],
    ['an unknown thread, streamed', 'POST', '/api/threads/thr_nobody/messages', { text: 'Hi' }, 404],
    ['an unknown approval', 'POST', '/api/approvals/apr_nobody', { decision: 'approve' }, 404],
    ['an unknown decision', 'POST', '/api/approvals/apr_nobody', { decision: 'maybe' }, 422, ['decision']],
    ['an unknown connection', 'POST', '/api/connections/con_nobody/check', {}, 404],
    ['an unknown path', 'GET', '/api/nothing-here', undefined, 404],
    ['too large a page', 'GET', '/api/agents?limit=5000', undefined, 422, ['query.limit']],
    ['an unknown parameter', 'GET', '/api/agents?colour=red', undefined, 422, ['query.colour']],
    ['a cursor of nobody', 'GET', '/api/threads?cursor=zzz', undefined, 422, ['query.cursor']],
    ['a very long id', 'GET', `/api/agents/${'x'.repeat(3000)}`, undefined, 422, ['path.id']],
    ['an id with odd characters', 'GET', `/api/agents/${encodeURIComponent("' or 1=1 --")}`, undefined, 404],
    ['a zero byte', 'GET', '/api/agents/agt_%00', undefined, 404],
  ];
  it.each(cases)('%s', async (_what, method, path, body, status, paths) => {
    const answer = await purser.api<Problem>(method, path, body);
    expectProblem(answer, status);
    if (paths) expect(answer.body.errors?.map((error) => error.path)).toEqual(paths);
  });

  it('leaves nothing half written', async () => {
    const count = async () =>
      (await purser.api<Page<Agent>>('GET', '/api/agents?limit=100')).body.data.length;
    const before = await count();
    await purser.api('POST', '/api/agents', { name: 'A', model: 'gpt' });
    await purser.api('POST', '/api/agents', '{"name": "A"');
    expect(await count()).toBe(before);
  });

  it('stores and returns hostile text as it is, without what turns text around or no database can hold', async () => {
    const name = `<script>alert(1)</script> ’; drop table agents; -- 🧾`;
    const agent = await newAgent({ name: `\u202e${name}`, instructions: 'a\u0000b \ud800 c' });
    expect(agent.name).toBe(name);
    expect(agent.instructions).not.toContain('\u0000');
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, unknown>>;
}

async function operations(): Promise<{ method: Method; path: string }[]> {
  const { body } = await purser.api<OpenApi>('GET', '/api/openapi.json');
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase() as Method,
      path: path.replaceAll(/\{\w+\}/g, 'none'),
    })),
  );
}

describe('who may', () => {
  it('describes every call of the contract in OpenAPI 3.1', async () => {
    const { body } = await purser.api<OpenApi>('GET', '/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const calls = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls).toEqual(
      expect.arrayContaining([
        'POST /api/agents',
        'GET /api/agents',
        'GET /api/agents/{id}',
        'PATCH /api/agents/{id}',
        'DELETE /api/agents/{id}',
        'GET /api/connections/types',
        'POST /api/connections',
        'POST /api/connections/{id}/check',
        'POST /api/connections/{id}/rotate',
        'PUT /api/agents/{id}/connections/{connectionId}',
        'DELETE /api/agents/{id}/connections/{connectionId}',
        'POST /api/threads',
        'GET /api/threads',
        'GET /api/threads/{id}',
        'POST /api/threads/{id}/messages',
        'GET /api/approvals',
        'POST /api/approvals/{id}',
        'GET /api/audit',
      ]),
    );
  });

  it('asks for a token everywhere, and takes no wrong one', async () => {
    for (const { method, path } of await operations()) {
      for (const token of [null, 'wrong', `${purser.token}x`])
        expectProblem(await purser.api(method, path, undefined, { token }), 401);
    }
    expectProblem(await purser.api('GET', '/api/openapi.json', undefined, { token: null }), 401);
  });

  it('lets a viewer’s token look at everything but secrets and people, and change nothing', async () => {
    const { body } = await purser.api<ApiToken & { token: string }>('POST', '/api/tokens', {
      name: 'looks',
      role: 'viewer',
    });
    const refused: string[] = [];
    for (const { method, path } of await operations()) {
      if (path === '/api/live') continue;
      const { status } = await purser.api(method, path, undefined, { token: body.token });
      if (status === 403) refused.push(`${method} ${path}`);
      else
        expect(`${method} ${path} ${status}`).toMatch(
          /^GET .* (200|404|422)$|\/(read|reading|try|preview|dry-run) (404|422)$/,
        );
    }
    const changes = (await operations()).filter(
      ({ method, path }) =>
        method !== 'GET' && !/\/(read|reading|try|(?<!retention\/)preview|dry-run)$/.test(path),
    );
    // What is looked at by its owner or an owner alone: secrets, people, one's own account.
    const hidden =
      /^GET \/api\/(tokens|people|invitations|sessions|account|connected-apps|audit\/\w+|privacy\/erasures|connections\/none\/\w+-secret)/;
    expect(refused.filter((each) => !each.startsWith('GET ')).sort()).toEqual(
      changes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(refused).toContain('GET /api/tokens');
    expect(refused.filter((each) => each.startsWith('GET ') && !hidden.test(each))).toEqual([]);
  });

  it('forgets a token once it is revoked', async () => {
    const made = await purser.api<ApiToken & { token: string }>('POST', '/api/tokens', { name: 'brief' });
    const { id, token } = made.body;
    expect((await purser.api('GET', '/api/agents', undefined, { token })).status).toBe(200);
    expect((await purser.api('DELETE', `/api/tokens/${id}`)).status).toBe(204);
    expectProblem(await purser.api('GET', '/api/agents', undefined, { token }), 401);
    expect((await purser.api('GET', '/api/tokens')).text).not.toContain(token);
  });
});

describe('the sign-in link', () => {
  it('signs the owner in once, with a cookie no script can read', async () => {
    const follow = () => fetch(purser.signInLink, { redirect: 'manual' });
    const first = await follow();
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    const cookies = first.headers.getSetCookie();
    expect(cookies.join()).toMatch(/HttpOnly/i);
    expect(cookies.join()).toMatch(/SameSite=(Lax|Strict)/i);
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ');
    const asked = { token: null, headers: { cookie } };
    const session = await purser.api<Session>('GET', '/api/session', undefined, asked);
    expect(session.body.role).toBe('owner');

    const second = await follow();
    expect(second.headers.get('location')).toMatch(/^\/sign-in\?/);
    expect(second.headers.getSetCookie()).toEqual([]);

    const foreign = { token: null, headers: { cookie, origin: 'https://evil.example' } };
    expectProblem(await purser.api('POST', '/api/agents', { name: 'CSRF' }, foreign), 403);
    const own = { token: null, headers: { cookie, origin: purser.url } };
    expect((await purser.api('POST', '/api/agents', { name: 'Own' }, own)).status).toBe(201);
  });

  it('answers to no name but its own, so that a page elsewhere cannot rebind to it', async () => {
    const { port } = new URL(purser.url);
    expect(await statusFor('evil.example', port)).toBe(421);
    expect(await statusFor(`evil.example:${port}`, port)).toBe(421);
    expect(await statusFor(`localhost:${port}`, port)).toBe(401);
  });
});

/** `fetch` sends the host it connects to; this sends any. */
function statusFor(host: string, port: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/api/agents', headers: { host } };
    get(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}
