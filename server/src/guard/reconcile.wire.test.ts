import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { OutcomeUnknown, ToolError } from '../tools/tool.ts';
import { getOperation } from './operation-list.ts';
import { createRig, type Rig } from './testing.ts';

let database: Database;
let rig: Rig;

beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
});
afterAll(() => database.close());

const minute = 60_000;
const lost = () => new OutcomeUnknown('timed out');

test('after a time-out it looks, and what it finds is the answer: nothing is sent twice', async () => {
  const { call, guard, shop, id } = await rig.prepare();
  shop.canFind = true;
  shop.failures.push(lost());
  expect(await guard.perform(call)).toMatchObject({
    status: 'done',
    outcome: { summary: 'Refunded 29.99 usd' },
  });
  expect(shop.attempts).toEqual([id]);
});

test('an unknown outcome is settled later by looking, and only by looking', async () => {
  const { call, turn, guard, shop, id, reconciler } = await rig.prepare();
  shop.failures.push(lost(), lost(), lost());
  expect(await guard.perform(call)).toMatchObject({ error: { code: 'outcome_unknown' } });
  expect(await reconciler.settle()).toBe(0);
  const sent = shop.attempts.length;
  // Its twin is not done meanwhile, not even for whoever says "again".
  const twin = await turn({ said: 'Refund ch_1 again' });
  expect(await guard.perform(twin)).toMatchObject({ status: 'waiting' });
  shop.canFind = true;
  rig.pass(2 * minute);
  expect(await reconciler.settle()).toBe(1);
  expect(await getOperation(database.db, id)).toMatchObject({ state: 'done', summary: 'Refunded 29.99 usd' });
  expect(shop.attempts).toHaveLength(sent);
});

test('what left no mark for an hour did not happen; before that nobody says so', async () => {
  const { call, guard, shop, id, reconciler } = await rig.prepare();
  shop.failures.push(lost(), lost(), lost());
  await guard.perform(call);
  shop.sent.clear();
  shop.canFind = true;
  expect(await reconciler.check(id)).toBe(false);
  const { db } = database;
  const old = new Date(rig.clock.now().getTime() - 61 * minute);
  await db.updateTable('operations').set({ updated_at: old }).where('id', '=', id).execute();
  expect(await reconciler.check(id)).toBe(true);
  expect(await getOperation(db, id)).toMatchObject({ state: 'failed', error: { code: 'did_not_happen' } });
});

test('what is found to have been refused has failed for the reason given, at once and later', async () => {
  const refused = new ToolError('card_declined', 'The card was declined.', { requestIds: ['req_9'] });
  const atOnce = await rig.prepare();
  Object.assign(atOnce.shop, { canFind: true, refused });
  atOnce.shop.failures.push(lost());
  expect(await atOnce.guard.perform(atOnce.call)).toMatchObject({
    ...{ status: 'failed', error: { code: 'card_declined' }, requestIds: ['req_9'] },
  });
  const later = await rig.prepare();
  later.shop.failures.push(lost(), lost(), lost());
  await later.guard.perform(later.call);
  Object.assign(later.shop, { canFind: true, refused });
  expect(await later.reconciler.check(later.id)).toBe(true);
  const settled = await getOperation(database.db, later.id);
  expect(settled).toMatchObject({ state: 'failed', error: { code: 'card_declined' } });
});
