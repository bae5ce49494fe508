import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { digestOf } from '../canonical-json.ts';
import { type Clock, systemClock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { AuditTable, JsonValue, Schema } from '../database/schema.ts';
import { cleanStrings, cleanText } from '../secrets/clean.ts';

/** Who did it. */
export interface Actor {
  readonly type: 'person' | 'agent' | 'token' | 'system';
  readonly id: string;
  readonly name: string;
}

/** Purser itself: timers, recovery, the first start. */
export const systemActor: Actor = { type: 'system', id: 'purser', name: 'Purser' };

export interface AuditEvent {
  readonly actor: Actor;
  /** Noun and verb: `connection.created`, `approval.given`. */
  readonly action: string;
  /** The id of what it was done to. */
  readonly subject?: string | null;
  /** Further facts. Never a secret: the record cannot be redacted later. */
  readonly details?: { readonly [key: string]: unknown };
}

export interface AuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly actor: JsonValue;
  readonly action: string;
  readonly subject: string | null;
  readonly details: JsonValue;
  readonly prevHash: string;
  readonly hash: string;
}

export type Verification =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly why: string };

export interface Audit {
  /**
   * Adds an entry to the chain. Within `trx` it stands or falls with it; others who record wait until then, so record
   * last, after the transaction's other locks.
   */
  record(event: AuditEvent, trx?: Transaction<Schema>): Promise<void>;
  /** Newest first, those before `before`; at most `limit`. */
  list(options: { limit: number; before?: number; subject?: string }): Promise<AuditEntry[]>;
  /** Recomputes the whole chain; the first entry that does not fit is named. */
  verify(): Promise<Verification>;
  /** All entries from the first, in pages. */
  export(): AsyncGenerator<AuditEntry>;
}

/** Any fixed number: whoever adds to the chain holds this lock until commit. */
const chainLock = 7_305_002;
const pageSize = 1_000;
const firstHash = '0'.repeat(64);
/** The settings row that remembers the newest entry, so that cutting off the end is noticed. */
const headKey = 'audit.head';

interface Head {
  readonly seq: number;
  readonly hash: string;
}

type Row = Selectable<AuditTable>;

function hashOf(row: Omit<Row, 'hash'>): string {
  const { seq, at, actor, action, subject, details, prev_hash } = row;
  return digestOf({ seq: Number(seq), at: at.toISOString(), actor, action, subject, details, prev_hash });
}

const toEntry = (row: Row): AuditEntry => ({
  seq: Number(row.seq),
  at: row.at,
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  details: row.details,
  prevHash: row.prev_hash,
  hash: row.hash,
});

async function newest(db: Kysely<Schema>): Promise<Head> {
  const last = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ? { seq: Number(last.seq), hash: last.hash } : { seq: 0, hash: firstHash };
}

/** Plain JSON, so that dates and the like are written as ever. */
const asJson = (value: unknown): unknown => JSON.parse(jsonb(value));

async function append(trx: Transaction<Schema>, event: AuditEvent, at: Date): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(chainLock)})`.execute(trx);
  const head = await newest(trx);
  const { type, id, name } = event.actor;
  // The last line: whoever recorded it should have cleaned it, but here nothing can be taken out again.
  const actor = jsonb({ type, id, name: cleanText(name) });
  const details = jsonb(cleanStrings(asJson(event.details ?? {})));
  const row = {
    seq: String(head.seq + 1),
    at,
    action: event.action,
    subject: event.subject ?? null,
    prev_hash: head.hash,
  };
  const hash = hashOf({ ...row, actor: JSON.parse(actor), details: JSON.parse(details) });
  await trx
    .insertInto('audit')
    .values({ ...row, actor, details, hash })
    .execute();
  const value = jsonb({ seq: head.seq + 1, hash } satisfies Head);
  await trx
    .insertInto('settings')
    .values({ key: headKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

async function* pages(db: Kysely<Schema>): AsyncGenerator<Row[]> {
  for (let after = '0'; ; ) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.seq;
  }
}

function flawOf(row: Row, before: Head): { seq: number; why: string } | undefined {
  const seq = Number(row.seq);
  if (seq !== before.seq + 1) return { seq: before.seq + 1, why: 'this entry is missing' };
  if (row.prev_hash !== before.hash) return { seq, why: 'it does not follow the entry before it' };
  return row.hash === hashOf(row) ? undefined : { seq, why: 'its contents were changed' };
}

async function verifyChain(db: Kysely<Schema>): Promise<Verification> {
  // The head is read first: entries added meanwhile only make the chain longer than it.
  const stored = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', headKey)
    .executeTakeFirst();
  const head = stored?.value as Head | undefined;
  let before: Head = { seq: 0, hash: firstHash };
  for await (const rows of pages(db)) {
    for (const row of rows) {
      const flaw = flawOf(row, before);
      if (flaw) return { ok: false, entries: before.seq, ...flaw };
      before = { seq: Number(row.seq), hash: row.hash };
    }
  }
  if (head && head.seq > before.seq) {
    return { ok: false, entries: before.seq, seq: before.seq + 1, why: 'this entry is missing' };
  }
  return { ok: true, entries: before.seq };
}

/** The append-only, hash-chained record of everything that was done. */
export function createAudit(db: Kysely<Schema>, clock: Clock = systemClock): Audit {
  return {
    async record(event, trx) {
      if (trx) await append(trx, event, clock.now());
      else await db.transaction().execute((own) => append(own, event, clock.now()));
    },
    async list({ limit, before, subject }) {
      let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit);
      if (before !== undefined) query = query.where('seq', '<', String(before));
      if (subject !== undefined) query = query.where('subject', '=', subject);
      return (await query.execute()).map(toEntry);
    },
    verify: () => verifyChain(db),
    async *export() {
      for await (const rows of pages(db)) for (const row of rows) yield toEntry(row);
    },
  };
}
