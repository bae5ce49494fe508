import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, Connection, Operation, Page, Problem, Thread, TurnResult } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './fixtures/eventually.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';
import { type Seen, type StripeProxy, startStripeProxy, type Tap } from './fixtures/stripe-proxy.ts';

let model: PuppetModel;
/** A process of its own: Stripe does not die with us. */
let sandbox: SandboxProgram;
let proxy: StripeProxy;
let purser: Purser;
let stripe: Stripe;
let agentId: string;

beforeAll(async () => {
  model = await startPuppetModel();
  sandbox = await startSandbox();
  proxy = await startStripeProxy(sandbox.url);
  purser = await startPurser({ ...model.settings, PURSER_SANDBOX_PORT: '0' });
  const apiKey = freshKey();
  stripe = stripeAt(sandbox.url, apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: proxy.url };
  const connection = (await purser.api<Connection>('POST', '/api/connections', body)).body;
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Tess' })).body.id;
  await purser.api('PUT', `/api/agents/${agentId}/connections/${connection.id}`, {});
});
afterEach(() => {
  proxy.tap = {};
  model.override = () => undefined;
});
afterAll(async () => {
  await purser?.remove();
  await proxy?.close();
  await sandbox?.stop();
  await model?.close();
});

async function newThread(): Promise<string> {
  return (await purser.api<Thread>('POST', '/api/threads', { agentId })).body.id;
}
async function begin(text: string): Promise<string> {
  const threadId = await newThread();
  const { status } = await purser.api('POST', `/api/threads/${threadId}/messages?wait=false`, { text });
  expect(status).toBe(202);
  return threadId;
}
async function finished(threadId: string, at: Purser = purser): Promise<Thread> {
  return eventually(`${threadId} comes to rest`, async () => {
    const { body } = await at.api<Thread>('GET', `/api/threads/${threadId}`);
    return body.status !== 'running' && body;
  });
}

/** One write an agent makes, and how many things it made. */
interface Write {
  readonly message: string;
  readonly path: string;
  /** What stands in its message and in each request that is about it, and in no other's. */
  readonly about: string;
  count(): Promise<number>;
}

/** A customer, a payment intent and a refund, each of somebody new. */
async function threeWrites(label: string): Promise<Write[]> {
  const email = `${label}@example.com`;
  const payer = await stripe.customers.create({ name: `Payer of ${label}` });
  const paid = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    customer: payer.id,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    confirm: true,
  });
  const charge = String(paid.latest_charge);
  const amount = '{"amount":"50.00","currency":"usd","customer":';
  return [
    {
      message: `create_customer {"email":"${email}"}`,
      path: '/v1/customers',
      about: email,
      count: async () => (await stripe.customers.list({ email })).data.length,
    },
    {
      message: `create_payment_intent ${amount}"${payer.id}"}`,
      path: '/v1/payment_intents',
      about: payer.id,
      count: async () => (await stripe.paymentIntents.list({ customer: payer.id })).data.length - 1,
    },
    {
      message: `create_refund {"charge":"${charge}","amount":"20.00"}`,
      path: '/v1/refunds',
      about: charge,
      count: async () => (await stripe.refunds.list({ charge })).data.length,
    },
  ];
}

const isWrite = ({ method, path }: Seen) => method === 'POST' && !path.includes('purser_probe');

/** Where a turn with one write can be cut. */
const boundaries = {
  'while the model thinks': { model: 0 },
  'while the write is planned': { stripe: 'before', matches: ({ method }: Seen) => method === 'GET' },
  'when the write is on its way': { stripe: 'before', matches: isWrite },
  'when Stripe has done it and nobody knows': { stripe: 'after', matches: isWrite },
  'when it is done and the model is to say so': { model: 1 },
} as const;
type Boundary = (typeof boundaries)[keyof typeof boundaries];

