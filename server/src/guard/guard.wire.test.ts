import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAudit, systemActor } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { OutcomeUnknown, WaitsOutside } from '../tools/tool.ts';
import { listApprovals } from './approval-list.ts';
import { voidApprovals } from './approval-rows.ts';
import { getOperation, listOperations } from './operation-list.ts';
import { moveOperation } from './operations.ts';
import type { Policy } from './policy.ts';
import { ask, createRig, olga, type Rig } from './testing.ts';

let database: Database;
let rig: Rig;

beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());

test('what policy allows is done once, however often it is performed', async () => {
  const { call, guard, shop, id } = await rig.prepare();
  const first = await guard.perform(call);
  const again = await guard.perform(call);
  expect(first).toMatchObject({
    status: 'done',
    operationId: id,
    outcome: { summary: 'Refunded 29.99 usd' },
  });
  expect(again).toEqual(first);
  expect(shop.attempts).toEqual([id]);
});

test('what policy denies is never planned or sent, and says so', async () => {
  const { call, guard, shop, id } = await rig.prepare({ policy: { tools: { create_refund: 'deny' } } });
  expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'denied_by_policy' } });
  expect(shop.attempts).toEqual([]);
  expect(await getOperation(database.db, id)).toBeUndefined();
});

test('what cannot be planned fails without an operation', async () => {
  const { call, guard } = await rig.prepare({ charge: 'ch_none' });
  expect(await guard.perform(call)).toMatchObject({
    status: 'failed',
    operationId: null,
    error: { code: 'not_found' },
  });
});

test('live mode asks, and an approval is consumed by exactly one act', async () => {
  const { call, guard, approvals, shop, id } = await rig.prepare({ mode: 'live' });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  expect(await guard.perform(call)).toEqual(waiting);
  expect(shop.attempts).toEqual([]);
  await approvals.decide([waiting.approvalId], { approve: true, by: olga });
  const done = await Promise.all([guard.perform(call), guard.perform(call), guard.perform(call)]);
  expect(new Set(shop.sent.keys())).toEqual(new Set([id]));
  expect(done.some(({ status }) => status === 'done')).toBe(true);
  expect((await getOperation(database.db, id))?.state).toBe('done');
});

test('fifty decisions at once: one counts, the others are told', async () => {
  const { call, guard, approvals } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  const decisions = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) =>
      approvals.decide([waiting.approvalId], { approve: i % 2 === 0, by: olga }),
    ),
  );
  expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const decision of decisions) {
    if (decision.status === 'rejected')
      expect(decision.reason).toMatchObject({ status: 409, code: 'approval_decided' });
  }
});

test('an approval is void when what it was given for has changed', async () => {
  const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide([waiting.approvalId], { approve: true, by: olga });
  shop.charge = '19.99';
  expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'approval_void' } });
  expect(shop.attempts).toEqual([]);
  expect(await listApprovals(database.db, { id: waiting.approvalId })).toMatchObject([
    { status: 'approved', operationState: 'failed', problem: expect.stringContaining('Things changed') },
  ]);
});

test('what was approved here and then asked for at the far side is one operation, listed once', async () => {
  const { call, approvals, shop, id } = await rig.prepare({ policy: ask });
  await approvals.decide([await rig.askFor(call)], { approve: true, by: olga });
  const url = 'https://dashboard.stripe.com/approvals/apreq_1';
  shop.failures.push(new WaitsOutside('Stripe asks.', { id: 'apreq_1', url, requestIds: ['req_1'] }));
  const approvalId = await rig.askFor(call);
  const filter = { connectionId: call.connectionId, tool: 'create_refund', from: rig.clock.now() };
  const listed = await listOperations(database.db, filter, { limit: 9 });
  expect(listed).toMatchObject([{ id, state: 'waiting', approvalId }]);
  expect(await listOperations(database.db, { ...filter, tool: 'charge_customer' }, { limit: 9 })).toEqual([]);
  const before = { connectionId: call.connectionId, to: rig.clock.now() };
  expect(await listOperations(database.db, before, { limit: 9 })).toEqual([]);
});

