import type { Agent } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { threadsQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';

export function AgentThreads({ agent }: { agent: Agent }) {
  const query = useInfiniteQuery(threadsQuery({ agentId: agent.id }));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading threads" />;
  const threads = query.data.pages.flatMap((page) => page.data);
  if (threads.length === 0) {
    const start = (
      <Link to="/threads/new" search={{ agent: agent.id }} className={buttonClass('primary')}>
        New thread
      </Link>
    );
    return (
      <Card>
        <EmptyState icon={<MessagesSquare size={20} />} title="No threads yet" action={start}>
          What people ask {agent.name} will be listed here.
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          {threads.map((thread) => (
            <li key={thread.id}>
              <Link
                to="/threads/$threadId"
                params={{ threadId: thread.id }}
                className="flex min-h-11 items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-hover/60"
              >
                <span dir="auto" className="min-w-0 flex-1 truncate">
                  {thread.title || 'New thread'}
                </span>
                {thread.status === 'awaiting_approval' ? (
                  <span className="text-accent">Waiting for you</span>
                ) : null}
                <Time at={thread.updatedAt} className="shrink-0 text-muted" />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
      {query.hasNextPage ? (
        <Button
          tone="quiet"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
          className="mt-3"
        >
          Show older threads
        </Button>
      ) : null}
    </>
  );
}
