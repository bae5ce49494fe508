/** The mirror's rows: Stripe's objects as kept, and which payments are for which invoice or checkout session. */
import { type Kysely, sql } from 'kysely';
import type { JsonValue, Schema } from '../database/schema.ts';
import type { Kept, KindName } from './kinds.ts';

export type Row = {
  readonly id: string;
  readonly at: Date;
  readonly data: { readonly [key: string]: JsonValue };
};

/** Puts objects in the place of what was kept of them before. */
export async function mirror(
  db: Kysely<Schema>,
  ledger: string,
  kind: KindName,
  objects: readonly Kept[],
): Promise<void> {
  // The last of two with one id counts; a statement may not touch a row twice.
  const rows = [...new Map(objects.map((object) => [object.id, object])).values()];
  if (rows.length === 0) return;
  await sql`
    insert into mirrored (ledger, kind, id, created_at, data)
    select ${ledger}, ${kind}, id, to_timestamp(created), data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, created float8, data jsonb)
    on conflict (ledger, kind, id) do update set created_at = excluded.created_at, data = excluded.data`.execute(
    db,
  );
  if (kind === 'invoice' || kind === 'checkout_session') await linkPayments(db, ledger, kind, rows);
}

async function linkPayments(
  db: Kysely<Schema>,
  ledger: string,
  kind: 'invoice' | 'checkout_session',
  rows: readonly Kept[],
): Promise<void> {
  const links = rows.flatMap(({ id, data }) => {
    const payments = kind === 'invoice' ? data.payments : [data.payment ?? null];
    return Array.isArray(payments)
      ? payments.filter((payment) => typeof payment === 'string').map((payment) => ({ payment, source: id }))
      : [];
  });
  if (links.length === 0) return;
  await sql`
    insert into payment_links (ledger, payment, kind, source)
    select ${ledger}, payment, ${kind}, source
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as link (payment text, source text)
    on conflict do nothing`.execute(db);
}

/** What was kept of these ids; those that are not there are left out. */
export async function mirroredById(
  db: Kysely<Schema>,
  ledger: string,
  kind: KindName,
  ids: Iterable<string>,
): Promise<Map<string, Row>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('mirrored')
    .select(['id', 'created_at', 'data'])
    .where('ledger', '=', ledger)
    .where('kind', '=', kind)
    .where('id', '=', sql<string>`any(${wanted})`)
    .execute();
  return new Map(
    rows.map(({ id, created_at, data }) => [id, { id, at: created_at, data: data as Row['data'] }]),
  );
}

/** The invoices and checkout sessions that payments are for. */
export async function sourcesOf(
  db: Kysely<Schema>,
  ledger: string,
  payments: Iterable<string>,
): Promise<Map<string, { kind: 'invoice' | 'checkout_session'; source: string }[]>> {
  const wanted = [...new Set(payments)];
  const found = new Map<string, { kind: 'invoice' | 'checkout_session'; source: string }[]>();
  if (wanted.length === 0) return found;
  const rows = await db
    .selectFrom('payment_links')
    .select(['payment', 'kind', 'source'])
    .where('ledger', '=', ledger)
    .where('payment', '=', sql<string>`any(${wanted})`)
    .orderBy('source')
    .execute();
  for (const { payment, kind, source } of rows)
    found.set(payment, [...(found.get(payment) ?? []), { kind, source }]);
  return found;
}
