import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { ApiProblem } from './api.ts';
import {
  agentQuery,
  agentsQuery,
  connectionQuery,
  operationQuery,
  sessionQuery,
  threadQuery,
} from './queries.ts';
import { Shell } from './shell/shell.tsx';
import { ProblemScreen } from './ui/problem-notice.tsx';

interface Context {
  cache: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

function NotFound() {
  return (
    <ProblemScreen error={new ApiProblem({ status: 404, detail: 'There is no page at this address.' })} />
  );
}

function ScreenError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ProblemScreen
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => void router.invalidate()}
    />
  );
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** Reads these words of an address; all else is left out. */
const texts =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, text(search[name])])) as {
      [name in Name]?: string | undefined;
    };

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { problem?: string | undefined } => ({ problem: text(search.problem) }),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-route.tsx'), 'SignInRoute'),
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./sign-in/join-screen.tsx'), 'JoinScreen'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.cache.ensureQueryData(sessionQuery());
      if (session.owesSecondFactor && location.pathname !== '/settings/security')
        throw redirect({ to: '/settings/{-$tab}', params: { tab: 'security' } });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) throw redirect({ to: '/sign-in' });
      throw error;
    }
  },
  component: Shell,
  errorComponent: ScreenError,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/threads' });
  },
});

const threads = createRoute({
  getParentRoute: () => signedIn,
  path: '/threads',
  component: lazyRouteComponent(() => import('./threads/threads-screen.tsx'), 'ThreadsScreen'),
});
const threadsHome = createRoute({
  getParentRoute: () => threads,
  path: '/',
  component: lazyRouteComponent(() => import('./threads/new-thread.tsx'), 'ThreadsHome'),
});
const newThread = createRoute({
  getParentRoute: () => threads,
  path: '/new',
  validateSearch: (search): { agent?: string | undefined } => ({ agent: text(search.agent) }),
  component: lazyRouteComponent(() => import('./threads/new-thread.tsx'), 'NewThread'),
});
const thread = createRoute({
  getParentRoute: () => threads,
  path: '/$threadId',
  loader: ({ context, params }) => void context.cache.prefetchQuery(threadQuery(params.threadId)),
  component: lazyRouteComponent(() => import('./threads/thread-screen.tsx'), 'ThreadScreen'),
});

const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./approvals/inbox-screen.tsx'), 'InboxScreen'),
});

const agents = createRoute({
  getParentRoute: () => signedIn,
  path: '/agents',
  validateSearch: (search): { new?: true | undefined } => ({ new: search.new ? true : undefined }),
  loader: ({ context }) => void context.cache.prefetchQuery(agentsQuery()),
  component: lazyRouteComponent(() => import('./agents/agents-screen.tsx'), 'AgentsScreen'),
});
const agent = createRoute({
  getParentRoute: () => signedIn,
  path: '/agents/$agentId/{-$tab}',
  /** A document of its knowledge, and the passage that was cited. */
  validateSearch: (search): { document?: string | undefined; at?: number | undefined } => ({
    document: typeof search.document === 'string' ? search.document : undefined,
    at: typeof search.at === 'number' ? search.at : undefined,
  }),
  loader: ({ context, params }) => void context.cache.prefetchQuery(agentQuery(params.agentId)),
  component: lazyRouteComponent(() => import('./agents/agent-screen.tsx'), 'AgentScreen'),
});

const policy = createRoute({
  getParentRoute: () => signedIn,
  path: '/agents/$agentId/policy/$connectionId',
  component: lazyRouteComponent(() => import('./policy/policy-screen.tsx'), 'PolicyScreen'),
});

const connections = createRoute({
  getParentRoute: () => signedIn,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections/connections-screen.tsx'), 'ConnectionsScreen'),
});
const newConnection = createRoute({
  getParentRoute: () => signedIn,
  path: '/connections/new/$type',
  validateSearch: (search): { agent?: string | undefined } => ({ agent: text(search.agent) }),
  component: lazyRouteComponent(
    () => import('./connections/new-connection-screen.tsx'),
    'NewConnectionScreen',
  ),
});
const connection = createRoute({
  getParentRoute: () => signedIn,
  path: '/connections/$connectionId',
  loader: ({ context, params }) => void context.cache.prefetchQuery(connectionQuery(params.connectionId)),
  component: lazyRouteComponent(() => import('./connections/connection-screen.tsx'), 'ConnectionScreen'),
});

const operations = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations',
  validateSearch: texts('state', 'agent', 'connection', 'tool', 'period', 'q'),
  component: lazyRouteComponent(() => import('./operations/operations-screen.tsx'), 'OperationsScreen'),
});
const operation = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations/$operationId',
  loader: ({ context, params }) => void context.cache.prefetchQuery(operationQuery(params.operationId)),
  component: lazyRouteComponent(() => import('./operations/operation-screen.tsx'), 'OperationScreen'),
});

const automations = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations',
  validateSearch: texts('agent'),
  component: lazyRouteComponent(() => import('./automations/automations-screen.tsx'), 'AutomationsScreen'),
});
const newTask = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations/new',
  validateSearch: texts('agent', 'prompt'),
  component: lazyRouteComponent(() => import('./automations/new-task-screen.tsx'), 'NewTaskScreen'),
});
const task = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations/$taskId',
  component: lazyRouteComponent(() => import('./automations/task-screen.tsx'), 'TaskScreen'),
});

const playbooks = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbooks',
  component: lazyRouteComponent(() => import('./playbooks/playbooks-screen.tsx'), 'PlaybooksScreen'),
});
const playbook = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbooks/$name',
  validateSearch: texts('connection'),
  component: lazyRouteComponent(() => import('./playbooks/playbook-screen.tsx'), 'PlaybookScreen'),
});
const playbookRun = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbook-runs/$runId',
  component: lazyRouteComponent(() => import('./playbooks/run-screen.tsx'), 'RunScreen'),
});
const orders = createRoute({
  getParentRoute: () => signedIn,
  path: '/orders',
  validateSearch: texts('status'),
  component: lazyRouteComponent(() => import('./playbooks/orders-screen.tsx'), 'OrdersScreen'),
});
const order = createRoute({
  getParentRoute: () => signedIn,
  path: '/orders/$orderId',
  component: lazyRouteComponent(() => import('./playbooks/order-screen.tsx'), 'OrderScreen'),
});

const reports = createRoute({
  getParentRoute: () => signedIn,
  path: '/reports/{-$report}',
  validateSearch: texts('connection', 'period', 'from', 'to'),
  component: lazyRouteComponent(() => import('./reports/reports-screen.tsx'), 'ReportsScreen'),
});

const outbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox',
  validateSearch: texts('to'),
  component: lazyRouteComponent(() => import('./outbox/outbox-screen.tsx'), 'OutboxScreen'),
});
const mail = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox/$mailId',
  component: lazyRouteComponent(() => import('./outbox/mail-screen.tsx'), 'MailScreen'),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/{-$tab}',
  component: lazyRouteComponent(() => import('./settings/settings-screen.tsx'), 'SettingsScreen'),
});

const routeTree = root.addChildren([
  signIn,
  join,
  signedIn.addChildren([
    home,
    threads.addChildren([threadsHome, newThread, thread]),
    inbox,
    agents,
    agent,
    policy,
    connections,
    newConnection,
    connection,
    operations,
    operation,
    automations,
    newTask,
    task,
    playbooks,
    playbook,
    playbookRun,
    orders,
    order,
    reports,
    outbox,
    mail,
    settings,
  ]),
]);

export function createConsoleRouter(cache: QueryClient) {
  return createRouter({
    routeTree,
    context: { cache },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: ScreenError,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
