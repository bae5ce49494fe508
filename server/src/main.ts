/** Builds every object once, in order, and takes them down in reverse. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createBuiltinModel, readNumbers } from '@purser/interpreter';
import { createSandbox, demoKey } from '@purser/sandbox';
import { type Access, createAccess, isPlaceholder } from './access/access.ts';
import { createKnowledge } from './agents/knowledge/knowledge.ts';
import { createLive } from './agents/live.ts';
import { createModels, type ModelSettings } from './agents/models/models.ts';
import { beginPrepared } from './agents/prepared-turn.ts';
import { explainMessage } from './agents/reading.ts';
import { startRuns } from './agents/runs.ts';
import { createAllTools } from './all-tools.ts';
import { createAnchor } from './audit/anchor.ts';
import { createAudit } from './audit/audit.ts';
import { createAlerts } from './automations/alerts.ts';
import { createApprovalNotices } from './automations/approval-notices.ts';
import { startAutomations } from './automations/automations.ts';
import { createChores } from './chores.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createConnections } from './connections/connections.ts';
import { createGuardedFetch } from './connections/guarded-fetch.ts';
import { connectionTypes } from './connections/kinds.ts';
import { alertMail } from './connections/mail/alert-mail.ts';
import { createConsents } from './connections/mail/consents.ts';
import { createOutbox } from './connections/mail/outbox.ts';
import { createSmtp } from './connections/mail/smtp.ts';
import { createPace } from './connections/pace.ts';
import type { Database } from './database/database.ts';
import { introduceDemo } from './first-start.ts';
import { createApprovals } from './guard/approvals.ts';
import { createGuard } from './guard/guard.ts';
import { createHalts } from './guard/halts.ts';
import { createOutsideWatch } from './guard/outside.ts';
import { createReconciler } from './guard/reconcile.ts';
import { createApp } from './http/app.ts';
import { trustedProxies } from './http/client-address.ts';
import { createInFlight } from './http/in-flight.ts';
import { createRates } from './http/rates.ts';
import { startServer } from './http/server.ts';
import { createJournalExports } from './ledger/journal/exports.ts';
import { createLedger } from './ledger/ledger.ts';
import { createReports } from './ledger/reports.ts';
import type { Log } from './log.ts';
import { createAlertFacts } from './playbooks/alerts/facts.ts';
import { createDecider } from './playbooks/decider.ts';
import { createAllPlaybooks, orderSecretVersion, startPlaybooks } from './playbooks/index.ts';
import { createDeliveries } from './playbooks/orders/deliveries.ts';
import { createOrders } from './playbooks/orders/desk.ts';
import { createPlaybooks } from './playbooks/playbooks.ts';
import { startPrivacy } from './privacy/privacy.ts';
import { openVault } from './secrets/open-vault.ts';
import { ownVersion } from './version.ts';

export { createAudit } from './audit/audit.ts';
export { type Config, ConfigError, loadConfig } from './config.ts';

/** A running Purser. */
export interface Purser {
  /** Where the console and API answer. */
  url: string;
  /** Signs the owner in, once. */
  signInLink: string;
  access: Access;
  /** Stops taking requests, lets what was sent be seen through, and stops everything it started. */
  close(): Promise<void>;
}

const consoleDir = join(import.meta.dirname, '../../console/dist');
const guardSweepMs = 30_000;
const anchorMs = 60_000;
const keySweepMs = 1_000;
const accessSweepMs = 10 * 60_000;
const mailSweepMs = 1_000;
const indexSweepMs = 2_000;
const outsideSweepMs = 5_000;
const noticeSweepMs = 5_000;

