/** Every tool there is, brought together: those of the connected account, its reports, mail, and playbooks. */
import type { Told } from './agents/told.ts';
import type { OpenConnection } from './agents/toolbox.ts';
import type { ToolFacts } from './agents/transcript.ts';
import { systemClock } from './clock.ts';
import type { Connections } from './connections/connections.ts';
import type { Outbox } from './connections/mail/outbox.ts';
import { mailTools } from './connections/mail/tools.ts';
import { stripeConnection } from './connections/stripe/index.ts';
import type { OpenTool } from './guard/reconcile.ts';
import type { LedgerAccount } from './ledger/ledger.ts';
import type { Reports } from './ledger/reports.ts';
import { reportTools } from './ledger/tools.ts';
import { toolsOfPlaybooks } from './playbooks/index.ts';
import type { Playbooks } from './playbooks/playbooks.ts';
import { Problem } from './problem.ts';
import type { Json } from './tools/tool.ts';

export interface AllTools {
  readonly openConnection: OpenConnection;
  /** The tool behind an operation, as long as its connection can be opened. */
  readonly openTool: OpenTool;
  readonly facts: ToolFacts;
  /** An event as an agent is told of it: as if it had asked for it. */
  tell(event: { readonly id: string; readonly type: string; readonly data: Json }): Told;
}

export function createAllTools({
  connections,
  outbox,
  reports,
}: {
  connections: Connections;
  outbox: Outbox;
  reports: Reports;
}): AllTools {
  const openConnection: OpenConnection = async (id) => {
    const opened = await connections.open(id);
    const of = await connections.reader(id);
    const more = [
      ...reportTools({ reports, of, clock: systemClock }),
      ...mailTools({ outbox, account: opened.account, connectionId: id }),
    ];
    const always = more.map(({ name }) => name);
    return {
      ...opened,
      tools: [...opened.tools, ...more],
      carries: (preset) => new Set([...opened.carries(preset), ...always]),
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
    facts: toolFacts(outbox, reports),
  };
}

/** Titles and effects by tool name: they are the same for every account, so any target will do. */
function toolFacts(outbox: Outbox, reports: Reports): ToolFacts {
  const account = { id: '', name: '', country: null, defaultCurrency: null };
  const stripe = stripeConnection.tools({
    credentials: { apiKey: 'sk_test_none' },
    baseUrl: null,
    account,
    mode: 'test',
    now: () => systemClock.now(),
  });
  const of: LedgerAccount = {
    ...{ account, mode: 'test', timeZone: 'UTC' },
    read: () => Promise.reject(new Error('No account.')),
  };
  const tools = [
    ...stripe,
    ...reportTools({ reports, of, clock: systemClock }),
    ...mailTools({ outbox, account, connectionId: '' }),
  ];
  const byName = new Map(tools.map(({ name, title, effect }) => [name, { title, effect }]));
  return (name) => byName.get(name) ?? { title: name, effect: 'read' };
}