/** Holds each of these writes at its boundary, until they are let go; then what was held is torn. */
function holdAt(held: readonly (readonly [Write, Boundary])[]): { reached(): number; letGo(): void } {
  const gate = Promise.withResolvers<'drop'>();
  const reached = new Set<Write>();
  model.override = ({ message, answered }) => {
    for (const [write, boundary] of held) {
      if (!('model' in boundary) || boundary.model !== answered || !message.includes(write.about)) continue;
      reached.add(write);
      return { hangs: 'before the headers' };
    }
    return undefined;
  };
  const stopAt = (when: keyof Tap) => (seen: Seen) => {
    for (const [write, boundary] of held) {
      if (!('stripe' in boundary) || boundary.stripe !== when || !boundary.matches(seen)) continue;
      if (!decodeURIComponent(`${seen.path} ${seen.body}`).includes(write.about)) continue;
      reached.add(write);
      return gate.promise;
    }
    return undefined;
  };
  proxy.tap = { before: stopAt('before'), after: stopAt('after') };
  return {
    reached: () => reached.size,
    letGo: () => {
      proxy.tap = {};
      model.override = () => undefined;
      gate.resolve('drop');
    },
  };
}

async function expectDoneOnce(
  threads: readonly string[],
  writes: readonly Write[],
  at = purser,
): Promise<void> {
  for (const [index, id] of threads.entries()) {
    const thread = await finished(id, at);
    const answer = thread.messages.at(-1);
    expect(answer).toMatchObject({ status: 'completed', toolCalls: [{ status: 'completed' }] });
    expect(answer?.text).toContain('Done.');
    expect(thread.messages).toHaveLength(2);
    const write = writes[index];
    expect([write?.path, await write?.count()]).toEqual([write?.path, 1]);
  }
}

