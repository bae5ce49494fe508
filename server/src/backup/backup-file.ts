/**
 * How a backup lies in its file: gzipped text that `psql` takes, too. Two lines of comment say what it is; then come
 * statements, each ended by a line of its own, rows as COPY writes them, the sandbox's files as comments, and last a
 * checksum of every line before it, so that a file that was cut short or changed is noticed before it does harm.
 */
import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import type { DumpPart } from '../database/dump.ts';

/** What a backup says of itself. */
const header = z.object({
  /** The version of Purser that made it. */
  purser: z.string(),
  madeAt: z.iso.datetime(),
  /** Which master key opens its credentials; null where none was ever used. */
  masterKeyId: z.string().nullable(),
  /** Names of the migrations its database had run. */
  migrations: z.array(z.string()),
});
export type BackupHeader = z.infer<typeof header>;

/** A file of the sandbox, its name relative to the sandbox's folder, with slashes. */
export interface BackupFile {
  readonly kind: 'file';
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
}

export type BackupPart = DumpPart | BackupFile;

/** The file is none of ours, of another format, cut short or changed. */
export class BackupDamaged extends Error {
  constructor(why: string) {
    super(`This backup cannot be used: ${why}. Nothing was changed.`);
    this.name = 'BackupDamaged';
  }
}

const firstLine = '-- Purser backup, format 1';
const statementEnd = '--.';
const rowsEnd = '\\.';
const fileMark = '-- file ';
const fileEnd = '-- end of file';
const sumMark = '-- sha256 ';
const base64Bytes = 48 * 1024;

/** The text of a backup, piece by piece. */
export async function* writeBackup(
  about: BackupHeader,
  parts: AsyncIterable<BackupPart>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const counted = (data: Buffer | string): Buffer => {
    const bytes = Buffer.from(data);
    hash.update(bytes);
    return bytes;
  };
  yield counted(`${firstLine}\n-- ${JSON.stringify(about)}\n`);
  for await (const part of parts) {
    if (part.kind === 'statement') yield counted(`${part.sql};\n${statementEnd}\n`);
    else if (part.kind === 'rows') {
      yield counted(`${part.sql};\n`);
      for await (const rows of part.rows) yield counted(rows);
      yield counted(`${rowsEnd}\n`);
    } else {
      yield counted(`${fileMark}${JSON.stringify(part.name)}\n`);
      for await (const bytes of pieces(part.bytes)) yield counted(`-- ${bytes.toString('base64')}\n`);
      yield counted(`${fileEnd}\n`);
    }
  }
  yield Buffer.from(`${sumMark}${hash.digest('hex')}\n`);
}

async function* pieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += base64Bytes) yield chunk.subarray(at, at + base64Bytes);
}

const newline = 10;

/** Lines with their newline. What follows the last newline is a line, too. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      const line = chunk.subarray(from, to + 1);
      yield rest.length > 0 ? Buffer.concat([...rest.splice(0), line]) : line;
      from = to + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Lines that are counted into the checksum as they are taken. */
interface Lines {
  /** The next line without its newline. @throws BackupDamaged at the end of the file */
  text(): Promise<string>;
  /** The next line with its newline. */
  raw(): Promise<Buffer>;
  /** Of all lines taken before the last one. */
  sumBefore(): string;
}

function countedLines(chunks: AsyncIterable<Buffer>): Lines {
  const lines = linesOf(chunks)[Symbol.asyncIterator]();
  const hash: Hash = createHash('sha256');
  let before = '';
  async function raw(): Promise<Buffer> {
    const { value, done } = await lines.next();
    if (done) throw new BackupDamaged('it ends too early');
    if (value.toString('latin1', 0, sumMark.length) === sumMark) before = hash.copy().digest('hex');
    hash.update(value);
    return value;
  }
  return {
    raw,
    text: async () => (await raw()).toString('utf8').replace(/\n$/, ''),
    sumBefore: () => before,
  };
}

/**
 * What a backup says of itself, and its parts in order; each has to be read before the next.
 * @throws BackupDamaged, from the parts also after the last one when the checksum does not fit
 */
export async function readBackup(
  chunks: AsyncIterable<Buffer>,
): Promise<{ about: BackupHeader; parts: AsyncGenerator<BackupPart> }> {
  const lines = countedLines(chunks);
  if ((await lines.text()) !== firstLine)
    throw new BackupDamaged('it is no backup of Purser, or of a newer one');
  return { about: readHeader(await lines.text()), parts: partsOf(lines) };
}

function readHeader(line: string): BackupHeader {
  try {
    return header.parse(JSON.parse(line.replace(/^-- /, '')));
  } catch {
    throw new BackupDamaged('its second line does not say what it is');
  }
}

async function* partsOf(lines: Lines): AsyncGenerator<BackupPart> {
  for (;;) {
    const line = await lines.text();
    if (line.startsWith(sumMark)) {
      if (line.slice(sumMark.length) !== lines.sumBefore())
        throw new BackupDamaged('its checksum does not fit');
      return;
    }
    if (line.startsWith(fileMark)) {
      yield {
        kind: 'file',
        name: z.string().parse(JSON.parse(line.slice(fileMark.length))),
        bytes: fileIn(lines),
      };
    } else if (/^copy .* from stdin;$/.test(line)) {
      yield { kind: 'rows', sql: line.slice(0, -1), rows: rowsIn(lines) };
    } else {
      const sql = [line];
      for (let next = await lines.text(); next !== statementEnd; next = await lines.text()) sql.push(next);
      yield { kind: 'statement', sql: sql.join('\n').replace(/;$/, '') };
    }
  }
}

async function* rowsIn(lines: Lines): AsyncGenerator<Buffer> {
  for (;;) {
    const line = await lines.raw();
    if (line.length <= 3 && line.toString('latin1').trimEnd() === rowsEnd) return;
    yield line;
  }
}

async function* fileIn(lines: Lines): AsyncGenerator<Buffer> {
  for (let line = await lines.text(); line !== fileEnd; line = await lines.text())
    yield Buffer.from(line.slice('-- '.length), 'base64');
}
