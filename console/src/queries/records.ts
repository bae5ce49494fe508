import type { ConsentStanding, ReportName, RetentionDays } from '@purser/server/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type AuditFilter, api, type OperationFilter, type ReportQuery } from '../api.ts';

export const operationsQuery = (filter: OperationFilter) =>
  infiniteQueryOptions({
    queryKey: ['operations', 'list', filter],
    queryFn: ({ signal, pageParam }) => api.operations({ ...filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const operationQuery = (id: string) =>
  queryOptions({ queryKey: ['operations', 'one', id], queryFn: ({ signal }) => api.operation(id, signal) });

/** Everything the record knows of an operation, oldest first. */
export const operationHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', 'history', id],
    queryFn: ({ signal }) => api.auditOf(id, signal),
    select: (page) => page.data.toReversed(),
  });

export const haltsQuery = () =>
  queryOptions({
    queryKey: ['halts'],
    queryFn: ({ signal }) => api.halts(signal),
    select: (page) => page.data,
  });

export const reportQuery = (name: ReportName, asked: ReportQuery) =>
  queryOptions({
    queryKey: ['reports', name, asked],
    queryFn: ({ signal }) => api.report(name, asked, signal),
    staleTime: 60_000,
  });

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ signal, pageParam }) => api.audit({ ...filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

const erasureLookMs = 5_000;

/** Looked at again while one waits: it is finished by itself. */
export const erasuresQuery = () =>
  queryOptions({
    queryKey: ['privacy', 'erasures'],
    queryFn: async ({ signal }) => (await api.erasures(signal)).data,
    refetchInterval: ({ state }) =>
      state.data?.some((erasure) => erasure.state === 'waiting') ? erasureLookMs : false,
  });

export const retentionQuery = () =>
  queryOptions({ queryKey: ['privacy', 'retention'], queryFn: ({ signal }) => api.retention(signal) });

export const retentionPreviewQuery = (days: RetentionDays) =>
  queryOptions({
    queryKey: ['privacy', 'preview', days],
    queryFn: () => api.previewRetention(days),
    placeholderData: keepPreviousData,
  });

export const mailsQuery = (to: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['outbox', 'list', to],
    queryFn: ({ signal, pageParam }) => api.mails({ to, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

/** Of one address all that was said; else how each address stands. */
export const consentsQuery = (standing: ConsentStanding, address: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['consents', standing, address],
    queryFn: ({ signal, pageParam }) =>
      api.consents({ standing: address ? undefined : standing, address, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const mailQuery = (id: string) =>
  queryOptions({ queryKey: ['outbox', 'one', id], queryFn: ({ signal }) => api.mail(id, signal) });
