import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Actor, systemActor } from '../audit/audit.ts';
import { silentLog } from '../log.ts';
import { createAlerts } from './alerts.ts';
import { tellFailedTasks } from './task-failures.ts';
import { minute, type Rig, startRig } from './testing.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const olga = { type: 'person', id: 'usr_olga', name: 'Olga' } as const;
const addressOf = async ({ id }: Actor) => (id === 'usr_olga' ? 'olga@example.com' : null);

test('a task that fails is told to its maker once, until somebody has seen to it', async () => {
  const { db, clock } = rig;
  const { agent, tasks } = await rig.prepare();
  const told: string[] = [];
  const mail = {
    name: 'mail',
    tell: async ({ title, mailTo }: { title: string; mailTo: readonly string[] }) =>
      void told.push(`${title} → ${mailTo.join()}`),
  };
  const alerts = createAlerts({ db, clock, log: silentLog, channels: [mail] });
  const look = () => tellFailedTasks(db, alerts, { now: clock.now(), addressOf });
  const make = (name: string, by: Actor) =>
    tasks.create({ agentId: agent, name, prompt: 'x', trigger: { type: 'manual' } }, by);
  const [hers, nobodys] = [await make('Hers', olga), await make('Nobody’s', systemActor)];
  const fail = async (task: string) => {
    rig.pass(minute);
    const { threadId } = await tasks.run(task, olga);
    await db
      .updateTable('runs')
      .set({ status: 'failed', error: JSON.stringify({ message: 'The model is away.' }) })
      .where('thread_id', '=', threadId ?? '')
      .execute();
  };
  expect(await look()).toBe(0);
  for (const task of [hers.id, hers.id, nobodys.id]) await fail(task);
  expect(await look()).toBe(2);
  await fail(hers.id);
  expect(await look()).toBe(0);
  await alerts.tell();
  expect(told.toSorted()).toEqual([
    'The task “Hers” failed → olga@example.com',
    'The task “Nobody’s” failed → ',
  ]);
  const [first] = await alerts.list({ open: true }, { limit: 5 });
  expect(first?.body).toContain('The model is away.');
  expect(first?.threadId).toMatch(/^thr_/);

  rig.pass(minute);
  for (const { id } of await alerts.list({ open: true }, { limit: 5 })) await alerts.close(id, olga);
  expect(await look()).toBe(0);
  await fail(hers.id);
  expect(await look()).toBe(1);
});
