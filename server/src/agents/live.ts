/**
 * News for everyone who watches, on any instance: it travels by Postgres notification, is never stored, and may be
 * missed; whoever watches reads the thread first and again after a gap.
 */
import type { Database } from '../database/database.ts';

export type News =
  /** A step was written, a call changed, or the run's status did. */
  | { kind: 'run'; threadId: string; runId: string }
  /** More text of the answer being written; belongs at `offset` of part `part`. */
  | { kind: 'delta'; threadId: string; runId: string; part: number; offset: number; text: string }
  /** What a call is waiting for, in words. */
  | { kind: 'progress'; threadId: string; runId: string; toolCallId: string; text: string }
  | { kind: 'thread'; threadId: string }
  | { kind: 'thread_deleted'; threadId: string }
  /** Whoever runs this should stop. */
  | { kind: 'cancel'; threadId: string; runId: string }
  | { kind: 'changed'; what: Changing };

/** What lists show, and is fetched again when told of. */
export type Changing =
  | 'agents'
  | 'connections'
  | 'operations'
  | 'approvals'
  | 'outbox'
  | 'tasks'
  | 'playbooks'
  | 'alerts'
  | 'settings';

export interface Live {
  publish(news: News): Promise<void>;
  /** @returns how to stop listening. */
  subscribe(listener: (news: News) => void): () => void;
}

const channel = 'purser_live';
/** A notification carries 8,000 bytes at most; a character is up to four, and JSON may double it. */
const maxDeltaCharacters = 900;

export async function createLive(database: Pick<Database, 'listen' | 'notify'>): Promise<Live> {
  const listeners = new Set<(news: News) => void>();
  await database.listen(channel, (payload) => {
    const news = JSON.parse(payload) as News;
    for (const listener of listeners) listener(news);
  });
  return {
    async publish(news) {
      if (news.kind !== 'delta') return database.notify(channel, JSON.stringify(news));
      for (let at = 0; at < news.text.length; at += maxDeltaCharacters) {
        const text = news.text.slice(at, at + maxDeltaCharacters);
        await database.notify(channel, JSON.stringify({ ...news, offset: news.offset + at, text }));
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
