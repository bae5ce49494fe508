import type { ThreadSummary } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessagesSquare, SearchX, SquarePen } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { threadsQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { dayGroup } from '../ui/time-words.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import { ThreadRow } from './thread-row.tsx';

export function ThreadList({ above }: { above: ReactNode }) {
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 200);
  const query = useInfiniteQuery(threadsQuery({ q: q || undefined }));
  const rows = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <div className="space-y-2.5 border-b border-line px-3 pt-3 pb-2.5">
        <div className="flex h-8 items-center justify-between ps-1 pointer-coarse:h-11">
          <h1 tabIndex={-1} data-page-title="" className="text-xl font-semibold lg:hidden">
            Threads
          </h1>
          <h2 className="font-semibold max-lg:hidden">Threads</h2>
          <Link
            to="/threads/new"
            aria-label="New thread"
            title="New thread (C)"
            className={buttonClass('quiet')}
          >
            <SquarePen size={16} aria-hidden="true" />
            <span className="lg:hidden">New</span>
          </Link>
        </div>
        <SearchField label="Search threads" value={text} onChange={setText} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto pb-4">
        {above}
        {query.isPending ? <SkeletonRows label="Loading threads" count={7} /> : null}
        {query.error ? (
          <div className="p-3">
            <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : null}
        {query.data && rows.length === 0 ? <Nothing q={q} /> : null}
        <Groups rows={rows} />
        {query.hasNextPage ? (
          <div className="p-3 text-center">
            <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show older threads
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

function Groups({ rows }: { rows: ThreadSummary[] }) {
  const now = new Date();
  const groups = Map.groupBy(rows, (row) => dayGroup(row.updatedAt, now));
  return [...groups].map(([day, threads]) => (
    <section key={day} aria-label={day}>
      <h3 className="px-4 pt-4 pb-1 text-xs font-medium text-muted">{day}</h3>
      <ul className="px-2">
        {threads.map((thread) => (
          <ThreadRow key={thread.id} thread={thread} />
        ))}
      </ul>
    </section>
  ));
}

function Nothing({ q }: { q: string }) {
  if (q) {
    return (
      <EmptyState icon={<SearchX size={20} />} title="No thread found">
        Nothing was called or said like “{q}”.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<MessagesSquare size={20} />} title="No threads yet">
      What you ask your agents, and what they did, will be listed here.
    </EmptyState>
  );
}
