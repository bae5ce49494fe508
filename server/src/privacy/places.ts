/**
 * Where data of people can stand: every column of text or JSON of every table, read from the catalogue, so that a table
 * added later is searched without anybody thinking of it.
 */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';

export interface Place {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly isJson: boolean }[];
  /** Whether it is about a thread, and so shares what the rest of the thread is about. */
  readonly threadColumn: 'thread_id' | 'id' | null;
}

/** What holds nobody's data, or proves what was done and has to stay as it is. */
const apart = new Set(['audit', 'migrations', 'instances', 'paces', 'erasures', 'guesses', 'used_codes']);

/** The books: kept by law, and about accounts and sums rather than persons. */
export const books: ReadonlySet<string> = new Set([
  'facts',
  'fact_months',
  'recurring_lines',
  'payment_links',
  'ledgers',
]);

/** Who wants no mail, and who said so: proof, and what keeps us from writing to them again. */
export const consents = 'consents';

export async function readPlaces(db: Kysely<Schema>): Promise<Place[]> {
  const { rows } = await sql<{ table: string; column: string; type: string }>`
    select c.table_name as "table", c.column_name as "column", c.data_type as type
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
    order by c.table_name, c.ordinal_position`.execute(db);
  const names = [...new Set(rows.map(({ table }) => table))].filter((table) => !apart.has(table));
  return names.map((table) => {
    const own = rows.filter((row) => row.table === table);
    const columns = own
      .filter(({ type }) => ['text', 'json', 'jsonb'].includes(type))
      .map(({ column, type }) => ({ name: column, isJson: type !== 'text' }));
    const hasThread = own.some(({ column }) => column === 'thread_id');
    return { table, columns, threadColumn: hasThread ? 'thread_id' : table === 'threads' ? 'id' : null };
  });
}

/** A row of a place: where Postgres keeps it, and what its columns hold. */
export interface Found {
  readonly place: Place;
  readonly row: string;
  readonly values: { readonly [column: string]: unknown };
  readonly threadId: string | null;
}

const likeText = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
/** As it stands inside JSON. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * Rows that hold one of these texts, in upper or lower case, or belong to one of these threads. Locked, when `db` is a
 * transaction that is to change them.
 */
export async function rowsWith(
  db: Kysely<Schema>,
  place: Place,
  wanted: { readonly texts: readonly string[]; readonly threads: readonly string[] },
): Promise<Found[]> {
  if (place.columns.length === 0) return [];
  const patterns = wanted.texts.flatMap((text) => [...new Set([likeText(text), likeText(inJson(text))])]);
  const holds = place.columns.map(
    ({ name }) => sql<boolean>`${sql.ref(name)}::text ilike any(${sql.val(patterns)}::text[])`,
  );
  const belongs =
    place.threadColumn === null
      ? sql<boolean>`false`
      : sql<boolean>`${sql.ref(place.threadColumn)} = any(${sql.val(wanted.threads)}::text[])`;
  const columns = place.columns.map(({ name }) => sql.ref(name));
  const thread = place.threadColumn === null ? sql`null` : sql.ref(place.threadColumn);
  const { rows } = await sql<{ place_row: string; place_thread: string | null; [column: string]: unknown }>`
    select ctid::text as place_row, ${thread}::text as place_thread, ${sql.join(columns)} from ${sql.table(place.table)}
    where ${belongs} or ${sql.join(holds, sql` or `)}`.execute(db);
  return rows.map(({ place_row, place_thread, ...values }) => ({
    ...{ place, row: place_row, threadId: place_thread, values },
  }));
}
