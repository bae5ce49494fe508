/** For tests of playbooks: a business on a test clock, and a Purser that works on it without waiting for time. */
import { randomBytes } from 'node:crypto';
import { createSandbox, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { attachConnection, createAgent } from '../agents/agents.ts';
import { LostRun } from '../agents/journal.ts';
import type { Live } from '../agents/live.ts';
import type { Models } from '../agents/models/models.ts';
import { claimLeg, finishRun, requeue, waitForPerson } from '../agents/run-rows.ts';
import type { Runs } from '../agents/runs.ts';
import type { OpenConnection } from '../agents/toolbox.ts';
import { takeTurn } from '../agents/turn.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import { createAlerts } from '../automations/alerts.ts';
import { createDispatcher } from '../automations/dispatch.ts';
import { createIntake } from '../automations/intake.ts';
import { createConnections } from '../connections/connections.ts';
import { createGuardedFetch } from '../connections/guarded-fetch.ts';
import { alertMail } from '../connections/mail/alert-mail.ts';
import { createOutbox } from '../connections/mail/outbox.ts';
import { mailTools } from '../connections/mail/tools.ts';
import { createPace } from '../connections/pace.ts';
import { stripeConnection } from '../connections/stripe/index.ts';
import { testDatabase } from '../database/testing.ts';
import { listApprovals } from '../guard/approval-list.ts';
import { createApprovals } from '../guard/approvals.ts';
import { createGuard } from '../guard/guard.ts';
import type { Policy } from '../guard/policy.ts';
import { createReconciler, type OpenTool } from '../guard/reconcile.ts';
import { silentLog } from '../log.ts';
import { createVault } from '../secrets/vault.ts';
import { createAlertFacts } from './alerts/facts.ts';
import { createDecider } from './decider.ts';
import { createEngine } from './engine.ts';
import { createAllPlaybooks, orderSecretVersion, toolsOfPlaybooks } from './index.ts';
import { createDeliveries } from './orders/deliveries.ts';
import { createPlaybooks } from './playbooks.ts';

export const owner = { type: 'person', id: 'usr_olga', name: 'Olga' } as const;
const day = 86_400;
let keys = 0;

/** What a turn must never ask: no model takes part in a playbook. */
const noModels: Models = {
  defaultId: 'builtin',
  list: () => [],
  isKnown: () => true,
  takesAll: () => true,
  embedder: () => null,
  resolve: () => {
    throw new Error('A playbook asked a model.');
  },
};

export type Rig = Awaited<ReturnType<typeof createRig>>;

/** An account of its own on a test clock, with an agent that may do as `policy` says. */
export async function createRig(
  sandbox: { sandbox: Sandbox; url: string },
  { policy = {}, timeZone = 'UTC' }: { policy?: Policy; timeZone?: string } = {},
) {
  // Its own, with a clock of its own: whoever lets time pass wakes all that is due in a database.
  const database = await testDatabase();
  const { db } = database;
  keys += 1;
  const apiKey = `sk_test_playbooks_${keys}`;
  const { hostname: host, port } = new URL(sandbox.url);
  const stripe = new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });
  let now = new Date();
  const clock = { now: () => now };
  const audit = createAudit(db, clock);
  const vault = createVault({ masterKey: randomBytes(32) });
  const connections = createConnections({
    ...{ db, vault, audit, clock, types: [stripeConnection], allowPrivateAddresses: true },
    pace: createPace(db),
  });
  const { id: connectionId } = await connections.create(
    { type: 'stripe', credentials: { apiKey }, baseUrl: sandbox.url },
    systemActor,
  );
  await db
    .updateTable('connections')
    .set((row) => ({
      account: row.fn('jsonb_set', [
        row.ref('account'),
        row.val('{timeZone}'),
        row.val(JSON.stringify(timeZone)),
      ]) as never,
    }))
    .where('id', '=', connectionId)
    .execute();
  const agent = await createAgent(db, { name: 'Ada' });
  await attachConnection(db, agent.id, connectionId, { policy });
  const outbox = createOutbox({ db, clock, transport: null, from: 'Northwind <billing@northwind.example>' });

  const deliveries = createDeliveries({
    ...{ db, clock, vault, fetch: createGuardedFetch({ allowPrivateAddresses: false }) },
    secretVersion: (id) => orderSecretVersion(playbooks, id),
  });
  const alerts = createAlerts({ db, clock, log: silentLog, channels: [alertMail(outbox)] });
  const openConnection: OpenConnection = async (id) => {
    const opened = await connections.open(id);
    const of = await connections.reader(id);
    const more = toolsOfPlaybooks({
      playbooks: () => playbooks,
      deliveries,
      alerts,
      outbox,
      connectionId: id,
      of,
      now: clock.now,
    });
    const mail = mailTools({ outbox, account: of.account, connectionId: id });
    return { ...opened, tools: [...opened.tools, ...mail, ...more] };
  };
  const openTool: OpenTool = async (id, name) => {
    const tool = (await openConnection(id)).tools.find((each) => each.name === name);
    return tool && tool.effect !== 'read' ? tool : null;
  };
  const known = {
    db,
    audit,
    clock,
    log: silentLog,
    connections,
    playbooks: createAllPlaybooks({ db, deliveries, outbox, alertFacts: createAlertFacts(db) }),
  };
  const playbooks = createPlaybooks({ ...known, openTool });
  const approvals = createApprovals({ db, audit, clock });
  const guard = createGuard({ db, audit, clock, readNumbers: () => [] });
  const reconciler = createReconciler({ db, audit, clock, openTool });
  const live: Live = { publish: async () => undefined, subscribe: () => () => undefined };
  const decider = createDecider(known);
  const needs = {
    db,
    guard,
    models: noModels,
    decider,
    openConnection,
    ownTools: async () => [],
    live,
    clock,
  };

  /** One instance: turns that it began and has not taken yet. */
  function instance() {
    const begun: { runId: string; leg: number }[] = [];
    const runs = {
      begin: async (_thread: string, runId: string) => void begun.push({ runId, leg: 0 }),
      async cancel(threadId: string) {
        const run = await db
          .selectFrom('runs')
          .select('id')
          .where('thread_id', '=', threadId)
          .where('status', '=', 'awaiting_approval')
          .executeTakeFirst();
        if (run) await finishRun(db, clock, run.id, { status: 'cancelled' });
        return run !== undefined;
      },
    } as unknown as Runs;
    const engine = createEngine({ ...known, runs, defaultModel: 'builtin', openTool, decider });

    async function take({ runId, leg }: { runId: string; leg: number }): Promise<void> {
      const facts = await claimLeg(db, runId, leg);
      if (!facts) return;
      const signal = new AbortController().signal;
      try {
        let end = await takeTurn(needs, facts, signal);
        while (end.status === 'waiting' && !(await waitForPerson(db, runId)))
          end = await takeTurn(needs, facts, signal);
        if (end.status !== 'waiting') await finishRun(db, clock, runId, end);
      } catch (error) {
        if (error instanceof LostRun) return;
        const message = error instanceof Error ? error.message : String(error);
        const failed = { code: 'internal', message, retryable: true };
        await finishRun(db, clock, runId, { status: 'failed', error: failed });
      }
    }

    return {
      engine,
      begun,
      /** Does all there is to do now. */
      async work() {
        for (let round = 0; round < 50; round += 1) {
          await engine.settle();
          const woken = await engine.wake();
          const turns = begun.splice(0);
          for (const turn of turns) await take(turn);
          if (woken === 0 && turns.length === 0) return;
        }
        throw new Error('It does not come to rest.');
      },
    };
  }
  const first = instance();

  const intake = createIntake(db);
  const dispatcher = createDispatcher({ db, clock, log: silentLog, handlers: [playbooks.handler] });
  let heard: string | undefined;
  /** Takes in what happened since, in the order it is given. */
  async function hear(order: (events: Stripe.Event[]) => Stripe.Event[] = (events) => events): Promise<void> {
    for (;;) {
      const page = await stripe.events.list({ limit: 100, ...(heard && { ending_before: heard }) });
      if (page.data.length === 0) break;
      heard = page.data[0]?.id;
      for (const event of order(page.data.toReversed())) {
        const { id, type, livemode } = event;
        const objectId = (event.data.object as { id?: string }).id ?? null;
        const received = {
          id,
          type,
          livemode,
          account: null,
          objectId,
          created: new Date(event.created * 1000),
        };
        await intake.store(connectionId, { ...received, data: JSON.parse(JSON.stringify(event)) }, 'poll');
      }
    }
    while ((await dispatcher.run()) > 0);
  }

  const start = Math.floor(now.getTime() / 1000);
  const testClock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
  now = new Date(start * 1000);

  const rig = {
    ...{
      db,
      stripe,
      connectionId,
      agentId: agent.id,
      outbox,
      deliveries,
      alerts,
      audit,
      connections,
      playbooks,
      approvals,
      clock,
      testClock: testClock.id,
    },
    close: () => database.close(),
    ...{ instance, hear, openTool, engine: first.engine, begun: first.begun, work: first.work },
    /** Lets time pass, at Stripe and here, hour by hour or in steps of so many; Purser does its work in between. */
    async pass({ hours = 0, days = 0, every = 24 }: { hours?: number; days?: number; every?: number }) {
      const end = Math.floor(now.getTime() / 1000) + hours * 3600 + days * day;
      while (now.getTime() / 1000 < end) {
        const next = Math.min(end, Math.floor(now.getTime() / 1000) + every * 3600);
        await stripe.testHelpers.testClocks.advance(testClock.id, { frozen_time: next });
        now = new Date(next * 1000);
        await reconciler.settle();
        await approvals.expire();
        await hear();
        await playbooks.look();
        await first.work();
      }
    },
    /** A customer with saved cards, the first of which is the default, on the test clock. */
    async customer(cards: string[], more: Stripe.CustomerCreateParams = {}) {
      const customer = await stripe.customers.create({
        ...{ name: 'Bob Loblaw', email: 'bob@example.com', test_clock: testClock.id, ...more },
      });
      const methods = [];
      for (const card of cards)
        methods.push((await stripe.paymentMethods.attach(card, { customer: customer.id })).id);
      if (methods[0])
        await stripe.customers.update(customer.id, {
          invoice_settings: { default_payment_method: methods[0] },
        });
      return { id: customer.id, methods };
    },
    /** Replaces the card that a customer is charged to. */
    async use(customer: string, card: string) {
      const { id } = await stripe.paymentMethods.attach(card, { customer });
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
    },
    async price(amount = 2500, name = 'Basic') {
      const product = await stripe.products.create({ name });
      return stripe.prices.create({
        ...{ product: product.id, unit_amount: amount, currency: 'usd', recurring: { interval: 'month' } },
      });
    },
    /** Lets the sandbox fail so often. */
    async fault(fault: { path: string; status: number; times: number; method?: string }) {
      const answer = await fetch(`${sandbox.url}/_sandbox/faults`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}` },
        body: JSON.stringify(fault),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    /** How the account bills: when Stripe tries again, and what becomes of what stays unpaid. */
    async billing(settings: { after_last_retry?: string; retries?: number[] }) {
      await fetch(`${sandbox.url}/_sandbox/billing`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}` },
        body: JSON.stringify(settings),
      });
    },
    async clearFaults() {
      await fetch(`${sandbox.url}/_sandbox/faults`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${apiKey}` },
      });
    },
    mails: async () =>
      (await outbox.list({}, { limit: 100 })).filter((mail) => mail.connectionId === connectionId).reverse(),
    pending: async () =>
      (await listApprovals(db, { status: 'pending' })).filter(({ agentId }) => agentId === agent.id),
    /** Decides what waits, and goes on. */
    async decide(approve: boolean) {
      const pending = await rig.pending();
      const waiting = await approvals.decide(
        pending.map(({ id }) => id),
        { approve, by: owner },
      );
      for (const { runId } of waiting) {
        const run = await requeue(db, runId, ['awaiting_approval']);
        if (run) first.begun.push({ runId: run.id, leg: run.leg });
      }
      await first.work();
      return pending;
    },
    ran: async (playbook?: string) =>
      (await playbooks.runs({ connectionId, playbook }, { limit: 100 })).toReversed(),
  };
  return rig;
}

export async function startSandbox(): Promise<{ sandbox: Sandbox; url: string }> {
  const sandbox = createSandbox();
  const { url } = await sandbox.listen({ port: 0 });
  return { sandbox, url };
}
