import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api.ts';

export const modelsQuery = () =>
  queryOptions({
    queryKey: ['models'],
    queryFn: ({ signal }) => api.models(signal),
    select: (page) => page.data,
  });

export const agentsQuery = () =>
  queryOptions({
    queryKey: ['agents', 'list'],
    queryFn: ({ signal }) => api.agents(signal),
    select: (page) => page.data,
  });

export const agentQuery = (id: string) =>
  queryOptions({ queryKey: ['agents', 'one', id], queryFn: ({ signal }) => api.agent(id, signal) });

export const templatesQuery = () =>
  queryOptions({
    queryKey: ['templates'],
    queryFn: ({ signal }) => api.templates(signal),
    select: (page) => page.data,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const versionsQuery = (agentId: string) =>
  infiniteQueryOptions({
    queryKey: ['agents', 'versions', agentId],
    queryFn: ({ signal, pageParam }) => api.versions(agentId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Against the version before it. */
export const versionDiffQuery = (agentId: string, version: number) =>
  queryOptions({
    queryKey: ['agents', 'versions', agentId, version],
    queryFn: ({ signal }) => api.versionDiff(agentId, version, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const usageQuery = (agentId: string) =>
  queryOptions({
    queryKey: ['agents', 'usage', agentId],
    queryFn: ({ signal }) => api.usage(agentId, signal),
    select: (page) => page.data,
  });

export const knowledgeQuery = (agentId: string) =>
  infiniteQueryOptions({
    queryKey: ['knowledge', agentId, 'list'],
    queryFn: ({ signal, pageParam }) => api.documents(agentId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const documentQuery = (agentId: string, id: string) =>
  queryOptions({
    queryKey: ['knowledge', agentId, 'one', id],
    queryFn: ({ signal }) => api.document(agentId, id, signal),
  });

/** The passages that the agent would find. */
export const foundQuery = (agentId: string, q: string) =>
  queryOptions({
    queryKey: ['knowledge', agentId, 'found', q],
    queryFn: ({ signal }) => api.searchKnowledge(agentId, q, signal),
    select: (page) => page.data,
    placeholderData: keepPreviousData,
  });

export const agentToolsQuery = (agentId: string, connectionId: string) =>
  queryOptions({
    queryKey: ['agents', 'tools', agentId, connectionId],
    queryFn: ({ signal }) => api.agentTools(agentId, connectionId, signal),
    select: (page) => page.data,
  });

export const suggestionsQuery = (agentId: string) =>
  queryOptions({
    queryKey: ['suggestions', agentId],
    queryFn: ({ signal }) => api.suggestions(agentId, signal),
    select: (page) => page.data,
  });
