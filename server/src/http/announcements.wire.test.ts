import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../access/roles.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import { createAlerts } from '../automations/alerts.ts';
import { type Announcements, createAnnouncements } from '../automations/announcements.ts';
import { type Connections, createConnections } from '../connections/connections.ts';
import { connectionTypes } from '../connections/kinds.ts';
import { createPace } from '../connections/pace.ts';
import { type FakeSlack, fakeSlack, type SlackMessage } from '../connections/slack/testing.ts';
import { type Peer, type PeerAnswer, startPeer } from '../connections/testing-peer.ts';
import { verified } from '../connections/webhook/testing.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { listApprovals } from '../guard/approval-list.ts';
import { ask, createRig, type Rig } from '../guard/testing.ts';
import { silentLog } from '../log.ts';
import { Problem } from '../problem.ts';
import { createVault } from '../secrets/vault.ts';
import { addAnnouncementRoutes } from './announcements.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

const secret = `whsec_${'A'.repeat(43)}=`;
const minute = 60_000;
let database: Database;
let slack: FakeSlack;
let endpoint: Peer;
let rig: Rig;
let connections: Connections;
let announcements: Announcements;
let slackId: string;
let hookId: string;
/** What the endpoint answers next; 204 otherwise. */
const answers: PeerAnswer[] = [];
const resumed: string[] = [];
const people = new Map<string, Role>([
  ['olga@northwind.example', 'owner'],
  ['vera@northwind.example', 'viewer'],
]);
/** Above it a fresh proof is asked for. */
const usual = [{ amount: '100', currency: 'usd' }];
let askAgainAbove = usual;
const app = createApi();

beforeAll(async () => {
  [database, slack] = await Promise.all([testDatabase(), fakeSlack()]);
  endpoint = await startPeer(() => answers.shift() ?? { status: 204 });
  rig = createRig(database);
  const { db } = database;
  connections = createConnections({
    ...{ db, vault: createVault({ masterKey: randomBytes(32) }), audit: createAudit(db), clock: rig.clock },
    ...{ types: connectionTypes, allowPrivateAddresses: false, pace: createPace(db) },
  });
  // The rig's clock begins long ago; connections are told of nothing before them.
  rig.pass(Date.now() - rig.clock.now().getTime());
  const { token, signingSecret, url } = slack;
  const credentials = { token, signingSecret, channel: '#payments' };
  slackId = (await connections.create({ type: 'slack', credentials, baseUrl: url }, systemActor)).id;
  const hook = { url: `${endpoint.url}/purser`, secret };
  hookId = (await connections.create({ type: 'webhook', credentials: hook }, systemActor)).id;
  rig.pass(1_000);
  announcements = createAnnouncements({
    db,
    clock: rig.clock,
    connections,
    publicUrl: 'https://purser.example',
  });
  slack.people.set('UOLGA', { email: 'olga@northwind.example' });
  slack.people.set('UVERA', { email: 'vera@northwind.example' });
  slack.people.set('UMAL', { email: 'mallory@evil.example' });
  slack.people.set('UGUEST', { email: 'olga@northwind.example', is_restricted: true });
  const { approvals } = await rig.prepare();
  addAnnouncementRoutes(app, {
    ...{ database, connections, announcements, approvals, live: { publish: async () => undefined } },
    runs: { resume: async (id: string) => void resumed.push(id) },
    clock: rig.clock,
    access: {
      security: { read: async () => ({ askAgainAbove }) },
      personByEmail: async (email: string) => {
        const role = people.get(email);
        return role ? { type: 'person', id: email, name: email.split('@')[0], email, role } : null;
      },
    },
  } as unknown as Service);
  app.onError((error) => {
    if (!(error instanceof Problem)) throw error;
    return Response.json(error.toDocument(), { status: error.status });
  });
});
afterAll(async () => {
  await Promise.all([database?.close(), slack?.close(), endpoint?.close()]);
});

