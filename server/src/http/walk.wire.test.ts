import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, createAccess } from '../access/access.ts';
import { can, roles } from '../access/roles.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { type ApiApp, type RouteRow, routeTable } from './route.ts';
import { accessApp } from './testing.ts';

const secret = Buffer.alloc(32, 5).toString('base64');
let database: Database;
let access: Access;
let app: ApiApp;
let rows: readonly RouteRow[];

beforeAll(async () => {
  database = await testDatabase();
  ({ app, access } = await accessApp(database));
  rows = routeTable(app);
});
afterAll(async () => {
  await access.close();
  await database.close();
});

/** What must answer without anybody being signed in, each for a reason that its handler tells. */
const open = [
  'GET /healthz',
  'GET /readyz',
  'GET /sign-in',
  'GET /api/auth/*',
  'POST /api/auth/*',
  'POST /webhooks/stripe/:connectionId',
  'GET /unsubscribe/:token',
  'POST /unsubscribe/:token',
  'POST /webhooks/answers/:connectionId',
  'GET /api/openapi.json',
  'GET /*',
  'ALL /api/*',
  'ALL /mcp',
  'ALL /mcp/:agent',
];

const asked = ({ method, path }: RouteRow): string => `${method.toUpperCase()} ${path}`;
const pathOf = ({ path }: RouteRow): string => path.replaceAll(/:\w+/g, 'x1');

function call(row: RouteRow, headers: Record<string, string>): Promise<Response> {
  const body = row.method === 'get' || row.method === 'delete' ? {} : { body: '{}' };
  const method = row.method.toUpperCase();
  return Promise.resolve(
    app.request(pathOf(row), { method, headers: { host: '127.0.0.1', ...headers }, ...body }),
  );
}

async function refusals(
  headers: Record<string, string>,
  wanted: (row: RouteRow) => boolean,
  status: number,
): Promise<string[]> {
  const wrong = [];
  for (const row of rows.filter((each) => each.action !== 'open' && wanted(each))) {
    const answer = await call(row, headers);
    if (answer.status !== status) wrong.push(`${asked(row)}: ${answer.status}`);
  }
  return wrong;
}

describe('every route', () => {
  it('is in the table, or open for a reason', () => {
    const known = new Set([...rows.map(asked), ...open]);
    const all = app.routes
      // Those of all methods and paths are what every request passes through.
      .filter(({ method, path }) => method !== 'ALL' || path !== '/*')
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(all)].filter((each) => !known.has(each))).toEqual([]);
    expect(rows.length).toBeGreaterThan(80);
  });

  it('that is open belongs to signing in', () => {
    const ways = rows.filter(({ action }) => action === 'open').map(({ path }) => path);
    const open =
      /^(\/api\/(sign-in|invitations\/(look|accept))|\/api\/auth\/oauth2\/(authorize|token|revoke|register)$|\/\.well-known\/oauth-)/;
    expect(ways.filter((path) => !open.test(path))).toEqual([]);
  });

  const forged = Buffer.from('forged').toString('base64url');
  it.each([
    ['no credentials', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a token of nobody', { authorization: `Bearer purser_${'a'.repeat(64)}` }],
    ['a weak token', { authorization: 'Bearer admin' }],
    ['a password instead of a token', { authorization: 'Basic b3duZXI6b3duZXI=' }],
    ['a cookie of nobody', { cookie: `purser.session_token=${forged}.${forged}` }],
    ['a cookie without a signature', { cookie: `purser.session_token=${forged}` }],
    ['a cookie of another library', { cookie: 'better-auth.session_token=x; connect.sid=y' }],
  ])('answers 401 to %s', async (_what, headers: Record<string, string>) => {
    expect(await refusals(headers, () => true, 401)).toEqual([]);
  });

  it('answers 401 to a token that was revoked, and to one that expired', async () => {
    const revoked = await access.createToken({ name: 'revoked', role: 'owner' });
    await access.revokeToken(revoked.info.id);
    const expired = await access.createToken({ name: 'expired', role: 'owner', days: 1 });
    await database.pool.query(
      `update auth.apikey set "expiresAt" = now() - interval '1 second' where id = $1`,
      [expired.info.id],
    );
    for (const { token } of [revoked, expired])
      expect(await refusals({ authorization: `Bearer ${token}` }, () => true, 401)).toEqual([]);
  });

  it('answers 401 to a cookie of a session that was ended, and to one signed elsewhere', async () => {
    const other = await createAccess({ database, log: silentLog, secret: `x${secret}` });
    for (const [from, ended] of [
      [access, true],
      [other, false],
    ] as const) {
      const link = new URL(await from.ownerLink('http://127.0.0.1'));
      const signedIn = await from.signIn(link.searchParams.get('token') ?? '');
      const cookie = (signedIn?.headers.getSetCookie() ?? []).map((each) => each.split(';')[0]).join('; ');
      if (ended) await database.pool.query('delete from auth.session');
      expect(await refusals({ cookie }, () => true, 401)).toEqual([]);
    }
    await other.close();
  });

  it.each(roles)('answers 403 to a %s who may not', async (role) => {
    const { token } = await access.createToken({ name: role, role });
    const barred = (row: RouteRow) => row.personal || (row.action !== 'open' && !can(role, row.action));
    expect(await refusals({ authorization: `Bearer ${token}` }, barred, 403)).toEqual([]);
  });

  it('lets no viewer write', () => {
    const previews = [
      'POST /api/agents/:id/connections/:connectionId/try',
      'POST /api/tasks/preview',
      'POST /api/agents/:id/reading',
      'POST /api/playbooks/:name/dry-run',
      'POST /api/threads/:id/read',
    ];
    const writes = rows.filter(
      ({ method, action, personal }) => method !== 'get' && action === 'read' && !personal,
    );
    expect(writes.map(asked).filter((each) => !previews.includes(each))).toEqual([]);
  });

  it('that changes something refuses another origin, whoever asks', async () => {
    const { token } = await access.createToken({ name: 'page', role: 'owner' });
    const wrong = [];
    for (const row of rows.filter(({ method }) => method !== 'get')) {
      for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
        const answer = await call(row, { authorization: `Bearer ${token}`, origin });
        if (answer.status !== 403) wrong.push(`${asked(row)} from ${origin}: ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('of MCP asks for the same, and refuses the same', async () => {
    if (!app.routes.some(({ path }) => path === '/mcp')) return;
    const ask = (headers: Record<string, string>) =>
      app.request('/mcp', { method: 'POST', headers: { host: '127.0.0.1', ...headers }, body: '{}' });
    expect((await ask({})).status).toBe(401);
    const { token } = await access.createToken({ name: 'mcp', role: 'owner' });
    const foreign = { authorization: `Bearer ${token}`, origin: 'https://evil.example' };
    expect((await ask(foreign)).status).toBe(403);
    expect((await ask({ authorization: `Bearer ${token}`, host: 'rebound.example' })).status).toBe(421);
  });

  it('refuses a name that is not this machine’s', async () => {
    const [row] = rows;
    if (!row) throw new Error('no routes');
    const answer = await call(row, { host: 'rebound.evil.example' });
    expect(answer.status).toBe(421);
  });
});
