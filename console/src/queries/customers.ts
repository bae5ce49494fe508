import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api.ts';

/** The newest customers of an account, or those who answer to `q`; as tools show lists. */
export const customersQuery = (connectionId: string, q: string, limit = 50) =>
  queryOptions({
    queryKey: ['customers', 'list', connectionId, q, limit],
    queryFn: ({ signal }) => api.customers(connectionId, { q, limit }, signal),
    placeholderData: keepPreviousData,
  });

export const customerQuery = (connectionId: string, id: string) =>
  queryOptions({
    queryKey: ['customers', 'one', connectionId, id],
    queryFn: ({ signal }) => api.customer(connectionId, id, signal),
  });