/** Starts everything on a database that is being opened. Whatever was started is stopped again when a later part cannot start. */
export async function startPurser(
  config: Config,
  { log, opened }: { log: Log; opened: Promise<Database> },
): Promise<Purser> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse().splice(0))
      await closer().catch((err) => log.warn({ err }, 'Closing failed'));
  };
  try {
    return { ...(await build(config, log, opened, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  config: Config,
  log: Log,
  opened: Promise<Database>,
  closers: (() => Promise<void>)[],
): Promise<Omit<Purser, 'close'>> {
  const clock = systemClock;
  const sandboxStarted = startSandbox(config, log);
  const version = await ownVersion();
  if (config.traces) {
    const { exportTraces } = await import('./trace-export.ts');
    closers.push(exportTraces(config.traces, version));
  }
  const database = await opened;
  closers.push(() => database.close());
  const sandbox = await sandboxStarted;
  if (sandbox) closers.push(() => sandbox.close());

  const keys = await openVault(database.db, { dataDir: config.dataDir, fromSettings: config.masterKey });
  const { vault } = keys;
  await keys.follow();
  closers.push(() => keys.leave());
  const audit = createAudit(database.db, clock);
  const isSecure = config.tls !== undefined || (config.publicUrl?.startsWith('https:') ?? false);
  const access = await createAccess({
    database,
    log,
    secret: vault.derive('sessions'),
    publicUrl: config.publicUrl,
    secure: isSecure,
    provider: config.provider,
    clock,
  });
  closers.push(() => access.close());

  const { db } = database;
  const connections = createConnections({
    db,
    vault,
    audit,
    clock,
    types: connectionTypes,
    allowPrivateAddresses: config.allowPrivateAddresses,
    pace: createPace(db),
    ownWebhook: (id) => automations.webhooks.own(id),
    journal: (id, context) => journals.source(id, context),
  });
  const smtp = config.mail ? createSmtp(config.mail.smtpUrl) : null;
  if (smtp) closers.push(async () => smtp.close());
  const consents = createConsents({ db, clock, vault, publicUrl: config.publicUrl ?? null });
  const from = config.mail?.from ?? unsentFrom;
  const outbox = createOutbox({ db, clock, transport: smtp, from, consents });
  const ledger = createLedger({ db, clock });
  const reports = createReports({ db, ledger, clock });
  const journals = createJournalExports({ db, clock, ledger, reader: connections.reader });
  const deliveries = createDeliveries({
    ...{ db, clock, vault, fetch: createGuardedFetch(config) },
    secretVersion: (connectionId) => orderSecretVersion(playbooks, connectionId),
  });
  const alerts = createAlerts({ db, clock, log, channels: [alertMail(outbox)] });
  const tools = createAllTools({
    db,
    connections,
    outbox,
    deliveries,
    alerts,
    reports,
    journals,
    tasks: () => automations.tasks,
    consents,
    playbooks: () => playbooks,
  });
  const { openTool } = tools;
  const known = {
    db,
    audit,
    clock,
    log,
    connections,
    playbooks: createAllPlaybooks({ db, deliveries, outbox, alertFacts: createAlertFacts(db) }),
  };
  const playbooks = createPlaybooks({ ...known, openTool });
  const decider = createDecider(known);
  const guard = createGuard({ db, audit, clock, readNumbers });
  const approvals = createApprovals({ db, audit, clock });
  // Captured mail is read in the outbox, whatever its address.
  const isReachable = (address: string) => smtp === null || !isPlaceholder(address);
  const notices = createApprovalNotices({
    ...{ db, outbox, clock, people: () => access.people.list(), publicUrl: config.publicUrl ?? null },
    isReachable,
  });
  const halts = createHalts({ db, audit, clock });
  const reconciler = createReconciler({
    db,
    audit,
    clock,
    openTool,
  });
  const outside = createOutsideWatch({
    ...{ db, audit, clock, openTool },
    ask: (connectionId, id) => connections.askApproval(connectionId, id),
  });
  const models = createModels({ settings: modelSettings(config), builtin: createBuiltinModel() });
  const explainer = createBuiltinModel({ explains: true });
  const live = await createLive(database);
  const knowledge = createKnowledge({ db, log, embedder: models.embedder() });
  const runs = await startRuns({
    db,
    databaseUrl: database.url,
    guard,
    models,
    decider,
    openConnection: tools.openConnection,
    ownTools: (agentId) => knowledge.toolsOf(agentId),
    live,
    clock,
    log,
  });
  closers.push(() => runs.close());
  const chores = createChores(log);
  closers.push(() => chores.close());
  chores.every(guardSweepMs, 'expire old approvals', async () => {
    for (const { runId } of await approvals.expire()) await runs.resume(runId);
  });
  chores.every(guardSweepMs, 'look into unknown outcomes', async () => {
    if ((await reconciler.settle()) > 0) await live.publish({ kind: 'changed', what: 'operations' });
  });
  chores.every(outsideSweepMs, 'ask for approvals at the far side', async () => {
    const settled = await outside.look();
    for (const { runId } of settled) await runs.resume(runId);
    if (settled.length > 0) await live.publish({ kind: 'changed', what: 'approvals' });
  });
  chores.every(noticeSweepMs, 'write to those who may approve', async () => {
    if ((await notices.send()) > 0) await live.publish({ kind: 'changed', what: 'outbox' });
  });
  if (knowledge.embeddings) chores.every(indexSweepMs, 'index knowledge by meaning', () => knowledge.index());
  chores.every(keySweepMs, 'follow the master key', () => keys.follow());
  chores.every(accessSweepMs, 'forget old guesses', () => access.sweep());
  chores.every(mailSweepMs, 'send mail', async () => {
    if ((await outbox.deliver()) > 0) await live.publish({ kind: 'changed', what: 'outbox' });
  });

  if (config.auditAnchor) {
    const anchor = createAnchor({ target: config.auditAnchor, clock, head: () => audit.head() });
    chores.every(anchorMs, 'anchor the audit record', anchor);
    closers.push(anchor);
  }

  const automations = startAutomations({
    ...{ db, vault, audit, clock, log, chores, connections, runs },
    defaultModel: models.defaultId,
    publicUrl: config.publicUrl ?? null,
    tell: (event) => tools.tell(event),
    alerts,
    addressOf: async ({ type, id }) => {
      const maker =
        type === 'person' ? (await access.people.list()).find((each) => each.id === id) : undefined;
      return maker && isReachable(maker.email) ? maker.email : null;
    },
    listeners: [{ ...playbooks.handler, wanted: (id) => playbooks.wantedEvents(id) }],
  });
  const engine = startPlaybooks({
    ...{
      ...known,
      openTool,
      decider,
      runs,
      chores,
      deliveries,
      alerts,
      playbookRuns: playbooks,
      defaultModel: models.defaultId,
    },
    changed: (what) => live.publish({ kind: 'changed', what }),
  });

  const privacy = startPrivacy({
    ...{ db, audit, clock, chores },
    deleteAtStripe: ({ connectionId, customer }, by) =>
      beginPrepared(
        { db, runs, clock, defaultModel: models.defaultId },
        {
          connectionId,
          title: `Delete ${customer}`,
          said: `Delete the customer ${customer}: their data is to be erased.`,
          tool: 'delete_customer',
          input: { customer },
        },
        { ...by, type: by.type === 'person' || by.type === 'token' ? by.type : 'system' },
      ),
    facts: {
      version,
      database: database.kind,
      publicUrl: config.publicUrl ?? null,
      providers: models.list().flatMap(({ id, available }) => (available && id !== 'builtin' ? [id] : [])),
      mailHost: config.mail ? new URL(config.mail.smtpUrl).hostname : null,
      collectors: collectorsOf(config),
    },
  });

  if (sandbox) await introduceDemo(database, connections, { baseUrl: sandbox.url, apiKey: demoKey });

  const inFlight = createInFlight();
  const app = createApp({
    database,
    access,
    audit,
    approvals,
    notices,
    halts,
    reconciler,
    connections,
    outbox,
    reports,
    ...automations,
    playbooks: { ...playbooks, stop: engine.stop, ask: engine.ask },
    consents,
    orders: createOrders({ ...known, playbooks, deliveries }),
    deliveries,
    alerts,
    knowledge,
    models,
    explain: (message) =>
      explainMessage(
        { db, openConnection: tools.openConnection, ownTools: knowledge.toolsOf, clock, explainer },
        message,
      ),
    runs,
    live,
    openConnection: tools.openConnection,
    tools: tools.facts,
    clock,
    log,
    rates: createRates(clock),
    mailer: smtp && config.mail ? { transport: smtp, from: config.mail.from } : null,
    inFlight,
    privacy,
    about: {
      version,
      sandbox: sandbox ? { url: sandbox.url, demoKey } : null,
      publicUrl: config.publicUrl ?? null,
      host: config.host,
      isSecure,
      isTrustedProxy: trustedProxies(config.trustedProxies),
    },
    consoleDir: existsSync(join(consoleDir, 'index.html')) ? consoleDir : null,
  });
  const { tls, host: name } = config;
  const server = await startServer(app.fetch, { port: config.port, host: name, ...(tls && { tls }) });
  closers.push(() => server.close(inFlight));
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `${config.tls ? 'https' : 'http'}://${host}:${server.port}`;
  return { url, signInLink: await access.ownerLink(config.publicUrl ?? url), access };
}

/** The embedded sandbox, unless it is turned off. */
async function startSandbox(
  config: Config,
  log: Log,
): Promise<{ url: string; close(): Promise<void> } | null> {
  if (config.sandbox.port === 0) return null;
  const sandbox = createSandbox({
    dataDir: join(config.dataDir, 'sandbox'),
    seed: config.sandbox.seed,
    log: (message, cause) => log.warn({ err: cause }, message),
  });
  try {
    const { url } = await sandbox.listen({ port: config.sandbox.port, host: '127.0.0.1' });
    return { url, close: () => sandbox.close() };
  } catch (cause) {
    await sandbox.close();
    const message = `The Stripe sandbox cannot listen on port ${config.sandbox.port}: ${cause instanceof Error ? cause.message : cause}. Set PURSER_SANDBOX_PORT to a free port, or to 0 to turn it off.`;
    throw new Error(message, { cause });
  }
}

/** Hosts that get spans or audit anchors. */
function collectorsOf({ traces, auditAnchor }: Config): string[] {
  const urls = [traces?.endpoint, auditAnchor && 'url' in auditAnchor ? auditAnchor.url : undefined];
  return urls.flatMap((url) => (url === undefined ? [] : [new URL(url).host]));
}

/** What captured mail would come from. */
const unsentFrom = 'Purser <purser@localhost>';

function modelSettings({ model, embeddingModel, providers }: Config): ModelSettings {
  const settings = { defaultModel: model, embeddingModel, ...providers };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
