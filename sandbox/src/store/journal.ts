import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Place, readLines, sealed, start, writeLines } from './journal-file.ts';
import type { JournalLine } from './lines.ts';

/** Where an account's acknowledged changes are kept. */
export interface Journal {
  /** All lines written so far, oldest first; one that a crash cut short is left out. Throws a `JournalDamage`. */
  load(): Iterable<JournalLine>;
  /** Writes a line: all of it or nothing survives a crash. */
  append(line: string): void;
  /** Resolves when everything appended so far is on disk. Rejects with a `JournalError` when the disk refused it. */
  flush(): Promise<void>;
  /** Whether the disk refused what was appended last: it is kept, and the next `flush` tries again. */
  readonly isStuck: boolean;
  /** Replaces all so far, atomically, by lines that say what it came to; appending goes on meanwhile. One at a time. */
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
  compact: () => Promise.resolve(),
  rest: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** What a journal needs of a disk, for tests whose disk is full or breaks. */
interface Disk {
  readonly open: typeof open;
  readonly rename: typeof rename;
}

/**
 * A file of lines. Appends are collected while one write and sync is under way and go out together with the next, so
 * that many requests share one sync.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  readonly #disk: Disk;
  #file: FileHandle | null = null;
  /** Where the last line that is on disk ends; what stands behind it was never acknowledged. */
  #good: Place = start;
  /** How long the file can be by what this process did and found: longer means that another writes to it. */
  #mostBytes = 0;
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
  /** Whether the folder surely names the file as it is now. */
  #folderSynced = false;

  constructor(path: string, disk: Disk = { open, rename }) {
    this.#path = path;
    this.#disk = disk;
  }

  get isStuck(): boolean {
    return this.#stuck;
  }

  *load(): Generator<JournalLine> {
    // Left by a compaction that a crash cut short.
    rmSync(`${this.#path}.new`, { force: true });
    for (const { value, end } of readLines(this.#path)) {
      yield value as JournalLine;
      this.#good = end;
    }
    this.#mostBytes = existsSync(this.#path) ? statSync(this.#path).size : 0;
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

  async compact(lines: Iterable<string>): Promise<void> {
    if (this.#sinceCompaction) return;
    const since: string[] = [];
    this.#sinceCompaction = since;
    const path = `${this.#path}.new`;
    try {
      const file = await this.#disk.open(path, 'w', 0o600);
      try {
        const end = await writeLines(file, lines, start);
        await this.#inTurn(() => this.#takeOver(file, end, since));
      } finally {
        await file.close().catch(() => {});
      }
    } catch (cause) {
      rmSync(path, { force: true });
      throw new JournalError(path, cause);
    } finally {
      this.#sinceCompaction = null;
    }
  }

  rest(): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.rest();
    }
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
      const { data, end } = sealed(lines, this.#good);
      this.#mostBytes = Math.max(this.#mostBytes, end.bytes);
      await file.appendFile(data);
      await file.datasync();
      this.#good = end;
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
    const file = await this.#disk.open(this.#path, 'a', 0o600);
    this.#file = file;
    const { size } = await file.stat();
    if (size < this.#good.bytes || size > this.#mostBytes)
      throw new Error(
        `the file was changed by someone else (${size} bytes where there were ${this.#good.bytes}); stop whatever else uses it, then start the sandbox again`,
      );
    if (size > this.#good.bytes) await file.truncate(this.#good.bytes);
    if (!this.#folderSynced) await this.#syncFolder();
    return file;
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  /** Puts a new file in place of the old one, with what was appended since its lines were taken. */
  async #takeOver(file: FileHandle, written: Place, since: readonly string[]): Promise<void> {
    const covered = this.#lines.length;
    const end = await writeLines(file, [...since], written);
    await file.datasync();
    await this.#letGo();
    await this.#disk.rename(`${this.#path}.new`, this.#path);
    this.#good = end;
    this.#mostBytes = end.bytes;
    this.#folderSynced = false;
    await this.#syncFolder();
    this.#lines = this.#lines.slice(covered);
    this.#stuck = false;
    this.#current = Promise.resolve();
  }

  async #syncFolder(): Promise<void> {
    // Windows syncs no folders.
    if (process.platform !== 'win32') {
      const folder = await this.#disk.open(dirname(this.#path), 'r');
      await folder.sync().finally(() => folder.close());
    }
    this.#folderSynced = true;
  }
}