test('an approval is void when the inputs, the account or the mode are others', async () => {
  for (const change of [
    { input: { charge: 'ch_2' } },
    { mode: 'live' as const },
    { account: { id: 'acct_2', name: 'Other', country: null, defaultCurrency: null } },
  ]) {
    const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
    const waiting = await guard.perform(call);
    if (waiting.status !== 'waiting') throw new Error('It did not ask.');
    await approvals.decide([waiting.approvalId], { approve: true, by: olga });
    expect(await guard.perform({ ...call, ...change })).toMatchObject({ error: { code: 'approval_void' } });
    expect(shop.attempts).toEqual([]);
  }
});

test('a policy that came to deny it holds, though it was approved before', async () => {
  const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide([waiting.approvalId], { approve: true, by: olga });
  const denied = { ...call, policy: { effects: { money: 'deny' } } as const };
  expect(await guard.perform(denied)).toMatchObject({
    status: 'failed',
    error: { code: 'denied_by_policy' },
  });
  expect(shop.attempts).toEqual([]);
});

test('a policy that came to deny such an amount or customer holds, too', async () => {
  const rules: NonNullable<Policy['rules']> = [
    { decision: 'deny', above: [{ amount: '20', currency: 'usd' }] },
    { decision: 'deny', customers: ['cus_1'] },
  ];
  for (const rule of rules) {
    const { call, guard, approvals, shop } = await rig.prepare({ policy: ask, customer: 'cus_1' });
    await approvals.decide([await rig.askFor(call)], { approve: true, by: olga });
    expect(await guard.perform({ ...call, policy: { ...ask, rules: [rule] } })).toMatchObject({
      error: { code: 'denied_by_policy' },
    });
    expect(shop.attempts).toEqual([]);
  }
});

test('an operation that was made to look approved is not done: somebody has to have said yes', async () => {
  const { call, guard, shop, id } = await rig.prepare({ policy: ask });
  await rig.askFor(call);
  await database.db.updateTable('operations').set({ state: 'approved' }).where('id', '=', id).execute();
  expect(await guard.perform(call)).toMatchObject({ error: { code: 'approval_void' } });
  expect(shop.attempts).toEqual([]);
});

test('what waits is listed page by page, none left out where many were asked for at one moment', async () => {
  const { turn } = await rig.prepare({ policy: ask });
  const asked: string[] = [];
  for (const n of [1, 2, 3, 4, 5])
    asked.push(await rig.askFor(await turn({ input: { charge: `ch_${n}` }, said: `Refund ch_${n}` })));
  const all = async (oldestFirst: boolean) => {
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const filter = { status: 'pending' } as const;
      const page = await listApprovals(database.db, filter, {
        limit: 2,
        oldestFirst,
        ...(after && { after }),
      });
      seen.push(...page.map(({ id }) => id));
      if (page.length < 2) return seen;
    }
  };
  const seen = await all(false);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(asked));
  expect(await all(true)).toEqual(seen.toReversed());
});

test('an approval is given for its turn: when that ends first, nothing is done later', async () => {
  const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide([waiting.approvalId], { approve: true, by: olga });
  await database.transaction((trx) => voidApprovals(trx, call.runId, rig.clock.now()));
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected' });
  expect(shop.attempts).toEqual([]);
});

test('a rejection reaches the agent with its reason', async () => {
  const { call, guard, approvals, shop } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide([waiting.approvalId], { approve: false, reason: 'Wrong customer.', by: olga });
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected', reason: 'Wrong customer.' });
  expect(shop.attempts).toEqual([]);
});

