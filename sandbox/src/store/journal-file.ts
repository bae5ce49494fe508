import { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/**
 * How a journal lies in its file: a line for each change, with a checksum of eight hexadecimal digits before it that
 * covers the line and all before it. So a line that is not what was written is noticed, and one that is missing too.
 * Lines of older sandboxes, before all others, have none and begin with their `[`.
 */
const checksumLength = 8;
const newline = 10;
const chunkBytes = 4_000_000;

/** Where something stands in a file: behind so many bytes, whose lines have this checksum. */
export interface Place {
  readonly bytes: number;
  readonly sum: number;
}
export const start: Place = { bytes: 0, sum: 0 };

/** What was written is not what is read. Nothing was changed; message and remedy name the file, the line and the byte. */
export class JournalDamage extends Error {
  readonly path: string;
  /** Where the damaged line begins. */
  readonly position: number;

  constructor(path: string, line: number, position: number, options?: ErrorOptions) {
    super(
      `The sandbox's journal ${path} is damaged in line ${line}, which begins at byte ${position}: it is not what was written there. Nothing of the file was changed. Put a copy of it back or, to go on with what stands before that line and lose the rest, cut it there: truncate -s ${position} '${path}'`,
      options,
    );
    this.name = 'JournalDamage';
    this.path = path;
    this.position = position;
  }
}

/** The bytes of lines that go behind a place, and the place behind them. */
export function sealed(lines: readonly string[], behind: Place): { data: Buffer; end: Place } {
  let { sum } = behind;
  let text = '';
  for (const line of lines) {
    sum = crc32(line, sum);
    text += `${shown(sum)}${line}\n`;
  }
  const data = Buffer.from(text);
  return { data, end: { bytes: behind.bytes + data.length, sum } };
}

function shown(sum: number): string {
  return sum.toString(16).padStart(checksumLength, '0');
}

/**
 * The lines of a file as they were written, parsed, with the place behind each; what follows the last newline is a write
 * that a crash cut short. Read piece by piece, whatever the file's size. Throws a `JournalDamage`.
 */
export function* readLines(path: string): Generator<{ value: unknown; end: Place }> {
  let place = start;
  let number = 0;
  let areSealed = false;
  for (const bytes of rawLines(path)) {
    number++;
    areSealed ||= bytes[0] !== 0x5b;
    const text = areSealed ? bytes.subarray(checksumLength) : bytes;
    const sum = crc32(text, place.sum);
    if (areSealed && bytes.toString('latin1', 0, checksumLength) !== shown(sum))
      throw new JournalDamage(path, number, place.bytes);
    const end = { bytes: place.bytes + bytes.length + 1, sum };
    yield { value: parsed(text, path, number, place.bytes), end };
    place = end;
  }
}

function parsed(text: Buffer, path: string, line: number, position: number): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new JournalDamage(path, line, position, { cause });
  }
}

function* rawLines(path: string): Generator<Buffer> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const most = Math.min(chunkBytes, fstatSync(file).size);
    let rest = Buffer.alloc(0);
    for (let size = -1; size !== 0; ) {
      const chunk = Buffer.allocUnsafe(most);
      size = readSync(file, chunk, 0, most, null);
      const bytes =
        rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)]);
      let from = 0;
      for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
        yield bytes.subarray(from, to);
        from = to + 1;
      }
      rest = bytes.subarray(from);
    }
  } finally {
    closeSync(file);
  }
}

/** Writes lines behind a place a megabyte at a time, so that others get their turn. Answers the place behind them. */
export async function writeLines(file: FileHandle, lines: Iterable<string>, behind: Place): Promise<Place> {
  let place = behind;
  let chunk: string[] = [];
  let size = 0;
  const write = async () => {
    const { data, end } = sealed(chunk, place);
    chunk = [];
    size = 0;
    place = end;
    await file.appendFile(data);
  };
  for (const line of lines) {
    chunk.push(line);
    size += line.length;
    if (size >= 1_000_000) await write();
  }
  if (chunk.length > 0) await write();
  return place;
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
