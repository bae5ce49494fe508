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

interface AnswerPlace {
  db: Kysely<Schema>;
  live: Live;
  threadId: string;
  runId: string;
  /** The step this answer will become. */
  step: number;
  /** Its place among the parts of the message. */
  part: number;
}

export function createAnswerWriter(needs: AnswerPlace): AnswerWriter {
  const { db, live, threadId, runId, step, part } = needs;
  let text = '';
  let sent = 0;
  let saved = 0;
  let writtenAt = 0;
  let ended = false;
  let timer: NodeJS.Timeout | null = null;
  let saveTimer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  async function save(): Promise<void> {
    saved = text.length;
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
    saveLater();
  }

  function saveLater(): void {
    if (!ended) saveTimer ??= setTimeout(() => void inTurn(keepUp), saveEveryMs);
  }

  /** Saves while the text grows, and when the model pauses tells those who came between the text and its saving. */
  async function keepUp(): Promise<void> {
    saveTimer = null;
    if (ended) return;
    if (saved < text.length) await save();
    if (Date.now() - writtenAt < saveEveryMs) saveLater();
    else await live.publish({ kind: 'run', threadId, runId });
  }

  /** One at a time and in order; a watcher that misses some reads the thread again. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    sending = sending.then(work).catch(() => undefined);
    return sending;
  }

  return {
    write(delta) {
      text += delta;
      writtenAt = Date.now();
      timer ??= setTimeout(() => void inTurn(flush), publishEveryMs);
    },
    async reset() {
      text = '';
      sent = 0;
      await save();
      await live.publish({ kind: 'run', threadId, runId });
    },
    async end({ keep }) {
      ended = true;
      if (timer) clearTimeout(timer);
      if (saveTimer) clearTimeout(saveTimer);
      await inTurn(flush);
      if (keep && saved < text.length) await save();
    },
  };
}
