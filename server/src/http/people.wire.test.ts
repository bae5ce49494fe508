import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appCode } from '../access/testing.ts';
import { origin, password, peopleWorld, type World } from './testing.ts';

let world: World;
beforeAll(async () => {
  world = await peopleWorld();
});
beforeEach(() => world.freshen());
afterAll(() => world.close());

describe('a second factor of everyone', () => {
  it('is required by an owner who has one, and then nothing else works without', async () => {
    const { window: plain } = await world.somebody('owner');
    const refused = await plain.patch('/api/security', { requireSecondFactor: true });
    expect(refused.body.code).toBe('own_second_factor_first');
    const { window: owner, uri } = await world.withCodes('owner');
    const { device } = await world.withPasskey();
    expect((await owner.patch('/api/security', { requireSecondFactor: true })).status).toBe(200);
    try {
      expect((await plain.get('/api/people')).body.code).toBe('second_factor_required');
      expect((await plain.get('/api/session')).body.owesSecondFactor).toBe(true);
      expect((await owner.get('/api/people')).status).toBe(200);
      const window = world.browser();
      const { body: options } = await window.post('/api/sign-in/passkey/options');
      await window.post('/api/sign-in/passkey', { response: device.get(options) });
      expect((await window.get('/api/security')).status).toBe(200);
      const { body } = await plain.post('/api/account/codes', { password });
      await plain.post('/api/account/codes/confirm', { code: appCode(body.uri) });
      expect((await plain.get('/api/people')).status).toBe(200);
      expect((await owner.post('/api/account/codes/remove', { password })).status).toBe(409);
      const { token } = await world.access.createToken({ name: 'ci', role: 'viewer' });
      const headers = { host: 'localhost', authorization: `Bearer ${token}` };
      expect((await world.app.request('/api/security', { headers })).status).toBe(200);
    } finally {
      await world.access.security.write({ requireSecondFactor: false, askAgainAbove: [] });
    }
    expect(uri).toContain('otpauth://');
  });
});

describe('people', () => {
  it('change role at once, and one owner always stays', async () => {
    const { window, id } = await world.somebody('operator');
    const owner = await world.byLink();
    expect((await owner.patch(`/api/people/${id}`, { role: 'owner' })).status).toBe(200);
    expect((await window.get('/api/people')).status).toBe(200);
    expect((await owner.patch(`/api/people/${id}`, { role: 'viewer' })).status).toBe(200);
    expect((await window.get('/api/people')).status).toBe(403);
    await world.database.pool.query(
      `update auth."user" set role = 'viewer' where id <> (select id from auth."user" where role = 'owner' order by "createdAt" limit 1)`,
    );
    const last = (await world.access.owner()).id;
    for (const answer of [
      await owner.patch(`/api/people/${last}`, { role: 'viewer' }),
      await owner.remove(`/api/people/${last}`),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'last_owner' } });
  });

  it('have no more rights by a token than by themselves, from the moment they lose them', async () => {
    const { window, id } = await world.somebody('owner');
    const { body } = await window.post('/api/tokens', { name: 'kept back', role: 'owner' });
    const ask = (path: string) =>
      world.app.request(path, { headers: { host: 'localhost', authorization: `Bearer ${body.token}` } });
    expect((await ask('/api/people')).status).toBe(200);
    const owner = await world.byLink();
    await owner.patch(`/api/people/${id}`, { role: 'viewer' });
    expect((await ask('/api/people')).status).toBe(403);
    expect((await ask('/api/security')).status).toBe(200);
  });

  it('of two owners who remove each other one stays', async () => {
    const owner = await world.byLink();
    const { window, id } = await world.somebody('owner');
    const first = (await world.access.owner()).id;
    const both = await Promise.all([
      owner.remove(`/api/people/${id}`),
      window.remove(`/api/people/${first}`),
    ]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await world.access.people.list()).filter(({ role }) => role === 'owner').length).toBeGreaterThan(
      0,
    );
  });

  it('who leave lose their sessions and the tokens they made', async () => {
    const { window, id, email } = await world.somebody('owner');
    const { body } = await window.post('/api/tokens', { name: 'mine', role: 'operator' });
    const { token: kept } = await world.access.createToken({ name: 'of the terminal', role: 'viewer' });
    const owner = await world.byLink();
    expect((await owner.remove(`/api/people/${id}`)).body).toEqual({ tokens: 1 });
    expect((await window.get('/api/session')).status).toBe(401);
    expect((await world.signIn(email)).status).toBe(401);
    const whoIs = (token: string) =>
      world.access.whoIs(new Request(origin, { headers: { authorization: `Bearer ${token}` } }));
    expect(await whoIs(body.token)).toBeNull();
    expect(await whoIs(kept)).not.toBeNull();
  });

  it('who lost everything are let in again by an owner’s link, with nothing of the old left', async () => {
    const { id, email } = await world.withCodes();
    const owner = await world.byLink();
    const { body } = await owner.post(`/api/people/${id}/recover`);
    expect((await world.signIn(email)).status).toBe(401);
    const window = world.browser();
    const link = new URL(body.link);
    await window.get(`${link.pathname}${link.search}`);
    expect((await window.get('/api/account')).body).toMatchObject({
      email,
      hasPassword: false,
      hasCodes: false,
    });
  });
});

describe('sessions', () => {
  it('are listed with where and how, without what they are signed with, and end one by one or all others', async () => {
    const { window, email } = await world.somebody();
    const others = [world.browser(), world.browser()];
    for (const other of others) await other.post('/api/sign-in/password', { email, password });
    const { body } = await window.get('/api/sessions');
    expect(body.data).toHaveLength(3);
    expect(body.data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ method: 'password', personName: expect.any(String) });
    const tokenPart = decodeURIComponent(window.cookies.get('purser.session_token') ?? '').split('.')[0];
    expect(JSON.stringify(body)).not.toContain(tokenPart);
    const foreign = (await (await world.byLink()).get('/api/sessions')).body.data[0];
    expect((await window.remove(`/api/sessions/${foreign.id}`)).status).toBe(404);
    expect((await window.get('/api/sessions?everyone=true')).status).toBe(403);
    const one = body.data.find(({ current }: { current: boolean }) => !current);
    expect((await window.remove(`/api/sessions/${one.id}`)).status).toBe(204);
    expect((await window.remove('/api/sessions')).status).toBe(204);
    for (const other of others) expect((await other.get('/api/session')).status).toBe(401);
    expect((await window.get('/api/session')).status).toBe(200);
  });

  it('are new with every sign-in: the one before ends', async () => {
    const { window, email } = await world.somebody();
    const before = window.cookies.get('purser.session_token') ?? '';
    await window.post('/api/sign-in/password', { email, password });
    const old = world.browser();
    old.cookies.set('purser.session_token', before);
    expect((await old.get('/api/session')).status).toBe(401);
    expect((await window.get('/api/session')).status).toBe(200);
  });
});

describe('the record', () => {
  it('knows who signed in, from where, and who changed people', async () => {
    const { id } = await world.somebody();
    const { rows } = await world.database.pool.query<{ action: string }>(
      'select action from audit where subject = $1',
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['person.joined', 'person.signed_in']);
  });
});
