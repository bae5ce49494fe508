import type { Approval, Page, Thread, ThreadSummary, ToolCallRecord } from '@purser/server/api';
import { get, patch, post, queryString, remove, type Started } from './request.ts';

export interface Decision {
  decision: 'approve' | 'reject';
  /** For the record; of a rejection the agent reads it. */
  reason?: string;
  /** Lets only so much through, in major units; of a single approval. */
  amount?: string;
}

/** Threads, and what in them waits for a person. */
export const threadCalls = {
  threads: (
    query: { q?: string; agentId?: string; limit?: number; cursor?: string | null },
    signal?: AbortSignal,
  ) => get<Page<ThreadSummary>>(`/threads${queryString(query)}`, signal),
  thread: (id: string, signal?: AbortSignal) => get<Thread>(`/threads/${id}`, signal),
  createThread: (thread: { agentId: string; connectionId?: string | undefined }) =>
    post<Thread>('/threads', thread),
  updateThread: (id: string, changes: { title?: string; connectionId?: string }) =>
    patch<Thread>(`/threads/${id}`, changes),
  deleteThread: (id: string) => remove(`/threads/${id}`),
  sendMessage: (id: string, text: string) => post<Started>(`/threads/${id}/messages?wait=false`, { text }),
  editMessage: (id: string, messageId: string, text: string) =>
    post<Started>(`/threads/${id}/edit?wait=false`, { messageId, text }),
  retry: (id: string) => post<Started>(`/threads/${id}/retry?wait=false`),
  stop: (id: string) => post<null>(`/threads/${id}/cancel`),
  markRead: (id: string) => post<null>(`/threads/${id}/read`),
  toolCall: (threadId: string, callId: string, signal?: AbortSignal) =>
    get<ToolCallRecord>(`/threads/${threadId}/tool-calls/${callId}`, signal),
  waiting: (cursor: string | null, signal?: AbortSignal) =>
    get<Page<Approval>>(
      `/approvals${queryString({ status: 'pending', order: 'oldest', limit: 100, cursor })}`,
      signal,
    ),
  approval: (id: string, signal?: AbortSignal) => get<Approval>(`/approvals/${id}`, signal),
  newestWaiting: (signal?: AbortSignal) => get<Page<Approval>>('/approvals?status=pending&limit=40', signal),
  decided: (signal?: AbortSignal) => get<Page<Approval>>('/approvals?status=decided&limit=10', signal),
  decide: (ids: readonly string[], decision: Decision) => {
    const { reason, ...given } = decision;
    const body = reason ? { ...given, reason } : given;
    return ids.length === 1
      ? post<unknown>(`/approvals/${ids[0]}`, body)
      : post<unknown>('/approvals', { ids, ...body });
  },
};
