import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type ApiProblem, api } from '../api.ts';
import { roleWords } from '../cards/role-words.ts';
import { connectedAppQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

/** A program asks a person to be let in. The query is signed, so it goes back as it came. */
export function AllowScreen() {
  const { asking: query = '' } = useSearch({ from: '/signed-in/allow' });
  const id = new URLSearchParams(query).get('client_id') ?? '';
  const app = useQuery(connectedAppQuery(id));
  const decide = useMutation<{ redirectTo: string }, ApiProblem, boolean>({
    mutationFn: (accept) => api.decideApp({ accept, query }),
    onSuccess: ({ redirectTo }) => window.location.assign(redirectTo),
  });
  const name = app.data?.name ?? 'A program';
  return (
    <Page title={app.data ? `Let ${name} in?` : 'A program asks to be let in'} width="reading">
      {app.isPending ? <SkeletonRows label="Loading the program" count={3} /> : null}
      {app.error ? <ProblemNotice error={app.error} /> : null}
      {app.data ? (
        <Card className="px-4 py-4">
          <p>
            <strong dir="auto">{name}</strong> wants to use your agents’ tools in your name. What it calls
            itself was checked by nobody: go on only if you started this yourself just now.
          </p>
          <ul className="mt-3 list-disc space-y-1 ps-5 text-muted">
            <li>{roleWords[app.data.role]}</li>
            <li>It can approve nothing. What needs a person is decided by one, here in Purser.</li>
            <li>You can take it back under Settings, Connected apps.</li>
            <li>
              You will be sent to <span className="font-mono text-xs">{app.data.returnsTo.join(', ')}</span>
            </li>
          </ul>
          <div className="mt-5 flex flex-wrap gap-2">
            <Button tone="primary" busy={decide.isPending} onClick={() => decide.mutate(true)}>
              Let {name} in
            </Button>
            <Button disabled={decide.isPending} onClick={() => decide.mutate(false)}>
              Turn it away
            </Button>
          </div>
          {decide.error ? <ProblemNotice error={decide.error} /> : null}
        </Card>
      ) : null}
    </Page>
  );
}
