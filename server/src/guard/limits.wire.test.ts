import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { getOperation } from './operation-list.ts';
import type { Policy } from './policy.ts';
import { ask, createRig, olga, paul, type Rig } from './testing.ts';

let database: Database;
let rig: Rig;

beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());

const usd = (amount: string) => ({ amount, currency: 'usd' });

describe('budgets', () => {
  const daily = (amount: string, over: 'ask' | 'deny' = 'deny'): Policy => ({
    budgets: [{ per: 'agent', amounts: [usd(amount)], over }],
  });

  test('what is asked for at once never goes beyond it together', async () => {
    const { turn, guard, shop } = await rig.prepare({ policy: daily('100') });
    const calls = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        turn({ input: { charge: `ch_${n}`, amount: '30.00' }, said: `Refund 30.00 of ch_${n}` }),
      ),
    );
    const done = await Promise.all(calls.map((call) => guard.perform(call)));
    expect(done.filter(({ status }) => status === 'done')).toHaveLength(3);
    expect([...shop.sent.values()]).toEqual(['30.00', '30.00', '30.00']);
    const refused = done.filter(({ status }) => status === 'failed');
    expect(refused).toHaveLength(7);
    expect(JSON.stringify(refused[0])).toContain(
      "this agent's budget of $100.00 a day; $90.00 of it is used",
    );
  });

  test('what waits is counted, and what was rejected is free again', async () => {
    const policy = { ...daily('40'), ...ask };
    const { turn, guard, approvals } = await rig.prepare({ policy });
    const first = await rig.askFor(
      await turn({ input: { charge: 'ch_1', amount: '30' }, said: 'Refund 30 of ch_1' }),
    );
    const next = () => turn({ input: { charge: 'ch_2', amount: '20' }, said: 'Refund 20 of ch_2' });
    expect(await guard.perform(await next())).toMatchObject({ error: { code: 'denied_by_policy' } });
    await approvals.decide([first], { approve: false, by: olga });
    expect(await guard.perform(await next())).toMatchObject({ status: 'waiting' });
  });

  test('the day is that of the account', async () => {
    const { turn, guard } = await rig.prepare({ policy: daily('30'), timeZone: 'Pacific/Auckland' });
    const call = (n: number) =>
      turn({ input: { charge: `ch_${n}`, amount: '30' }, said: `Refund 30 of ch_${n}` });
    // Noon in UTC is one in the morning there: midnight passes eleven hours before it does in UTC.
    expect(await guard.perform(await call(1))).toMatchObject({ status: 'done' });
    rig.pass(22 * 3_600_000);
    expect(await guard.perform(await call(2))).toMatchObject({ status: 'failed' });
    rig.pass(2 * 3_600_000);
    expect(await guard.perform(await call(3))).toMatchObject({ status: 'done' });
  });

  test('each person has their own; a currency without a budget is beyond it; a count counts', async () => {
    const perPerson: Policy = { budgets: [{ per: 'person', count: 1, over: 'ask' }] };
    const { turn, guard } = await rig.prepare({ policy: perPerson });
    expect(await guard.perform(await turn({ said: 'Refund ch_1', input: { charge: 'ch_1' } }))).toMatchObject(
      { status: 'done' },
    );
    expect(await guard.perform(await turn({ said: 'Refund ch_2', input: { charge: 'ch_2' } }))).toMatchObject(
      { status: 'waiting' },
    );
    const pauls = await turn({ said: 'Refund ch_3', input: { charge: 'ch_3' }, requester: paul });
    expect(await guard.perform(pauls)).toMatchObject({ status: 'done' });
    const inEuros: Policy = {
      budgets: [{ per: 'agent', amounts: [{ amount: '500', currency: 'eur' }], over: 'ask' }],
    };
    const other = await rig.prepare({ policy: inEuros });
    expect(await other.guard.perform(other.call)).toMatchObject({ status: 'waiting' });
  });
});

