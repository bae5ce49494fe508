import { randomBytes } from 'node:crypto';
import { createSandbox, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attachConnection, createAgent } from '../agents/agents.ts';
import { insertRun } from '../agents/run-rows.ts';
import type { Runs } from '../agents/runs.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import { type Connections, createConnections } from '../connections/connections.ts';
import { createPace } from '../connections/pace.ts';
import { stripeConnection } from '../connections/stripe/index.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { decide, type Policy } from '../guard/policy.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { createVault } from '../secrets/vault.ts';
import { createDispatcher, type Dispatcher, type StoredEvent } from './dispatch.ts';
import { createEventList } from './event-list.ts';
import { createIntake } from './intake.ts';
import { createPolling } from './polling.ts';
import { taskTools } from './task-tools.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

let database: Database;
let sandbox: Sandbox;
let url: string;
let connections: Connections;
let now = new Date();
const clock = { now: () => now };
const minute = 60_000;
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
let keys = 0;
const begun: string[] = [];
const runs = { begin: async (threadId: string) => void begun.push(threadId) } as unknown as Runs;

beforeAll(async () => {
  database = await testDatabase();
  sandbox = createSandbox();
  ({ url } = await sandbox.listen({ port: 0 }));
  const vault = createVault({ masterKey: randomBytes(32) });
  connections = createConnections({
    ...{ db: database.db, vault, audit: createAudit(database.db), clock, types: [stripeConnection] },
    ...{ allowPrivateAddresses: true, pace: createPace(database.db) },
  });
});
afterAll(async () => {
  await sandbox.close();
  await database.close();
});
beforeEach(() => {
  begun.length = 0;
});

/** An account of its own, with what listens to it. */
async function prepare(publicUrl: string | null = 'https://purser.example.com') {
  const { db } = database;
  keys += 1;
  const apiKey = `sk_test_automations_${keys}`;
  const { hostname: host, port } = new URL(url);
  const stripe = new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false });
  const { id } = await connections.create(
    { type: 'stripe', credentials: { apiKey }, baseUrl: url },
    systemActor,
  );
  const agent = await createAgent(db, { name: 'Ada' });
  await attachConnection(db, agent.id, id);
  const vault = createVault({ masterKey: Buffer.alloc(32, 7) });
  const audit = createAudit(db);
  const intake = createIntake(db);
  const tell = ({ id: event, type }: StoredEvent) => ({
    ...{ tool: 'get_event', title: 'Event', input: { event }, view: { id: event, type }, summary: type },
  });
  const tasks: Tasks = createTasks({ db, audit, clock, runs, defaultModel: 'builtin', tell });
  const dispatcher: Dispatcher = createDispatcher({ db, clock, log: silentLog, handlers: [tasks.handler] });
  const webhooks: Webhooks = createWebhooks({
    ...{ db, vault, audit, clock, log: silentLog, connections, intake, publicUrl },
    wanted: (which) => tasks.wantedEvents(which),
  });
  const polling = createPolling({
    ...{ db, clock, log: silentLog, connections, intake, isWanted: async (which) => which === id },
  });
  return { id, stripe, agent: agent.id, tasks, dispatcher, webhooks, polling, events: createEventList(db) };
}

const secret = 'whsec_test_secret';
const eventOf = (
  id: string,
  type = 'invoice.payment_failed',
  object: object = { id: 'in_1', object: 'invoice' },
) => ({
  ...{
    id,
    object: 'event',
    type,
    created: Math.floor(now.getTime() / 1000),
    livemode: false,
    data: { object },
  },
});
const signed = (event: object, with_ = secret, at = Math.floor(Date.now() / 1000)) => {
  const payload = JSON.stringify(event, null, 2);
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: with_, timestamp: at });
  return [payload, header] as const;
};

