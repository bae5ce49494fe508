import type { Access } from '../access/access.ts';
import type { Knowledge } from '../agents/knowledge/knowledge.ts';
import type { Live } from '../agents/live.ts';
import type { Models } from '../agents/models/models.ts';
import type { Runs } from '../agents/runs.ts';
import type { OpenConnection } from '../agents/toolbox.ts';
import type { ToolFacts } from '../agents/transcript.ts';
import type { Audit } from '../audit/audit.ts';
import type { Alerts } from '../automations/alerts.ts';
import type { ApprovalNotices } from '../automations/approval-notices.ts';
import type { Automations } from '../automations/automations.ts';
import type { Clock } from '../clock.ts';
import type { Connections } from '../connections/connections.ts';
import type { Consents } from '../connections/mail/consents.ts';
import type { Outbox } from '../connections/mail/outbox.ts';
import type { Transport } from '../connections/mail/smtp.ts';
import type { Database } from '../database/database.ts';
import type { Approvals } from '../guard/approvals.ts';
import type { Halts } from '../guard/halts.ts';
import type { Reconciler } from '../guard/reconcile.ts';
import type { Reports } from '../ledger/reports.ts';
import type { Log } from '../log.ts';
import type { Engine } from '../playbooks/engine.ts';
import type { Deliveries } from '../playbooks/orders/deliveries.ts';
import type { Orders } from '../playbooks/orders/desk.ts';
import type { Playbooks } from '../playbooks/playbooks.ts';
import type { Privacy } from '../privacy/privacy.ts';
import type { IsTrusted } from './client-address.ts';
import type { InFlight } from './in-flight.ts';
import type { Rates } from './rates.ts';

/** Everything the routes call; `main.ts` builds it. */
export interface Service extends Automations {
  database: Database;
  access: Access;
  audit: Audit;
  approvals: Approvals;
  notices: ApprovalNotices;
  halts: Halts;
  reconciler: Reconciler;
  connections: Connections;
  outbox: Outbox;
  consents: Consents;
  reports: Reports;
  playbooks: Playbooks & Pick<Engine, 'stop' | 'ask'>;
  orders: Orders;
  deliveries: Deliveries;
  alerts: Alerts;
  knowledge: Knowledge;
  models: Models;
  /** How the built-in model would read a message to an agent, as Markdown. */
  explain(message: { agentId: string; text: string; threadId?: string | undefined }): Promise<string>;
  runs: Runs;
  live: Live;
  /** A connection with every tool an agent has on it. */
  openConnection: OpenConnection;
  /** What a tool is called, by name, for calls that have not finished. */
  tools: ToolFacts;
  clock: Clock;
  log: Log;
  rates: Rates;
  /** null: mail is kept in the outbox, where everyone reads it. */
  mailer: { transport: Transport; from: string } | null;
  inFlight: InFlight;
  privacy: Privacy;
  about: {
    version: string;
    /** Where the embedded sandbox listens, null when it is turned off. */
    sandbox: { url: string; demoKey: string } | null;
    publicUrl: string | null;
    /** What the server listens on: a name or address. */
    host: string;
    /** People come by TLS. */
    isSecure: boolean;
    isTrustedProxy: IsTrusted;
  };
  /** The folder of the built console; null where it was not built. */
  consoleDir: string | null;
}
