import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { agentQuery, agentsQuery, connectionQuery, threadQuery } from './queries.ts';
import { root, ScreenError, signedIn, text, texts } from './router-root.tsx';
import { workRoutes } from './router-work.tsx';

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

const allow = createRoute({
  getParentRoute: () => signedIn,
  path: '/allow',
  validateSearch: texts('asking'),
  component: lazyRouteComponent(() => import('./settings/allow-screen.tsx'), 'AllowScreen'),
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
  validateSearch: texts('agent', 'connection', 'ask'),
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

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/{-$tab}',
  /** Whose data is to be copied or erased. */
  validateSearch: texts('customer', 'connection'),
  component: lazyRouteComponent(() => import('./settings/settings-screen.tsx'), 'SettingsScreen'),
});

const routeTree = root.addChildren([
  signIn,
  allow,
  join,
  signedIn.addChildren([
    allow,
    home,
    threads.addChildren([threadsHome, newThread, thread]),
    inbox,
    agents,
    agent,
    policy,
    connections,
    newConnection,
    connection,
    ...workRoutes,
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

/** Fetches every screen, one after the other: from then on each opens at once, also when the connection is gone. */
export async function prepareScreens(router: ReturnType<typeof createConsoleRouter>): Promise<void> {
  // Whoever is cut off now gets it when it is opened.
  for (const route of Object.values(router.routesById))
    await router.loadRouteChunk(route)?.catch(() => undefined);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
