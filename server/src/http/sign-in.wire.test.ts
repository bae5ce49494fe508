import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appCode, createDevice, quickPasswords } from '../access/testing.ts';
import { accessApp, browser, origin, password, peopleWorld, type World } from './testing.ts';

let world: World;
beforeAll(async () => {
  world = await peopleWorld();
});
beforeEach(() => world.freshen());
afterAll(() => world.close());

describe('the first owner', () => {
  it('has a password that is hashed slowly', async () => {
    const slow = await accessApp(world.database);
    const { token } = await slow.access.invitations.invite(
      { email: 'slow@example.com', role: 'viewer' },
      { id: 'x', name: 'Ann' },
    );
    await slow.access.invitations.accept(token, { name: 'Slow', password });
    const { rows } = await world.database.pool.query<{ password: string }>(
      `select password from auth.account a join auth."user" u on u.id = a."userId" where u.email = 'slow@example.com'`,
    );
    expect(rows[0]?.password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/);
    const window = browser(slow.app, origin);
    const given = { email: 'slow@example.com', password };
    expect((await window.post('/api/sign-in/password', given)).body).toEqual({ next: 'done' });
    await slow.close();
  });

  it('comes by the link, then sets address and password and signs in with them', async () => {
    const window = await world.byLink();
    expect((await window.get('/api/session')).body).toMatchObject({ role: 'owner', proofs: [] });
    await window.patch('/api/account', { name: 'Ada', email: 'Ada@Example.com' });
    expect((await window.put('/api/account/password', { password: 'short' })).status).toBe(422);
    expect((await window.put('/api/account/password', { password })).status).toBe(200);
    expect((await world.signIn('ADA@example.com')).body).toEqual({ next: 'done' });
    // The next start's link still finds her.
    expect((await (await world.byLink()).get('/api/session')).body.user).toMatchObject({ name: 'Ada' });
  });
});

describe('a password', () => {
  it('and an address are refused alike, whichever is wrong', async () => {
    const { email } = await world.somebody();
    const wrong = await world.signIn(email, 'not the password');
    const nobody = await world.signIn('nobody@example.com');
    const malformed = await world.signIn('no address');
    expect(wrong.status).toBe(401);
    expect(nobody.body).toEqual(wrong.body);
    expect(malformed.body).toEqual(wrong.body);
  });

  it('costs as much hashing for nobody, and for somebody without one, as for a wrong one', async () => {
    let hashings = 0;
    const passwords = {
      hash: async (word: string) => {
        hashings += 1;
        return quickPasswords.hash(word);
      },
      verify: async (given: { hash: string; password: string }) => {
        hashings += 1;
        return quickPasswords.verify(given);
      },
    };
    const counting = await accessApp(world.database, { passwords });
    const { email } = await world.somebody();
    const without = await world.somebody();
    await world.access.people.reset(without.id);
    const costs = [];
    for (const each of [email, 'nobody-at-all@example.com', without.email]) {
      hashings = 0;
      const given = { email: each, password: 'not the password' };
      expect((await browser(counting.app, origin).post('/api/sign-in/password', given)).status).toBe(401);
      costs.push(hashings);
    }
    expect(costs).toEqual([1, 1, 1]);
    await counting.close();
  });

  it('is guessed five times, then slower and slower, however many guess at once, known or not', async () => {
    for (const email of [(await world.somebody()).email, 'nobody-here@example.com']) {
      const at = await Promise.all(
        Array.from({ length: 20 }, () => world.signIn(email, 'a guess that is wrong')),
      );
      expect(at.filter(({ status }) => status === 401)).toHaveLength(5);
      expect(at.filter(({ status }) => status === 429)).toHaveLength(15);
      const right = await world.signIn(email);
      expect(right.status).toBe(429);
      const wait = Number(right.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(25);
      world.ahead += (wait + 1) * 1000;
      expect((await world.signIn(email, 'a guess that is wrong')).status).toBe(401);
      expect(Number((await world.signIn(email)).headers.get('retry-after'))).toBeGreaterThan(wait + 20);
    }
  });

  it('works after the wait, and forgets what went wrong before', async () => {
    const { email } = await world.somebody();
    for (let guess = 0; guess < 5; guess += 1) await world.signIn(email, 'wrong password');
    world.ahead += 31_000;
    expect((await world.signIn(email)).status).toBe(200);
    for (let guess = 0; guess < 4; guess += 1)
      expect((await world.signIn(email, 'wrong password')).status).toBe(401);
    expect((await world.signIn(email)).status).toBe(200);
  });

  it('is changed with the old one, and signs every other browser out', async () => {
    const { window, email } = await world.somebody();
    const other = world.browser();
    await other.post('/api/sign-in/password', { email, password });
    const fresh = 'a new long password';
    const wrong = await window.put('/api/account/password', { password: fresh, current: 'wrong' });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: 'current' }] } });
    expect((await window.put('/api/account/password', { password: fresh, current: password })).status).toBe(
      200,
    );
    expect((await other.get('/api/session')).status).toBe(401);
    expect((await window.get('/api/session')).status).toBe(200);
    expect((await world.signIn(email)).status).toBe(401);
    expect((await world.signIn(email, fresh)).status).toBe(200);
  });

  it('is nowhere as it was typed', async () => {
    await world.somebody();
    const { rows } = await world.database.pool.query<{ row: string }>(
      'select a::text as row from auth.account a',
    );
    expect(rows.some(({ row }) => row.includes(password))).toBe(false);
  });
});

