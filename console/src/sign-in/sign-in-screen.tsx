import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Terminal } from 'lucide-react';
import { useState } from 'react';
import { sessionQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { useTitle } from '../ui/page.tsx';

/** Nobody is signed in. The key to the house is printed where Purser was started. */
export function SignInScreen({ problem }: { problem: string | undefined }) {
  useTitle('Sign in');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [still, setStill] = useState(false);
  const look = async () => {
    const session = await cache
      .fetchQuery({ ...sessionQuery(), staleTime: 0, retry: false })
      .catch(() => null);
    if (session) await navigate({ to: '/' });
    else setStill(true);
  };
  return (
    <main className="flex h-dvh items-center justify-center overflow-y-auto px-5">
      <div className="w-full max-w-sm">
        <img src="/favicon.svg" alt="" className="mb-5 size-10" />
        <h1 className="text-xl font-semibold">Sign in to Purser</h1>
        {problem ? (
          <p role="alert" className="mt-3 rounded-lg bg-danger-soft px-3 py-2.5 text-danger">
            That link was used before or has expired. Start Purser again to get a new one.
          </p>
        ) : null}
        <p className="mt-2 text-muted">
          Open the one-time link that Purser printed in the terminal when it started. It signs this browser
          in; nothing has to be typed.
        </p>
        <div className="mt-4 rounded-lg border border-line bg-surface p-3.5 font-mono text-xs leading-5 shadow-card">
          <div className="mb-1.5 flex items-center gap-1.5 text-muted">
            <Terminal size={13} aria-hidden="true" /> Terminal
          </div>
          <p>Purser is ready at {location.origin}</p>
          <p className="text-muted">Sign in, once and within a day: {location.origin}/sign-in?token=…</p>
        </div>
        <Button className="mt-5 w-full" onClick={look}>
          I have opened the link
        </Button>
        <p role="status" className="mt-2 min-h-5 text-center text-muted">
          {still ? 'This browser is not signed in yet.' : ''}
        </p>
      </div>
    </main>
  );
}