describe('twins', () => {
  test('two honest refunds are two; the second is asked about, with when the first was', async () => {
    const { turn, guard, approvals, shop } = await rig.prepare();
    const refund = () => turn({ input: { charge: 'ch_1', amount: '10' }, said: 'Refund 10 of ch_1' });
    expect(await guard.perform(await refund())).toMatchObject({ status: 'done' });
    rig.pass(5 * 60_000);
    const second = await refund();
    const approval = await rig.askFor(second);
    const { reason } = await database.db
      .selectFrom('approvals')
      .select('reason')
      .where('id', '=', approval)
      .executeTakeFirstOrThrow();
    expect(reason).toMatch(/^The same of \$10\.00 was done 5 minutes earlier \(op_/);
    await approvals.decide([approval], { approve: true, by: olga });
    expect(await guard.perform(second)).toMatchObject({ status: 'done' });
    expect([...shop.sent.values()]).toEqual(['10', '10']);
  });

  test('whoever says "again" knows of the first; after a day nobody is asked', async () => {
    const { turn, guard } = await rig.prepare();
    const refund = (said: string) => turn({ input: { charge: 'ch_1', amount: '10' }, said });
    expect(await guard.perform(await refund('Refund 10 of ch_1'))).toMatchObject({ status: 'done' });
    expect(await guard.perform(await refund('Refund another 10 of ch_1'))).toMatchObject({ status: 'done' });
    rig.pass(25 * 3_600_000);
    expect(await guard.perform(await refund('Refund 10 of ch_1'))).toMatchObject({ status: 'done' });
  });

  test('of two that are proposed at the same moment one is asked about', async () => {
    const { turn, guard, shop } = await rig.prepare();
    const refund = () => turn({ input: { charge: 'ch_1', amount: '10' }, said: 'Refund 10 of ch_1' });
    const calls = await Promise.all(Array.from({ length: 8 }, refund));
    const performed = await Promise.all(calls.map((call) => guard.perform(call)));
    expect(performed.filter(({ status }) => status === 'done')).toHaveLength(1);
    expect(performed.filter(({ status }) => status === 'waiting')).toHaveLength(7);
    expect([...shop.sent.values()]).toEqual(['10']);
  });

  test('the same in the other mode of the account is none', async () => {
    const { turn, guard } = await rig.prepare({ policy: { effects: { money: 'allow' } } });
    expect(await guard.perform(await turn())).toMatchObject({ status: 'done' });
    expect(await guard.perform(await turn({ mode: 'live' }))).toMatchObject({ status: 'done' });
    expect(await guard.perform(await turn({ mode: 'live' }))).toMatchObject({ status: 'waiting' });
  });

  test('what was approved for less is the twin of what is asked for that much', async () => {
    const { call, turn, guard, approvals } = await rig.prepare({ policy: ask });
    await approvals.decide([await rig.askFor(call)], { approve: true, amount: '12.50', by: olga });
    expect(await guard.perform(call)).toMatchObject({ status: 'done' });
    const same = await turn({
      ...{ policy: {}, input: { charge: 'ch_1', amount: '12.50' } },
      said: 'Refund 12.50 of ch_1',
    });
    expect(await guard.perform(same)).toMatchObject({ status: 'waiting' });
  });

  test('the twin of a failed one is none', async () => {
    const { turn, guard, approvals } = await rig.prepare({ policy: ask });
    const first = await rig.askFor(await turn());
    await approvals.decide([first], { approve: false, by: olga });
    const second = await turn({ policy: {} });
    expect(await guard.perform(second)).toMatchObject({ status: 'done' });
  });
});

describe('the kill switch', () => {
  const scopes = ['agent', 'connection', 'all'] as const;

  test.each(scopes)(
    'of the scope %s: nothing is proposed, approved or done until it is lifted',
    async (scope) => {
      const { call, turn, guard, approvals, halts, shop } = await rig.prepare({ policy: ask });
      const approval = await rig.askFor(call);
      const approved = await turn({ input: { charge: 'ch_2' }, said: 'Refund ch_2' });
      await approvals.decide([await rig.askFor(approved)], { approve: true, by: olga });
      const subject = { agent: call.agentId, connection: call.connectionId, all: '' }[scope];
      await halts.halt({ scope, subject, reason: 'Something is odd.' }, olga);
      const next = await turn({ input: { charge: 'ch_3' }, said: 'Refund ch_3' });
      const halted = { status: 'failed', error: { code: 'halted' } };
      expect(await guard.perform(next)).toMatchObject(halted);
      expect(await guard.perform(approved)).toMatchObject(halted);
      await expect(approvals.decide([approval], { approve: true, by: paul })).rejects.toMatchObject({
        code: 'halted',
        message: expect.stringContaining('halted by Olga: Something is odd.'),
      });
      expect(shop.attempts).toEqual([]);
      await halts.lift({ scope, subject }, olga);
      await approvals.decide([approval], { approve: true, by: paul });
      expect(await guard.perform(call)).toMatchObject({ status: 'done' });
    },
  );

  test('what a crash broke off is not sent while it is on, and what was sent is only looked for', async () => {
    const begun = await rig.prepare();
    const sent = await rig.prepare();
    for (const { call, guard, shop, halts } of [begun, sent]) {
      shop.failures.push(new Error('the process died here'));
      await expect(guard.perform(call)).rejects.toThrow('died');
      await halts.halt({ scope: 'agent', subject: call.agentId, reason: 'Odd.' }, olga);
    }
    const { db } = database;
    await db.updateTable('operations').set({ state: 'claimed' }).where('id', '=', begun.id).execute();
    expect(await begun.guard.perform(begun.call)).toMatchObject({ error: { code: 'halted' } });
    sent.shop.canFind = true;
    sent.shop.sent.clear();
    expect(await sent.guard.perform(sent.call)).toMatchObject({ error: { code: 'outcome_unknown' } });
    expect([begun.shop.attempts.length, sent.shop.attempts.length]).toEqual([1, 1]);
    expect((await getOperation(db, sent.id))?.state).toBe('unknown');
  });

  test('it stops nobody else', async () => {
    const one = await rig.prepare();
    const other = await rig.prepare();
    await one.halts.halt({ scope: 'agent', subject: one.call.agentId, reason: 'Off.' }, olga);
    expect(await other.guard.perform(other.call)).toMatchObject({ status: 'done' });
  });
});

describe('approvals', () => {
  test('above the cap two different people are needed, also when they click at once', async () => {
    const policy: Policy = { ...ask, approval: { secondAbove: [usd('20')] } };
    const { call, guard, approvals, shop } = await rig.prepare({ policy });
    const id = await rig.askFor(call);
    await approvals.decide([id], { approve: true, by: olga });
    expect(await guard.perform(call)).toMatchObject({ status: 'waiting' });
    await expect(approvals.decide([id], { approve: true, by: olga })).rejects.toMatchObject({ status: 403 });
    expect(shop.attempts).toEqual([]);
    const both = await Promise.allSettled(
      [1, 2].map(() => approvals.decide([id], { approve: true, by: paul })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await guard.perform(call)).toMatchObject({ status: 'done' });
  });

  test('one person of two is enough to say no', async () => {
    const policy: Policy = { ...ask, approval: { secondAbove: [usd('20')] } };
    const { call, guard, approvals } = await rig.prepare({ policy });
    const id = await rig.askFor(call);
    await approvals.decide([id], { approve: true, by: olga });
    // A token she made is no second person.
    const hers = { type: 'token', id: 'key_1', name: 'Hers', madeBy: olga.id } as const;
    await expect(approvals.decide([id], { approve: true, by: hers })).rejects.toMatchObject({ status: 403 });
    await approvals.decide([id], { approve: false, reason: 'Too much.', by: paul });
    expect(await guard.perform(call)).toMatchObject({ status: 'rejected', reason: 'Too much.' });
  });

  test('who asked may be barred from saying yes, and may still say no', async () => {
    const { call, turn, guard, approvals } = await rig.prepare({
      policy: { ...ask, approval: { notOwn: true } },
    });
    const id = await rig.askFor(call);
    await expect(approvals.decide([id], { approve: true, by: olga })).rejects.toMatchObject({ status: 403 });
    const hers = { type: 'token', id: 'key_1', name: 'Hers', madeBy: olga.id } as const;
    await expect(approvals.decide([id], { approve: true, by: hers })).rejects.toMatchObject({ status: 403 });
    await approvals.decide([id], { approve: true, by: paul });
    expect(await guard.perform(call)).toMatchObject({ status: 'done' });
    const other = await turn({ input: { charge: 'ch_2' }, said: 'Refund ch_2' });
    await approvals.decide([await rig.askFor(other)], { approve: false, by: olga });
    expect(await guard.perform(other)).toMatchObject({ status: 'rejected' });
  });

  test('the amount may be lowered, never raised, and the operation then is for less', async () => {
    const { call, id: operationId, guard, approvals, shop } = await rig.prepare({ policy: ask });
    const id = await rig.askFor(call);
    for (const amount of ['30.00', '0', '-5', '1.999', 'ten'])
      await expect(approvals.decide([id], { approve: true, amount, by: olga })).rejects.toMatchObject({
        status: 422,
      });
    await approvals.decide([id], { approve: true, amount: '12.50', by: olga });
    expect(await guard.perform(call)).toMatchObject({
      status: 'done',
      outcome: { summary: 'Refunded 12.50 usd' },
    });
    expect([...shop.sent.values()]).toEqual(['12.50']);
    expect(await getOperation(database.db, operationId)).toMatchObject({
      amount: { decimal: '12.50', currency: 'usd' },
      preview: { summary: 'Refund 12.50 usd of ch_1' },
    });
  });

  test('what changed since voids a lowered approval, too', async () => {
    const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
    const id = await rig.askFor(call);
    await approvals.decide([id], { approve: true, amount: '5', by: olga });
    shop.charge = '20.00';
    expect(await guard.perform(call)).toMatchObject({ error: { code: 'approval_void' } });
    expect(shop.attempts).toEqual([]);
  });

  test('several are decided together or not at all', async () => {
    const { turn, guard, approvals } = await rig.prepare({ policy: ask });
    const calls = [];
    for (const n of [1, 2, 3])
      calls.push(await turn({ input: { charge: `ch_${n}` }, said: `Refund ch_${n}` }));
    const ids = [];
    for (const call of calls) ids.push(await rig.askFor(call));
    const [first = '', ...rest] = ids;
    await approvals.decide([first], { approve: false, by: olga });
    await expect(approvals.decide(ids, { approve: true, by: olga })).rejects.toMatchObject({ status: 409 });
    for (const call of calls.slice(1)) expect(await guard.perform(call)).toMatchObject({ status: 'waiting' });
    await approvals.decide(rest, { approve: true, by: olga });
    for (const call of calls.slice(1)) expect(await guard.perform(call)).toMatchObject({ status: 'done' });
  });

  test('two decisions about the same ones, named in another order, do not lock each other out', async () => {
    const { turn, approvals } = await rig.prepare({ policy: ask });
    for (let round = 0; round < 5; round += 1) {
      const ids: string[] = [];
      for (const n of [1, 2, 3, 4])
        ids.push(
          await rig.askFor(
            await turn({ input: { charge: `ch_${round}${n}` }, said: `Refund ch_${round}${n}` }),
          ),
        );
      const decisions = await Promise.allSettled([
        approvals.decide(ids, { approve: true, by: olga }),
        approvals.decide(ids.toReversed(), { approve: false, by: paul }),
        approvals.expire(),
      ]);
      const refused = decisions.filter((decision) => decision.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { status: 409 } }]);
    }
  });

  test('policy says how long one may wait', async () => {
    const { call, approvals } = await rig.prepare({ policy: { ...ask, approval: { hours: 2 } } });
    const id = await rig.askFor(call);
    rig.pass(2 * 3_600_000);
    await expect(approvals.decide([id], { approve: true, by: olga })).rejects.toMatchObject({
      code: 'approval_decided',
    });
  });
});

test('what nobody said is asked about, whatever policy allows', async () => {
  const { turn, guard, shop } = await rig.prepare({ policy: { effects: { money: 'allow' } } });
  const call = await turn({ said: 'What is my balance?' });
  expect(await guard.perform(call)).toMatchObject({ status: 'waiting' });
  expect(shop.attempts).toEqual([]);
});
