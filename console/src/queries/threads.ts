import type { Thread } from '@purser/server/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api.ts';
import { newsCount } from '../live-cache.ts';

export interface ThreadFilter {
  q?: string | undefined;
  agentId?: string | undefined;
}

export const threadsQuery = (filter: ThreadFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ['threads', { q: filter.q || undefined, agentId: filter.agentId }],
    queryFn: ({ signal, pageParam }) => api.threads({ ...filter, limit: 50, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

/** The stream is ahead of any answer that was asked for before it last told something. */
export const threadQuery = (id: string, read = api.thread) =>
  queryOptions({
    queryKey: ['thread', id],
    queryFn: async ({ signal, client }) => {
      const before = newsCount(client, id);
      const thread = await read(id, signal);
      return newsCount(client, id) === before
        ? thread
        : (client.getQueryData<Thread>(['thread', id]) ?? thread);
    },
  });

export const toolCallQuery = (threadId: string, callId: string) =>
  queryOptions({
    queryKey: ['tool-call', threadId, callId],
    queryFn: ({ signal }) => api.toolCall(threadId, callId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What waits for a person, whatever waits longest first. */
export const waitingQuery = () =>
  infiniteQueryOptions({
    queryKey: ['approvals', 'waiting'],
    queryFn: ({ signal, pageParam }) => api.waiting(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const newestWaitingQuery = () =>
  queryOptions({
    queryKey: ['approvals', 'newest'],
    queryFn: ({ signal }) => api.newestWaiting(signal),
    select: (page) => page.data,
  });

/** What was decided lately. */
export const decidedQuery = () =>
  queryOptions({
    queryKey: ['approvals', 'decided'],
    queryFn: ({ signal }) => api.decided(signal),
    select: (page) => page.data,
  });

export const approvalQuery = (id: string) =>
  queryOptions({ queryKey: ['approvals', 'one', id], queryFn: ({ signal }) => api.approval(id, signal) });
