import type { Kysely } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { Live } from './live.ts';

/** Text goes out at most this often: a person cannot read faster, and each batch is a notification. */
const publishEveryMs = 40;
/** How stale the text may be for a window that opens in the middle of an answer. */
const saveEveryMs = 300;

/** Streams one answer while it is written: to those who watch, and now and then to the run for those who come later. */
export interface AnswerWriter {
  write(delta: string): void;
  /** The model starts over: what was shown is void. */
  reset(): Promise<void>;
  /** Sends what is left; with `keep`, the text stays with the run as its last words. */
  end(options: { keep: boolean }): Promise<void>;
}

export function createAnswerWriter(needs: {
  db: Kysely<Schema>;
  live: Live;
  threadId: string;
  runId: string;
  /** The step this answer will become. */
  step: number;
  /** Its place among the parts of the message. */
  part: number;
}): AnswerWriter {
  const { db, live, threadId, runId, step, part } = needs;
  let text = '';
  let sent = 0;
  let saved = 0;
  let savedAt = 0;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  async function save(): Promise<void> {
    saved = text.length;
    savedAt = Date.now();
    await db
      .updateTable('runs')
      .set({ partial: jsonb({ step, text }) })
      .where('id', '=', runId)
      .execute();
  }

  async function flush(): Promise<void> {
    timer = null;
    if (sent === text.length) return;
    const offset = sent;
    sent = text.length;
    await live.publish({ kind: 'delta', threadId, runId, part, offset, text: text.slice(offset) });
    if (savedAt === 0) savedAt = Date.now();
    else if (Date.now() - savedAt >= saveEveryMs) await save();
  }

  /** One at a time and in order; a watcher that misses some reads the thread again. */
  function send(): Promise<void> {
    sending = sending.then(flush).catch(() => undefined);
    return sending;
  }

  return {
    write(delta) {
      text += delta;
      timer ??= setTimeout(() => void send(), publishEveryMs);
    },
    async reset() {
      text = '';
      sent = 0;
      await save();
      await live.publish({ kind: 'run', threadId, runId });
    },
    async end({ keep }) {
      if (timer) clearTimeout(timer);
      await send();
      if (keep && saved < text.length) await save();
    },
  };
}
