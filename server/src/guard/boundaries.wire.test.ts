import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAudit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createApprovals } from './approvals.ts';
import { createGuard } from './guard.ts';
import { getOperation } from './operation-list.ts';
import { ask, createRig, olga, type Rig } from './testing.ts';
import type { Performed, WriteCall } from './write-call.ts';

let database: Database;
let rig: Rig;
beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());

class Died extends Error {}

/** A guard on a process that dies just before its n-th statement, and does nothing any more. */
function dyingBefore(n: number) {
  const seen = { statements: 0 };
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      seen.statements += 1;
      if (seen.statements >= n) throw new Died();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const db = database.db.withPlugin(plugin);
  const audit = createAudit(db, rig.clock);
  const readNumbers = (text: string) => text.match(/\d+(\.\d+)?/g) ?? [];
  return {
    seen,
    guard: createGuard({ db, audit, clock: rig.clock, readNumbers }),
    approvals: createApprovals({ db, audit, clock: rig.clock }),
  };
}

const untilDeath = <T>(work: Promise<T>): Promise<T | 'died'> =>
  work.catch((error: unknown) => {
    if (error instanceof Died) return 'died';
    throw error;
  });

async function actionsOf(id: string): Promise<string[]> {
  const entries = await createAudit(database.db, rig.clock).list({ limit: 20, subject: id });
  return entries.map(({ action }) => action).reverse();
}

/** Goes on as the next process would, with a person who approves, until the operation rests. */
async function finish(prepared: Awaited<ReturnType<Rig['prepare']>>): Promise<Performed> {
  const { call, guard, approvals } = prepared;
  const first = await guard.perform(call);
  if (first.status !== 'waiting') return first;
  await approvals.decide([first.approvalId], { approve: true, by: olga });
  return guard.perform(call);
}

describe('a process that dies before any statement of its work', () => {
  test.each([
    ['that policy allows', {}],
    ['that is asked for', ask],
  ])('an operation %s is done once by whoever goes on', async (_, policy) => {
    const states = new Set<string>();
    for (let n = 1; ; n += 1) {
      const prepared = await rig.prepare({ policy });
      const dying = dyingBefore(n);
      const end = await untilDeath(dying.guard.perform(prepared.call));
      const left = await getOperation(database.db, prepared.id);
      states.add(left?.state ?? 'nothing');
      expect(await finish(prepared)).toMatchObject({ status: 'done' });
      expect([...prepared.shop.sent.keys()]).toEqual([prepared.id]);
      expect(new Set(prepared.shop.attempts)).toEqual(new Set([prepared.id]));
      const actions = await actionsOf(prepared.id);
      expect(actions.filter((action) => action === 'operation.done')).toHaveLength(1);
      if (end !== 'died') break;
    }
    // Every boundary was met: before anything was written, and after each step.
    const met = policy === ask ? ['nothing', 'waiting'] : ['nothing', 'approved', 'claimed', 'sent', 'done'];
    expect([...states]).toEqual(expect.arrayContaining(met));
  });

  test('an approved operation is claimed and done once', async () => {
    const states = new Set<string>();
    for (let n = 1; ; n += 1) {
      const prepared = await rig.prepare({ policy: ask });
      const approvalId = await rig.askFor(prepared.call);
      await prepared.approvals.decide([approvalId], { approve: true, by: olga });
      const end = await untilDeath(dyingBefore(n).guard.perform(prepared.call));
      states.add((await getOperation(database.db, prepared.id))?.state ?? 'nothing');
      expect(await prepared.guard.perform(prepared.call)).toMatchObject({ status: 'done' });
      expect([...prepared.shop.sent.keys()]).toEqual([prepared.id]);
      if (end !== 'died') break;
    }
    expect([...states]).toEqual(expect.arrayContaining(['approved', 'claimed', 'sent', 'done']));
  });

  test('a decision is taken whole or not at all', async () => {
    for (let n = 1; ; n += 1) {
      const prepared = await rig.prepare({ policy: ask });
      const approvalId = await rig.askFor(prepared.call);
      const decision = { approve: true, by: olga } as const;
      const end = await untilDeath(dyingBefore(n).approvals.decide([approvalId], decision));
      const state = (await getOperation(database.db, prepared.id))?.state;
      expect(state).toBe(end === 'died' ? 'waiting' : 'approved');
      expect(prepared.shop.attempts).toEqual([]);
      if (end !== 'died') break;
      expect(await finish(prepared)).toMatchObject({ status: 'done' });
    }
  });
});

describe('an approval', () => {
  test('given fifty times at once, with fifty instances going on at once, has one effect', async () => {
    const { call, guard, approvals, shop, id } = await rig.prepare({ policy: ask });
    const approvalId = await rig.askFor(call);
    const fifty = Array.from({ length: 50 });
    const decided = fifty.map(() => approvals.decide([approvalId], { approve: true, by: olga }));
    const taken = await Promise.allSettled(decided);
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const ends = await Promise.all(fifty.map(() => guard.perform(call)));
    expect([...shop.sent.keys()]).toEqual([id]);
    expect(ends.every(({ status }) => status === 'done')).toBe(true);
    const actions = await actionsOf(id);
    expect(actions.filter((action) => action === 'operation.done')).toHaveLength(1);
    expect(actions.filter((action) => action === 'approval.approved')).toHaveLength(1);
  });

  const approved = async () => {
    const prepared = await rig.prepare({ policy: ask });
    const approvalId = await rig.askFor(prepared.call);
    await prepared.approvals.decide([approvalId], { approve: true, by: olga });
    return { ...prepared, approvalId };
  };

  test('whose digest was forged approves nothing, and says so', async () => {
    const { call, guard, shop, approvalId } = await approved();
    const forged = sql`update approvals set digest = 'forged' where id = ${approvalId}`;
    await forged.execute(database.db);
    expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'approval_void' } });
    expect(shop.attempts).toEqual([]);
  });

  test('kept while the sealed request was exchanged behind its back approves nothing', async () => {
    const { call, guard, shop, id } = await approved();
    const exchanged = JSON.stringify({ charge: 'ch_other', amount: '29.99' });
    await sql`update operations set sealed = ${exchanged}::jsonb where id = ${id}`.execute(database.db);
    expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'approval_void' } });
    expect(shop.attempts).toEqual([]);
  });

  test('is spent with its operation: performing again, or the same call elsewhere, does nothing more', async () => {
    const { call, turn, guard, shop, id } = await approved();
    await guard.perform(call);
    await guard.perform(call);
    expect([...shop.sent.keys()]).toEqual([id]);
    const replay: WriteCall = await turn();
    expect(await guard.perform(replay)).toMatchObject({ status: 'waiting' });
    expect([...shop.sent.keys()]).toEqual([id]);
  });
});
