import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createAudit, systemActor } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { newId } from '../ids.ts';
import type { Mode } from '../tools/account.ts';
import { OutcomeUnknown, ToolError, type WriteTool, writeTool } from '../tools/tool.ts';
import { approvalLifetimeMs, createApprovals, voidApprovals } from './approvals.ts';
import { createGuard, type WriteCall } from './guard.ts';
import { operationIdOf } from './operation.ts';
import { getOperation, moveOperation } from './operations.ts';
import type { Policy } from './policy.ts';

let database: Database;
let now = new Date('2026-11-01T12:00:00Z');
const clock = { now: () => now };
const person = { type: 'person', id: 'usr_1', name: 'Olga' } as const;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A shop that sells refunds: what was sent, by idempotency key, as Stripe would remember it. */
function createShop() {
  const sent = new Map<string, string>();
  const shop = { charge: '29.99 USD', attempts: [] as string[], failures: [] as Error[], sent };
  const tool = writeTool({
    name: 'create_refund',
    title: 'Refund',
    description: 'Refunds.',
    input: z.strictObject({ charge: z.string() }),
    permissions: [],
    words: { action: 'refund', object: 'charge' },
    effect: 'money',
    sealed: z.strictObject({ charge: z.string(), amount: z.string() }),
    async plan({ charge }) {
      if (charge === 'ch_none') throw new ToolError('not_found', 'There is no charge ch_none.');
      const summary = `Refund ${shop.charge} of ${charge}`;
      return { preview: { summary, facts: [], objects: [] }, sealed: { charge, amount: shop.charge } };
    },
    async act(sealed, context) {
      const key = context.idempotencyKey();
      shop.attempts.push(key);
      const failure = shop.failures.shift();
      if (failure instanceof ToolError) throw failure;
      sent.set(key, sealed.amount);
      if (failure) throw failure;
      const summary = `Refunded ${sealed.amount}`;
      return { view: { id: 're_1' }, record: { id: 're_1' }, summary, objects: [], requestIds: ['req_1'] };
    },
  }) as WriteTool<unknown>;
  return { shop, tool };
}

async function prepare(options: { policy?: Policy; mode?: Mode; charge?: string } = {}) {
  const { db } = database;
  const [agentId, connectionId, threadId, runId] = [newId('agt'), newId('con'), newId('thr'), newId('run')];
  const account = { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' };
  const mode = options.mode ?? 'test';
  await db.insertInto('agents').values({ id: agentId, name: 'Ada' }).execute();
  await db
    .insertInto('connections')
    .values({
      id: connectionId,
      type: 'stripe',
      name: 'Test',
      mode,
      account_id: account.id,
      account: JSON.stringify(account),
      credentials: Buffer.from('sealed'),
      key_last4: '0000',
      key_fingerprint: '0000000000000000',
      key_kind: 'secret',
    })
    .execute();
  await db
    .insertInto('threads')
    .values({ id: threadId, agent_id: agentId, title: 'T', created_by: 'me' })
    .execute();
  await db
    .insertInto('runs')
    .values({ id: runId, thread_id: threadId, agent_id: agentId, model: 'builtin', requested_by: '{}' })
    .execute();
  const { shop, tool } = createShop();
  const audit = createAudit(db, clock);
  const call: WriteCall = {
    ...{ runId, threadId, agentId, connectionId, account, mode, tool },
    agentName: 'Ada',
    policy: options.policy ?? {},
    toolCallId: 'call_1',
    input: { charge: options.charge ?? 'ch_1' },
  };
  const approvals = createApprovals({ db, audit, clock });
  return {
    call,
    shop,
    guard: createGuard({ db, audit, clock }),
    approvals,
    id: operationIdOf(runId, 'call_1'),
  };
}

const ask: Policy = { effects: { money: 'ask' } };

test('what policy allows is done once, however often it is performed', async () => {
  const { call, guard, shop, id } = await prepare();
  const first = await guard.perform(call);
  const again = await guard.perform(call);
  expect(first).toMatchObject({
    status: 'done',
    operationId: id,
    outcome: { summary: 'Refunded 29.99 USD' },
  });
  expect(again).toEqual(first);
  expect(shop.attempts).toEqual([id]);
});

test('what policy denies is never planned or sent, and says so', async () => {
  const { call, guard, shop, id } = await prepare({ policy: { tools: { create_refund: 'deny' } } });
  expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'denied_by_policy' } });
  expect(shop.attempts).toEqual([]);
  expect(await getOperation(database.db, id)).toBeUndefined();
});

test('what cannot be planned fails without an operation', async () => {
  const { call, guard } = await prepare({ charge: 'ch_none' });
  expect(await guard.perform(call)).toMatchObject({
    status: 'failed',
    operationId: null,
    error: { code: 'not_found' },
  });
});

test('live mode asks, and an approval is consumed by exactly one act', async () => {
  const { call, guard, approvals, shop, id } = await prepare({ mode: 'live' });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  expect(await guard.perform(call)).toEqual(waiting);
  expect(shop.attempts).toEqual([]);
  await approvals.decide(waiting.approvalId, { approve: true, by: person });
  const done = await Promise.all([guard.perform(call), guard.perform(call), guard.perform(call)]);
  expect(new Set(shop.sent.keys())).toEqual(new Set([id]));
  expect(done.some(({ status }) => status === 'done')).toBe(true);
  expect((await getOperation(database.db, id))?.state).toBe('done');
});

