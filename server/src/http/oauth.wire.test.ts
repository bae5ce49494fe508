import { serve } from '@hono/node-server';
import { auth, type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peopleWorld, type Somebody, type World } from './testing.ts';

let world: World;
let base: string;
let server: ReturnType<typeof serve>;
beforeAll(async () => {
  world = await peopleWorld();
  await new Promise<void>((ready) => {
    server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      base = `http://127.0.0.1:${port}`;
      ready();
    });
  });
});
afterAll(async () => {
  await new Promise((done) => server?.close(done));
  await world?.close();
});

/** What an MCP client keeps, and where it wants its person to go. */
function program(name = 'Claude', redirect = 'http://127.0.0.1:33418/callback') {
  let information: OAuthClientInformationFull | undefined;
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  const sent: URL[] = [];
  const provider: OAuthClientProvider = {
    redirectUrl: redirect,
    clientMetadata: {
      ...{ client_name: name, redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
      ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
    },
    state: () => 'the-state',
    clientInformation: () => information,
    saveClientInformation(made) {
      information = made as OAuthClientInformationFull;
    },
    tokens: () => tokens,
    saveTokens(made) {
      tokens = made;
    },
    redirectToAuthorization(url) {
      sent.push(url);
    },
    saveCodeVerifier(made) {
      verifier = made;
    },
    codeVerifier: () => verifier,
  };
  return {
    provider,
    sent,
    token: () => tokens?.access_token ?? '',
    refreshToken: () => tokens?.refresh_token ?? '',
    clientId: () => information?.client_id ?? '',
    forget: () => {
      tokens = undefined;
    },
  };
}
type Program = ReturnType<typeof program>;

const start = (app: Program) => auth(app.provider, { serverUrl: `${base}/mcp` });
const finish = (app: Program, authorizationCode: string) =>
  auth(app.provider, { serverUrl: `${base}/mcp`, authorizationCode });

/** A browser of that person, at the address programs know. */
async function visit({ window }: Somebody, url: URL | string): Promise<{ status: number; location: string }> {
  const cookie = [...window.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  return { status: answer.status, location: answer.headers.get('location') ?? '' };
}

async function decide({ window }: Somebody, query: string, accept: boolean) {
  const cookie = [...window.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${base}/api/connected-apps`, {
    method: 'POST',
    // As the console asks: the library then answers in another shape.
    headers: { cookie, origin: base, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ accept, query }),
  });
  return { status: answer.status, body: (await answer.json()) as { redirectTo: string; detail?: string } };
}

/** The query of the page they are asked at, as the console hands it back. */
const askingIn = (location: string) => new URL(location, base).searchParams.get('asking') ?? '';

/** The whole way in, by the SDK's client and a person who says yes. */
async function letIn(person: Somebody, app = program()): Promise<Program> {
  expect(await start(app)).toBe('REDIRECT');
  const asked = await visit(person, app.sent.at(-1) ?? '');
  expect(asked.location).toContain('/allow?');
  const { body } = await decide(person, askingIn(asked.location), true);
  const back = new URL(body.redirectTo);
  expect(back.searchParams.get('state')).toBe('the-state');
  expect(await finish(app, back.searchParams.get('code') ?? '')).toBe('AUTHORIZED');
  return app;
}

const initialize = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const callMcp = (token: string) =>
  fetch(`${base}/mcp`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(initialize),
  });
/** Nothing stands behind `/mcp` here: whoever gets past the door finds that out. */
const getsIn = async (token: string) => (await callMcp(token)).status !== 401;

describe('an MCP client finds its way by itself', () => {
  test('from a 401 to the metadata of the resource and of the server', async () => {
    const answer = await callMcp('');
    const where = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
    expect(answer.status).toBe(401);
    expect(await (await fetch(where ?? '')).json()).toMatchObject({
      ...{ resource: `${base}/mcp`, authorization_servers: [`${base}/api/auth`] },
      scopes_supported: ['mcp', 'offline_access'],
    });
    const server = await fetch(`${base}/.well-known/oauth-authorization-server/api/auth`);
    expect(await server.json()).toMatchObject({
      issuer: `${base}/api/auth`,
      authorization_endpoint: `${base}/api/auth/oauth2/authorize`,
      registration_endpoint: `${base}/api/auth/oauth2/register`,
      revocation_endpoint: `${base}/api/auth/oauth2/revoke`,
      code_challenge_methods_supported: ['S256'],
    });
  });

  test('to a token that opens /mcp, is renewed, and whose refresh token works once', async () => {
    const ann = await world.somebody('operator');
    const app = await letIn(ann);
    expect(await getsIn(app.token())).toBe(true);
    const [first, refresh] = [app.token(), app.refreshToken()];
    expect(await start(app)).toBe('AUTHORIZED');
    expect(app.token()).not.toBe(first);
    expect(await getsIn(app.token())).toBe(true);
    const again = await fetch(`${base}/api/auth/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        client_id: app.clientId(),
      }),
    });
    expect(again.status).toBe(400);
  });

  test('whoever is not signed in signs in first, and comes back to where they were', async () => {
    const app = program();
    await start(app);
    const asked = app.sent[0] ?? new URL(base);
    const answer = await fetch(asked, { redirect: 'manual' });
    const to = new URL(answer.headers.get('location') ?? '', base);
    expect([to.pathname, to.searchParams.get('next')]).toEqual(['/sign-in', asked.pathname + asked.search]);
  });

  test('whoever says no sends it back without a code', async () => {
    const bob = await world.somebody();
    const app = program();
    await start(app);
    const { location } = await visit(bob, app.sent[0] ?? '');
    const { body } = await decide(bob, askingIn(location), false);
    const back = new URL(body.redirectTo);
    expect([back.searchParams.get('error'), back.searchParams.get('code')]).toEqual(['access_denied', null]);
  });
});

