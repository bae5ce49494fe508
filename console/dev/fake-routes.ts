import type { LiveEvent, Message, Thread } from '@purser/server/api';
import { besideTypes, stripeType } from './fake-connection-types.ts';
import { customerRoutes } from './fake-customers.ts';
import * as data from './fake-data.ts';
import { guardRoutes } from './fake-guard.ts';
import { peopleRoutes } from './fake-people.ts';
import { playbookRoutes } from './fake-playbooks.ts';
import { found, type Handler, missing, page, type Route, type World } from './fake-route.ts';
import { workRoutes } from './fake-work.ts';

function tell(world: World, { type, ...rest }: LiveEvent) {
  for (const watcher of world.watchers) watcher.write(`event: ${type}\ndata: ${JSON.stringify(rest)}\n\n`);
}

const reply =
  'I looked at the account. Your balance is **$18,204.11 USD** available and $2,450.00 USD pending. Nothing was changed.';

/** Answers in small pieces, as a model would. */
function answer(world: World, thread: Thread, messageId: string) {
  const message: Message = {
    id: messageId,
    role: 'assistant',
    text: '',
    createdAt: new Date().toISOString(),
    runId: `run_${messageId}`,
    toolCalls: [],
    parts: [{ type: 'text', text: '' }],
    status: 'running',
    model: 'builtin',
  };
  thread.messages.push(message);
  tell(world, { type: 'message', threadId: thread.id, message });
  let offset = 0;
  const timer = setInterval(() => {
    if (offset < reply.length && thread.status === 'running') {
      const text = reply.slice(offset, offset + 9);
      tell(world, { type: 'delta', threadId: thread.id, messageId, part: 0, offset, text });
      offset += text.length;
      return;
    }
    clearInterval(timer);
    message.status = thread.status === 'running' ? 'completed' : 'cancelled';
    message.text = reply.slice(0, offset);
    message.parts = [{ type: 'text', text: message.text }];
    thread.status = 'idle';
    tell(world, { type: 'message', threadId: thread.id, message });
    tell(world, { type: 'thread_summary', thread });
  }, 30);
}

const say: Handler = ({ world, match, body }) => {
  const thread = world.threads.find((each) => each.id === match[1]);
  if (!thread) return missing;
  world.nextId += 1;
  const message: Message = {
    id: `said_${world.nextId}`,
    role: 'user',
    text: String(body.text),
    createdAt: new Date().toISOString(),
    runId: null,
  };
  thread.messages.push(message);
  thread.status = 'running';
  thread.updatedAt = new Date().toISOString();
  tell(world, { type: 'message', threadId: thread.id, message });
  tell(world, { type: 'thread_summary', thread });
  setTimeout(() => answer(world, thread, `answer_${world.nextId}`), 150);
  return { status: 202, body: { runId: 'run_1', status: 'queued' } };
};

const decide: Handler = ({ world, match, body }) => {
  const ids = Array.isArray(body.ids) ? body.ids : [match[1]];
  const decided = world.approvals.filter((each) => ids.includes(each.id));
  for (const approval of decided) settle(world, approval, body);
  for (const watcher of world.watchers) watcher.write('event: changed\ndata: {"what":"approvals"}\n\n');
  return decided.length > 0 ? { body: {} } : missing;
};

function settle(world: World, approval: World['approvals'][number], body: Record<string, unknown>) {
  const rejected = body.decision === 'reject';
  approval.status = rejected ? 'rejected' : 'approved';
  approval.decidedAt = new Date().toISOString();
  approval.decidedBy = 'Owner';
  approval.decisionReason = typeof body.reason === 'string' ? body.reason : null;
  for (const thread of world.threads.filter((each) => each.id === approval.threadId)) {
    thread.status = 'idle';
    const call = thread.messages.at(-1)?.toolCalls?.find((each) => each.id === approval.toolCallId);
    if (call)
      Object.assign(call, {
        status: rejected ? 'rejected' : 'completed',
        summary: 'Refunded $29.99 to Bob Loblaw',
        durationMs: 410,
      });
    tell(world, { type: 'approvals', threadId: thread.id, approvals: [approval] });
    tell(world, { type: 'thread_summary', thread });
  }
}

const connect: Handler = ({ body }) => {
  const { apiKey = '' } = body.credentials as { apiKey?: string };
  if (apiKey.startsWith('pk_')) {
    const detail =
      'This is a publishable key (pk_…), made for browsers. Paste a secret (sk_…) or restricted key (rk_…).';
    return {
      status: 422,
      body: { title: 'This key cannot be used', status: 422, detail, code: 'publishable_key' },
    };
  }
  return { status: 201, body: data.connections[1] };
};

const startThread: Handler = ({ world, body }) => {
  world.nextId += 1;
  const agent = data.agents.find((each) => each.id === body.agentId);
  const template = world.threads.at(-1);
  if (!agent || !template) return missing;
  const now = new Date().toISOString();
  const made = {
    ...template,
    id: `th_new${world.nextId}`,
    agentId: agent.id,
    agentName: agent.name,
    messages: [],
    createdAt: now,
    updatedAt: now,
  };
  world.threads.push(made);
  return { status: 201, body: made };
};

