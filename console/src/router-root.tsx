import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  type ErrorComponentProps,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { ApiProblem } from './api.ts';
import { sessionQuery } from './queries.ts';
import { Shell } from './shell/shell.tsx';
import { ProblemScreen } from './ui/problem-notice.tsx';

interface Context {
  cache: QueryClient;
}

/** Above every screen. */
export const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

function NotFound() {
  return (
    <ProblemScreen error={new ApiProblem({ status: 404, detail: 'There is no page at this address.' })} />
  );
}

/** A screen that broke, or could not be loaded. */
export function ScreenError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ProblemScreen
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => void router.invalidate()}
    />
  );
}

/** A word of an address; undefined for what is none. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? value : undefined;

/** Reads these words of an address; all else is left out. */
export const texts =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, text(search[name])])) as {
      [name in Name]?: string | undefined;
    };

/** Above every screen that takes somebody who is signed in. */
export const signedIn = createRoute({
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