describe('codes of an app', () => {
  it('are asked for after the password, and give no session before', async () => {
    const { email, uri } = await world.withCodes();
    const window = world.browser();
    expect((await window.post('/api/sign-in/password', { email, password })).body).toEqual({ next: 'code' });
    expect((await window.get('/api/session')).status).toBe(401);
    expect((await window.post('/api/sign-in/code', { code: '000000' })).status).toBe(401);
    expect((await window.post('/api/sign-in/code', { code: appCode(uri) })).body).toEqual({ next: 'done' });
    expect((await window.get('/api/session')).body.proofs).toEqual(['code']);
  });

  it('work once: one that is replayed is refused', async () => {
    const { email, uri } = await world.withCodes();
    const code = appCode(uri);
    const both = [];
    for (const window of [world.browser(), world.browser()]) {
      await window.post('/api/sign-in/password', { email, password });
      both.push({ window, answer: await window.post('/api/sign-in/code', { code }) });
    }
    expect(both.map(({ answer }) => answer.status)).toEqual([200, 401]);
    expect(await both[1]?.window.get('/api/session')).toMatchObject({ status: 401 });
    const { rows } = await world.database.pool.query(
      `select 1 from auth.session s join auth."user" u on u.id = s."userId" where u.email = $1 and s.method = 'code'`,
      [email],
    );
    // Of whoever turned the codes on, and of the first of the two.
    expect(rows).toHaveLength(2);
  });

  it('are guessed five times for one password, and the passwords are counted too', async () => {
    const { email } = await world.withCodes();
    const answers = [];
    for (let round = 0; round < 6; round += 1) {
      const window = world.browser();
      const first = await window.post('/api/sign-in/password', { email, password });
      answers.push(first.status);
      if (first.status !== 200) break;
      for (let guess = 0; guess < 7; guess += 1)
        expect((await window.post('/api/sign-in/code', { code: `12345${guess}` })).status).not.toBe(200);
    }
    expect(answers).toContain(429);
  });

  it('are needed for nothing without the first step', async () => {
    const { uri, recoveryCodes } = await world.withCodes();
    const window = world.browser();
    for (const code of [appCode(uri), recoveryCodes[0]])
      expect((await window.post('/api/sign-in/code', { code })).status).toBe(401);
  });

  it('have recovery codes for a lost phone, each good once', async () => {
    const { window: own, email, recoveryCodes } = await world.withCodes();
    expect(recoveryCodes).toHaveLength(10);
    const code = recoveryCodes[3];
    for (const status of [200, 401]) {
      const window = world.browser();
      await window.post('/api/sign-in/password', { email, password });
      expect((await window.post('/api/sign-in/code', { code })).status).toBe(status);
    }
    expect((await own.get('/api/account')).body.recoveryCodesLeft).toBe(9);
  });

  it('are not on before a right code, and off with the password', async () => {
    const { window, email } = await world.somebody();
    await window.post('/api/account/codes', { password });
    expect((await world.signIn(email)).body).toEqual({ next: 'done' });
    expect((await window.post('/api/account/codes/confirm', { code: '123456' })).status).toBe(422);
    expect((await window.post('/api/account/codes', { password: 'wrong' })).status).toBe(422);
    const { body } = await window.post('/api/account/codes', { password });
    await window.post('/api/account/codes/confirm', { code: appCode(body.uri) });
    expect((await window.get('/api/account')).body).toMatchObject({ hasCodes: true, recoveryCodesLeft: 10 });
    expect((await window.post('/api/account/codes/remove', { password })).status).toBe(200);
    expect((await world.signIn(email)).body).toEqual({ next: 'done' });
  });
});

