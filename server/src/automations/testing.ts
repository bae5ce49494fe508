/** For tests of automations: accounts of a sandbox, what listens to them, and a clock that stands until it is moved. */
import { randomBytes } from 'node:crypto';
import { createSandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { attachConnection, createAgent } from '../agents/agents.ts';
import type { Runs } from '../agents/runs.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import { createConnections } from '../connections/connections.ts';
import { createPace } from '../connections/pace.ts';
import { stripeConnection } from '../connections/stripe/index.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { createVault } from '../secrets/vault.ts';
import { createDispatcher, type StoredEvent } from './dispatch.ts';
import { createEventList } from './event-list.ts';
import { createIntake } from './intake.ts';
import { createPolling } from './polling.ts';
import { createTasks } from './tasks.ts';
import { createWebhooks } from './webhooks.ts';

/** What signs the deliveries of tests. */
export const secret = 'whsec_test_secret';
export const minute = 60_000;

export type Rig = Awaited<ReturnType<typeof startRig>>;

export async function startRig() {
  const database = await testDatabase();
  const { db } = database;
  const sandbox = createSandbox();
  const { url } = await sandbox.listen({ port: 0 });
  let now = new Date();
  const clock = { now: () => now };
  const vault = createVault({ masterKey: randomBytes(32) });
  const audit = createAudit(db);
  const connections = createConnections({
    ...{ db, vault, audit, clock, types: [stripeConnection] },
    ...{ allowPrivateAddresses: true, pace: createPace(db) },
  });
  let keys = 0;
  /** Threads whose run was begun. */
  const begun: string[] = [];
  const runs = { begin: async (threadId: string) => void begun.push(threadId) } as unknown as Runs;
  const tell = ({ id: event, type }: StoredEvent) => ({
    ...{ tool: 'get_event', title: 'Event', input: { event }, view: { id: event, type }, summary: type },
  });

  const eventOf = (
    id: string,
    type = 'invoice.payment_failed',
    object: object = { id: 'in_1', object: 'invoice' },
  ) => ({
    ...{ id, object: 'event', type, created: Math.floor(now.getTime() / 1000), livemode: false },
    data: { object },
  });

  return {
    ...{ db, clock, begun, eventOf },
    now: () => now,
    setNow: (to: Date) => {
      now = to;
    },
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    async close() {
      await sandbox.close();
      await database.close();
    },

    /** An account of its own, with what listens to it. */
    async prepare(publicUrl: string | null = 'https://purser.example.com') {
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
      const intake = createIntake(db);
      const tasks = createTasks({ db, audit, clock, runs, defaultModel: 'builtin', tell });
      const dispatcher = createDispatcher({ db, clock, log: silentLog, handlers: [tasks.handler] });
      const webhooks = createWebhooks({
        ...{ db, vault, audit, clock, log: silentLog, connections, intake, publicUrl },
        wanted: (which) => tasks.wantedEvents(which),
      });
      const polling = createPolling({
        ...{ db, clock, log: silentLog, connections, intake, isWanted: async (which) => which === id },
      });
      const events = createEventList(db);
      return { id, stripe, agent: agent.id, tasks, dispatcher, webhooks, polling, events };
    },
  };
}

/** As Stripe sends it. */
export function signed(event: object, by = secret, at = Math.floor(Date.now() / 1000)) {
  const payload = JSON.stringify(event, null, 2);
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp: at });
  return [payload, header] as const;
}
