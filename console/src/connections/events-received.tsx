import type { EventEntry } from '@purser/server/api';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { eventsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';

type Choice = 'all' | EventEntry['state'];
const choices = [
  { value: 'all', label: 'All' },
  { value: 'failed', label: 'Failed' },
  { value: 'pending', label: 'Waiting' },
] as const;

const states: Record<EventEntry['state'], { label: string; tone: TagTone }> = {
  pending: { label: 'Waiting', tone: 'accent' },
  done: { label: 'Handled', tone: 'good' },
  failed: { label: 'Failed', tone: 'danger' },
};

/** What came in, by webhook or from the list, and what became of it; each can be handled again. */
export function EventsReceived({ connectionId }: { connectionId: string }) {
  const [choice, setChoice] = useState<Choice>('all');
  const query = useInfiniteQuery(eventsQuery(connectionId, choice === 'all' ? undefined : choice));
  const events = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <div className="mb-2">
        <Segmented<Choice> label="Which events" value={choice} options={choices} onChange={setChoice} />
      </div>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading events" count={3} /> : null}
      {query.data && events.length === 0 ? (
        <p className="text-muted">{choice === 'all' ? 'No event has come in yet.' : 'None.'}</p>
      ) : null}
      {events.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {events.map((event) => (
              <Row key={event.id} event={event} connectionId={connectionId} />
            ))}
          </ul>
        </Card>
      ) : null}
      {query.hasNextPage ? (
        <div className="mt-2 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older events
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Row({ event, connectionId }: { event: EventEntry; connectionId: string }) {
  const { write } = usePermissions();
  const cache = useQueryClient();
  const { label, tone } = states[event.state];
  const replay = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.replayEvent(connectionId, event.id),
    onSuccess: () => toast('It is handled again'),
    onError: (error) => toast(error.message),
    onSettled: () => cache.invalidateQueries({ queryKey: ['connections', 'events'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2">
      <span className="min-w-44 flex-1">
        <span className="block font-mono text-sm [overflow-wrap:anywhere]">{event.type}</span>
        <span className="block text-sm text-muted">
          {event.source === 'webhook' ? 'By webhook' : 'From the list'} <Time at={event.receivedAt} />
          {event.objectId ? ` · ${event.objectId}` : ''}
        </span>
        {event.problem ? <span className="block text-sm text-danger">{event.problem}</span> : null}
      </span>
      <Tag tone={tone}>{label}</Tag>
      <IconButton
        label={`Handle ${event.type} again`}
        disabled={!write || replay.isPending}
        onClick={() => replay.mutate()}
      >
        <RotateCcw size={14} aria-hidden="true" />
      </IconButton>
    </li>
  );
}
