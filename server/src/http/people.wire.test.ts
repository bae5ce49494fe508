import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appCode } from '../access/testing.ts';
import { origin, password, peopleWorld, type World } from './testing.ts';

let world: World;
beforeAll(async () => {
  world = await peopleWorld();
});
beforeEach(() => world.freshen());
afterAll(() => world.close());

describe('step-up', () => {
  const tokens = ['/api/tokens', { name: 'script', role: 'viewer' }] as const;

  it('asks a person again for the password before keys and people change, ten minutes after the last proof', async () => {
    const { window } = await world.somebody('owner');
    expect((await window.post(...tokens)).status).toBe(201);
    world.ahead = 11 * 60_000;
    for (const refused of [
      await window.post(...tokens),
      await window.post('/api/invitations', { email: 'new@example.com' }),
      await window.patch('/api/security', { requireSecondFactor: false }),
      await window.put('/api/connections/con_1/webhook', { secrets: ['whsec_12345678'] }),
      await window.post('/api/connections', { type: 'stripe', credentials: {} }),
      await window.put('/api/agents/agt_1/connections/con_1', {}),
      await window.post('/api/account/codes', { password }),
    ])
      expect(refused).toMatchObject({ status: 403, body: { code: 'step_up_required' } });
    expect((await window.post('/api/session/prove', { password: 'wrong password' })).status).toBe(422);
    expect((await window.post(...tokens)).status).toBe(403);
    expect((await window.post('/api/session/prove', { password })).status).toBe(200);
    expect((await window.post(...tokens)).status).toBe(201);
  });

  it('takes the second factor where there is one, and no password instead', async () => {
    const { window, uri, recoveryCodes } = await world.withCodes('owner');
    world.ahead = 11 * 60_000;
    expect((await window.post('/api/session/prove', { password })).status).toBe(422);
    const code = appCode(uri);
    expect((await window.post('/api/session/prove', { code })).status).toBe(200);
    expect((await window.post(...tokens)).status).toBe(201);
    expect((await window.post('/api/session/prove', { code })).status).toBe(422);
    expect((await window.post('/api/session/prove', { code: recoveryCodes[0] })).status).toBe(200);
    expect((await window.post('/api/session/prove', { code: recoveryCodes[0] })).status).toBe(422);
  });

  it('takes a passkey, of this person', async () => {
    const { window, device } = await world.withPasskey('owner');
    const { device: foreign } = await world.withPasskey('owner');
    world.ahead = 11 * 60_000;
    const before = window.cookies.get('purser.session_token');
    for (const [which, status] of [
      [foreign, 422],
      [device, 200],
    ] as const) {
      const { body: options } = await window.post('/api/sign-in/passkey/options');
      const proven = await window.post('/api/session/prove', { passkey: which.get(options) });
      expect(proven.status).toBe(status);
      world.ahead = 0;
    }
    expect(window.cookies.get('purser.session_token')).not.toBe(before);
    expect((await window.post(...tokens)).status).toBe(201);
  });

  it('slows down guessing from an open laptop', async () => {
    const { window } = await world.somebody('owner');
    const answers = [];
    for (let guess = 0; guess < 7; guess += 1)
      answers.push((await window.post('/api/session/prove', { password: `guess number ${guess}` })).status);
    expect(answers).toEqual([422, 422, 422, 422, 422, 429, 429]);
  });

  it('never asks a token, nor an owner who has nothing yet to prove it with', async () => {
    const { token } = await world.access.createToken({ name: 'ci', role: 'owner' });
    world.ahead = 60 * 60_000;
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    const body = JSON.stringify(tokens[1]);
    expect((await world.app.request('/api/tokens', { method: 'POST', headers, body })).status).toBe(201);
  });
});

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

describe('invitations', () => {
  it('are a link that is shown where no mail goes, and work once', async () => {
    const owner = await world.byLink();
    const invited = await owner.post('/api/invitations', { email: 'Eve@Example.com', role: 'approver' });
    expect(invited).toMatchObject({ status: 201, body: { email: 'eve@example.com', sent: false } });
    const link = new URL(invited.body.link);
    expect(link.pathname).toBe('/join');
    const token = link.hash.slice(1);
    const guest = world.browser();
    for (let look = 0; look < 2; look += 1)
      expect((await guest.post('/api/invitations/look', { token })).body).toMatchObject({ role: 'approver' });
    const joining = { token, name: 'Eve', password };
    const all = await Promise.all(
      Array.from({ length: 3 }, () => world.browser().post('/api/invitations/accept', joining)),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await guest.post('/api/invitations/accept', joining)).status).toBe(404);
    const people = (await owner.get('/api/people')).body.data;
    expect(people.filter((each: { email: string }) => each.email === 'eve@example.com')).toMatchObject([
      { name: 'Eve', role: 'approver' },
    ]);
    const { rows } = await world.database.pool.query<{ row: string }>(
      'select i::text as row from invitations i',
    );
    expect(rows.some(({ row }) => row.includes(token))).toBe(false);
  });

  it('end when they are taken back, replaced or too old, all alike', async () => {
    const owner = await world.byLink();
    const invite = async (email: string) => {
      const { body } = await owner.post('/api/invitations', { email });
      return { id: body.id as string, token: new URL(body.link).hash.slice(1) };
    };
    const taken = await invite('taken@example.com');
    await owner.remove(`/api/invitations/${taken.id}`);
    const replaced = await invite('replaced@example.com');
    await invite('replaced@example.com');
    const old = await invite('old@example.com');
    world.ahead = 4 * 24 * 60 * 60_000;
    const answers = [];
    for (const { token } of [taken, old, { token: 'never' }])
      answers.push((await world.browser().post('/api/invitations/look', { token })).body);
    world.ahead = 0;
    answers.push((await world.browser().post('/api/invitations/look', { token: replaced.token })).body);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0].status).toBe(404);
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
