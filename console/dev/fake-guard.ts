import type { AgentTool, AuditEntry, Halt, Operation, TriedPolicy } from '@purser/server/api';
import { ago } from './fake-data.ts';
import { operations } from './fake-operations.ts';
import { found, missing, page, type Route } from './fake-route.ts';

function entry(seq: number, action: string, minutes: number, values: Partial<AuditEntry>): AuditEntry {
  const actor = { type: 'agent', id: 'ag_billing', name: 'Billing desk' } as const;
  return { seq, at: ago(minutes), actor, action, subject: null, details: {}, hash: 'h', ...values };
}

const ada = { type: 'person', id: 'usr_1', name: 'Ada Marsh' } as const;
/** What the audit log says of one operation, newest first. */
function historyOf({ state }: Operation): AuditEntry[] {
  const proposed = { details: { reason: 'This moves or commits money, in live mode.' } };
  const entries = [
    entry(1, 'operation.waiting', 22, proposed),
    entry(2, 'approval.approved', 20, { actor: ada, details: { reason: 'As agreed by phone.' } }),
    entry(3, `operation.${state}`, 18, {}),
  ];
  return (state === 'waiting' ? entries.slice(0, 1) : entries).toReversed();
}

const tool = (name: string, title: string, effect: AgentTool['effect'], carried = true): AgentTool => ({
  ...{ name, title, effect, carried, description: `${title}.` },
  permissions: [{ resource: 'charge', access: effect === 'read' ? 'read' : 'write' }],
});
const tools = [
  tool('list_customers', 'List customers', 'read'),
  tool('create_customer', 'Create customer', 'write'),
  tool('create_refund', 'Create refund', 'money'),
  tool('charge_customer', 'Charge customer', 'money'),
  tool('cancel_subscription_now', 'Cancel subscription now', 'destructive', false),
  tool('send_email', 'Send mail', 'outbound', false),
];

function tried(body: Record<string, unknown>): TriedPolicy {
  const large = Number(body.amount ?? 0) > 50;
  const reason = large
    ? 'Rule 2 of the agent\'s policy says "ask" for Create refund.'
    : 'Rule 1 of the agent\'s policy says "allow" for Create refund, because the amount is small.';
  return { decision: large ? 'ask' : 'allow', reason, rule: large ? 1 : 0, people: large ? 2 : 1 };
}

const subjectOf = (query: URLSearchParams) => operations.find((each) => each.id === query.get('subject'));

export const guardRoutes: Route[] = [
  ['GET', /^\/halts$/, ({ world }) => page(world.halts)],
  [
    'POST',
    /^\/halts$/,
    ({ world, body }) => {
      const halt = { ...body, haltedBy: 'Ada Marsh', haltedAt: ago(0) } as unknown as Halt;
      world.halts.push(halt);
      return { status: 201, body: halt };
    },
  ],
  [
    'DELETE',
    /^\/halts$/,
    ({ world, query }) => {
      world.halts = world.halts.filter(({ scope }) => scope !== query.get('scope'));
      return { status: 204, body: null };
    },
  ],
  [
    'GET',
    /^\/audit$/,
    ({ query }) => {
      const subject = subjectOf(query);
      return page(subject ? historyOf(subject) : []);
    },
  ],
  [
    'GET',
    /^\/operations$/,
    ({ query }) =>
      page(
        operations
          .filter((each) => !query.get('state') || each.state === query.get('state'))
          .filter((each) => each.summary.toLowerCase().includes((query.get('q') ?? '').toLowerCase())),
      ),
  ],
  ['GET', /^\/operations\/(\w+)$/, ({ match }) => found(operations.find((each) => each.id === match[1]))],
  [
    'POST',
    /^\/operations\/\w+\/undo$/,
    () => ({ status: 202, body: { threadId: 'th_balance', runId: 'run_2' } }),
  ],
  [
    'POST',
    /^\/operations\/(\w+)\/check$/,
    ({ match }) => found(operations.find((each) => each.id === match[1])),
  ],
  ['GET', /^\/agents\/\w+\/connections\/\w+\/tools$/, () => page(tools)],
  [
    'POST',
    /^\/agents\/\w+\/connections\/\w+\/try$/,
    ({ body }) => (body.tool ? { body: tried(body) } : missing),
  ],
];
