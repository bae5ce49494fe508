import type { Thread } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ApiProblem, api } from '../api.ts';
import { accountsOf } from '../cards/accounts-of.ts';
import { agentQuery } from '../queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { AccountPicker } from './account-picker.tsx';

/** A thread that is about no account yet: says so, and lets one be chosen. */
export function ThreadAccount({ thread }: { thread: Thread }) {
  const agent = useQuery(agentQuery(thread.agentId)).data;
  const cache = useQueryClient();
  const pin = useMutation<Thread, ApiProblem, string>({
    mutationFn: (connectionId) => api.updateThread(thread.id, { connectionId }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['thread', thread.id] }),
  });
  if (!agent) return null;
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-1 gap-y-2 text-muted">
      {accountsOf(agent).length > 0 ? <span>This thread is about no account yet:</span> : null}
      <AccountPicker agent={agent} current={undefined} onPick={(connectionId) => pin.mutate(connectionId)} />
      {pin.error ? <ProblemNotice error={pin.error} /> : null}
    </div>
  );
}
