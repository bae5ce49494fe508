import type { EventEntry } from '@purser/server/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ApiProblem, api } from '../api.ts';

export const connectionTypesQuery = () =>
  queryOptions({
    queryKey: ['connections', 'types'],
    queryFn: ({ signal }) => api.connectionTypes(signal),
    select: (page) => page.data,
  });

export const connectionsQuery = () =>
  queryOptions({
    queryKey: ['connections', 'list'],
    queryFn: ({ signal }) => api.connections(signal),
    select: (page) => page.data,
  });

export const connectionQuery = (id: string) =>
  queryOptions({ queryKey: ['connections', 'one', id], queryFn: ({ signal }) => api.connection(id, signal) });

/** null where none is set up. */
export const webhookQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['connections', 'webhook', connectionId],
    queryFn: ({ signal }) =>
      api.webhook(connectionId, signal).catch((error: unknown) => {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }),
  });

export const eventsQuery = (connectionId: string, state: EventEntry['state'] | undefined) =>
  infiniteQueryOptions({
    queryKey: ['connections', 'events', connectionId, state],
    queryFn: ({ signal, pageParam }) => api.events(connectionId, { state, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const chartQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['chart-of-accounts', connectionId],
    queryFn: ({ signal }) => api.chartOfAccounts(connectionId, signal),
  });
