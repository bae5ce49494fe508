/** Every tool there is, brought together: those of the connected account, its reports, mail, and playbooks. */
import type { Kysely } from 'kysely';
import type { Told } from './agents/told.ts';
import type { OpenConnection } from './agents/toolbox.ts';
import type { ToolFacts } from './agents/transcript.ts';
import { createUndoTool } from './agents/undo-tool.ts';
import type { Alerts } from './automations/alerts.ts';
import { taskTools } from './automations/task-tools.ts';
import type { Tasks } from './automations/tasks.ts';
import { systemClock } from './clock.ts';
import type { Connections } from './connections/connections.ts';
import { connectionTypes } from './connections/kinds.ts';
import { consentTools } from './connections/mail/consent-tools.ts';
import type { Consents } from './connections/mail/consents.ts';
import type { Outbox } from './connections/mail/outbox.ts';
import { mailTools } from './connections/mail/tools.ts';
import { stripeConnection } from './connections/stripe/index.ts';
import type { Schema } from './database/schema.ts';
import type { OpenTool } from './guard/reconcile.ts';
import type { JournalExports } from './ledger/journal/exports.ts';
import { exportJournalTool } from './ledger/journal/tool.ts';
import type { LedgerAccount } from './ledger/ledger.ts';
import type { Reports } from './ledger/reports.ts';
import { reportTools } from './ledger/tools.ts';
import { toolsOfPlaybooks } from './playbooks/index.ts';
import type { Deliveries } from './playbooks/orders/deliveries.ts';
import type { Playbooks } from './playbooks/playbooks.ts';
import { Problem } from './problem.ts';
import type { Json, Tool } from './tools/tool.ts';

export interface AllTools {
  readonly openConnection: OpenConnection;
  /** The tool behind an operation, as long as its connection can be opened. */
  readonly openTool: OpenTool;
  readonly facts: ToolFacts;
  /** An event as an agent is told of it: as if it had asked for it. */
  tell(event: { readonly id: string; readonly type: string; readonly data: Json }): Told;
}

interface Sources {
  readonly db: Kysely<Schema>;
  readonly connections: Connections;
  readonly outbox: Outbox;
  readonly reports: Reports;
  readonly journals: JournalExports;
  /** They call tools themselves, so they are there only once the tools are. */
  readonly playbooks: () => Playbooks;
  readonly deliveries: Deliveries;
  readonly alerts: Alerts;
  readonly tasks: () => Tasks;
  readonly consents: Consents;
}

/** Of the tools of playbooks an agent carries these; the others it finds. */
const carriedOfPlaybooks = ['list_playbooks', 'run_playbook', 'create_task'];

export function createAllTools(sources: Sources): AllTools {
  const { connections } = sources;
  const openConnection: OpenConnection = async (id) => {
    const opened = await connections.open(id);
    if (opened.beside !== null) return opened;
    const { always, found } = accountTools(sources, id, await connections.reader(id));
    const carried = [...always.map(({ name }) => name), ...carriedOfPlaybooks, 'undo_operation'];
    return {
      ...opened,
      tools: withUndo(sources.db, id, [...opened.tools, ...always, ...found]),
      carries: (preset) => new Set([...opened.carries(preset), ...carried]),
    };
  };
  return {
    openConnection,
    async openTool(connectionId, name) {
      const opened = await openConnection(connectionId).catch((error: unknown) => {
        if (error instanceof Problem) return null;
        throw error;
      });
      const tool = opened?.tools.find((each) => each.name === name);
      return tool && tool.effect !== 'read' ? tool : null;
    },
    tell: ({ id, type, data }) => ({
      tool: 'get_event',
      title: 'Event',
      input: { event: id },
      view: stripeConnection.events?.view(data) ?? { id, type },
      summary: `${type} happened`,
    }),
    facts: toolFacts(sources),
  };
}

/** What an agent can do beside Stripe's own: its descriptions always at hand, or found by a search. */
function accountTools(
  { db, outbox, reports, journals, playbooks, deliveries, alerts, tasks, consents }: Sources,
  connectionId: string,
  of: LedgerAccount,
) {
  const now = () => systemClock.now();
  return {
    always: [
      ...reportTools({ reports, of, clock: systemClock }),
      exportJournalTool({
        ...{ reports, of, clock: systemClock },
        keep: (span) => journals.keep(connectionId, span),
      }),
      ...mailTools({ outbox, account: of.account, connectionId }),
    ],
    found: [
      ...consentTools({ outbox, consents, account: of.account, connectionId }),
      ...taskTools({ db, clock: systemClock, tasks, connectionId, timeZone: of.timeZone }),
      ...toolsOfPlaybooks({ playbooks, outbox, deliveries, alerts, connectionId, of, now }),
    ],
  };
}

/** Setting back is another tool's call: it knows all of them. */
function withUndo(db: Kysely<Schema>, connectionId: string, tools: readonly Tool[]): Tool[] {
  return [...tools, createUndoTool({ db, clock: systemClock, connectionId, tools })];
}

/** Titles and effects by tool name: they are the same for every account, so any target will do. */
function toolFacts(sources: Sources): ToolFacts {
  const account = { id: '', name: '', country: null, defaultCurrency: null };
  const connected = connectionTypes.flatMap((type) =>
    type.tools({
      credentials: { apiKey: 'sk_test_none' },
      baseUrl: null,
      account,
      mode: 'test',
      now: () => systemClock.now(),
    }),
  );
  const of: LedgerAccount = {
    ...{ account, mode: 'test', timeZone: 'UTC' },
    read: () => Promise.reject(new Error('No account.')),
  };
  const { always, found } = accountTools(sources, '', of);
  const tools = withUndo(sources.db, '', [...connected, ...always, ...found]);
  const byName = new Map(tools.map(({ name, title, effect }) => [name, { title, effect }]));
  // A model that is told of two tools of one name refuses both.
  if (byName.size < tools.length) throw new Error('Two tools have the same name.');
  return (name) => byName.get(name) ?? { title: name, effect: 'read' };
}