test('fifty decisions at once: one counts, the others are told', async () => {
  const { call, guard, approvals } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  const decisions = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) =>
      approvals.decide(waiting.approvalId, { approve: i % 2 === 0, by: person }),
    ),
  );
  expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const decision of decisions) {
    if (decision.status === 'rejected')
      expect(decision.reason).toMatchObject({ status: 409, code: 'approval_decided' });
  }
});

test('an approval is void when what it was given for has changed', async () => {
  const { call, guard, approvals, shop } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide(waiting.approvalId, { approve: true, by: person });
  shop.charge = '19.99 USD';
  expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'approval_void' } });
  expect(shop.attempts).toEqual([]);
});

test('an approval is void when the inputs, the account or the mode are others', async () => {
  for (const change of [
    { input: { charge: 'ch_2' } },
    { mode: 'live' as const },
    { account: { id: 'acct_2', name: 'Other', country: null, defaultCurrency: null } },
  ]) {
    const { call, guard, approvals, shop } = await prepare({ policy: ask });
    const waiting = await guard.perform(call);
    if (waiting.status !== 'waiting') throw new Error('It did not ask.');
    await approvals.decide(waiting.approvalId, { approve: true, by: person });
    expect(await guard.perform({ ...call, ...change })).toMatchObject({ error: { code: 'approval_void' } });
    expect(shop.attempts).toEqual([]);
  }
});

test('a policy that came to deny it holds, though it was approved before', async () => {
  const { call, guard, approvals, shop } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide(waiting.approvalId, { approve: true, by: person });
  const denied = { ...call, policy: { effects: { money: 'deny' } } as const };
  expect(await guard.perform(denied)).toMatchObject({
    status: 'failed',
    error: { code: 'denied_by_policy' },
  });
  expect(shop.attempts).toEqual([]);
});

test('an approval is given for its turn: when that ends first, nothing is done later', async () => {
  const { call, guard, approvals, shop } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide(waiting.approvalId, { approve: true, by: person });
  await database.transaction((trx) => voidApprovals(trx, call.runId));
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected' });
  expect(shop.attempts).toEqual([]);
});

test('a rejection reaches the agent with its reason', async () => {
  const { call, guard, approvals, shop } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide(waiting.approvalId, { approve: false, reason: 'Wrong customer.', by: person });
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected', reason: 'Wrong customer.' });
  expect(shop.attempts).toEqual([]);
});

test('an approval that nobody gives in time expires, and cannot be given later', async () => {
  const { call, guard, approvals } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  now = new Date(now.getTime() + approvalLifetimeMs);
  await expect(approvals.decide(waiting.approvalId, { approve: true, by: person })).rejects.toMatchObject({
    status: 409,
  });
  expect((await approvals.expire()).map(({ runId }) => runId)).toContain(call.runId);
  expect(await guard.perform(call)).toMatchObject({ status: 'rejected', reason: 'Nobody decided in time.' });
});

test('an unknown outcome is asked for again with the same key, then left to a person', async () => {
  const { call, guard, shop, id } = await prepare();
  shop.failures.push(new OutcomeUnknown('timed out'));
  expect(await guard.perform(call)).toMatchObject({ status: 'done' });
  expect(shop.attempts).toEqual([id, id]);

  const other = await prepare();
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
  const { call, guard, shop, id } = await prepare();
  shop.failures.push(new Error('the process died here'));
  await expect(guard.perform(call)).rejects.toThrow('died');
  expect((await getOperation(database.db, id))?.state).toBe('sent');
  shop.charge = '0.00 USD';
  expect(await guard.perform(call)).toMatchObject({
    status: 'done',
    outcome: { summary: 'Refunded 29.99 USD' },
  });
  expect(shop.attempts).toEqual([id, id]);
  expect([...shop.sent]).toEqual([[id, '29.99 USD']]);
});

test('an operation only moves along its diagram', async () => {
  const { call, guard, id } = await prepare();
  await guard.perform(call);
  const { db } = database;
  expect(await moveOperation(db, id, { from: ['done'], to: 'failed' })).toBe(false);
  expect(await moveOperation(db, id, { from: ['sent', 'done'], to: 'sent' })).toBe(false);
  expect((await getOperation(db, id))?.state).toBe('done');
});

test('every step is in the audit chain, and the chain holds', async () => {
  const { call, guard, approvals, id } = await prepare({ policy: ask });
  const waiting = await guard.perform(call);
  if (waiting.status !== 'waiting') throw new Error('It did not ask.');
  await approvals.decide(waiting.approvalId, { approve: true, by: person });
  await guard.perform(call);
  const audit = createAudit(database.db, clock);
  await audit.record({ actor: systemActor, action: 'test.ended' });
  const entries = await audit.list({ limit: 20, subject: id });
  expect(entries.map(({ action }) => action)).toEqual([
    'operation.done',
    'approval.approved',
    'operation.waiting',
  ]);
  expect(await audit.verify()).toMatchObject({ ok: true });
});
