import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { JsonValue } from '../database/schema.ts';
import type { ChainEntry } from './chain.ts';

const json = z.json() as z.ZodType<JsonValue>;
const line = z.strictObject({
  seq: z.int().positive(),
  at: z.string(),
  actor: json,
  action: z.string(),
  subject: z.string().nullable(),
  details: json,
  prev_hash: z.string(),
  hash: z.string(),
});

/** A line of an export that is none: the file was changed, or is another one. */
export class NotAnExport extends Error {
  constructor(number: number) {
    super(
      `Line ${number} of the file is no entry of an audit export (JSON lines, as "purser audit export" writes them).`,
    );
    this.name = 'NotAnExport';
  }
}

/** The entries of an export. @throws NotAnExport */
export async function* readExport(lines: AsyncIterable<string>): AsyncGenerator<ChainEntry> {
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new NotAnExport(number);
    }
    const parsed = line.safeParse(value);
    if (!parsed.success) throw new NotAnExport(number);
    yield parsed.data;
  }
}

/** A field of a JSON object, as a cell. */
function cell(value: JsonValue | undefined, ...path: string[]): string {
  let found: JsonValue | undefined = value;
  for (const key of path)
    found = typeof found === 'object' && found !== null && !Array.isArray(found) ? found[key] : undefined;
  if (found === undefined || found === null) return '';
  return typeof found === 'object' ? JSON.stringify(found) : String(found);
}

const columns: readonly { readonly name: string; of(entry: ChainEntry): string }[] = [
  { name: 'seq', of: ({ seq }) => String(seq) },
  { name: 'at', of: ({ at }) => at },
  { name: 'actor_type', of: ({ actor }) => cell(actor, 'type') },
  { name: 'actor_id', of: ({ actor }) => cell(actor, 'id') },
  { name: 'actor_name', of: ({ actor }) => cell(actor, 'name') },
  { name: 'action', of: ({ action }) => action },
  { name: 'subject', of: ({ subject }) => subject ?? '' },
  { name: 'address', of: ({ details }) => cell(details, 'from', 'address') },
  { name: 'request', of: ({ details }) => cell(details, 'from', 'request') },
  { name: 'tool', of: ({ details }) => cell(details, 'operation', 'tool') },
  { name: 'account', of: ({ details }) => cell(details, 'operation', 'account') },
  { name: 'mode', of: ({ details }) => cell(details, 'operation', 'mode') },
  { name: 'requester', of: ({ details }) => cell(details, 'operation', 'requester') },
  { name: 'approval', of: ({ details }) => cell(details, 'operation', 'approval', 'id') },
  { name: 'inputs', of: ({ details }) => cell(details, 'operation', 'inputs') },
  { name: 'stripe_requests', of: ({ details }) => cell(details, 'operation', 'requests') },
  { name: 'key_fingerprint', of: ({ details }) => cell(details, 'operation', 'key', 'fingerprint') },
  { name: 'details', of: ({ details }) => JSON.stringify(details) },
  { name: 'prev_hash', of: ({ prev_hash }) => prev_hash },
  { name: 'hash', of: ({ hash }) => hash },
];

// A cell that begins like a formula would be run by a spreadsheet: it gets an apostrophe before it.
const csv = (row: readonly string[]): string =>
  stringify([[...row]], { record_delimiter: 'windows', escape_formulas: true });

export type ExportFormat = 'jsonl' | 'csv';

/** Entries as lines: JSON, which can be verified, or CSV with a line of names first. */
export async function* exportLines(
  entries: AsyncIterable<ChainEntry>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csv(columns.map(({ name }) => name));
  for await (const entry of entries)
    yield format === 'csv' ? csv(columns.map(({ of }) => of(entry))) : `${JSON.stringify(entry)}\n`;
}
