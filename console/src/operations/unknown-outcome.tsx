import type { Operation } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleHelp, SearchCheck } from 'lucide-react';
import { type ApiProblem, api } from '../api.ts';
import { usePermissions } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** Nobody knows whether it happened: what that means, what Purser does about it and what a person can. */
export function UnknownOutcome({ operation }: { operation: Operation }) {
  const { write } = usePermissions();
  const cache = useQueryClient();
  const check = useMutation<Operation, ApiProblem>({
    mutationFn: () => api.checkOperation(operation.id),
    onSuccess: (checked) => {
      cache.setQueryData(['operations', 'one', operation.id], checked);
      if (checked.state === 'unknown') announce('Stripe still cannot say.');
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['operations'] }),
  });
  return (
    <section
      aria-label="Outcome unknown"
      className="flex gap-2.5 rounded-lg border border-danger/40 bg-danger-soft px-4 py-3.5"
    >
      <CircleHelp size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1 space-y-2">
        <p className="font-medium text-danger">It was sent, and no answer came back.</p>
        <p>
          It may have happened or not. Purser does not send it again. It looks for its mark at Stripe every
          minute; where none is found for an hour, it did not happen. Until then, don’t repeat it elsewhere.
        </p>
        <p>
          To look yourself, search Stripe’s dashboard for this metadata:{' '}
          <CopyId id={`metadata:purser_op=${operation.id}`} />
        </p>
        {check.error ? <ProblemNotice error={check.error} /> : null}
        <div className="flex flex-wrap items-center gap-3">
          <Button busy={check.isPending} disabled={!write} onClick={() => check.mutate()}>
            <SearchCheck size={14} aria-hidden="true" />
            Look again now
          </Button>
          {check.data?.state === 'unknown' ? (
            <span className="text-muted">Looked just now: still nothing to be seen.</span>
          ) : null}
        </div>
      </div>
    </section>
  );
}
