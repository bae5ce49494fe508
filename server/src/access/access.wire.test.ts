import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { type Access, createAccess } from './access.ts';
import { can, roles } from './roles.ts';

const origin = 'http://127.0.0.1:4242';
const secret = Buffer.alloc(32, 3).toString('base64');
let database: Database;
let access: Access;
let now = new Date();

beforeAll(async () => {
  database = await testDatabase();
  access = await createAccess({ database, log: silentLog, secret, clock: { now: () => now } });
});
afterAll(async () => {
  await access.close();
  await database.close();
});

const tokenOf = (link: string): string => new URL(link).searchParams.get('token') ?? '';

function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function signIn(): Promise<string> {
  const signedIn = await access.signIn(tokenOf(await access.ownerLink(origin)));
  if (!signedIn) throw new Error('not signed in');
  return cookieOf(signedIn.headers);
}

const withCookie = (cookie: string): Request => new Request(`${origin}/api/session`, { headers: { cookie } });
const withToken = (token: string): Request =>
  new Request(`${origin}/api/agents`, { headers: { authorization: `Bearer ${token}` } });

describe('signing in', () => {
  it('works once with a link, as the owner', async () => {
    const link = await access.ownerLink(origin);
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:4242\/sign-in\?token=\w{32}$/);
    const signedIn = await access.signIn(tokenOf(link));
    const who = await access.whoIs(withCookie(cookieOf(signedIn?.headers ?? new Headers())));
    expect(who).toMatchObject({ type: 'person', name: 'Owner', role: 'owner' });
    expect(await access.signIn(tokenOf(link))).toBeNull();
  });

  it('gives a link to one of several who use it at the same moment', async () => {
    const token = tokenOf(await access.ownerLink(origin));
    const answers = await Promise.all(Array.from({ length: 5 }, () => access.signIn(token)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it.each(['', 'wrong', 'a'.repeat(32), "' or 1=1 --", '\u0000'])('refuses the token %j', async (token) => {
    expect(await access.signIn(token)).toBeNull();
  });

  it('refuses a link older than a day', async () => {
    const token = tokenOf(await access.ownerLink(origin));
    await database.pool.query(`update auth.verification set "expiresAt" = now() - interval '1 second'`);
    expect(await access.signIn(token)).toBeNull();
  });

  it('gives links that end within 24 hours, and keeps only their hash', async () => {
    const token = tokenOf(await access.ownerLink(origin));
    const { rows } = await database.pool.query<{ row: string; left: number }>(
      `select v::text as row, extract(epoch from "expiresAt" - now())::int as left from auth.verification v`,
    );
    expect(rows.some(({ row }) => row.includes(token))).toBe(false);
    expect(Math.max(...rows.map(({ left }) => left))).toBeGreaterThan(86_000);
    expect(Math.max(...rows.map(({ left }) => left))).toBeLessThanOrEqual(86_400);
  });

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const signedIn = await access.signIn(tokenOf(await access.ownerLink(origin)));
    for (const cookie of signedIn?.headers.getSetCookie() ?? ['none']) {
      expect(cookie).toContain('HttpOnly');
      expect(cookie).toContain('SameSite=Lax');
      expect(cookie).not.toContain('Secure');
    }
  });

  it('sets Secure cookies behind https', async () => {
    const publicUrl = 'https://purser.example.com';
    const secure = await createAccess({ database, log: silentLog, secret, publicUrl });
    const signedIn = await secure.signIn(tokenOf(await secure.ownerLink(publicUrl)));
    expect(signedIn?.headers.getSetCookie()[0]).toMatch(/^__Secure-.*Secure/);
    await secure.close();
  });

  it('gives every sign-in a session of its own', async () => {
    expect(await signIn()).not.toBe(await signIn());
  });

  it('takes no cookie that was changed, and none signed by another server', async () => {
    const cookie = await signIn();
    expect(
      await access.whoIs(withCookie(cookie.replace(/=(.)/, (_, first) => `=${first === 'x' ? 'y' : 'x'}`))),
    ).toBeNull();
    const other = await createAccess({ database, log: silentLog, secret: `x${secret}` });
    expect(await other.whoIs(withCookie(cookie))).toBeNull();
    await other.close();
  });

  it('ends with signing out', async () => {
    const cookie = await signIn();
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const out = new Request(`${origin}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
    expect((await access.handler(out, '127.0.0.1')).status).toBe(200);
    expect(await access.whoIs(withCookie(cookie))).toBeNull();
  });

  it('makes one owner, also when two instances start together', async () => {
    const both = await Promise.all([access.owner(), access.owner()]);
    expect(both[0].id).toBe(both[1].id);
  });

  it('tells no script of the page what the session is signed with', async () => {
    const request = new Request(`${origin}/api/auth/get-session`, {
      headers: { cookie: await signIn(), origin },
    });
    expect((await access.handler(request, '127.0.0.1')).status).toBe(404);
  });

  it.each([
    '/sign-in/magic-link',
    '/magic-link/verify',
    '/sign-up/email',
    '/sign-in/email',
    '/api-key/create',
    '/api-key/update',
    '/update-user',
    '/get-session/../api-key/create',
  ])('offers nothing at %s, not even to the owner', async (path) => {
    const headers = { cookie: await signIn(), origin, 'content-type': 'application/json' };
    const request = new Request(`${origin}/api/auth${path}`, { method: 'POST', headers, body: '{}' });
    expect((await access.handler(request, '127.0.0.1')).status).toBe(404);
  });
});

describe('API tokens', () => {
  it('carry the role they were made with', async () => {
    for (const role of roles) {
      const { token, info } = await access.createToken({ name: `for ${role}`, role });
      expect(await access.whoIs(withToken(token))).toEqual({
        type: 'token',
        id: info.id,
        name: `for ${role}`,
        role,
      });
      expect(token.startsWith(info.start)).toBe(true);
    }
  });

  it('are listed without the token, newest first, with their last use', async () => {
    const { token, info } = await access.createToken({ name: 'listed', role: 'viewer' });
    await access.whoIs(withToken(token));
    const listed = await access.listTokens();
    expect(listed[0]).toMatchObject({ id: info.id, name: 'listed', role: 'viewer' });
    expect(listed[0]?.lastUsedAt).toBeInstanceOf(Date);
    expect(JSON.stringify(listed)).not.toContain(token);
  });

  it('are kept as a hash', async () => {
    const { token } = await access.createToken({ name: 'hashed', role: 'viewer' });
    const { rows } = await database.pool.query<{ row: string }>('select k::text as row from auth.apikey k');
    expect(rows.some(({ row }) => row.includes(token.slice(20)))).toBe(false);
  });

  it('end when they are revoked', async () => {
    const { token, info } = await access.createToken({ name: 'brief', role: 'owner' });
    expect(await access.whoIs(withToken(token))).not.toBeNull();
    expect(await access.revokeToken(info.id)).toBe(true);
    expect(await access.whoIs(withToken(token))).toBeNull();
    expect(await access.revokeToken(info.id)).toBe(false);
  });

  it('revoked on another instance end within five seconds', async () => {
    const { token, info } = await access.createToken({ name: 'elsewhere', role: 'owner' });
    expect(await access.whoIs(withToken(token))).not.toBeNull();
    await database.pool.query('delete from auth.apikey where id = $1', [info.id]);
    now = new Date(now.getTime() + 5_001);
    expect(await access.whoIs(withToken(token))).toBeNull();
  });

  it('are not limited to a few requests', async () => {
    const { token } = await access.createToken({ name: 'busy', role: 'viewer' });
    for (let call = 0; call < 30; call += 1) {
      now = new Date(now.getTime() + 6_000);
      expect(await access.whoIs(withToken(token))).not.toBeNull();
    }
  });

  it.each(['Bearer', 'Bearer nonsense', 'Bearer purser_nonsense', 'Basic abc', ''])(
    'are nobody: %j',
    async (header) => {
      const request = new Request(`${origin}/api/agents`, { headers: { authorization: header } });
      expect(await access.whoIs(request)).toBeNull();
    },
  );

  it('do not fall back on a session when they are wrong', async () => {
    const headers = { cookie: await signIn(), authorization: 'Bearer wrong' };
    expect(await access.whoIs(new Request(origin, { headers }))).toBeNull();
  });
});

describe('roles', () => {
  it.each([
    ['owner', ['read', 'operate', 'approve', 'administer']],
    ['operator', ['read', 'operate', 'approve']],
    ['approver', ['read', 'approve']],
    ['viewer', ['read']],
  ] as const)('%s may %j', (role, allowed) => {
    const actions = ['read', 'operate', 'approve', 'administer'] as const;
    expect(actions.filter((action) => can(role, action))).toEqual(allowed);
  });
});
