import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox } from '../connections/mail/outbox.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { voidApprovals } from '../guard/approval-rows.ts';
import type { Policy } from '../guard/policy.ts';
import { ask, createRig, olga, paul, type Rig } from '../guard/testing.ts';
import { createApprovalNotices } from './approval-notices.ts';

let database: Database;
let rig: Rig;

/** The people of a workspace: two who may approve, one without a mailbox, and one who may only look. */
const people: Parameters<typeof createApprovalNotices>[0]['people'] = async () => [
  { ...olga, email: 'olga@example.com', role: 'operator' },
  { ...paul, email: 'paul@example.com', role: 'approver' },
  { id: 'usr_owner', name: 'Owner', email: 'owner@purser.local', role: 'owner' },
  { id: 'usr_vera', name: 'Vera', email: 'vera@example.com', role: 'viewer' },
];

beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('mails').execute();
  await database.db.updateTable('approvals').set({ noticed_at: rig.clock.now() }).execute();
});

function workspace({ publicUrl = null as string | null } = {}) {
  const { db } = database;
  const outbox = createOutbox({ db, clock: rig.clock, transport: null, from: 'Purser <p@example.com>' });
  const isReachable = (address: string) => address.endsWith('@example.com');
  const notices = createApprovalNotices({
    ...{ db, outbox, clock: rig.clock },
    people,
    publicUrl,
    isReachable,
  });
  return { outbox, notices, mails: () => outbox.list({}, { limit: 20 }) };
}

async function waiting(policy: Policy = ask, said = 'Refund ch_1') {
  const prepared = await rig.prepare({ policy, said, charge: said.split(' ').at(-1) ?? '' });
  return { ...prepared, approvalId: await rig.askFor(prepared.call) };
}

describe('what waits for a word', () => {
  test('is told by mail to everybody who may approve, once, with a link to the inbox', async () => {
    const { notices, mails } = workspace({ publicUrl: 'https://purser.example.com' });
    const { call } = await waiting();
    expect(await notices.send()).toBe(0);
    rig.pass(30_000);
    const sent = await Promise.all([notices.send(), notices.send(), notices.send()]);
    expect(sent.toSorted()).toEqual([0, 0, 2]);
    rig.pass(60_000);
    expect(await notices.send()).toBe(0);
    const found = await mails();
    expect(found.map(({ to }) => to).toSorted()).toEqual(['olga@example.com', 'paul@example.com']);
    expect(found[0]).toMatchObject({
      subject: 'Approve? Refund 29.99 usd of ch_1',
      body: expect.stringContaining('[Decide in the inbox](https://purser.example.com/inbox)'),
      threadId: call.threadId,
    });
    expect(found[0]?.body).toContain('Test mode, Test, proposed by Ada, asked for by Olga.');
    expect(found[0]?.body).toContain('Void after 3 November 2026 at 12:00 UTC.');
  });

  test('is one mail for several, and live mode stands first', async () => {
    const { notices, mails } = workspace();
    for (const said of ['Refund ch_1', 'Refund ch_2', 'Refund ch_3']) {
      await waiting(ask, said);
      rig.pass(1);
    }
    const live = await rig.prepare({ mode: 'live', charge: 'ch_4', said: 'Refund ch_4' });
    await rig.askFor(live.call);
    rig.pass(30_000);
    expect(await notices.send()).toBe(2);
    const [mail] = await mails();
    expect(mail).toMatchObject({ subject: 'LIVE: 4 approvals wait for you', threadId: null });
    expect(mail?.body).toMatch(/ch\\_1[\s\S]*ch\\_2[\s\S]*ch\\_3[\s\S]*\*\*LIVE\*\*, Test/);
    expect(mail?.body).toContain('Decide in Purser, in the inbox.');
  });

  test('is not told when somebody decided at once, or the turn ended', async () => {
    const { notices, mails } = workspace();
    const [decided, ended] = [await waiting(), await waiting()];
    await decided.approvals.decide([decided.approvalId], { approve: true, by: olga });
    await database.transaction((trx) => voidApprovals(trx, ended.call.runId, rig.clock.now()));
    rig.pass(60_000);
    expect(await notices.send()).toBe(0);
    expect(await mails()).toEqual([]);
  });

  test('is told to none who may not decide it: barred, or with a yes already', async () => {
    const { notices, mails } = workspace();
    await waiting({ ...ask, approval: { notOwn: true } });
    const two = await waiting(
      { ...ask, approval: { secondAbove: [{ amount: '5', currency: 'usd' }] } },
      'Refund ch_2',
    );
    await two.approvals.decide([two.approvalId], { approve: true, by: paul });
    rig.pass(30_000);
    await notices.send();
    const told = new Map((await mails()).map(({ to, body }) => [to, body]));
    expect(told.get('olga@example.com')).toContain('ch\\_2');
    expect(told.get('olga@example.com')).toContain('2 people must approve it.');
    expect(told.get('olga@example.com')).not.toContain('ch\\_1');
    expect(told.get('paul@example.com')).toContain('ch\\_1');
    expect(told.get('paul@example.com')).not.toContain('ch\\_2');
  });

  test('is not told to whoever turned it off, until they turn it on', async () => {
    const { notices, mails } = workspace();
    expect(await notices.isOn(olga.id)).toBe(true);
    for (const off of [false, false]) await notices.turn(olga.id, off);
    expect(await notices.isOn(olga.id)).toBe(false);
    await waiting();
    rig.pass(30_000);
    expect(await notices.send()).toBe(1);
    expect((await mails()).map(({ to }) => to)).toEqual(['paul@example.com']);
    await notices.turn(olga.id, true);
    await waiting(ask, 'Refund ch_2');
    rig.pass(30_000);
    expect(await notices.send()).toBe(2);
  });

  test('opens no link and no heading that somebody wrote into a name', async () => {
    const { notices, mails } = workspace();
    await waiting(ask, 'Refund [click](https://evil.example)');
    rig.pass(30_000);
    await notices.send();
    const [mail] = await mails();
    expect(mail?.html).toContain('evil');
    expect(mail?.html).not.toContain('href');
  });
});
