import type {
  AccountRole,
  Chart,
  Connection,
  ConnectionCheck,
  ConnectionType,
  CustomerStory,
  EventEntry,
  Json,
  Page,
  SentAnnouncement,
  Webhook,
} from '@purser/server/api';
import { get, post, put, queryString, remove } from './request.ts';

export interface NewConnection {
  type: string;
  name?: string | undefined;
  credentials: Record<string, string>;
  baseUrl?: string | undefined;
}

export interface EventQuery {
  state?: EventEntry['state'] | undefined;
  cursor?: string | null;
}

/** The accounts of a journal, in the order of a trial balance. */
export interface ChartOfAccounts {
  accounts: { role: AccountRole; meaning: string; code: string; name: string }[];
  xeroTaxRate: string;
}

/** Connections, and what comes in and goes out by them. */
export const connectionCalls = {
  announcements: (id: string, signal?: AbortSignal) =>
    get<Page<SentAnnouncement>>(`/connections/${id}/announcements?limit=20`, signal),
  retryAnnouncement: (id: string, announcementId: string) =>
    post<unknown>(`/connections/${id}/announcements/${announcementId}/retry`),
  connectionTypes: (signal?: AbortSignal) => get<{ data: ConnectionType[] }>('/connections/types', signal),
  connections: (signal?: AbortSignal) => get<Page<Connection>>('/connections?limit=100', signal),
  connection: (id: string, signal?: AbortSignal) => get<Connection>(`/connections/${id}`, signal),
  createConnection: (connection: NewConnection) => post<Connection>('/connections', connection),
  deleteConnection: (id: string) => remove(`/connections/${id}`),
  checkConnection: (id: string) => post<ConnectionCheck>(`/connections/${id}/check`),
  rotateConnection: (id: string, credentials: Record<string, string>) =>
    post<Connection>(`/connections/${id}/rotate`, { credentials }),
  customers: (id: string, query: { q: string; limit: number }, signal?: AbortSignal) =>
    get<Json>(`/connections/${id}/customers${queryString(query)}`, signal),
  customer: (id: string, customer: string, signal?: AbortSignal) =>
    get<CustomerStory>(`/connections/${id}/customers/${encodeURIComponent(customer)}`, signal),
  webhook: (connectionId: string, signal?: AbortSignal) =>
    get<Webhook>(`/connections/${connectionId}/webhook`, signal),
  setWebhook: (connectionId: string, body: { register: true } | { secrets: string[] }) =>
    put<Webhook>(`/connections/${connectionId}/webhook`, body),
  removeWebhook: (connectionId: string) => remove(`/connections/${connectionId}/webhook`),
  events: (connectionId: string, query: EventQuery, signal?: AbortSignal) =>
    get<Page<EventEntry>>(
      `/connections/${connectionId}/events${queryString({ ...query, limit: 20 })}`,
      signal,
    ),
  replayEvent: (connectionId: string, eventId: string) =>
    post<unknown>(`/connections/${connectionId}/events/${eventId}/replay`),
  chartOfAccounts: (connectionId: string, signal?: AbortSignal) =>
    get<ChartOfAccounts>(`/connections/${connectionId}/chart-of-accounts`, signal),
  setChartOfAccounts: (connectionId: string, chart: Chart) =>
    put<ChartOfAccounts>(`/connections/${connectionId}/chart-of-accounts`, chart),
  resetChartOfAccounts: (connectionId: string) => remove(`/connections/${connectionId}/chart-of-accounts`),
};
