import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { listApprovals } from '../guard/approval-list.ts';
import type { Approval } from '../guard/operation.ts';
import type { Changing, Live, News } from './live.ts';
import {
  getSummary,
  getThread,
  listedSummary,
  readMessages,
  type Thread,
  type ThreadSummary,
} from './threads.ts';
import { answerMessageId, type Message, type ToolFacts } from './transcript.ts';

/** What a window is told. With a thread, first the whole of it, then what changes. */
export type LiveEvent =
  | { type: 'thread'; thread: Thread }
  /** Upsert by id; new ones go last. */
  | { type: 'message'; threadId: string; message: Message }
  /** More text of the assistant message `messageId`: `text` belongs at `offset` of its part number `part`. */
  | { type: 'delta'; threadId: string; messageId: string; part: number; offset: number; text: string }
  /** What a running tool call is waiting for; over when the call changes. */
  | { type: 'progress'; threadId: string; messageId: string; toolCallId: string; text: string }
  | { type: 'approvals'; threadId: string; approvals: Approval[] }
  /** Sent for every thread, also those not watched: list rows and counts. */
  | { type: 'thread_summary'; thread: ThreadSummary }
  | { type: 'thread_deleted'; threadId: string }
  /** Something else changed: refetch what shows it. */
  | { type: 'changed'; what: Changing };

/** A watcher this far behind is cut off; it comes back and starts over. */
const maxBacklog = 5_000;

/**
 * Everything that happens, as it happens, until `signal` aborts: in full for `threadId`, in outline for the rest.
 * @throws Problem 404 when there is no such thread; Error when the watcher falls too far behind.
 */
export async function* watch(
  needs: { db: Kysely<Schema>; live: Live; tools: ToolFacts },
  threadId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  const { db, live, tools } = needs;
  const backlog: News[] = [];
  let wake = Promise.withResolvers<void>();
  const unsubscribe = live.subscribe((news) => {
    if (!isWorthTelling(news, backlog.at(-1), threadId)) return;
    backlog.push(news);
    wake.resolve();
  });
  const stop = () => wake.resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (threadId) yield { type: 'thread', thread: await getThread(db, threadId, tools) };
    while (!signal.aborted) {
      const news = backlog.shift();
      if (!news) {
        wake = Promise.withResolvers();
        if (backlog.length === 0 && !signal.aborted) await wake.promise;
        continue;
      }
      if (backlog.length > maxBacklog) throw new Error('This watcher is too slow.');
      yield* eventsOf(news);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', stop);
  }

  async function* eventsOf(news: News): AsyncGenerator<LiveEvent> {
    switch (news.kind) {
      case 'changed':
        yield { type: 'changed', what: news.what };
        return;
      case 'progress': {
        const { threadId: id, runId, toolCallId, text } = news;
        yield { type: 'progress', threadId: id, messageId: answerMessageId(runId), toolCallId, text };
        return;
      }
      case 'delta': {
        const { part, offset, text } = news;
        yield {
          type: 'delta',
          threadId: news.threadId,
          messageId: answerMessageId(news.runId),
          part,
          offset,
          text,
        };
        return;
      }
      case 'thread_deleted':
        yield { type: 'thread_deleted', threadId: news.threadId };
        return;
      case 'thread':
        if (news.threadId === threadId)
          yield { type: 'thread', thread: await getThread(db, threadId, tools) };
        yield* summaryOf(news.threadId);
        return;
      case 'run':
        if (news.threadId === threadId) {
          for (const message of await readMessages(db, news, tools))
            yield { type: 'message', threadId, message };
          const approvals = await listApprovals(db, { threadId, status: 'pending' });
          yield { type: 'approvals', threadId, approvals };
        }
        yield* summaryOf(news.threadId);
    }
  }

  async function* summaryOf(id: string): AsyncGenerator<LiveEvent> {
    const summary =
      id === threadId ? await getSummary(db, id).catch(() => null) : await listedSummary(db, id);
    if (summary) yield { type: 'thread_summary', thread: summary };
  }
}

/** Text of other threads is not told, nor the same twice in a row. */
function isWorthTelling(news: News, last: News | undefined, threadId: string | undefined): boolean {
  if (news.kind === 'cancel') return false;
  if (news.kind === 'delta' || news.kind === 'progress') return news.threadId === threadId;
  return JSON.stringify(news) !== JSON.stringify(last);
}