describe('webhooks', () => {
  test('what Stripe signed is stored once, however often it comes', async () => {
    const { id, webhooks, events } = await prepare();
    await webhooks.setSecrets(id, ['whsec_other_secret', secret], systemActor);
    const delivery = signed(eventOf('evt_1'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => webhooks.receive(id, ...delivery)));
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await events.list(id, {}, { limit: 10 })).toMatchObject([
      { id: 'evt_1', objectId: 'in_1', source: 'webhook' },
    ]);
    expect(await webhooks.get(id)).toMatchObject({ status: 'enabled', secretCount: 2, problem: null });
  });

  test.each([
    ['the wrong secret', () => signed(eventOf('evt_x'), 'whsec_wrong_secret'), 'signature_wrong'],
    ['no signature', () => [signed(eventOf('evt_x'))[0], undefined] as const, 'signature_missing'],
    [
      'an altered body',
      () => [signed(eventOf('evt_x'))[0].replace('in_1', 'in_2'), signed(eventOf('evt_x'))[1]] as const,
      'signature_wrong',
    ],
    [
      'an old signature',
      () => signed(eventOf('evt_x'), secret, Math.floor(Date.now() / 1000) - 301),
      'signature_old',
    ],
    ['live mode', () => signed({ ...eventOf('evt_x'), livemode: true }), 'event_other_mode'],
    ['another account', () => signed({ ...eventOf('evt_x'), account: 'acct_other' }), 'event_other_account'],
    [
      'no JSON',
      () => ['{', Stripe.webhooks.generateTestHeaderString({ payload: '{', secret })] as const,
      'event_malformed',
    ],
  ])('%s is refused, stored nowhere, and shown where people look', async (_, delivery, code) => {
    const { id, webhooks, events } = await prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const [payload, header] = delivery();
    await expect(webhooks.receive(id, payload, header)).rejects.toMatchObject({ status: 400, code });
    expect(await events.list(id, {}, { limit: 10 })).toEqual([]);
    const { status, problem } = await webhooks.get(id);
    expect(status).toBe('refusing');
    expect(problem).toMatchObject({ count: 1, why: expect.stringMatching(/\.\s.+\./) });
    await webhooks.receive(id, ...signed(eventOf('evt_good')));
    expect(await webhooks.get(id)).toMatchObject({ status: 'enabled', problem: null });
  });

  test('a connection without secrets takes nothing', async () => {
    const { id, webhooks } = await prepare();
    await expect(webhooks.receive(id, ...signed(eventOf('evt_1')))).rejects.toMatchObject({ status: 404 });
  });

  test('registers one endpoint with the event types in use, and never a second', async () => {
    const { id, webhooks, stripe, tasks, agent } = await prepare();
    await tasks.create(
      {
        agentId: agent,
        name: 'T',
        prompt: 'Look.',
        trigger: { type: 'event', event: 'invoice.payment_failed' },
      },
      systemActor,
    );
    const first = await webhooks.register(id, systemActor);
    expect(first).toMatchObject({
      url: `https://purser.example.com/webhooks/stripe/${id}`,
      events: ['invoice.payment_failed'],
      status: 'silent',
    });
    await tasks.create(
      { agentId: agent, name: 'U', prompt: 'Look.', trigger: { type: 'event', event: 'charge.failed' } },
      systemActor,
    );
    const second = await webhooks.register(id, systemActor);
    expect(second).toMatchObject({
      endpointId: first.endpointId,
      events: ['invoice.payment_failed', 'charge.failed'],
    });
    const { data } = await stripe.webhookEndpoints.list();
    expect(data.map(({ enabled_events }) => enabled_events)).toEqual([
      ['invoice.payment_failed', 'charge.failed'],
    ]);
  });

  test('an endpoint is kept in step with what is waited for', async () => {
    const { id, webhooks, stripe, tasks, agent } = await prepare();
    const sent = async () =>
      (await stripe.webhookEndpoints.list()).data.map(({ enabled_events: all }) => all);
    const trigger = { type: 'event', event: 'charge.failed' } as const;
    await webhooks.register(id, systemActor);
    expect(await webhooks.keepInStep()).toBe(0);
    const task = await tasks.create({ agentId: agent, name: 'T', prompt: 'Look.', trigger }, systemActor);
    expect(await webhooks.keepInStep()).toBe(1);
    expect(await sent()).toEqual([['charge.failed']]);
    await tasks.update(task.id, { enabled: false }, systemActor);
    expect(await webhooks.keepInStep()).toBe(1);
    expect(await sent()).toEqual([['invoice.paid', 'charge.failed']]);
    expect(await webhooks.keepInStep()).toBe(0);
    expect((await webhooks.get(id)).secretCount).toBe(1);
  });

  test('one of ours whose secret was lost is made anew', async () => {
    const { id, webhooks, stripe } = await prepare();
    const first = await webhooks.register(id, systemActor);
    await webhooks.remove(id, systemActor);
    const again = await webhooks.register(id, systemActor);
    expect(again.endpointId).not.toBe(first.endpointId);
    expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });

  test('without a public address it says what to set', async () => {
    const { id, webhooks } = await prepare(null);
    await expect(webhooks.register(id, systemActor)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('PURSER_PUBLIC_URL'),
    });
  });
});

