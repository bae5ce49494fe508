import type { Trigger } from '@purser/server/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api.ts';

export const tasksQuery = (agentId: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['tasks', 'list', agentId],
    queryFn: ({ signal, pageParam }) => api.tasks({ agentId, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const taskQuery = (id: string) =>
  queryOptions({ queryKey: ['tasks', 'one', id], queryFn: ({ signal }) => api.task(id, signal) });

export const taskRunsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['tasks', 'runs', id],
    queryFn: ({ signal, pageParam }) => api.taskRuns(id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const triggerPreviewQuery = (trigger: Trigger) =>
  queryOptions({
    queryKey: ['trigger', trigger],
    queryFn: () => api.previewTrigger(trigger),
    placeholderData: keepPreviousData,
    retry: false,
  });

export const playbooksQuery = () =>
  queryOptions({ queryKey: ['playbooks', 'list'], queryFn: ({ signal }) => api.playbooks(signal) });

export const playbookQuery = (name: string, connectionId: string | undefined) =>
  queryOptions({
    queryKey: ['playbooks', 'one', name, connectionId],
    queryFn: ({ signal }) => api.playbook(name, connectionId, signal),
  });

export const playbookRunsQuery = (playbook: string, connectionId: string) =>
  infiniteQueryOptions({
    queryKey: ['playbook-runs', 'list', playbook, connectionId],
    queryFn: ({ signal, pageParam }) =>
      api.playbookRuns({ playbook, connectionId, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const playbookRunQuery = (id: string) =>
  queryOptions({
    queryKey: ['playbook-runs', 'one', id],
    queryFn: ({ signal }) => api.playbookRun(id, signal),
  });

export const ordersQuery = (status: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'list', status],
    queryFn: ({ signal, pageParam }) => api.orders({ status, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const orderQuery = (id: string) =>
  queryOptions({ queryKey: ['orders', 'one', id], queryFn: ({ signal }) => api.order(id, signal) });

export const alertsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal, pageParam }) => api.alerts({ status: 'open', cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