const tell = async () => {
  await announcements.collect();
  await announcements.deliver();
};
const last = (): SlackMessage => slack.messages.findLast(({ onlyFor }) => !onlyFor) as SlackMessage;
const buttonOf = ({ blocks }: SlackMessage, action: string): string => {
  const found = JSON.stringify(blocks).match(/"value":"((?:[^"\\]|\\.)*)"/)?.[1] ?? '';
  if (!JSON.stringify(blocks).includes(action)) throw new Error('There is no such button.');
  return JSON.parse(`"${found}"`) as string;
};
const press = (
  user: string,
  action: 'purser_approve' | 'purser_reject',
  more: { value?: string; at?: number } = {},
) => {
  const message = last();
  return slack.press({ value: buttonOf(message, action), action, user, message, ...more });
};
const send = ({ raw, headers }: { raw: string; headers: Record<string, string> }, to = slackId) =>
  app.request(`/webhooks/answers/${to}`, { method: 'POST', body: raw, headers });
const statusOf = async (id: string) => (await listApprovals(database.db, { id }))[0]?.status;

/** Something that waits for a person, told to Slack. */
async function asked(): Promise<string> {
  const { call } = await rig.prepare({ policy: ask, mode: 'live' });
  const id = await rig.askFor(call);
  await tell();
  return id;
}

