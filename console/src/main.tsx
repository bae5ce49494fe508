import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api.ts';
import { createLive, LiveContext } from './live.ts';
import { createConsoleRouter, prepareScreens } from './router.tsx';
import './styles.css';

/** Whoever is signed out is taken to the door; what was cached is forgotten. */
function onError(error: Error) {
  if (error instanceof ApiProblem && error.code === 'second_factor_required') {
    void cache.invalidateQueries({ queryKey: ['session'] });
    void router.navigate({ to: '/settings/{-$tab}', params: { tab: 'security' } });
  }
  if (!(error instanceof ApiProblem) || error.status !== 401) return;
  // Whoever is at the door is told there.
  if (['/sign-in', '/join'].includes(location.pathname)) return;
  cache.removeQueries();
  void router.navigate({ to: '/sign-in' });
}

/** Trying again helps where the way was bad, not where the answer was no. */
function mayHelp(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

const cache = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // Always tried, also where the browser thinks it is offline: Purser may be on this very machine, and a failure says
    // so instead of loading for ever, or of sending later behind a person's back.
    queries: { networkMode: 'always', staleTime: 30_000, retry: mayHelp, refetchOnWindowFocus: false },
    mutations: { networkMode: 'always', retry: false },
  },
});
const router = createConsoleRouter(cache);
const live = createLive(cache);

/** By then the screen that was asked for is there. */
const restMs = 3_000;
addEventListener('load', () => setTimeout(() => void prepareScreens(router), restMs));

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <LiveContext value={live}>
        <RouterProvider router={router} />
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
);
