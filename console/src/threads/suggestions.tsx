import { useQuery } from '@tanstack/react-query';
import { CornerDownRight } from 'lucide-react';
import { suggestionsQuery } from '../queries.ts';
import { Bone, Skeleton } from '../ui/skeleton.tsx';

const mostShown = 4;

/** What could be asked now, drawn by the server from the state of the account. */
export function Suggestions({ agentId, onPick }: { agentId: string; onPick(text: string): void }) {
  const { data, isPending, error } = useQuery(suggestionsQuery(agentId));
  if (isPending) {
    return (
      <Skeleton label="Loading suggestions">
        <div className="space-y-2">
          <Bone className="h-9 w-full rounded-lg" />
          <Bone className="h-9 w-full rounded-lg" />
          <Bone className="h-9 w-full rounded-lg" />
        </div>
      </Skeleton>
    );
  }
  // Suggestions are a help: without them the composer works as well.
  if (error || data.length === 0) return null;
  return (
    <section aria-label="Suggestions">
      <ul className="divide-y divide-line rounded-lg border border-line">
        {data.slice(0, mostShown).map((suggestion) => (
          <li key={suggestion.text}>
            <button
              type="button"
              onClick={() => onPick(suggestion.text)}
              className="flex min-h-10 w-full items-center gap-2.5 px-3.5 py-2 text-start -outline-offset-2 hover:bg-hover/60 pointer-coarse:min-h-11"
            >
              <CornerDownRight size={14} aria-hidden="true" className="shrink-0 text-muted" />
              {suggestion.text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