describe('what such a token is worth', () => {
  test('nothing outside of /mcp: no approval, no thread, no setting', async () => {
    const app = await letIn(await world.somebody('owner'));
    const headers = { authorization: `Bearer ${app.token()}`, 'content-type': 'application/json' };
    for (const [method, path] of [
      ['GET', '/api/threads'],
      ['GET', '/api/approvals'],
      ['POST', '/api/approvals/apr_1'],
      ['POST', '/api/tokens'],
      ['GET', '/api/connected-apps'],
    ] as const) {
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await fetch(`${base}${path}`, { method, headers, ...(body && { body }) });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  test.each([
    ['owner', 'requester'],
    ['operator', 'requester'],
    ['approver', 'viewer'],
    ['viewer', 'viewer'],
  ] as const)('of an %s: the rights of a %s, and it counts as that person', async (role, given) => {
    const person = await world.somebody(role);
    const app = await letIn(person);
    const request = new Request(`${base}/mcp`, { headers: { authorization: `Bearer ${app.token()}` } });
    expect(await world.access.whoCalls(request)).toMatchObject({
      role: given,
      type: 'token',
      madeBy: person.id,
    });
    expect(await world.access.whoIs(request)).toBeNull();
  });

  test('is over at once when the person takes it back, and refreshes no more', async () => {
    const ann = await world.somebody();
    const app = await letIn(ann, program('Cursor'));
    const { body } = await ann.window.get('/api/connected-apps');
    expect(body.data).toMatchObject([
      { name: 'Cursor', returnsTo: ['127.0.0.1:33418'], role: 'requester', person: { id: ann.id } },
    ]);
    expect((await ann.window.remove(`/api/connected-apps/${app.clientId()}`)).status).toBe(204);
    expect(await getsIn(app.token())).toBe(false);
    expect(await start(app).catch((error: unknown) => error)).toSatisfy(
      (outcome: unknown) => outcome === 'REDIRECT' || outcome instanceof UnauthorizedError,
    );
    expect((await ann.window.get('/api/connected-apps')).body.data).toEqual([]);
  });

  test('ends with the person’s access to the workspace; somebody else cannot take it away', async () => {
    const [ann, bob] = [await world.somebody(), await world.somebody()];
    const app = await letIn(ann);
    expect((await bob.window.remove(`/api/connected-apps/${app.clientId()}?person=${ann.id}`)).status).toBe(
      404,
    );
    expect(await getsIn(app.token())).toBe(true);
    await world.access.people.remove(ann.id);
    expect(await getsIn(app.token())).toBe(false);
  });

  test('ends when somebody is let in anew: whoever had their account has nothing of it left', async () => {
    const ann = await world.somebody();
    const app = await letIn(ann);
    await world.access.people.reset(ann.id);
    expect(await getsIn(app.token())).toBe(false);
    expect(await start(app).catch((error: unknown) => error)).not.toBe('AUTHORIZED');
  });

  test('follows the person’s role', async () => {
    const ann = await world.somebody('operator');
    const app = await letIn(ann);
    await world.access.people.setRole(ann.id, 'viewer');
    const request = new Request(`${base}/mcp`, { headers: { authorization: `Bearer ${app.token()}` } });
    expect(await world.access.whoCalls(request)).toMatchObject({ role: 'viewer' });
  });

  test('is kept as a hash alone', async () => {
    const app = await letIn(await world.somebody());
    const { rows } = await world.database.pool.query(
      `select (select string_agg(t::text, ' ') from auth."oauthAccessToken" t) as access,
        (select string_agg(t::text, ' ') from auth."oauthRefreshToken" t) as refresh`,
    );
    for (const secret of [app.token(), app.refreshToken()])
      expect(JSON.stringify(rows)).not.toContain(secret.replace(/^purser_(at|rt)_/, ''));
  });
});

describe('hostile programs', () => {
  const register = (body: object) =>
    fetch(`${base}/api/auth/oauth2/register`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify(body),
    });

  test.each([
    ['a script to come back to', { redirect_uris: ['javascript:alert(1)'] }],
    ['nowhere to come back to', { redirect_uris: [] }],
    ['plain http elsewhere', { redirect_uris: ['http://evil.example/cb'] }],
    ['eleven addresses', { redirect_uris: Array.from({ length: 11 }, (_, n) => `http://127.0.0.1/${n}`) }],
    [
      'a way to skip the person',
      { redirect_uris: ['http://127.0.0.1/cb'], grant_types: ['client_credentials'] },
    ],
  ])('%s: is not registered', async (_what, body) => {
    expect((await register({ token_endpoint_auth_method: 'none', ...body })).status).toBe(400);
  });

  test('no PKCE, another address to come back to, another resource: no code', async () => {
    const ann = await world.somebody();
    const app = program();
    await start(app);
    const good = app.sent[0] ?? new URL(base);
    const changed = (change: (url: URL) => void) => {
      const url = new URL(good);
      change(url);
      return visit(ann, url);
    };
    const without = await changed((url) => {
      url.searchParams.delete('code_challenge');
      url.searchParams.delete('code_challenge_method');
    });
    expect(without.location).not.toContain('/allow');
    const elsewhere = await changed((url) => url.searchParams.set('redirect_uri', 'https://evil.example/cb'));
    expect(elsewhere.location).not.toMatch(/^https:\/\/evil/);
    expect(elsewhere.location).not.toContain('/allow');
    const foreign = await changed((url) => url.searchParams.set('resource', 'https://evil.example/mcp'));
    expect(foreign.status).toBe(400);
  });

  test('what the person was asked cannot be changed on the way', async () => {
    const ann = await world.somebody();
    const app = program();
    await start(app);
    const { location } = await visit(ann, app.sent[0] ?? '');
    const query = new URLSearchParams(askingIn(location));
    query.set('redirect_uri', 'http://127.0.0.1:1/other');
    expect((await decide(ann, query.toString(), true)).status).toBe(422);
  });

  test('a code is good once, and only with its verifier', async () => {
    const ann = await world.somebody();
    const app = program();
    await start(app);
    const { location } = await visit(ann, app.sent[0] ?? '');
    const { body } = await decide(ann, askingIn(location), true);
    const code = new URL(body.redirectTo).searchParams.get('code') ?? '';
    const exchange = (verifier: string) =>
      fetch(`${base}/api/auth/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', code, client_id: app.clientId(), code_verifier: verifier },
          redirect_uri: 'http://127.0.0.1:33418/callback',
        }),
      });
    const verifier = String(await app.provider.codeVerifier());
    expect((await exchange('wrong'.repeat(10))).status).toBeGreaterThanOrEqual(400);
    const outcomes = [(await exchange(verifier)).status, (await exchange(verifier)).status];
    expect(outcomes.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
    expect(outcomes[1]).toBeGreaterThanOrEqual(400);
  });

  test('so many wait to be let in, and no more', async () => {
    let last = 201;
    for (let n = 0; n < 220 && last === 201; n += 1) {
      const answer = await world.app.request(`${base}/api/auth/oauth2/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: new URL(base).host },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' }),
      });
      last = answer.status;
    }
    expect([429, 503]).toContain(last);
  });
});