describe('tasks on events', () => {
  const on = (event: string, filter?: object) =>
    ({ type: 'event', event, ...(filter && { filter }) }) as never;

  test('shuffled, repeated and interrupted deliveries begin what deliveries in order begin', async () => {
    const { id, webhooks, tasks, agent, dispatcher } = await prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const { id: task } = await tasks.create(
      { agentId: agent, name: 'T', prompt: 'Look.', trigger: on('invoice.*') },
      systemActor,
    );
    const all = Array.from({ length: 45 }, (_, n) =>
      eventOf(`evt_${n}`, n % 3 === 0 ? 'charge.failed' : 'invoice.paid'),
    );
    const deliveries = [...all, ...all, ...all].toSorted(() => Math.random() - 0.5);
    for (let at = 0; at < deliveries.length; at += 60) {
      await Promise.all(deliveries.slice(at, at + 60).map((event) => webhooks.receive(id, ...signed(event))));
      // Two instances at once, and one that dies after it began: what it took comes back when its lease is over.
      await Promise.all([dispatcher.run(), dispatcher.run()]);
      await database.db
        .updateTable('events')
        .set({ state: 'pending', next_attempt_at: null })
        .where('id', 'in', ['evt_1', 'evt_2', 'evt_4'])
        .execute();
    }
    while ((await dispatcher.run()) > 0);
    const begunRuns = await tasks.runs(task, { limit: 200 });
    expect(begunRuns).toHaveLength(30);
    expect(new Set(begun).size).toBe(30);
  });

  test('the agent is told the event as data, not as words of a person', async () => {
    const { id, webhooks, tasks, agent, dispatcher } = await prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const { id: task } = await tasks.create(
      { agentId: agent, name: 'T', prompt: 'Write to the customer.', trigger: on('invoice.payment_failed') },
      systemActor,
    );
    await webhooks.receive(id, ...signed(eventOf('evt_1')));
    await dispatcher.run();
    const [run] = await tasks.runs(task, { limit: 1 });
    const entries = await database.db
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
    const { requested_by } = await database.db
      .selectFrom('runs')
      .select('requested_by')
      .where('thread_id', '=', run?.threadId ?? '')
      .executeTakeFirstOrThrow();
    expect(requested_by).toEqual({ type: 'task', id: task, name: 'T' });
  });

  test('a filter looks at amount, customer and fields of the object', async () => {
    const { id, webhooks, tasks, agent, dispatcher } = await prepare();
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
      await webhooks.receive(id, ...signed(eventOf(`evt_f${n}`, 'invoice.payment_failed', each)));
    await dispatcher.run();
    expect(await tasks.runs(task, { limit: 10 })).toHaveLength(1);
  });

  test('what cannot be handled is tried again, then shown, and can be replayed', async () => {
    const { id, webhooks, events } = await prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    let fails = true;
    const handled: string[] = [];
    const handler = {
      ...{ name: 'x', types: async () => ['invoice.paid'] },
      handle: async (event: StoredEvent) => {
        if (fails) throw new Error('It is broken.');
        handled.push(event.id);
      },
    };
    const { db } = database;
    const dispatcher = createDispatcher({ db, clock, log: silentLog, handlers: [handler] });
    await webhooks.receive(id, ...signed(eventOf('evt_1', 'invoice.paid')));
    for (const wait of [0, 1, 5, 30, 120, 720]) {
      pass(wait * minute);
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

describe('the events list', () => {
  test('is read where no webhook tells, from now on, and both ways together change nothing', async () => {
    const { id, stripe, polling, webhooks, events } = await prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    await stripe.customers.create({ name: 'Before' });
    pass(10 * minute);
    expect(await polling.run()).toBe(0);
    now = new Date();
    await database.db
      .updateTable('event_cursors')
      .set({ read_to: now, polled_at: null })
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

describe('tasks on a schedule', () => {
  test('begin once when due, also with two instances, and say when they are due next', async () => {
    const { tasks, agent } = await prepare();
    now = new Date('2026-11-30T08:59:00Z');
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
    pass(2 * minute);
    const ticks = await Promise.all([tasks.tick(), tasks.tick(), tasks.tick()]);
    expect(ticks.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await tasks.get(task.id)).toMatchObject({
      nextRunAt: '2026-12-07T09:00:00.000Z',
      lastRun: { status: 'queued' },
    });
  });

  test('a time that was missed is made up for once, or skipped, as the task says', async () => {
    const { tasks, agent } = await prepare();
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
    pass(5 * 60 * minute + 20 * minute);
    await tasks.tick();
    expect(await tasks.runs(once.id, { limit: 10 })).toHaveLength(1);
    expect(await tasks.runs(skip.id, { limit: 10 })).toHaveLength(0);
  });

  test('a paused one rests, and goes on from now', async () => {
    const { tasks, agent } = await prepare();
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
    pass(60 * minute);
    await tasks.tick();
    expect(await tasks.runs(id, { limit: 10 })).toEqual([]);
    const again = await tasks.update(id, { enabled: true }, systemActor);
    expect(Date.parse(again.nextRunAt ?? '')).toBeGreaterThan(now.getTime());
  });

  test('one whose agent is halted says so in its history', async () => {
    const { tasks, agent } = await prepare();
    const { id } = await tasks.create(
      { agentId: agent, name: 'x', prompt: 'x', trigger: { type: 'manual' } },
      systemActor,
    );
    await database.db
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

describe('a task that an agent proposes', () => {
  const weekly = {
    name: 'Overdue',
    prompt: 'List overdue invoices.',
    cron: '0 9 * * 1',
    timezone: 'Europe/Berlin',
  };

  /** The tool, and an operation of an agent that somebody asked. */
  async function proposed() {
    const { id, agent, tasks } = await prepare();
    const { db } = database;
    const [create] = taskTools({
      db,
      clock,
      tasks: () => tasks,
      connectionId: id,
      timeZone: 'America/New_York',
    });
    if (!create || create.effect === 'read') throw new Error('There is no tool.');
    const threadId = newId('thr');
    await db
      .insertInto('threads')
      .values({ id: threadId, agent_id: agent, connection_id: id, title: 'T', created_by: 'usr_1' })
      .execute();
    const by = { type: 'person', id: 'usr_1', name: 'Olga' } as const;
    const runId = await db
      .transaction()
      .execute((trx) => insertRun(trx, { threadId, said: 'Every Monday', by, defaultModel: 'builtin', now }));
    const operationId = `op_${newId('t').slice(2).toLowerCase()}`;
    await db
      .insertInto('operations')
      .values({
        ...{ id: operationId, run_id: runId, tool_call_id: 'call_1', thread_id: threadId, agent_id: agent },
        ...{ connection_id: id, account_id: 'acct_1', mode: 'test', tool: create.name, title: create.title },
        ...{
          effect: create.effect,
          input: '{}',
          sealed: '{}',
          preview: '{}',
          digest: '',
          requester_name: 'Olga',
        },
      })
      .execute();
    return { create, tasks, agent, context: { operationId, threadId, idempotencyKey: () => operationId } };
  }

  test('says when it would run, is made once for its operation, and belongs to the agent', async () => {
    const { create, tasks, agent, context } = await proposed();
    const { preview, sealed } = await create.plan(weekly, {});
    expect(preview.summary).toBe('Make the task “Overdue”: At 09:00, only on Monday (Europe/Berlin)');
    expect(preview.facts).toContainEqual({
      label: 'Next',
      value: expect.stringMatching(/^\S+Z, \S+Z, \S+Z$/),
    });
    const first = await create.act(sealed, context);
    expect(await create.act(sealed, context)).toEqual(first);
    expect(await tasks.list({ limit: 10, agentId: agent })).toMatchObject([
      { name: 'Overdue', prompt: 'List overdue invoices.', trigger: { cron: '0 9 * * 1' }, enabled: true },
    ]);
  });

  test('is refused with the reason where its schedule makes no sense', async () => {
    const { create } = await proposed();
    await expect(create.plan({ ...weekly, cron: 'every monday' }, {})).rejects.toMatchObject({
      message: expect.stringContaining('is no cron expression'),
    });
    expect(create.input.safeParse({ ...weekly, event: 'invoice.paid' }).success).toBe(false);
  });

  test('asks a person, whatever policy lets an agent write, unless it names the tool', () => {
    const tool = { name: 'create_task', title: 'Make a task', effect: 'write', asksByDefault: true } as const;
    const decided = (policy: Policy) =>
      decide({ tool, mode: 'test', policy, now, timeZone: 'UTC' })?.decision;
    expect(decided({})).toBe('ask');
    expect(decided({ effects: { write: 'allow' }, rules: [{ decision: 'allow', effects: ['write'] }] })).toBe(
      'ask',
    );
    expect(decided({ effects: { write: 'deny' } })).toBe('deny');
    expect(decided({ tools: { create_task: 'allow' } })).toBe('allow');
  });
});