test('a clock that jumps ahead lets approvals expire, and set back again revives none and does nothing twice', async () => {
  const { call, approvals, guard, shop } = await rig.prepare({ policy: ask });
  const late = await rig.askFor(call);
  const days = 400 * 24 * 60 * 60_000;
  rig.pass(days);
  await approvals.expire();
  rig.pass(-days);
  await expect(approvals.decide([late], { approve: true, by: olga })).rejects.toMatchObject({ status: 409 });
  expect((await guard.perform(call)).status).not.toBe('done');
  const again = await rig.prepare({ policy: ask });
  const id = await rig.askFor(again.call);
  await again.approvals.decide([id], { approve: true, by: olga });
  // Before it was asked for.
  rig.pass(-60 * 60_000);
  expect((await again.guard.perform(again.call)).status).toBe('done');
  expect((await again.guard.perform(again.call)).status).toBe('done');
  expect([shop.sent.size, again.shop.sent.size]).toEqual([0, 1]);
  rig.pass(60 * 60_000);
});

test('an approval that nobody gives in time expires, and cannot be given later', async () => {
  const { call, guard, approvals } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  rig.pass(24 * 3_600_000);
  await expect(approvals.decide([waiting.approvalId], { approve: true, by: olga })).rejects.toMatchObject({
    status: 409,
  });
  expect((await approvals.expire()).map(({ runId }) => runId)).toContain(call.runId);
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected', reason: 'Nobody decided in time.' });
});

test('an unknown outcome is asked for again with the same key, then left to a person', async () => {
  const { call, guard, shop, id } = await rig.prepare();
  shop.failures.push(new OutcomeUnknown('timed out'));
  expect(await guard.perform(call)).toMatchObject({ status: 'done' });
  expect(shop.attempts).toEqual([id, id]);

  const other = await rig.prepare();
  other.shop.failures.push(...[1, 2, 3].map(() => new OutcomeUnknown('timed out')));
  expect(await other.guard.perform(other.call)).toMatchObject({
    status: 'failed',
    error: { code: 'outcome_unknown' },
  });
  expect((await getOperation(database.db, other.id))?.state).toBe('unknown');
  expect(new Set(other.shop.attempts)).toEqual(new Set([other.id]));
  await other.guard.perform(other.call);
  expect(other.shop.attempts).toHaveLength(3);
});

test('a crash after sending: the same sealed request goes out under the same key, though the plan would differ now', async () => {
  const { call, guard, shop, id } = await rig.prepare();
  shop.failures.push(new Error('the process died here'));
  await expect(guard.perform(call)).rejects.toThrow('died');
  expect((await getOperation(database.db, id))?.state).toBe('sent');
  shop.charge = '0.01';
  expect(await guard.perform(call)).toMatchObject({
    status: 'done',
    outcome: { summary: 'Refunded 29.99 usd' },
  });
  expect(shop.attempts).toEqual([id, id]);
  expect([...shop.sent]).toEqual([[id, '29.99']]);
});

test('an operation only moves along its diagram', async () => {
  const { call, guard, id } = await rig.prepare();
  await guard.perform(call);
  const { db } = database;
  const now = rig.clock.now();
  expect(await moveOperation(db, id, { from: ['done'], to: 'failed', now })).toBe(false);
  expect(await moveOperation(db, id, { from: ['sent', 'done'], to: 'sent', now })).toBe(false);
  expect((await getOperation(db, id))?.state).toBe('done');
});

test('every step is in the audit chain, and the chain holds', async () => {
  const { call, guard, approvals, id } = await rig.prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide([waiting.approvalId], { approve: true, by: olga });
  await guard.perform(call);
  const audit = createAudit(database.db, rig.clock);
  await audit.record({ actor: systemActor, action: 'test.ended' });
  const entries = await audit.list({ limit: 20, subject: id });
  expect(entries.map(({ action }) => action)).toEqual([
    'operation.done',
    'approval.approved',
    'operation.waiting',
  ]);
  const [operation] = await database.db.selectFrom('operations').selectAll().where('id', '=', id).execute();
  expect(entries[0]?.details).toMatchObject({
    operation: {
      ...{ tool: call.tool.name, state: 'done', inputs: operation?.digest, requester: operation?.requester },
      ...{ account: call.account.id, mode: call.mode, run: call.runId, requests: operation?.request_ids },
      approval: { id: waiting.approvalId, by: { id: olga.id } },
      key: { fingerprint: expect.any(String) },
    },
  });
  expect(await audit.verify()).toMatchObject({ ok: true });
});
