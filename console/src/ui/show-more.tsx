import { Button } from './button.tsx';

/** The way to the next page, at the foot of a card; nothing where there is none. */
export function ShowMore({
  query,
  children,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): Promise<unknown> };
  children: string;
}) {
  if (!query.hasNextPage) return null;
  return (
    <div className="border-t border-line p-1.5 text-center">
      <Button
        size="small"
        tone="quiet"
        busy={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {children}
      </Button>
    </div>
  );
}
