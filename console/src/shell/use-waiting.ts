import { useInfiniteQuery } from '@tanstack/react-query';
import { waitingQuery } from '../queries.ts';

/** How many wait for a person, as far as they were read, and in words for who does not see the number. */
export function useWaiting(): { count: number; words: string } {
  const { data, hasNextPage } = useInfiniteQuery(waitingQuery());
  const count = data?.pages.reduce((sum, page) => sum + page.data.length, 0) ?? 0;
  return { count, words: `, ${count}${hasNextPage ? ' or more' : ''} waiting` };
}
