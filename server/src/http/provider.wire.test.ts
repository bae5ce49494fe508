import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OidcPeer, startOidcPeer } from '../access/testing-oidc-peer.ts';
import { type browser, origin, password, peopleWorld, type World } from './testing.ts';

let peer: OidcPeer;
let world: World;
beforeAll(async () => {
  peer = await startOidcPeer();
  const { issuer, client } = peer;
  world = await peopleWorld({
    publicUrl: origin,
    provider: { ...client, issuer, name: 'Example', domains: ['example.org'] },
  });
});
afterAll(async () => {
  await world.close();
  await peer.close();
});

type Window = ReturnType<typeof browser>;

/** Goes to the provider and comes back with what it says. @returns where the browser ends up */
async function through(window: Window, change: (back: URL) => void = () => undefined): Promise<string> {
  const { status, body } = await window.post('/api/sign-in/provider');
  expect(status).toBe(200);
  const there = await fetch(body.url, { redirect: 'manual' });
  const back = new URL(there.headers.get('location') ?? '');
  change(back);
  const answer = await window.get(`${back.pathname}${back.search}`);
  return answer.headers.get('location') ?? '';
}

it('offers the provider by its name', async () => {
  expect((await world.browser().get('/api/sign-in')).body.provider).toEqual({ name: 'Example' });
});

it('signs in whoever was invited and has that address at the provider', async () => {
  const { id, email } = await world.somebody('approver');
  peer.person = { sub: 'p1', email };
  const window = world.browser();
  expect(new URL(await through(window), origin).pathname).toBe('/');
  expect((await window.get('/api/session')).body).toMatchObject({ user: { id }, role: 'approver' });
  expect((await window.get('/api/session')).body.proofs).toContain('provider');
  const { rows } = await world.database.pool.query(
    `select 1 from audit where subject = $1 and action = 'person.signed_in'`,
    [id],
  );
  expect(rows.length).toBeGreaterThan(1);
});

it('ends the session that the browser had before', async () => {
  const { window, email, id } = await world.somebody('viewer');
  const before = world.browser();
  for (const [name, value] of window.cookies) before.cookies.set(name, value);
  expect((await before.get('/api/session')).status).toBe(200);
  peer.person = { sub: 'p0', email };
  await through(window);
  expect((await window.get('/api/session')).body).toMatchObject({ user: { id } });
  expect((await before.get('/api/session')).status).toBe(401);
});

it('lets people of a named domain in as viewers, and nobody else', async () => {
  peer.person = { sub: 'p2', email: 'new@example.org' };
  const window = world.browser();
  await through(window);
  expect((await window.get('/api/session')).body).toMatchObject({ role: 'viewer' });
  for (const person of [
    { sub: 'p3', email: 'new@evil.example' },
    { sub: 'p4', email: 'unsure@example.org', emailVerified: false },
    { sub: 'p5', email: 'x@evil.example.org' },
  ]) {
    peer.person = person;
    const stranger = world.browser();
    expect(await through(stranger)).toContain('/sign-in?problem=provider');
    expect((await stranger.get('/api/session')).status).toBe(401);
  }
});

it.each(['signature', 'nonce', 'audience', 'issuer', 'expired'] as const)(
  'refuses an id token with a wrong %s',
  async (flaw) => {
    const { email } = await world.somebody();
    peer.person = { sub: `f-${flaw}`, email, flaw };
    const window = world.browser();
    expect(await through(window)).toContain('problem=provider');
    expect((await window.get('/api/session')).status).toBe(401);
  },
);

it('refuses an answer to a question it did not ask, or asked in another browser', async () => {
  const { email } = await world.somebody();
  peer.person = { sub: 'p6', email };
  const window = world.browser();
  await through(window, (back) => back.searchParams.set('state', 'forged'));
  expect((await window.get('/api/session')).status).toBe(401);
  const [victim, attacker] = [world.browser(), world.browser()];
  const { body } = await attacker.post('/api/sign-in/provider');
  const there = await fetch(body.url, { redirect: 'manual' });
  const back = new URL(there.headers.get('location') ?? '');
  await victim.get(`${back.pathname}${back.search}`);
  expect((await victim.get('/api/session')).status).toBe(401);
});

it('gives nobody the account of an address that they only claim here', async () => {
  const { window, id } = await world.somebody('viewer');
  await window.patch('/api/account', { email: 'boss@example.org' });
  peer.person = { sub: 'boss', email: 'boss@example.org' };
  const boss = world.browser();
  await through(boss);
  const session = await boss.get('/api/session');
  expect(session.body.user?.id).not.toBe(id);
  expect((await world.signIn('boss@example.org', password)).status).toBe(200);
});
