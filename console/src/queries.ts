import type { EventEntry, ReportName, RetentionDays, Thread, Trigger } from '@purser/server/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ApiProblem, type AuditFilter, api, type OperationFilter, type ReportQuery } from './api.ts';
import { newsCount } from './live-cache.ts';

/** What is read, under which key it is cached. Live events keep these current, so that nothing is polled. */

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => api.session(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const aboutQuery = () =>
  queryOptions({ queryKey: ['about'], queryFn: ({ signal }) => api.about(signal) });

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

export const approvalQuery = (id: string) =>
  queryOptions({ queryKey: ['approvals', 'one', id], queryFn: ({ signal }) => api.approval(id, signal) });

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

export const chartQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['chart-of-accounts', connectionId],
    queryFn: ({ signal }) => api.chartOfAccounts(connectionId, signal),
  });

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

export const mailQuery = (id: string) =>
  queryOptions({ queryKey: ['outbox', 'one', id], queryFn: ({ signal }) => api.mail(id, signal) });

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

export const noticesQuery = () =>
  queryOptions({ queryKey: ['notices'], queryFn: ({ signal }) => api.notices(signal) });

export const accountQuery = () =>
  queryOptions({ queryKey: ['account'], queryFn: ({ signal }) => api.account(signal) });

export const signInOfferQuery = () =>
  queryOptions({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => api.signInOffer(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sessionsQuery = (everyone: boolean) =>
  queryOptions({
    queryKey: ['sessions', everyone],
    queryFn: ({ signal }) => api.sessions(everyone, signal),
    select: (page) => page.data,
  });

export const peopleQuery = () =>
  queryOptions({
    queryKey: ['people'],
    queryFn: ({ signal }) => api.people(signal),
    select: (page) => page.data,
  });

export const invitationsQuery = () =>
  queryOptions({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => api.invitations(signal),
    select: (page) => page.data,
  });

export const securityQuery = () =>
  queryOptions({ queryKey: ['security'], queryFn: ({ signal }) => api.security(signal) });

export const tokensQuery = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api.tokens(signal),
    select: (page) => page.data,
  });
