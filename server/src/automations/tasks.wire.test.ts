import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../audit/audit.ts';
import { minute, type Rig, secret, signed, startRig } from './testing.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('tasks on events', () => {
  const on = (event: string, filter?: object) =>
    ({ type: 'event', event, ...(filter && { filter }) }) as never;

  test('the agent is told the event as data, not as words of a person', async () => {
    const { id, webhooks, tasks, agent, dispatcher } = await rig.prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const { id: task } = await tasks.create(
      { agentId: agent, name: 'T', prompt: 'Write to the customer.', trigger: on('invoice.payment_failed') },
      systemActor,
    );
    await webhooks.receive(id, ...signed(rig.eventOf('evt_1')));
    await dispatcher.run();
    const [run] = await tasks.runs(task, { limit: 1 });
    const entries = await rig.db
      .selectFrom('entries')
      .select(['kind', 'content'])
      .where('thread_id', '=', run?.threadId ?? '')
      .orderBy('step')
      .execute();
    expect(entries).toMatchObject([
      { kind: 'user', content: { text: 'Write to the customer.' } },
      { kind: 'model', content: { calls: [{ name: 'get_event', input: { event: 'evt_1' } }] } },
      {
        kind: 'tool',
        content: { result: { status: 'completed', view: { type: 'invoice.payment_failed' } } },
      },
    ]);
    const { requested_by } = await rig.db
      .selectFrom('runs')
      .select('requested_by')
      .where('thread_id', '=', run?.threadId ?? '')
      .executeTakeFirstOrThrow();
    expect(requested_by).toEqual({ type: 'task', id: task, name: 'T' });
  });

  test('a filter looks at amount, customer and fields of the object', async () => {
    const { id, webhooks, tasks, agent, dispatcher } = await rig.prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const filter = {
      above: { amount: '500', currency: 'usd' },
      where: [{ field: 'billing_reason', is: 'subscription_cycle' }],
    };
    const { id: task } = await tasks.create(
      { agentId: agent, name: 'T', prompt: 'Look.', trigger: on('invoice.payment_failed', filter) },
      systemActor,
    );
    const object = {
      id: 'in_1',
      object: 'invoice',
      currency: 'usd',
      amount_due: 50_001,
      billing_reason: 'subscription_cycle',
    };
    const variants = [
      object,
      { ...object, amount_due: 50_000 },
      { ...object, currency: 'eur' },
      { ...object, billing_reason: 'manual' },
    ];
    for (const [n, each] of variants.entries())
      await webhooks.receive(id, ...signed(rig.eventOf(`evt_f${n}`, 'invoice.payment_failed', each)));
    await dispatcher.run();
    expect(await tasks.runs(task, { limit: 10 })).toHaveLength(1);
  });
});

describe('tasks on a schedule', () => {
  test('begin once when due, also with two instances, and say when they are due next', async () => {
    const { tasks, agent } = await rig.prepare();
    rig.setNow(new Date('2026-11-30T08:59:00Z'));
    const task = await tasks.create(
      {
        agentId: agent,
        name: 'Monday',
        prompt: 'Report.',
        trigger: { type: 'schedule', cron: '0 9 * * 1', timezone: 'UTC', missed: 'once' },
      },
      systemActor,
    );
    expect(task).toMatchObject({
      nextRunAt: '2026-11-30T09:00:00.000Z',
      when: 'At 09:00, only on Monday (UTC)',
    });
    expect(await tasks.tick()).toBe(0);
    rig.pass(2 * minute);
    const ticks = await Promise.all([tasks.tick(), tasks.tick(), tasks.tick()]);
    expect(ticks.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await tasks.get(task.id)).toMatchObject({
      nextRunAt: '2026-12-07T09:00:00.000Z',
      lastRun: { status: 'queued' },
    });
  });

  test('a time that was missed is made up for once, or skipped, as the task says', async () => {
    const { tasks, agent } = await rig.prepare();
    const make = (missed: 'once' | 'skip') =>
      tasks.create(
        {
          agentId: agent,
          name: missed,
          prompt: 'x',
          trigger: { type: 'schedule', cron: '0 * * * *', timezone: 'UTC', missed },
        },
        systemActor,
      );
    const [once, skip] = [await make('once'), await make('skip')];
    rig.pass(5 * 60 * minute + 20 * minute);
    await tasks.tick();
    expect(await tasks.runs(once.id, { limit: 10 })).toHaveLength(1);
    expect(await tasks.runs(skip.id, { limit: 10 })).toHaveLength(0);
  });

  test('a paused one rests, and goes on from now', async () => {
    const { tasks, agent } = await rig.prepare();
    const { id } = await tasks.create(
      {
        agentId: agent,
        name: 'x',
        prompt: 'x',
        trigger: { type: 'schedule', cron: '*/5 * * * *', timezone: 'UTC', missed: 'once' },
      },
      systemActor,
    );
    await tasks.update(id, { enabled: false }, systemActor);
    rig.pass(60 * minute);
    await tasks.tick();
    expect(await tasks.runs(id, { limit: 10 })).toEqual([]);
    const again = await tasks.update(id, { enabled: true }, systemActor);
    expect(Date.parse(again.nextRunAt ?? '')).toBeGreaterThan(rig.now().getTime());
  });

  test('one whose agent is halted says so in its history', async () => {
    const { tasks, agent } = await rig.prepare();
    const { id } = await tasks.create(
      { agentId: agent, name: 'x', prompt: 'x', trigger: { type: 'manual' } },
      systemActor,
    );
    await rig.db
      .insertInto('halts')
      .values({ scope: 'agent', subject: agent, reason: 'Odd.', halted_by: '{"name":"Olga"}' })
      .execute();
    await expect(tasks.run(id, systemActor)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Odd.'),
    });
    expect(await tasks.runs(id, { limit: 1 })).toMatchObject([{ status: 'not_started', threadId: null }]);
  });
});
