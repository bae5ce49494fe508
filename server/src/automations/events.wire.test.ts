import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../audit/audit.ts';
import { silentLog } from '../log.ts';
import { createDispatcher, type EventHandler, type StoredEvent } from './dispatch.ts';
import { minute, type Rig, secret, signed, startRig } from './testing.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('the events list', () => {
  test('is read where no webhook tells, from now on, and both ways together change nothing', async () => {
    const { id, stripe, polling, webhooks, events } = await rig.prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    await stripe.customers.create({ name: 'Before' });
    rig.pass(10 * minute);
    expect(await polling.run()).toBe(0);
    rig.setNow(new Date());
    await rig.db
      .updateTable('event_cursors')
      .set({ read_to: rig.now(), polled_at: null })
      .where('connection_id', '=', id)
      .execute();
    const { id: customer } = await stripe.customers.create({ name: 'After' });
    const told = (await stripe.events.list({ limit: 1 })).data[0];
    await webhooks.receive(id, ...signed(told ?? {}));
    expect(await polling.run()).toBeLessThanOrEqual(1);
    const stored = await events.list(id, {}, { limit: 10 });
    expect(stored.filter(({ objectId }) => objectId === customer)).toHaveLength(1);
  });
});

describe('events are handled', () => {
  type Listening = Awaited<ReturnType<Rig['prepare']>>;

  /** With a task that waits for some of them. */
  async function listening(): Promise<Listening & { task: string }> {
    const prepared = await rig.prepare();
    await prepared.webhooks.setSecrets(prepared.id, [secret], systemActor);
    const trigger = { type: 'event', event: 'invoice.*' } as const;
    const fields = { agentId: prepared.agent, name: 'T', prompt: 'Look.', trigger };
    return { ...prepared, task: (await prepared.tasks.create(fields, systemActor)).id };
  }

  /** What was begun for which event, and what became of each event. */
  async function endState({ id, task, events }: Listening & { task: string }) {
    const runs = await rig.db
      .selectFrom('task_runs')
      .select('occasion')
      .where('task_id', '=', task)
      .orderBy('occasion')
      .execute();
    const stored = await events.list(id, {}, { limit: 1_000 });
    return {
      runs: runs.map(({ occasion }) => occasion),
      events: stored.map(({ id: event, state, problem }) => ({ event, state, problem })),
    };
  }

  /** Ends the connection of whoever handles a batch now, as the end of its process does. */
  const cutOff = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction' and query like '%"events"%'`.execute(
      rig.db,
    );

  test('shuffled, repeated, by two at once and cut off again and again, they end as in order', async () => {
    const all = Array.from({ length: 120 }, (_, n) =>
      rig.eventOf(`evt_${n}`, n % 3 === 0 ? 'charge.failed' : 'invoice.paid'),
    );
    const inOrder = await listening();
    await Promise.all(all.map((event) => inOrder.webhooks.receive(inOrder.id, ...signed(event))));
    await inOrder.dispatcher.run();

    const stormy = await listening();
    let handled = 0;
    const dies: EventHandler = {
      prepare: async () => async () => {
        handled += 1;
        if (handled % 40 === 0) await cutOff();
      },
    };
    const { db, clock } = rig;
    const [one, other] = [0, 1].map(() =>
      createDispatcher({ db, clock, log: silentLog, handlers: [stormy.tasks.handler, dies] }),
    );
    const deliveries = shuffled([...all, ...all, ...all]);
    let cuts = 0;
    for (let at = 0; at < deliveries.length; at += 60) {
      const some = deliveries.slice(at, at + 60);
      await Promise.all(some.map((event) => stormy.webhooks.receive(stormy.id, ...signed(event))));
      const ends = await Promise.allSettled([one?.run(), other?.run()]);
      cuts += ends.filter(({ status }) => status === 'rejected').length;
    }
    expect(cuts).toBeGreaterThan(2);
    // Nobody waits for a lease: the clock has not moved since.
    await stormy.dispatcher.run();
    const { runs, events } = await endState(stormy);
    expect(runs).toHaveLength(80);
    expect({ runs, events }).toEqual(await endState(inOrder));
    expect(events.every(({ state }) => state === 'done')).toBe(true);
  });

  test('what one instance has under way, no other takes', async () => {
    const { id, webhooks } = await listening();
    await webhooks.receive(id, ...signed(rig.eventOf('evt_one')));
    const seen: string[] = [];
    const { db, clock } = rig;
    const others = createDispatcher({ db, clock, log: silentLog, handlers: [] });
    const handler: EventHandler = {
      prepare: async () => async (event) => {
        seen.push(event.id);
        expect(await others.run()).toBe(0);
      },
    };
    expect(await createDispatcher({ db, clock, log: silentLog, handlers: [handler] }).run()).toBe(1);
    expect(seen).toEqual(['evt_one']);
  });

  test('what cannot be handled is tried again, then shown, and can be replayed', async () => {
    const { id, webhooks, events } = await rig.prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    let fails = true;
    const handled: string[] = [];
    const handler = {
      prepare: async () => async (event: StoredEvent) => {
        if (fails) throw new Error('It is broken.');
        handled.push(event.id);
      },
    };
    const { db } = rig;
    const dispatcher = createDispatcher({ db, clock: rig.clock, log: silentLog, handlers: [handler] });
    await webhooks.receive(id, ...signed(rig.eventOf('evt_1', 'invoice.paid')));
    for (const wait of [0, 1, 5, 30, 120, 720]) {
      rig.pass(wait * minute);
      await dispatcher.run();
    }
    expect(await events.list(id, { state: 'failed' }, { limit: 5 })).toMatchObject([
      { attempts: 6, problem: 'It is broken.' },
    ]);
    fails = false;
    expect(await dispatcher.replay(id, 'evt_1')).toBe(true);
    await dispatcher.run();
    expect(handled).toEqual(['evt_1']);
  });
});

/** The same disorder each time. */
function shuffled<T>(items: readonly T[]): T[] {
  let seed = 11;
  const keyed = items.map((item) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return [seed, item] as const;
  });
  return keyed.toSorted(([a], [b]) => a - b).map(([, item]) => item);
}
