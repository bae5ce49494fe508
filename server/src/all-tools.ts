/** Every tool there is, brought together: those of the connected account, and mail, which every agent has. */
import type { OpenConnection } from './agents/toolbox.ts';
import type { ToolFacts } from './agents/transcript.ts';
import { systemClock } from './clock.ts';
import type { Connections } from './connections/connections.ts';
import type { Outbox } from './connections/mail/outbox.ts';
import { mailTools } from './connections/mail/tools.ts';
import { stripeConnection } from './connections/stripe/index.ts';
import type { OpenTool } from './guard/reconcile.ts';
import { Problem } from './problem.ts';

export interface AllTools {
  readonly openConnection: OpenConnection;
  /** The tool behind an operation, as long as its connection can be opened. */
  readonly openTool: OpenTool;
  readonly facts: ToolFacts;
}

export function createAllTools({
  connections,
  outbox,
}: {
  connections: Connections;
  outbox: Outbox;
}): AllTools {
  const openConnection: OpenConnection = async (id) => {
    const opened = await connections.open(id);
    const mail = mailTools({ outbox, account: opened.account, connectionId: id });
    const always = mail.map(({ name }) => name);
    return {
      ...opened,
      tools: [...opened.tools, ...mail],
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
    facts: toolFacts(outbox),
  };
}

/** Titles and effects by tool name: they are the same for every account, so any target will do. */
function toolFacts(outbox: Outbox): ToolFacts {
  const account = { id: '', name: '', country: null, defaultCurrency: null };
  const stripe = stripeConnection.tools({
    credentials: { apiKey: 'sk_test_none' },
    baseUrl: null,
    account,
    mode: 'test',
    now: () => systemClock.now(),
  });
  const tools = [...stripe, ...mailTools({ outbox, account, connectionId: '' })];
  const byName = new Map(tools.map(({ name, title, effect }) => [name, { title, effect }]));
  return (name) => byName.get(name) ?? { title: name, effect: 'read' };
}
