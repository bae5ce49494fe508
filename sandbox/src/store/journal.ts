import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
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
export class FileJournal implements Journal {
  readonly #path: string;
  #file: FileHandle | null = null;
  /** Where the last whole line ends; -1 when the file need not be cut. */
  #goodBytes = -1;
  /** Lines that go out with one write and sync. */
  #batch: { lines: string[] } = { lines: [] };
  #scheduled: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  *load(): Generator<readonly JournalEntry[]> {
    if (!existsSync(this.#path)) return;
    const bytes = readFileSync(this.#path);
    this.#goodBytes = 0;
    for (const { text, end } of completeLines(bytes)) {
      yield parseLine(text, this.#path);
      this.#goodBytes = end;
    }
  }

  append(line: string): void {
    this.#batch.lines.push(line, '\n');
  }

  flush(): Promise<void> {
    if (this.#batch.lines.length === 0) return this.#last;
    if (!this.#scheduled) {
      const out = this.#batch;
      this.#scheduled = this.#last.then(() => this.#writeOut(out));
      this.#last = this.#scheduled;
    }
    return this.#scheduled;
  }

  rewrite(lines: Iterable<string>): Promise<void> {
    // Lines not yet written are part of what gets replaced; later ones go after it.
    this.#batch.lines = [];
    this.#startBatch(this.#batch);
    this.#last = this.#last.then(() => this.#replace(lines));
    return this.#last;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = null;
  }

  async #writeOut(out: { lines: string[] }): Promise<void> {
    // Let every change of this turn of the event loop join.
    await Promise.resolve();
    this.#startBatch(out);
    if (out.lines.length === 0) return;
    const file = await this.#opened();
    await file.appendFile(out.lines.join(''));
    await file.datasync();
  }

  /** Closes a batch to further lines, if it is still the open one. */
  #startBatch(closing: { lines: string[] }): void {
    if (this.#batch !== closing) return;
    this.#batch = { lines: [] };
    this.#scheduled = null;
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file) return this.#file;
    mkdirSync(dirname(this.#path), { recursive: true });
    const isNew = !existsSync(this.#path);
    this.#file = await open(this.#path, 'a', 0o600);
    if (this.#goodBytes >= 0) await this.#file.truncate(this.#goodBytes);
    if (isNew) await syncFolder(dirname(this.#path));
    return this.#file;
  }

  async #replace(lines: Iterable<string>): Promise<void> {
    const temporary = `${this.#path}.new`;
    mkdirSync(dirname(this.#path), { recursive: true });
    const fresh = await open(temporary, 'w', 0o600);
    await writeLines(fresh, lines);
    await fresh.datasync();
    await fresh.close();
    await this.#file?.close();
    renameSync(temporary, this.#path);
    await syncFolder(dirname(this.#path));
    this.#goodBytes = -1;
    this.#file = null;
  }
}

/** Whether a journal has, or once had, anything in a collection; reads the file without parsing it. */
export async function journalHolds(path: string, collection: string): Promise<boolean> {
  const mark = Buffer.from(`["${collection}",`);
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    const piece = Buffer.concat([tail, chunk]);
    if (piece.includes(mark)) return true;
    tail = piece.subarray(-mark.length);
  }
  return false;
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
