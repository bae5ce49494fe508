import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { taskRunsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { duration } from '../ui/time-words.ts';
import { RunTag } from './run-state.tsx';

/** Every run with its thread: what was looked at, said and done. */
export function TaskRuns({ taskId }: { taskId: string }) {
  const query = useInfiniteQuery(taskRunsQuery(taskId));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading runs" count={3} />;
  const runs = query.data.pages.flatMap((page) => page.data);
  if (runs.length === 0) return <p className="text-muted">It has not run yet.</p>;
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          {runs.map(({ id, status, threadId, startedAt, finishedAt, problem }) => (
            <li key={id} className="relative px-4 py-2.5 hover:bg-hover/60">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <RunTag status={status} />
                {threadId ? (
                  <Link
                    to="/threads/$threadId"
                    params={{ threadId }}
                    className="flex-1 rounded text-accent after:absolute after:inset-0 hover:underline"
                  >
                    Open the thread
                  </Link>
                ) : (
                  <span className="flex-1" />
                )}
                <span className="text-sm text-muted">
                  <Time at={startedAt} />
                  {finishedAt ? `, took ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}` : ''}
                </span>
              </div>
              {problem ? (
                <p dir="auto" className="mt-0.5 text-sm text-danger [overflow-wrap:anywhere]">
                  {problem}
                </p>
              ) : null}
            </li>
          ))}
        </ul>
      </Card>
      {query.hasNextPage ? (
        <div className="mt-3 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older runs
          </Button>
        </div>
      ) : null}
    </>
  );
}
