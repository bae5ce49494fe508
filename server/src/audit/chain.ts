/**
 * The chain: each entry holds the hash of the one before it, and its own hash is taken over everything else in it. How it
 * is computed is part of the public contract (docs/audit.md): others verify it, too.
 */
import { digestOf } from '../canonical-json.ts';
import type { JsonValue } from '../database/schema.ts';

/** An entry as it is hashed and exported. */
export interface ChainEntry {
  readonly seq: number;
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  readonly actor: JsonValue;
  readonly action: string;
  readonly subject: string | null;
  readonly details: JsonValue;
  readonly prev_hash: string;
  /** SHA-256 of the canonical JSON (RFC 8785) of all the above, in hex. */
  readonly hash: string;
}

/** Where a chain has got to. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first entry. */
export const beginning: Head = { seq: 0, hash: '0'.repeat(64) };

/** An entry that was noted elsewhere while it was the newest (anchor.ts). */
export type Anchor = Head;

export type Verification =
  | { readonly ok: true; readonly entries: number; readonly first: number; readonly anchors: number }
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly why: string };

export function hashOf({
  seq,
  at,
  actor,
  action,
  subject,
  details,
  prev_hash,
}: Omit<ChainEntry, 'hash'>): string {
  return digestOf({ seq, at, actor, action, subject, details, prev_hash });
}

function flawOf(entry: ChainEntry, before: Head): { seq: number; why: string } | undefined {
  const { seq } = entry;
  if (seq !== before.seq + 1) return { seq: before.seq + 1, why: 'this entry is missing' };
  if (entry.prev_hash !== before.hash) return { seq, why: 'it does not follow the entry before it' };
  return entry.hash === hashOf(entry) ? undefined : { seq, why: 'its contents were changed' };
}

interface Expected {
  /** The first entry may be a later one: a part of a chain. */
  readonly isPart?: boolean;
  /** The chain was at least this long once. */
  readonly head?: Head | undefined;
  readonly anchors?: readonly Anchor[];
}

/** Checks entries in order, each once, and that those noted elsewhere are among them. */
export async function verifyEntries(
  entries: AsyncIterable<ChainEntry>,
  { isPart = false, head, anchors = [] }: Expected = {},
): Promise<Verification> {
  const noted = new Map(anchors.map(({ seq, hash }) => [seq, hash]));
  let before = beginning;
  let first: number | undefined;
  let count = 0;
  let met = 0;
  for await (const entry of entries) {
    if (first === undefined && isPart && entry.seq > 1)
      before = { seq: entry.seq - 1, hash: entry.prev_hash };
    first ??= entry.seq;
    const flaw = flawOf(entry, before);
    if (flaw) return { ok: false, entries: count, ...flaw };
    const hash = noted.get(entry.seq);
    if (hash !== undefined && hash !== entry.hash)
      return { ok: false, entries: count, seq: entry.seq, why: 'it is another one than was anchored' };
    if (hash !== undefined) met += 1;
    count += 1;
    before = entry;
  }
  const longest = Math.max(head?.seq ?? 0, ...(isPart ? [] : noted.keys()));
  if (longest > before.seq)
    return { ok: false, entries: count, seq: before.seq + 1, why: 'this entry is missing' };
  return { ok: true, entries: count, first: first ?? 0, anchors: met };
}