describe('a passkey', () => {
  it('signs in by itself', async () => {
    const { device, id } = await world.withPasskey();
    const window = world.browser();
    const { body: options } = await window.post('/api/sign-in/passkey/options');
    expect(options).toMatchObject({ userVerification: 'required', rpId: 'localhost' });
    const done = await window.post('/api/sign-in/passkey', { response: device.get(options) });
    expect(done.body).toEqual({ next: 'done' });
    expect((await window.get('/api/session')).body.user.id).toBe(id);
  });

  it.each([
    ['without looking at the person', { verified: false }],
    ['for a page elsewhere', { origin: 'https://localhost.evil.example' }],
  ])('is refused %s', async (_what, how) => {
    const { device } = await world.withPasskey();
    const window = world.browser();
    const { body: options } = await window.post('/api/sign-in/passkey/options');
    expect((await window.post('/api/sign-in/passkey', { response: device.get(options, how) })).status).toBe(
      401,
    );
    expect((await window.get('/api/session')).status).toBe(401);
  });

  it('answers a challenge once, and one of this browser', async () => {
    const { device } = await world.withPasskey();
    const window = world.browser();
    const { body: options } = await window.post('/api/sign-in/passkey/options');
    const response = device.get(options);
    const elsewhere = world.browser();
    await elsewhere.post('/api/sign-in/passkey/options');
    expect((await elsewhere.post('/api/sign-in/passkey', { response })).status).toBe(401);
    expect((await window.post('/api/sign-in/passkey', { response })).status).toBe(200);
    expect((await window.post('/api/sign-in/passkey', { response })).status).toBe(401);
  });

  it('of a device that is not known is refused, and one that does not look at people is not added', async () => {
    const stranger = createDevice({ rpId: 'localhost', origin });
    const window = world.browser();
    const { body: options } = await window.post('/api/sign-in/passkey/options');
    expect((await window.post('/api/sign-in/passkey', { response: stranger.get(options) })).status).toBe(401);
    const careless = createDevice({ rpId: 'localhost', origin, verified: false });
    const { window: own } = await world.somebody();
    const { body: begun } = await own.post('/api/account/passkeys/options');
    const added = await own.post('/api/account/passkeys', { name: 'x', response: careless.create(begun) });
    expect(added.status).toBe(422);
  });

  it('is removed by whose it is, and by nobody else', async () => {
    const { window } = await world.withPasskey();
    const { id } = (await window.get('/api/account')).body.passkeys[0];
    const { window: other } = await world.somebody();
    expect((await other.remove(`/api/account/passkeys/${id}`)).status).toBe(404);
    expect((await window.remove(`/api/account/passkeys/${id}`)).status).toBe(204);
    expect((await window.get('/api/account')).body.passkeys).toEqual([]);
  });
});
