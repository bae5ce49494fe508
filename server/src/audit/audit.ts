import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { type Clock, systemClock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { AuditTable, JsonValue, Schema } from '../database/schema.ts';
import { currentOrigin } from '../request-origin.ts';
import { cleanStrings, cleanText } from '../secrets/clean.ts';
import {
  type Anchor,
  beginning,
  type ChainEntry,
  type Head,
  hashOf,
  type Verification,
  verifyEntries,
} from './chain.ts';
import { operationFacts } from './operation-facts.ts';

export type { Verification };

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
  /** What was recorded, with `from` (address and request) and, where it is about one, `operation`. */
  readonly details: JsonValue;
  readonly prevHash: string;
  readonly hash: string;
}

/** Which entries; all that is said has to hold. */
export interface AuditFilter {
  readonly subject?: string;
  /** Beginnings of actions: `approval.` or `approval.approved`. */
  readonly action?: string;
  /** An actor's id, or a word in the name. */
  readonly actor?: string;
  readonly account?: string;
  /** Inclusive. */
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
}

export interface Audit {
  /**
   * Adds an entry to the chain. Within `trx` it stands or falls with it; others who record wait until then, so record
   * last, after the transaction's other locks.
   */
  record(event: AuditEvent, trx?: Transaction<Schema>): Promise<void>;
  /** Newest first, those before `before`; at most `limit`. */
  list(options: AuditFilter & { limit: number; before?: number }): Promise<AuditEntry[]>;
  /** Recomputes the whole chain; the first entry that does not fit, or is not what was anchored, is named. */
  verify(anchors?: readonly Anchor[]): Promise<Verification>;
  /** The newest entry. */
  head(): Promise<Head>;
  /** Entries as they are hashed, from the first, in pages: all, for others to verify, or those of a filter. */
  export(filter?: AuditFilter): AsyncGenerator<ChainEntry>;
}

/** Any fixed number: whoever adds to the chain holds this lock until commit. */
const chainLock = 7_305_002;
const pageSize = 1_000;
/** The settings row that remembers the newest entry, so that cutting off the end is noticed. */
const headKey = 'audit.head';

type Row = Selectable<AuditTable>;

const toChain = ({ seq, at, actor, action, subject, details, prev_hash, hash }: Row): ChainEntry => ({
  ...{ seq: Number(seq), at: at.toISOString(), actor, action, subject, details, prev_hash, hash },
});

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
  return last ? { seq: Number(last.seq), hash: last.hash } : beginning;
}

/** Plain JSON, so that dates and the like are written as ever. */
const asJson = (value: unknown): unknown => JSON.parse(jsonb(value));

/** Details as they are kept: with where it came from and what it was about, and nothing that must not be written down. */
async function fullDetails(trx: Transaction<Schema>, { subject, details }: AuditEvent): Promise<string> {
  const from = currentOrigin();
  const operation = subject ? await operationFacts(trx, subject) : null;
  // The last line: whoever recorded it should have cleaned it, but here nothing can be taken out again.
  const cleaned = cleanStrings(asJson(details ?? {}));
  // Ids and digests are left as they are: one in some hundred digests has digits that could be a card number.
  return jsonb(Object.assign({}, cleaned, from && { from }, operation && { operation }));
}

async function append(trx: Transaction<Schema>, event: AuditEvent, at: Date): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(chainLock)})`.execute(trx);
  const { type, id, name } = event.actor;
  const actor = jsonb({ type, id, name: cleanText(name) });
  const details = await fullDetails(trx, event);
  const head = await newest(trx);
  const entry = {
    seq: head.seq + 1,
    at: at.toISOString(),
    action: event.action,
    subject: event.subject ?? null,
    prev_hash: head.hash,
  };
  const hash = hashOf({ ...entry, actor: JSON.parse(actor), details: JSON.parse(details) });
  await trx
    .insertInto('audit')
    .values({ ...entry, seq: String(entry.seq), at, actor, details, hash })
    .execute();
  const value = jsonb({ seq: entry.seq, hash } satisfies Head);
  await trx
    .insertInto('settings')
    .values({ key: headKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

function matching(db: Kysely<Schema>, { subject, action, actor, account, from, to }: AuditFilter) {
  let query = db.selectFrom('audit').selectAll();
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (action !== undefined) query = query.where(sql<boolean>`starts_with(action, ${action})`);
  if (actor !== undefined)
    query = query.where(
      sql<boolean>`(actor->>'id' = ${actor} or position(lower(${actor}) in lower(actor->>'name')) > 0)`,
    );
  if (account !== undefined)
    query = query.where(
      sql<boolean>`coalesce(details->'operation'->>'account', details->>'account') = ${account}`,
    );
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  return query;
}

async function* entriesOf(db: Kysely<Schema>, filter: AuditFilter = {}): AsyncGenerator<ChainEntry> {
  for (let after = '0'; ; ) {
    const query = matching(db, filter).where('seq', '>', after).orderBy('seq').limit(pageSize);
    const rows = await query.execute();
    yield* rows.map(toChain);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last.seq;
  }
}

async function verifyChain(db: Kysely<Schema>, anchors: readonly Anchor[]): Promise<Verification> {
  // The head is read first: entries added meanwhile only make the chain longer than it.
  const stored = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', headKey)
    .executeTakeFirst();
  const head = stored?.value as Head | undefined;
  return verifyEntries(entriesOf(db), { head, anchors });
}

/** The append-only, hash-chained record of everything that was done. */
export function createAudit(db: Kysely<Schema>, clock: Clock = systemClock): Audit {
  return {
    async record(event, trx) {
      if (trx) await append(trx, event, clock.now());
      else await db.transaction().execute((own) => append(own, event, clock.now()));
    },
    async list({ limit, before, ...filter }) {
      let query = matching(db, filter).orderBy('seq', 'desc').limit(limit);
      if (before !== undefined) query = query.where('seq', '<', String(before));
      return (await query.execute()).map(toEntry);
    },
    verify: (anchors = []) => verifyChain(db, anchors),
    head: () => newest(db),
    export: (filter) => entriesOf(db, filter),
  };
}
