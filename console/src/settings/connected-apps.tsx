import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PlugZap } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api, type ConnectedApp } from '../api.ts';
import { roleName } from '../cards/role-words.ts';
import { connectedAppsQuery } from '../queries.ts';
import { useSession } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';

/** Programs that people let use agents' tools: Claude, Cursor and the like. */
export function ConnectedApps() {
  const query = useQuery(connectedAppsQuery());
  return (
    <>
      <p className="mb-4 text-muted">
        Programs that use your agents’ tools over MCP at <code className="font-mono text-xs">/mcp</code>. They
        do what you may, and approve nothing.
      </p>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading connected apps" count={2} /> : null}
      {query.data ? (
        <Card>
          {query.data.length === 0 ? (
            <EmptyState icon={<PlugZap size={20} />} title="No connected apps">
              Add this address with <code className="font-mono text-xs">/mcp</code> to a program that speaks
              MCP: it brings you here to be let in.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {query.data.map((app) => (
                <AppRow key={`${app.id} ${app.person.id}`} app={app} />
              ))}
            </ul>
          )}
        </Card>
      ) : null}
    </>
  );
}

function AppRow({ app }: { app: ConnectedApp }) {
  const cache = useQueryClient();
  const session = useSession();
  const [revoking, setRevoking] = useState(false);
  const revoke = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.revokeApp(app),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['connected-apps'] });
      toast(`${app.name} is out`);
    },
  });
  const isOwn = app.person.id === session?.user.id;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate font-medium">
          {app.name}
        </p>
        <p className="text-muted">
          {isOwn ? 'Yours' : `Of ${app.person.name}`} · {roleName(app.role)} · let in{' '}
          <Time at={app.allowedAt} />
          {app.seenAt ? (
            <>
              , seen <Time at={app.seenAt} />
            </>
          ) : null}
        </p>
      </div>
      <Button size="small" onClick={() => setRevoking(true)}>
        Take access away
      </Button>
      <ConsequenceDialog
        open={revoking}
        onOpenChange={setRevoking}
        title={`Take ${app.name}’s access away?`}
        action="Take access away"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        Its tokens end at once. What it called before stays in the record.
      </ConsequenceDialog>
    </li>
  );
}