const matching = (world: World, query: URLSearchParams) =>
  world.threads
    .filter((each) => each.title.toLowerCase().includes((query.get('q') ?? '').toLowerCase()))
    .filter((each) => !query.get('agentId') || each.agentId === query.get('agentId'))
    .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));

const suggestions = [
  'Which 3 payments failed this week, and why?',
  'Who are my newest customers?',
  'How much is pending, and when does it arrive?',
];
const session = {
  user: { id: 'usr_1', name: 'Ada Marsh', email: 'owner@localhost' },
  role: 'owner',
  owesSecondFactor: false,
  proofs: ['password'],
};
const about = {
  version: '0.1.0',
  database: 'embedded',
  sandbox: { url: 'http://127.0.0.1:12111', demoKey: 'sk_test_purser_demo' },
  defaultModel: 'builtin',
  publicUrl: null,
};
const token = {
  id: 'tok_1',
  name: 'Nightly export',
  role: 'viewer',
  start: 'purser_8fK',
  createdAt: new Date().toISOString(),
  lastUsedAt: null,
  expiresAt: new Date(Date.now() + 60 * 86_400_000).toISOString(),
};

/** Whether a list that is asked for this status holds that one. */
function isAsked(status: string, asked: string | null): boolean {
  if (asked === 'decided') return status !== 'pending';
  return asked === null || status === asked;
}

export const routes: Route[] = [
  ...guardRoutes,
  ...customerRoutes,
  ...workRoutes,
  ...playbookRoutes,
  ...peopleRoutes,
  [
    'GET',
    /^\/session$/,
    ({ world }) =>
      world.signedIn ? { body: session } : { status: 401, body: { status: 401, title: 'Not signed in' } },
  ],
  ['POST', /^\/auth\/sign-out$/, () => ({ body: {} })],
  ['GET', /^\/about$/, () => ({ body: about })],
  ['GET', /^\/models$/, () => ({ body: { data: data.models } })],
  ['GET', /^\/agents$/, () => page(data.agents)],
  [
    'POST',
    /^\/agents$/,
    ({ body }) => ({ status: 201, body: { ...data.agents[2], id: 'ag_sleuth', name: body.name } }),
  ],
  ['GET', /^\/agents\/(\w+)$/, ({ match }) => found(data.agents.find((each) => each.id === match[1]))],
  [
    'PATCH',
    /^\/agents\/(\w+)$/,
    ({ match, body }) => found({ ...data.agents.find((each) => each.id === match[1]), ...body }),
  ],
  ['GET', /^\/agents\/\w+\/suggestions$/, () => page(suggestions.map((text) => ({ text })))],
  [
    'PUT',
    /^\/agents\/(\w+)\/connections\/(\w+)$/,
    ({ match, body }) => {
      const agent = data.agents.find((each) => each.id === match[1]);
      const attached = agent?.connections.find((each) => each.connectionId === match[2]);
      if (attached) Object.assign(attached, body);
      return found(agent);
    },
  ],
  ['GET', /^\/connections\/types$/, () => page([stripeType, ...besideTypes])],
  ['GET', /^\/connections$/, () => page(data.connections)],
  ['POST', /^\/connections$/, connect],
  [
    'GET',
    /^\/connections\/(\w+)$/,
    ({ match }) => found(data.connections.find((each) => each.id === match[1])),
  ],
  [
    'POST',
    /^\/connections\/(\w+)\/check$/,
    () => ({ body: { reachable: true, mode: 'test', permissions: [], problem: null } }),
  ],
  ['GET', /^\/threads$/, ({ world, query }) => page(matching(world, query))],
  ['POST', /^\/threads$/, startThread],
  [
    'GET',
    /^\/threads\/(\w+)$/,
    ({ world, match }) => found(world.threads.find((each) => each.id === match[1])),
  ],
  ['POST', /^\/threads\/(\w+)\/messages$/, say],
  [
    'POST',
    /^\/threads\/(\w+)\/cancel$/,
    ({ world, match }) => {
      const thread = world.threads.find((each) => each.id === match[1]);
      if (thread) thread.status = 'idle';
      return found(thread);
    },
  ],
  ['POST', /^\/threads\/(\w+)\/read$/, () => ({ body: {} })],
  [
    'GET',
    /^\/threads\/\w+\/tool-calls\/(\w+)$/,
    ({ match }) => ({ body: { id: match[1], record: { id: match[1], object: 'whole' } } }),
  ],
  [
    'GET',
    /^\/approvals$/,
    ({ world, query }) => page(world.approvals.filter(({ status }) => isAsked(status, query.get('status')))),
  ],
  [
    'GET',
    /^\/approvals\/(\w+)$/,
    ({ world, match }) => found(world.approvals.find((each) => each.id === match[1])),
  ],
  ['POST', /^\/approvals(?:\/(\w+))?$/, decide],
  ['GET', /^\/account\/notices$/, () => ({ body: { approvals: true } })],
  ['PUT', /^\/account\/notices$/, ({ body }) => ({ body })],
  ['GET', /^\/tokens$/, () => page([token])],
  [
    'POST',
    /^\/tokens$/,
    ({ body }) => ({ status: 201, body: { ...token, ...body, token: 'purser_8fKq2LmZx91PdT' } }),
  ],
];
