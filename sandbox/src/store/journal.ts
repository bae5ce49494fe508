import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalEntry } from './lines.ts';

/** Where an account's acknowledged changes are kept. */
export interface Journal {
  /** All entries written so far, oldest first, a torn last line left out. */
  load(): Iterable<readonly JournalEntry[]>;
  /** Writes the entries of one change as one line: all of them or none survive a crash. */
  append(line: string): void;
  /** Resolves when everything appended so far is on disk. Rejects with a `JournalError` when the disk refused it. */
  flush(): Promise<void>;
  /** Whether the disk refused what was appended last: it is kept, and the next `flush` tries again. */
  readonly isStuck: boolean;
  /** Replaces everything by these lines, atomically; what is appended meanwhile goes after them. */
  replace(lines: Iterable<string>): Promise<void>;
  /** The same while appending goes on, for lines that say what all lines so far came to. Gives up if replaced meanwhile. */
  compact(lines: Iterable<string>): Promise<void>;
  /** Lets go of the file until the next append. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** The disk refused a write: it is full, or worse. Nothing of it was acknowledged, and it is tried again. */
export class JournalError extends Error {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`The sandbox could not write to ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = 'JournalError';
    this.path = path;
  }
}

/** Keeps nothing: for tests and for `dataDir: null`. */
export const forgetfulJournal: Journal = {
  load: () => [],
  append: () => {},
  flush: () => Promise.resolve(),
  isStuck: false,
  replace: () => Promise.resolve(),
  compact: () => Promise.resolve(),
  rest: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/**
 * A file of lines. Appends are collected while one write and sync is under way and go out together with the next, so
 * that many requests share one sync.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  readonly #open: typeof open;
  #file: FileHandle | null = null;
  /** Where the last whole line that is on disk ends; what stands behind it was never acknowledged. */
  #goodBytes = 0;
  /** Appended and not yet on disk. */
  #lines: string[] = [];
  /** The write that will take `#lines` along, once its turn comes. */
  #next: Promise<void> | null = null;
  /** The write that is under way or was last. */
  #current: Promise<void> = Promise.resolve();
  /** The end of the queue of everything that touches the file. Never rejects. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Appended since a compaction began; null when none is under way. */
  #sinceCompaction: string[] | null = null;
  #stuck = false;

  constructor(path: string, openFile: typeof open = open) {
    this.#path = path;
    this.#open = openFile;
  }

  get isStuck(): boolean {
    return this.#stuck;
  }

  *load(): Generator<readonly JournalEntry[]> {
    for (const { text, end } of completeLines(this.#path)) {
      yield parseLine(text, this.#path);
      this.#goodBytes = end;
    }
  }

  append(line: string): void {
    this.#lines.push(line);
    this.#sinceCompaction?.push(line);
  }

  flush(): Promise<void> {
    if (this.#lines.length === 0) return this.#current;
    this.#next ??= this.#inTurn(() => this.#writeOut());
    return this.#next;
  }

  async replace(lines: Iterable<string>): Promise<void> {
    this.#sinceCompaction = null;
    // Part of what gets replaced; later ones go after it.
    this.#lines = [];
    await this.#inTurn(async () => this.#swap(await this.#written(lines), [], 0));
  }

  async compact(lines: Iterable<string>): Promise<void> {
    if (this.#sinceCompaction) return;
    const since: string[] = [];
    this.#sinceCompaction = since;
    try {
      const fresh = await this.#written(lines);
      await this.#inTurn(async () => {
        if (this.#sinceCompaction === since) await this.#swap(fresh, [...since], this.#lines.length);
        else await fresh.file.close();
      });
    } finally {
      if (this.#sinceCompaction === since) this.#sinceCompaction = null;
    }
  }

  rest(): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  async close(): Promise<void> {
    await this.flush();
    await this.rest();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #writeOut(): Promise<void> {
    if (this.#next) this.#current = this.#next;
    this.#next = null;
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0) return;
    try {
      const file = await this.#opened();
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      await file.appendFile(bytes);
      await file.datasync();
      this.#goodBytes += bytes.length;
      this.#stuck = false;
    } catch (cause) {
      // They go out first when the disk is well again; half a line that made it is cut off then.
      this.#lines = [...lines, ...this.#lines];
      this.#stuck = true;
      await this.#letGo().catch(() => {});
      throw new JournalError(this.#path, cause);
    }
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file) return this.#file;
    mkdirSync(dirname(this.#path), { recursive: true });
    const isNew = !existsSync(this.#path);
    const file = await this.#open(this.#path, 'a', 0o600);
    this.#file = file;
    await file.truncate(this.#goodBytes);
    if (isNew) await syncFolder(dirname(this.#path));
    return file;
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  /** A new file beside the old one. */
  async #written(lines: Iterable<string>): Promise<Fresh> {
    const path = `${this.#path}.new`;
    mkdirSync(dirname(path), { recursive: true });
    const file = await this.#open(path, 'w', 0o600);
    try {
      return { file, path, bytes: await writeLines(file, lines) };
    } catch (cause) {
      await file.close();
      rmSync(path, { force: true });
      throw new JournalError(path, cause);
    }
  }

  /** Puts a new file in place of the old one, with what was appended since; it covers the first `covered` waiting lines. */
  async #swap({ file, path, bytes }: Fresh, since: readonly string[], covered: number): Promise<void> {
    const more = await writeLines(file, since);
    await file.datasync();
    await file.close();
    await this.#letGo();
    renameSync(path, this.#path);
    await syncFolder(dirname(this.#path));
    this.#goodBytes = bytes + more;
    this.#lines = this.#lines.slice(covered);
    this.#sinceCompaction = null;
  }
}

interface Fresh {
  readonly file: FileHandle;
  readonly path: string;
  readonly bytes: number;
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

const chunkBytes = 4_000_000;

/** The lines that end in a newline, with the position behind each; read piece by piece, whatever the file's size. */
function* completeLines(path: string): Generator<{ text: string; end: number }> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    let end = 0;
    for (let size = -1; size !== 0; ) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      size = readSync(file, chunk, 0, chunkBytes, null);
      const bytes =
        rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)]);
      let start = 0;
      for (let stop = bytes.indexOf(10); stop >= 0; stop = bytes.indexOf(10, start)) {
        end += stop + 1 - start;
        yield { text: bytes.toString('utf8', start, stop), end };
        start = stop + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(file);
  }
}

function parseLine(text: string, path: string): readonly JournalEntry[] {
  try {
    return JSON.parse(text) as readonly JournalEntry[];
  } catch (cause) {
    throw new Error(`The sandbox journal ${path} is damaged before its last line`, { cause });
  }
}

/** Writes lines a megabyte at a time, so that others get their turn. Answers how many bytes they took. */
async function writeLines(file: FileHandle, lines: Iterable<string>): Promise<number> {
  let chunk: string[] = [];
  let size = 0;
  let total = 0;
  const write = async () => {
    const bytes = Buffer.from(chunk.join(''));
    chunk = [];
    size = 0;
    total += bytes.length;
    await file.appendFile(bytes);
  };
  for (const line of lines) {
    chunk.push(line, '\n');
    size += line.length;
    if (size >= 1_000_000) await write();
  }
  if (chunk.length > 0) await write();
  return total;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}
