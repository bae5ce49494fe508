import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSmtp } from '../connections/mail/smtp.ts';
import { type MailServer, startMailServer } from '../connections/mail/testing.ts';
import { password, peopleWorld, type World } from './testing.ts';

let world: World;
let mailServer: MailServer;
let mailer: ReturnType<typeof createSmtp>;
/** The same where no mail goes. */
let silent: World;
beforeAll(async () => {
  mailServer = await startMailServer({ rcpt: { 'nobody@example.com': 550 } });
  mailer = createSmtp(mailServer.url);
  const from = 'Purser <purser@example.com>';
  world = await peopleWorld({ behind: () => ({ mailer: { transport: mailer, from } }) });
  silent = await peopleWorld();
});
beforeEach(() => world.freshen());
afterAll(async () => {
  await world.close();
  await silent.close();
  mailer.close();
  await mailServer.close();
});

describe('invitations where no mail goes', () => {
  it('are a link that is shown where no mail goes, and work once', async () => {
    const owner = await silent.byLink();
    const invited = await owner.post('/api/invitations', { email: 'Eve@Example.com', role: 'approver' });
    expect(invited).toMatchObject({ status: 201, body: { email: 'eve@example.com', sent: false } });
    const link = new URL(invited.body.link);
    expect(link.pathname).toBe('/join');
    const token = link.hash.slice(1);
    const guest = silent.browser();
    for (let look = 0; look < 2; look += 1)
      expect((await guest.post('/api/invitations/look', { token })).body).toMatchObject({ role: 'approver' });
    const joining = { token, name: 'Eve', password };
    const all = await Promise.all(
      Array.from({ length: 3 }, () => silent.browser().post('/api/invitations/accept', joining)),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await guest.post('/api/invitations/accept', joining)).status).toBe(404);
    const people = (await owner.get('/api/people')).body.data;
    expect(people.filter((each: { email: string }) => each.email === 'eve@example.com')).toMatchObject([
      { name: 'Eve', role: 'approver' },
    ]);
    const { rows } = await silent.database.pool.query<{ row: string }>(
      'select i::text as row from invitations i',
    );
    expect(rows.some(({ row }) => row.includes(token))).toBe(false);
  });

  it('end when they are taken back, replaced or too old, all alike', async () => {
    const owner = await silent.byLink();
    const invite = async (email: string) => {
      const { body } = await owner.post('/api/invitations', { email });
      return { id: body.id as string, token: new URL(body.link).hash.slice(1) };
    };
    const taken = await invite('taken@example.com');
    await owner.remove(`/api/invitations/${taken.id}`);
    const replaced = await invite('replaced@example.com');
    await invite('replaced@example.com');
    const old = await invite('old@example.com');
    silent.ahead = 4 * 24 * 60 * 60_000;
    const answers = [];
    for (const { token } of [taken, old, { token: 'never' }])
      answers.push((await silent.browser().post('/api/invitations/look', { token })).body);
    silent.ahead = 0;
    answers.push((await silent.browser().post('/api/invitations/look', { token: replaced.token })).body);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0].status).toBe(404);
  });
});

describe('invitations by mail', () => {
  /** The link in the latest mail, as a mail program finds it. */
  function mailedLink(): URL {
    const text = (mailServer.received.at(-1) ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    return new URL(/<(http\S+\/join#[\w-]+)>/.exec(text)?.[1] ?? '');
  }
  const keyIn = (link: URL) => link.hash.slice(1);

  it('bring the link to the invited address alone, and not into any answer, outbox or record', async () => {
    const owner = await world.byLink();
    const invited = await owner.post('/api/invitations', { email: 'Eve@Example.com', role: 'approver' });
    expect(invited).toMatchObject({ status: 201, body: { sent: true, link: null } });
    expect(mailServer.received).toHaveLength(1);
    expect(mailServer.received[0]).toMatch(/^To: eve@example\.com\r$/m);
    const key = keyIn(mailedLink());
    expect(mailedLink().pathname).toBe('/join');
    expect(JSON.stringify([invited.body, (await owner.get('/api/invitations')).body])).not.toContain(key);
    const { rows } = await world.database.pool.query<{ row: string }>(
      'select m::text as row from mails m union all select a::text from audit a union all select i::text from invitations i',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ row }) => row.includes(key))).toBe(false);
    const guest = world.browser();
    const joining = { token: key, name: 'Eve', password };
    expect((await guest.post('/api/invitations/accept', joining)).body).toEqual({ next: 'done' });
    expect((await guest.get('/api/session')).body).toMatchObject({ role: 'approver' });
    expect((await world.browser().post('/api/invitations/accept', joining)).status).toBe(404);
    expect((await world.browser().post('/api/invitations/look', { token: key })).status).toBe(404);
  });

  it('work for three days, and not an hour more', async () => {
    const owner = await world.byLink();
    await owner.post('/api/invitations', { email: 'late@example.com' });
    const joining = { token: keyIn(mailedLink()), name: 'Late', password };
    world.ahead = 73 * 60 * 60_000;
    expect((await world.browser().post('/api/invitations/accept', joining)).status).toBe(404);
    world.ahead = 71 * 60 * 60_000;
    expect((await world.browser().post('/api/invitations/accept', joining)).status).toBe(200);
  });

  it('make whoever was invited, whatever address or role a foreign hand sends along', async () => {
    const owner = await world.byLink();
    await owner.post('/api/invitations', { email: 'viewer@example.com', role: 'viewer' });
    const token = keyIn(mailedLink());
    const foreign = { token, name: 'Eve', password, email: 'eve@evil.example', role: 'owner' };
    expect((await world.browser().post('/api/invitations/accept', foreign)).status).toBe(422);
    const guest = world.browser();
    await guest.post('/api/invitations/accept', { token, name: 'Vera', password });
    expect((await guest.get('/api/session')).body).toMatchObject({
      role: 'viewer',
      user: { email: 'viewer@example.com' },
    });
    expect((await world.signIn('eve@evil.example')).status).toBe(401);
  });

  it('are shown to the owner where the address refuses mail', async () => {
    const owner = await world.byLink();
    const { body } = await owner.post('/api/invitations', { email: 'nobody@example.com' });
    expect(body).toMatchObject({ sent: false, link: expect.stringContaining('/join#') });
  });
});
