import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Card } from './page.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { SkeletonRows } from './skeleton.tsx';

interface PagesListProps<Item> {
  query: {
    data: { pages: readonly { data: readonly Item[] }[] } | undefined;
    error: Error | null;
    isPending: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    refetch(): Promise<unknown>;
    fetchNextPage(): Promise<unknown>;
  };
  /** What is being loaded, for who hears it. */
  loading: string;
  /** In the place of the list, where there is nothing to show. */
  empty: ReactNode;
  /** On the button for the next page. */
  more: string;
  keyOf(item: Item): string;
  /** What stands in a row; a link in it with `after:absolute after:inset-0` takes the whole of it. */
  row(item: Item): ReactNode;
}

/** A list that comes page by page: while it loads, empty, in trouble, or as rows. */
export function PagesList<Item>({ query, loading, empty, more, keyOf, row }: PagesListProps<Item>) {
  const items = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      {query.isPending ? <SkeletonRows label={loading} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && items.length === 0 ? <Card>{empty}</Card> : null}
      {items.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <li
                key={keyOf(item)}
                className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-hover/60"
              >
                {row(item)}
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      {query.hasNextPage ? (
        <div className="mt-3 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {more}
          </Button>
        </div>
      ) : null}
    </>
  );
}
