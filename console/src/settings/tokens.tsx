import type { ApiToken } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { tokensQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { NewTokenDialog } from './new-token-dialog.tsx';

/** For scripts and other programs that speak to Purser. */
export function Tokens() {
  const { own } = usePermissions();
  const query = useQuery({ ...tokensQuery(), enabled: own });
  const [creating, setCreating] = useState(false);
  if (!own) return <p className="text-muted">Only an owner can see and make API tokens.</p>;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted">For scripts and programs that use Purser's HTTP API.</p>
        <Button tone="primary" onClick={() => setCreating(true)}>
          New token
        </Button>
      </div>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading tokens" count={2} /> : null}
      {query.data ? (
        <Card>
          {query.data.length === 0 ? (
            <EmptyState icon={<KeyRound size={20} />} title="No tokens yet">
              Each token has a role, can be revoked, and shows when it was last used.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {query.data.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </ul>
          )}
        </Card>
      ) : null}
      <NewTokenDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}

function TokenRow({ token }: { token: ApiToken }) {
  const cache = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  const revoke = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.revokeToken(token.id),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['tokens'] });
      toast(`${token.name} was revoked`);
    },
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate font-medium">
          {token.name}
        </p>
        <p className="text-muted">
          <code className="font-mono text-xs">{token.start}…</code> ·{' '}
          <span className="capitalize">{token.role}</span> ·{' '}
          {token.lastUsedAt ? (
            <>
              used <Time at={token.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {token.expiresAt ? (
            <>
              {' '}
              · ends <Time at={token.expiresAt} />
            </>
          ) : null}
        </p>
      </div>
      <Button aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(true)}>
        Revoke
      </Button>
      <ConsequenceDialog
        open={revoking}
        onOpenChange={setRevoking}
        title={`Revoke ${token.name}`}
        action="Revoke token"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        Whatever uses this token is refused from now on. It cannot be brought back.
      </ConsequenceDialog>
    </li>
  );
}
