import type { Halt } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { agentsQuery, connectionsQuery, haltsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Name } from '../ui/name.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';

/** Over every screen while anything is halted: what, why, by whom, and the way back. */
export function HaltBanner() {
  const halts = useQuery(haltsQuery()).data ?? [];
  return (
    <div role="status" aria-label="Halts" className="max-h-[30dvh] overflow-y-auto">
      {halts.map((halt) => (
        <Halted key={`${halt.scope} ${halt.subject}`} halt={halt} />
      ))}
    </div>
  );
}

function Halted({ halt }: { halt: Halt }) {
  const { own } = usePermissions();
  const [asking, setAsking] = useState(false);
  const cache = useQueryClient();
  const name = useSubject(halt);
  const lift = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.lift(halt),
    onSuccess: async () => {
      toast(`${name} may work again`);
      await cache.invalidateQueries({ queryKey: ['halts'] });
    },
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-black/15 bg-danger-fill px-4 py-2 text-white">
      <OctagonX size={16} aria-hidden="true" className="shrink-0" />
      <p dir="auto" className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]">
        <strong className="font-semibold">
          <Name>{name}</Name> is halted:
        </strong>{' '}
        <Name>{halt.reason}</Name>{' '}
        <span className="whitespace-nowrap">
          (<Name>{halt.haltedBy}</Name>, <Time at={halt.haltedAt} />)
        </span>
      </p>
      {own ? (
        <button
          type="button"
          onClick={() => setAsking(true)}
          className="h-7 rounded-md border border-white/70 px-2.5 text-sm font-medium hover:bg-white/15 focus-visible:outline-white pointer-coarse:h-10"
        >
          Resume…
        </button>
      ) : (
        <span className="text-sm">An owner can resume it.</span>
      )}
      <ConsequenceDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Resume ${halt.scope === 'all' ? 'everything' : name}`}
        action="Resume"
        busy={lift.isPending}
        error={lift.error}
        onConfirm={() => lift.mutate()}
      >
        Agents may write again, as their policies say. Turns that were stopped stay stopped; each can be tried
        again in its thread.
      </ConsequenceDialog>
    </div>
  );
}

function useSubject({ scope, subject }: Halt): string {
  const agents = useQuery(agentsQuery()).data;
  const connections = useQuery(connectionsQuery()).data;
  if (scope === 'all') return 'Everything';
  const known = scope === 'agent' ? agents : connections;
  return known?.find(({ id }) => id === subject)?.name ?? (scope === 'agent' ? 'An agent' : 'An account');
}