describe('kill -9', () => {
  it('at any boundary of a turn: it goes on by itself, and nothing happens twice', async () => {
    const held = await Promise.all(
      Object.values(boundaries).map(async (boundary, at) => {
        const writes = await threeWrites(`at-${at}`);
        return writes.map((write) => [write, boundary] as const);
      }),
    ).then((all) => all.flat());
    const writes = held.map(([write]) => write);
    const boundary = holdAt(held);
    const threads = await Promise.all(writes.map(({ message }) => begin(message)));
    await eventually('each is at its boundary', () => boundary.reached() === writes.length);
    await purser.kill();
    boundary.letGo();
    await purser.start();
    await expectDoneOnce(threads, writes);
  });

  it('sends the very same idempotency key again', async () => {
    const keys = new Map<string, string[]>();
    for (const { method, path, idempotencyKey } of proxy.seen.filter(isWrite))
      keys.set(`${method} ${path} ${idempotencyKey}`, [
        ...(keys.get(`${method} ${path} ${idempotencyKey}`) ?? []),
        path,
      ]);
    expect([...keys.keys()].every((key) => /op_\w+$/.test(key))).toBe(true);
    expect([...keys.values()].filter((sent) => sent.length > 1).length).toBeGreaterThanOrEqual(3);
  });

  it('of Postgres too, with an approval open: it is still there, and acts once', async () => {
    const doomed = await stripe.customers.create({ email: 'doomed@example.com' });
    const threadId = await newThread();
    const text = `delete_customer {"customer":"${doomed.id}"}`;
    const path = `/api/threads/${threadId}/messages?wait=true`;
    const waiting = (await purser.api<TurnResult>('POST', path, { text })).body;
    expect(waiting.status).toBe('awaiting_approval');
    const writes = (await threeWrites('postgres')).slice(0, 1);
    const boundary = holdAt(
      writes.map((write) => [write, boundaries['when Stripe has done it and nobody knows']]),
    );
    const threads = await Promise.all(writes.map(({ message }) => begin(message)));
    await eventually('it is there', () => boundary.reached() === 1);

    await purser.killPostgres();
    const away = await purser.api<Problem>('GET', '/api/agents');
    expect(away.status).toBeGreaterThanOrEqual(500);
    expect(away.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect((await purser.api('GET', '/healthz')).status).toBe(200);
    expect((await purser.api('GET', '/readyz')).status).toBe(503);
    await purser.kill();
    boundary.letGo();
    await purser.start();
    await expectDoneOnce(threads, writes);

    const approve = () =>
      purser.api<TurnResult>('POST', `/api/approvals/${waiting.approvals[0]?.id}?wait=true`, {
        decision: 'approve',
      });
    const [one, two] = await Promise.all([approve(), approve()]);
    expect([one.status, two.status].sort()).toEqual([200, 409]);
    const done = one.status === 200 ? one : two;
    expect(done.body).toMatchObject({ runId: waiting.runId, status: 'completed' });
    expect((await stripe.customers.retrieve(doomed.id)).deleted).toBe(true);
  });
});

describe('Ctrl-C', () => {
  it('in the middle of turns ends well, and the turns go on at the next start', async () => {
    const writes = (await threeWrites('ctrl-c')).slice(0, 2);
    const boundary = holdAt(writes.map((write) => [write, boundaries['while the model thinks']]));
    const threads = await Promise.all(writes.map(({ message }) => begin(message)));
    await eventually('both are there', () => boundary.reached() === writes.length);
    expect(await purser.stop()).toBe(0);
    boundary.letGo();
    await purser.start();
    await expectDoneOnce(threads, writes);
  });
});

describe('a lost answer', () => {
  it('is asked for again with the same key, without anybody noticing', async () => {
    const writes = await threeWrites('lost');
    const lost = new Set<string>();
    proxy.tap = {
      after(seen) {
        if (!isWrite(seen) || lost.has(seen.path)) return undefined;
        lost.add(seen.path);
        return 'drop';
      },
    };
    const threads = await Promise.all(writes.map(({ message }) => begin(message)));
    await expectDoneOnce(threads, writes);
    expect(lost.size).toBe(3);
  });
});

describe('two on one database', () => {
  it('share the work: when one dies, the other goes on with its turns and approvals', async () => {
    const masterKey = (await readFile(join(purser.dataDir, 'master.key'), 'utf8')).trim();
    const other = await startPurser({
      ...model.settings,
      PURSER_SANDBOX_PORT: '0',
      PURSER_MASTER_KEY: masterKey,
      DATABASE_URL: await postgresUrl(purser),
    });
    try {
      const created = await stripe.customers.create({ email: 'shared@example.com' });
      const ask = await begin(`delete_customer {"customer":"${created.id}"}`);
      expect((await finished(ask, other)).status).toBe('awaiting_approval');
      const writes = await threeWrites('takeover');
      const boundary = holdAt(
        writes.map((write) => [write, boundaries['when Stripe has done it and nobody knows']]),
      );
      const threads = await Promise.all(writes.map(({ message }) => begin(message)));
      await eventually('all three are there', () => boundary.reached() === writes.length);
      const busy = await other.api<Problem>('POST', `/api/threads/${threads[0]}/messages`, {
        text: 'Me too',
      });
      expect(busy).toMatchObject({ status: 409, body: { code: 'run_active' } });

      await purser.kill();
      boundary.letGo();
      await expectDoneOnce(threads, writes, other);
      const [approval] = (await other.api<Thread>('GET', `/api/threads/${ask}`)).body.approvals;
      await other.api('POST', `/api/approvals/${approval?.id}?wait=true`, { decision: 'approve' });
      expect((await stripe.customers.retrieve(created.id)).deleted).toBe(true);

      const { data } = (await other.api<Page<Operation>>('GET', '/api/operations?limit=100')).body;
      expect(data.filter(({ state }) => state !== 'done')).toEqual([]);
      const verified = await other.cli('audit', 'verify');
      expect([verified.code, verified.stderr]).toEqual([0, '']);
    } finally {
      await other.remove();
    }
  });
});
