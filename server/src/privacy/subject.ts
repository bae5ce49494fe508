import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import { conflict } from '../problem.ts';
import { type DataSubject, onlyAbout, textsOf, without } from './person.ts';
import { books, consents, type Found, readPlaces, rowsWith } from './places.ts';

/** Everything that is held on somebody (GDPR, articles 15 and 20). */
export interface SubjectExport {
  readonly customer: string;
  readonly alsoKnownAs: readonly string[];
  readonly madeAt: string;
  /** By table: its rows, as they are kept. */
  readonly data: { readonly [table: string]: readonly { readonly [column: string]: unknown }[] };
  readonly audit: readonly { readonly seq: number; readonly at: string; readonly action: string }[];
}

/** What was kept, and why. */
export interface Kept {
  readonly what: string;
  readonly count: number;
  readonly why: string;
}

export interface ErasureReport {
  /** Texts that were taken out, by table: rows that were changed. */
  readonly erased: { readonly [table: string]: number };
  readonly kept: readonly Kept[];
}

interface Search {
  /** Rows that name the person. */
  readonly direct: readonly Found[];
  /** Those, and the rest of the threads they belong to. */
  readonly found: readonly Found[];
  readonly texts: readonly string[];
}

/** Looks twice: by the id and what is known already, then by all that these rows say of the person. */
async function search(db: Kysely<Schema>, subject: DataSubject): Promise<Search> {
  const places = await readPlaces(db);
  const look = async (texts: readonly string[], threads: readonly string[]) =>
    (await Promise.all(places.map((place) => rowsWith(db, place, { texts, threads })))).flat();
  const first = await look([subject.customer, ...subject.alsoKnownAs], []);
  const texts = textsOf(subject, first);
  // A name or address finds further rows only where it can be no one else’s.
  const telling = texts.filter((text) => text.includes('@') || /\p{L}\s+\p{L}/u.test(text));
  const direct = await look([subject.customer, ...telling], []);
  // A thread is about the people in it: what it says elsewhere is said of them.
  const threads = [...new Set(direct.flatMap(({ threadId }) => threadId ?? []))];
  const found = await look([subject.customer, ...telling], threads);
  return { direct, found, texts };
}

export async function exportSubject(
  db: Kysely<Schema>,
  subject: DataSubject,
  now: Date,
): Promise<SubjectExport> {
  const { direct, texts } = await search(db, subject);
  const data: { [table: string]: { [column: string]: unknown }[] } = {};
  for (const { place, values } of direct) {
    const own = Object.entries(values).map(([name, value]) => [
      name,
      onlyAbout([subject.customer, ...texts], value),
    ]);
    data[place.table] = [...(data[place.table] ?? []), Object.fromEntries(own)];
  }
  return {
    customer: subject.customer,
    alsoKnownAs: texts,
    madeAt: now.toISOString(),
    data,
    audit: await auditOf(db, subject),
  };
}

async function auditOf(
  db: Kysely<Schema>,
  { customer, alsoKnownAs }: DataSubject,
): Promise<SubjectExport['audit']> {
  const patterns = [customer, ...alsoKnownAs].map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
  const rows = await db
    .selectFrom('audit')
    .select(['seq', 'at', 'action'])
    .where(sql<boolean>`(details::text || coalesce(subject, '')) ilike any(${sql.val(patterns)}::text[])`)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, at, action }) => ({ seq: Number(seq), at: at.toISOString(), action }));
}

const whyBooks =
  'Financial records: tax and commercial law want them kept for years. They name the customer by an id only.';
const whyConsents =
  'Proof of what they agreed to or took back (article 7), and what keeps Purser from writing to that address again.';
const whyAudit =
  'The record proves what was done with their money, and could not be verified with an entry missing. It holds ids and digests.';

/**
 * Takes everything that names somebody out of what is kept, in one transaction (GDPR, article 17). Ids, sums and times
 * stay, so that the books and histories remain true.
 */
export async function eraseSubject(trx: Transaction<Schema>, subject: DataSubject): Promise<ErasureReport> {
  const { found, texts } = await search(trx, subject);
  await refuseWhileUnderWay(trx, found);
  const clean = without(texts);
  const counts: { [table: string]: number } = {};
  for (const each of found) {
    const { table } = each.place;
    if (books.has(table) || table === consents || !(await rewrite(trx, each, clean))) continue;
    counts[table] = (counts[table] ?? 0) + 1;
  }
  const inBooks = found.filter(({ place }) => books.has(place.table)).length;
  const asConsents = found.filter(({ place }) => place.table === consents).length;
  const audit = await auditOf(trx, { ...subject, alsoKnownAs: texts.filter((text) => text.includes('@')) });
  return {
    erased: counts,
    kept: [
      ...(inBooks > 0 ? [{ what: 'ledger', count: inBooks, why: whyBooks }] : []),
      ...(asConsents > 0 ? [{ what: 'consents', count: asConsents, why: whyConsents }] : []),
      ...(audit.length > 0 ? [{ what: 'audit', count: audit.length, why: whyAudit }] : []),
    ],
  };
}

/** A turn that is under way would write what was just erased anew. @throws Problem 409 */
async function refuseWhileUnderWay(trx: Transaction<Schema>, found: readonly Found[]): Promise<void> {
  const threads = [...new Set(found.flatMap(({ threadId }) => threadId ?? []))];
  if (threads.length === 0) return;
  const active = await trx
    .selectFrom('runs')
    .innerJoin('threads', 'threads.id', 'runs.thread_id')
    .select(['threads.id', 'threads.title'])
    .where('runs.status', 'in', ['queued', 'running', 'awaiting_approval'])
    .where('threads.id', 'in', threads)
    .executeTakeFirst();
  if (!active) return;
  throw conflict(
    'under_way',
    `A turn about this customer is under way in "${active.title}" (${active.id}). Let it end, or stop it, and erase then.`,
  );
}

/** Words and meaning of a passage of knowledge stand beside its text, for searches. */
const forgottenBySearch = (text: unknown) => [
  sql`search = to_tsvector('simple', ${text})`,
  sql`embedding = null`,
  sql`embedded_by = null`,
];

/** @returns whether anything changed */
async function rewrite(
  trx: Transaction<Schema>,
  { place, row, values }: Found,
  clean: <T>(value: T) => T,
): Promise<boolean> {
  const sets = place.columns.flatMap(({ name, isJson }) => {
    const before = values[name];
    const after = clean(before);
    if (before === null || JSON.stringify(before) === JSON.stringify(after)) return [];
    const value = isJson ? sql`${jsonb(after)}::json` : sql`${after}`;
    return [sql`${sql.ref(name)} = ${value}`];
  });
  if (sets.length === 0) return false;
  if (place.table === 'passages') sets.push(...forgottenBySearch(clean(values.text)));
  await sql`update ${sql.table(place.table)} set ${sql.join(sets)} where ctid = ${row}::tid`.execute(trx);
  return true;
}