describe('approvals in Slack', () => {
  test('are asked for once, with what is at stake, and answered by a person with the right to', async () => {
    const id = await asked();
    await tell();
    expect(slack.messages).toHaveLength(1);
    const shown = JSON.stringify(last().blocks);
    expect(shown).toContain('Refund 29.99 usd of ch_1');
    expect(shown).toContain('LIVE');
    expect(shown).toMatch(/https:\/\/purser\.example\/threads\/thr_/);
    expect((await send(press('UOLGA', 'purser_approve'))).status).toBe(200);
    expect(await statusOf(id)).toBe('approved');
    expect(resumed).toHaveLength(1);
    await tell();
    expect(JSON.stringify(last().blocks)).toContain('Approved by olga');
    expect(JSON.stringify(last().blocks)).not.toContain('purser_approve');
    expect(slack.messages.filter(({ onlyFor }) => !onlyFor)).toHaveLength(1);
  });

  test('are rejected in the same way, and a second press changes nothing', async () => {
    const id = await asked();
    const first = press('UOLGA', 'purser_reject');
    const second = press('UOLGA', 'purser_approve');
    await send(first);
    await send(second);
    expect(await statusOf(id)).toBe('rejected');
    expect(slack.messages.at(-1)).toMatchObject({ onlyFor: 'UOLGA', text: 'It was rejected already.' });
  });

  test.each([
    ['UVERA', 'a viewer', 'does not allow you to approve'],
    ['UMAL', 'a stranger', 'Nobody in Purser'],
    ['UGUEST', 'a guest who entered the owner’s address', 'Nobody in Purser'],
  ])('%s, %s, decides nothing and is told why', async (user, _, why) => {
    const id = await asked();
    expect((await send(press(user, 'purser_approve'))).status).toBe(200);
    expect(await statusOf(id)).toBe('pending');
    expect(slack.messages.at(-1)).toMatchObject({ onlyFor: user, text: expect.stringContaining(why) });
  });

  test('an amount that needs a fresh proof is not approved by a button, only rejected', async () => {
    const id = await asked();
    askAgainAbove = [{ amount: '10', currency: 'usd' }];
    await send(press('UOLGA', 'purser_approve'));
    expect(await statusOf(id)).toBe('pending');
    expect(slack.messages.at(-1)?.text).toContain('fresh proof');
    await send(press('UOLGA', 'purser_reject'));
    expect(await statusOf(id)).toBe('rejected');
    askAgainAbove = usual;
  });

  test('what Slack did not sign, signed long ago, or another’s secret is refused unread', async () => {
    const id = await asked();
    const good = press('UOLGA', 'purser_approve');
    const now = Math.floor(rig.clock.now().getTime() / 1000);
    const bad = [
      { ...good, raw: `${good.raw}&x=1` },
      { ...good, headers: { ...good.headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` } },
      { ...good, headers: {} },
      press('UOLGA', 'purser_approve', { at: now - 301 }),
      press('UOLGA', 'purser_approve', { at: now + 301 }),
    ];
    for (const each of bad) expect((await send(each)).status).toBe(400);
    expect((await send(good, hookId)).status).toBe(404);
    expect(await statusOf(id)).toBe('pending');
  });

  test('a button of something else than what waits now approves nothing', async () => {
    const id = await asked();
    const value = JSON.stringify({ approval: id, digest: 'of something else' });
    await send(press('UOLGA', 'purser_approve', { value }));
    expect(await statusOf(id)).toBe('pending');
    expect(slack.messages.at(-1)?.text).toContain('not what waits');
  });

  test('a lost answer of Slack’s posts nothing twice', async () => {
    const before = slack.messages.length;
    slack.loseNext();
    await asked();
    rig.pass(minute);
    await tell();
    expect(slack.messages).toHaveLength(before + 1);
    const tries = (await announcements.list(slackId, { limit: 50 })).filter(({ attempts }) => attempts > 1);
    expect(tries).toMatchObject([{ type: 'approval.requested', state: 'sent', attempts: 2 }]);
  });
});

describe('webhooks', () => {
  test('are signed, carry the whole approval, and are known by their id', async () => {
    const id = await asked();
    const delivery = endpoint.requests.findLast(({ body }) => body.type === 'approval.requested');
    if (!delivery) throw new Error('Nothing was delivered.');
    const event = verified(secret, delivery);
    expect(event).toMatchObject({
      data: {
        approval: {
          id,
          summary: 'Refund 29.99 usd of ch_1',
          mode: 'live',
          link: expect.stringContaining('https://purser.example/'),
        },
      },
    });
    expect(() => verified(`whsec_${'B'.repeat(43)}=`, delivery)).toThrow();
  });

  test('are tried again under the same id until they are taken', async () => {
    await tell();
    answers.push({ status: 500, body: 'oops' }, { hangUp: true });
    const before = endpoint.requests.length;
    await asked();
    for (let round = 0; round < 3; round += 1) {
      rig.pass(10 * minute);
      await tell();
    }
    const ids = endpoint.requests.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test('tell of runs that end, once for each end', async () => {
    const { call } = await rig.prepare();
    const at = rig.clock.now();
    const end = (status: 'completed' | 'failed', leg: number) =>
      database.db
        .updateTable('runs')
        .set({ status, leg, finished_at: at, error: '{"code":"x"}' })
        .where('id', '=', call.runId)
        .execute();
    await end('failed', 0);
    await tell();
    await tell();
    await end('completed', 1);
    await tell();
    const told = endpoint.requests.filter(({ raw }) => raw.includes(call.runId)).map(({ body }) => body.type);
    expect(told.filter((type) => String(type).startsWith('run.'))).toEqual(['run.failed', 'run.completed']);
  });

  test('one that was never taken is said to have failed, and tried again when a person says so', async () => {
    await tell();
    const broken = Array.from({ length: 10 }, () => ({ status: 410, body: 'gone' }));
    answers.push(...broken);
    await asked();
    for (let round = 0; round < 9; round += 1) {
      rig.pass(1441 * minute);
      await announcements.deliver();
    }
    answers.length = 0;
    const found = (await announcements.list(hookId, { limit: 5 })).find(({ state }) => state === 'failed');
    expect(found).toMatchObject({ problem: expect.stringContaining('410') });
    expect(await announcements.retry(hookId, found?.id ?? '')).toBe(true);
    await announcements.deliver();
    expect((await announcements.list(hookId, { limit: 5 })).find(({ id }) => id === found?.id)?.state).toBe(
      'sent',
    );
    expect(await announcements.retry(hookId, found?.id ?? '')).toBe(false);
  });
});

test('an alert goes to whoever wants alerts, once', async () => {
  const alerts = createAlerts({ db: database.db, clock: rig.clock, log: silentLog, channels: [] });
  const alert = { once: 'alert_1', kind: 'alert_refunds', connectionId: null };
  const told = { title: 'Refunds by one person', body: '**14** refunds in an hour' };
  await alerts.post({ ...alert, ...told });
  await alerts.post({ ...alert, ...told });
  await tell();
  await tell();
  expect(slack.messages.filter(({ text }) => text === told.title)).toHaveLength(1);
  expect(JSON.stringify(last().blocks)).toContain('*14* refunds');
  expect(endpoint.requests.filter(({ body }) => body.type === 'alert.raised')).toHaveLength(1);
});
