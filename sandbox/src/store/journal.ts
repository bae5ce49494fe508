import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One line: `[collection, object]` sets an object, `[collection, id, 0]` removes it. */
export type JournalEntry = readonly [collection: string, object: unknown] | readonly [string, string, 0];

/** Where an account's acknowledged changes are kept. */
export interface Journal {
  /** All entries written so far, oldest first, a torn last line left out. */
  load(): Iterable<readonly JournalEntry[]>;
  /** Writes the entries of one change as one line: all of them or none survive a crash. */
  append(line: string): void;
  /** Resolves when everything appended so far is on disk. Rejects when the disk refused it. */
  flush(): Promise<void>;
  /** Replaces everything by these lines, atomically. */
  rewrite(lines: Iterable<string>): Promise<void>;
  close(): Promise<void>;
}

/** Keeps nothing: for tests and for `dataDir: null`. */
export const forgetfulJournal: Journal = {
  load: () => [],
  append: () => {},
  flush: () => Promise.resolve(),
  rewrite: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/**
 * A file of lines. Appends are collected while one write and sync is under way and go out together with the next, so
 * that many requests share one sync.
 */
export function createFileJournal(path: string): Journal {
  let file: FileHandle | null = null;
  let goodBytes = -1;
  /** Lines that go out with one write and sync. */
  let batch: { lines: string[] } = { lines: [] };
  let scheduled: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();

  async function opened(): Promise<FileHandle> {
    if (file) return file;
    mkdirSync(dirname(path), { recursive: true });
    const isNew = !existsSync(path);
    file = await open(path, 'a', 0o600);
    if (goodBytes >= 0) await file.truncate(goodBytes);
    if (isNew) await syncFolder(dirname(path));
    return file;
  }

  async function writeOut(out: { lines: string[] }): Promise<void> {
    // Let every change of this turn of the event loop join.
    await Promise.resolve();
    startBatch(out);
    if (out.lines.length === 0) return;
    const handle = await opened();
    await handle.appendFile(out.lines.join(''));
    await handle.datasync();
  }

  /** Closes a batch to further lines, if it is still the open one. */
  function startBatch(closing: { lines: string[] }): void {
    if (batch !== closing) return;
    batch = { lines: [] };
    scheduled = null;
  }

  async function replace(lines: Iterable<string>): Promise<void> {
    const temporary = `${path}.new`;
    mkdirSync(dirname(path), { recursive: true });
    const fresh = await open(temporary, 'w', 0o600);
    await writeLines(fresh, lines);
    await fresh.datasync();
    await fresh.close();
    await file?.close();
    renameSync(temporary, path);
    await syncFolder(dirname(path));
    goodBytes = -1;
    file = null;
  }

  return {
    *load() {
      if (!existsSync(path)) return;
      const bytes = readFileSync(path);
      goodBytes = 0;
      for (const { text, end } of completeLines(bytes)) {
        yield parseLine(text, path);
        goodBytes = end;
      }
    },
    append(line) {
      batch.lines.push(line, '\n');
    },
    flush() {
      if (batch.lines.length === 0) return last;
      if (!scheduled) {
        const out = batch;
        scheduled = last.then(() => writeOut(out));
        last = scheduled;
      }
      return scheduled;
    },
    rewrite(lines) {
      // Lines not yet written are part of what gets replaced; later ones go after it.
      batch.lines = [];
      startBatch(batch);
      last = last.then(() => replace(lines));
      return last;
    },
    async close() {
      await this.flush();
      await file?.close();
      file = null;
    },
  };
}

function* completeLines(bytes: Buffer): Generator<{ text: string; end: number }> {
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    yield { text: bytes.toString('utf8', start, end), end: end + 1 };
    start = end + 1;
  }
}

function parseLine(text: string, path: string): readonly JournalEntry[] {
  try {
    return JSON.parse(text) as readonly JournalEntry[];
  } catch (cause) {
    throw new Error(`The sandbox journal ${path} is damaged before its last line`, { cause });
  }
}

async function writeLines(file: FileHandle, lines: Iterable<string>): Promise<void> {
  let chunk: string[] = [];
  let size = 0;
  for (const line of lines) {
    chunk.push(line, '\n');
    size += line.length;
    if (size < 1_000_000) continue;
    await file.appendFile(chunk.join(''));
    chunk = [];
    size = 0;
  }
  await file.appendFile(chunk.join(''));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}
