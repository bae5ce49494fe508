import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIntake } from '../automations/intake.ts';
import { movePlaybookRun } from './run-moves.ts';
import { createRig, owner, type Rig, startSandbox } from './testing.ts';

let rig: Rig;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox();
  rig = await createRig(sandbox);
});
afterAll(async () => {
  await rig.close();
  await sandbox.sandbox.close();
});

test('what was told of an object before the run said that it waits for it wakes the run all the same', async () => {
  const { db, connectionId } = rig;
  const { id: customer } = await rig.customer(['pm_card_visa']);
  const input = { customer, amount: '5.00', currency: 'usd' };
  const { id } = await rig.playbooks.begin('payment', connectionId, { input, by: owner });
  await rig.engine.wake();
  const row = () => db.selectFrom('playbook_runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { run_id: turn } = await row();
  const event = { type: 'payment_intent.succeeded', livemode: false, account: null, data: {} };
  await createIntake(db).store(
    connectionId,
    { ...event, id: 'evt_1', objectId: 'pi_1', created: rig.clock.now() },
    'webhook',
  );
  const wait = (on: string) => movePlaybookRun(db, id, { to: 'waiting', until: null, on }, turn ?? '');
  expect(await wait('pi_other')).toBe(true);
  expect(await row()).toMatchObject({ pokes: 0, seen: 0 });
  expect(await wait('pi_1')).toBe(true);
  expect(await row()).toMatchObject({ state: 'waiting', waits_on: 'pi_1', pokes: 1, seen: 0 });
  // The next turn began after that: it has seen it.
  await rig.engine.wake();
  await db
    .updateTable('runs')
    .set({ created_at: new Date(Date.now() + 60_000) })
    .where('id', '=', (await row()).run_id ?? '')
    .execute();
  await movePlaybookRun(db, id, { to: 'waiting', until: null, on: 'pi_1' });
  expect(await row()).toMatchObject({ pokes: 1, seen: 1 });
});
