import type { Approval, LiveEvent, Message, Page, Thread, ThreadSummary } from '@purser/server/api';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';

type Delta = Extract<LiveEvent, { type: 'delta' }>;
type ThreadPages = InfiniteData<Page<ThreadSummary>, string | null>;

/**
 * Writes one live event into what is cached, or marks it stale where the event only says that something changed.
 * @returns false where something before it was missed, so that the stream has to start over.
 */
export function applyLiveEvent(cache: QueryClient, event: LiveEvent): boolean {
  switch (event.type) {
    case 'thread':
      cache.setQueryData<Thread>(['thread', event.thread.id], event.thread);
      countNews(cache, event.thread.id);
      return true;
    case 'message':
      editThread(cache, event.threadId, (thread) => withMessage(thread, event.message));
      return true;
    case 'delta':
      return applyDelta(cache, event);
    case 'progress':
      editThread(cache, event.threadId, (thread) => withProgress(thread, event));
      return true;
    case 'approvals':
      return applyApprovals(cache, event.threadId, event.approvals);
    case 'thread_summary':
      applySummary(cache, event.thread);
      return true;
    case 'thread_deleted':
      applyDeleted(cache, event.threadId);
      return true;
    case 'changed':
      applyChanged(cache, event.what);
      return true;
  }
}

function editThread(cache: QueryClient, id: string, edit: (thread: Thread) => Thread) {
  if (!cache.getQueryData<Thread>(['thread', id])) return;
  cache.setQueryData<Thread>(['thread', id], (thread) => (thread ? edit(thread) : thread));
  countNews(cache, id);
}

/** Shown beside the call until it changes: the next whole message leaves it out. */
function withProgress(
  thread: Thread,
  { messageId, toolCallId, text }: Extract<LiveEvent, { type: 'progress' }>,
): Thread {
  const messages = thread.messages.map((message) =>
    message.id === messageId && message.toolCalls
      ? {
          ...message,
          toolCalls: message.toolCalls.map((call) =>
            call.id === toolCallId && call.status === 'running' ? { ...call, progress: text } : call,
          ),
        }
      : message,
  );
  return { ...thread, messages };
}

const newsKey = (id: string) => ['thread-news', id];

function countNews(cache: QueryClient, id: string) {
  cache.setQueryData<number>(newsKey(id), newsCount(cache, id) + 1);
}

/** How often the stream has told something of a thread. An answer asked for before is older than what is cached. */
export function newsCount(cache: QueryClient, id: string): number {
  return cache.getQueryData<number>(newsKey(id)) ?? 0;
}

/** The person has seen it: told here at once, for the server tells nobody. */
export function applyRead(cache: QueryClient, id: string) {
  editThread(cache, id, (thread) => ({ ...thread, unread: false }));
  cache.setQueriesData<ThreadPages>(
    { queryKey: ['threads'] },
    (pages) =>
      pages && {
        ...pages,
        pages: pages.pages.map((page) => ({
          ...page,
          data: page.data.map((row) => (row.id === id ? { ...row, unread: false } : row)),
        })),
      },
  );
}

function upsertAll<Item extends { id: string }>(items: Item[], news: Item[]): Item[] {
  const fresh = new Map(news.map((item) => [item.id, item]));
  const known = new Set(items.map((item) => item.id));
  return [...items.map((item) => fresh.get(item.id) ?? item), ...news.filter((item) => !known.has(item.id))];
}

/** The thread with the message in its place, or at the end where it is new. */
export function withMessage(thread: Thread, message: Message): Thread {
  return { ...thread, messages: upsertAll(thread.messages, [message]) };
}

/** Only what still waits is told: what waited here and is not among it was decided, and how has to be read. */
function applyApprovals(cache: QueryClient, threadId: string, waiting: Approval[]): boolean {
  let decided = false;
  editThread(cache, threadId, (thread) => {
    const ids = new Set(waiting.map((approval) => approval.id));
    decided = thread.approvals.some((approval) => approval.status === 'pending' && !ids.has(approval.id));
    return { ...thread, approvals: upsertAll(thread.approvals, waiting) };
  });
  return !decided;
}

function applyDelta(cache: QueryClient, delta: Delta): boolean {
  const thread = cache.getQueryData<Thread>(['thread', delta.threadId]);
  if (!thread) return true;
  const before = thread.messages.find((message) => message.id === delta.messageId);
  const after = before && withDelta(before, delta);
  if (after) editThread(cache, delta.threadId, (now) => withMessage(now, after));
  return Boolean(after);
}

/** The message with more text in the part named; null where text before it was missed. */
export function withDelta(message: Message, delta: Delta): Message | null {
  const parts = [...(message.parts ?? [])];
  const part = parts[delta.part] ?? { type: 'text' as const, text: '' };
  if (delta.part > parts.length || part.type !== 'text' || part.text.length < delta.offset) return null;
  parts[delta.part] = { type: 'text', text: part.text.slice(0, delta.offset) + delta.text };
  const texts = parts.flatMap((each) => (each.type === 'text' && each.text ? [each.text] : []));
  return { ...message, parts, text: texts.join('\n\n') };
}

function applySummary(cache: QueryClient, summary: ThreadSummary) {
  editThread(cache, summary.id, (thread) => ({ ...thread, ...summary }));
  for (const [key, pages] of cache.getQueriesData<ThreadPages>({ queryKey: ['threads'] })) {
    const filter = key[1] as { q?: string; agentId?: string } | undefined;
    if (filter?.q) void cache.invalidateQueries({ queryKey: key });
    else if (pages && (!filter?.agentId || filter.agentId === summary.agentId)) {
      cache.setQueryData<ThreadPages>(key, withSummary(pages, summary));
    }
  }
}

/** The pages with this row in its place by latest activity. */
export function withSummary(pages: ThreadPages, summary: ThreadSummary): ThreadPages {
  const without = withoutThread(pages, summary.id);
  const place = without.pages.findIndex(
    (page) => page.data.some((row) => row.updatedAt <= summary.updatedAt) || page.next_cursor === null,
  );
  if (place < 0) return without;
  return {
    ...without,
    pages: without.pages.map((page, index) =>
      index === place ? { ...page, data: [...page.data, summary].sort(byActivity) } : page,
    ),
  };
}

function byActivity(a: ThreadSummary, b: ThreadSummary): number {
  return a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0;
}

function withoutThread(pages: ThreadPages, id: string): ThreadPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, data: page.data.filter((row) => row.id !== id) })),
  };
}

function applyDeleted(cache: QueryClient, id: string) {
  // Not only stale: what was shown is gone.
  void cache.resetQueries({ queryKey: ['thread', id] });
  cache.setQueriesData<ThreadPages>({ queryKey: ['threads'] }, (pages) =>
    pages ? withoutThread(pages, id) : pages,
  );
}

type Changed = Extract<LiveEvent, { type: 'changed' }>['what'];

const stale: Record<Changed, string[]> = {
  agents: ['agents', 'suggestions'],
  connections: ['connections', 'agents', 'suggestions'],
  operations: ['operations', 'suggestions', 'customers'],
  approvals: ['approvals', 'operations'],
  outbox: ['outbox'],
  tasks: ['tasks'],
  playbooks: ['playbooks', 'playbook-runs', 'orders'],
  alerts: ['alerts'],
  settings: ['about', 'models', 'tokens', 'session', 'halts'],
};

function applyChanged(cache: QueryClient, what: Changed) {
  for (const name of stale[what]) void cache.invalidateQueries({ queryKey: [name] });
}
