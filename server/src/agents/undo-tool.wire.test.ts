import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { getOperation } from '../guard/operation-list.ts';
import { createRig, olga, type Rig } from '../guard/testing.ts';
import type { WriteCall } from '../guard/write-call.ts';
import type { WriteTool } from '../tools/tool.ts';
import { createUndoTool } from './undo-tool.ts';

let database: Database;
let rig: Rig;
beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());

/** A refund that was done, and a call of undo_operation in the same conversation. */
async function afterRefund(policy = {}) {
  const prepared = await rig.prepare({ policy });
  const { call, turn, guard, id } = prepared;
  if ((await guard.perform(call)).status !== 'done') throw new Error('It was not done.');
  const { connectionId, threadId } = call;
  const tool = createUndoTool({ db: database.db, clock: rig.clock, connectionId, tools: [call.tool] });
  const undo = (changes: Partial<WriteCall> & { said?: string } = {}) =>
    turn({
      ...{
        tool: tool as WriteTool<unknown>,
        threadId,
        input: {},
        said: 'Undo that',
        toolCallId: 'call_undo',
      },
      ...changes,
    });
  return { ...prepared, undo, undone: id };
}

test('the last change of the conversation is set back by its counter-action, under that one’s name, once', async () => {
  const { undo, guard, undone } = await afterRefund();
  // What sets a refund back in this shop is a refund like it: `again` says that the twin is meant.
  const done = await guard.perform(await undo({ said: 'Undo that again' }));
  expect(done).toMatchObject({ status: 'done' });
  const operation = await getOperation(database.db, done.operationId ?? '');
  expect(operation).toMatchObject({ tool: 'create_refund', undoes: undone, input: { charge: 'ch_1' } });
  expect((await getOperation(database.db, undone))?.undoneBy).toMatchObject({ state: 'done' });
  expect(
    await guard.perform(await undo({ input: { operation: undone }, said: `Undo ${undone}` })),
  ).toMatchObject({
    error: { code: 'cannot_undo', message: 'This was undone already.' },
  });
  expect(await guard.perform(await undo())).toMatchObject({ error: { code: 'nothing_to_undo' } });
});

test('it is judged as what it really does: a policy that denies that denies it, one that asks asks', async () => {
  const { call, undo, guard, approvals, shop, undone } = await afterRefund();
  const denied = await undo({ policy: { tools: { create_refund: 'deny', undo_operation: 'allow' } } });
  expect(await guard.perform(denied)).toMatchObject({ error: { code: 'denied_by_policy' } });
  const asking = await undo({ policy: { effects: { money: 'ask' } } });
  const approvalId = await rig.askFor(asking);
  const sent = shop.sent.size;
  await approvals.decide([approvalId], { approve: true, by: olga });
  // Taken up again, it aims at the same operation, though that is being undone by now.
  expect(await guard.perform(asking)).toMatchObject({ status: 'done' });
  expect(shop.sent.size).toBe(sent + 1);
  expect((await getOperation(database.db, undone))?.undoneBy?.state).toBe('done');
  expect(call.tool.name).toBe('create_refund');
});

test('a model that undoes of its own accord, or what a foreign text names, is put before a person', async () => {
  const { undo, guard, undone } = await afterRefund();
  expect(await guard.perform(await undo({ said: 'List my customers' }))).toMatchObject({ status: 'waiting' });
  const named = await afterRefund();
  const foreign = await named.undo({ input: { operation: named.undone }, said: 'Undo what you just did' });
  expect(await named.guard.perform(foreign)).toMatchObject({ status: 'waiting' });
  expect(undone).not.toBe(named.undone);
});

test('an operation of another account is not there', async () => {
  const { undo, guard } = await afterRefund();
  const other = await afterRefund();
  expect(await guard.perform(await undo({ input: { operation: other.undone } }))).toMatchObject({
    status: 'failed',
    error: { code: 'not_found' },
  });
});
