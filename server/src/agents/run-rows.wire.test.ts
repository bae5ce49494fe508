import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createAgent } from './agents.ts';
import { appendEntry } from './journal.ts';
import { claimLeg, decidedRuns, insertRun, lostRuns, requeue, waitForPerson } from './run-rows.ts';
import { createThread } from './threads.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const by = { type: 'token', id: 'tok_1', name: 'test' } as const;

async function startedRun(said = 'Hello'): Promise<{ threadId: string; runId: string }> {
  const { db } = database;
  const agent = await createAgent(db, { name: 'Ada' });
  const { id: threadId } = await createThread(db, { agentId: agent.id, createdBy: 'me' });
  const message = { threadId, said, by, defaultModel: 'builtin', now: new Date() };
  return { threadId, runId: await database.transaction((trx) => insertRun(trx, message)) };
}

/** A write of the run, as the guard leaves it in that state. */
async function addOperation(
  run: { threadId: string; runId: string },
  state: 'waiting' | 'approved',
): Promise<void> {
  const { agent_id } = await database.db
    .selectFrom('runs')
    .select('agent_id')
    .where('id', '=', run.runId)
    .executeTakeFirstOrThrow();
  const connectionId = `con_${run.runId}`;
  await database.db
    .insertInto('connections')
    .values({
      ...{ id: connectionId, type: 'stripe', name: 'T', mode: 'test', account_id: 'acct_1', account: '{}' },
      ...{ credentials: Buffer.from('x'), key_last4: '0000', key_fingerprint: '00', key_kind: 'secret' },
    })
    .execute();
  await database.db
    .insertInto('operations')
    .values({
      ...{
        id: `op_${run.runId}`,
        run_id: run.runId,
        tool_call_id: 'call_1',
        thread_id: run.threadId,
        agent_id,
        state,
      },
      ...{
        connection_id: connectionId,
        account_id: 'acct_1',
        mode: 'test',
        tool: 't',
        title: 'T',
        effect: 'money',
      },
      ...{ input: '{}', sealed: '{}', preview: '{}', digest: 'd' },
    })
    .execute();
}

test('a run whose decision was stored before its instance died is found and goes on', async () => {
  const run = await startedRun();
  await claimLeg(database.db, run.runId, 0);
  await addOperation(run, 'waiting');
  expect(await waitForPerson(database.db, run.runId)).toBe(true);
  expect(await decidedRuns(database.db)).not.toContain(run.runId);
  await database.db
    .updateTable('operations')
    .set({ state: 'approved' })
    .where('run_id', '=', run.runId)
    .execute();
  expect(await decidedRuns(database.db)).toContain(run.runId);
  expect(await requeue(database.db, run.runId, ['awaiting_approval'])).toEqual({ id: run.runId, leg: 1 });
  expect(await requeue(database.db, run.runId, ['awaiting_approval'])).toBeUndefined();
});

test('a decision that came while the leg was still at work keeps it from resting', async () => {
  const run = await startedRun();
  await claimLeg(database.db, run.runId, 0);
  await addOperation(run, 'approved');
  expect(await waitForPerson(database.db, run.runId)).toBe(false);
});

test('a second owner of a run is fenced off by the step that stands there', async () => {
  const { threadId, runId } = await startedRun();
  const entry = { kind: 'user', content: { text: 'again' } } as const;
  await expect(appendEntry(database.db, { threadId, runId, step: 0 }, entry)).rejects.toThrow(
    'another instance',
  );
});

test('a leg that the run has left behind claims nothing', async () => {
  const { runId } = await startedRun();
  await requeue(database.db, runId, ['queued']);
  expect(await claimLeg(database.db, runId, 0)).toBeNull();
  expect(await claimLeg(database.db, runId, 1)).toMatchObject({ runId, stopped: false });
});

test('a thread takes one run at a time, and says why not', async () => {
  const { threadId } = await startedRun();
  const message = { threadId, said: 'And?', by, defaultModel: 'builtin', now: new Date() };
  await expect(database.transaction((trx) => insertRun(trx, message))).rejects.toMatchObject({
    status: 409,
    code: 'run_active',
  });
});

test('card numbers and keys are gone before anything is stored', async () => {
  const { runId } = await startedRun(
    'Charge 5555 5555 5555 4444 and 4000 0566 5566 5556, key sk_live_abcdefghijklmnop1234',
  );
  const { rows } = await database.pool.query('select content::text from entries where run_id = $1', [runId]);
  expect(rows[0].content).not.toMatch(/5555 5555|0566 5566|abcdefghijklmnop/);
});

test('what was stored and never started is found after a while', async () => {
  const { runId } = await startedRun();
  expect((await lostRuns(database.db, 0)).map(({ id }) => id)).toContain(runId);
  expect((await lostRuns(database.db, 60_000)).map(({ id }) => id)).not.toContain(runId);
});
