/** Mirrored objects → the facts that a journal of a stretch of time is made of. */
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../database/schema.ts';
import { ToolError } from '../../tools/tool.ts';
import { mirroredById, type Row, sourcesOf } from '../mirror.ts';
import type { Span } from '../reports/revenue.ts';
import type { CreditNoteFacts, InvoiceFacts, MovementFacts, Sold } from './entries.ts';

/** More movements than this are no journal that anybody imports. */
const most = 100_000;

const minor = z
  .number()
  .nullish()
  .transform((value) => BigInt(value ?? 0));
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const time = z
  .number()
  .nullish()
  .transform((value) => (typeof value === 'number' ? new Date(value * 1_000) : null));

const invoiceData = z.object({
  ...{ number: text, currency: z.string(), total: minor, applied: minor, off_stripe: minor },
  ...{ finalized_at: time, paid_at: time, voided_at: time, uncollectible_at: time },
  taxes: z.array(z.object({ amount: minor })),
});
const noteData = z.object({
  ...{ invoice: text, number: text, currency: z.string(), total: minor, tax: minor },
  ...{ after_payment: minor, off_stripe: minor, voided_at: time },
  refunds: z.array(z.object({ refund: text, amount: minor })),
});
const sessionData = z.object({ lines: z.array(z.object({ amount: minor, tax: minor })) });
const movementData = z.object({
  ...{ amount: minor, fee: minor, currency: z.string(), source: text, category: z.string() },
});
const aboutCharge = z.object({ charge: text, amount: minor, currency: text });
const chargeData = z.object({ payment: text, amount: minor, currency: text });

export interface JournalFacts {
  readonly invoices: readonly InvoiceFacts[];
  readonly creditNotes: readonly CreditNoteFacts[];
  readonly movements: readonly MovementFacts[];
}

/** Whatever may make an entry in this time; what stands outside of it is for the caller to leave out. */
export async function readJournal(db: Kysely<Schema>, ledger: string, span: Span): Promise<JournalFacts> {
  const movements = await movementsIn(db, ledger, span);
  const refunds = await mirroredById(db, ledger, 'refund', sourcesIn(movements));
  const disputes = await mirroredById(db, ledger, 'dispute', sourcesIn(movements));
  const about = new Map([...refunds, ...disputes].map(([id, { data }]) => [id, aboutCharge.parse(data)]));
  const charges = await mirroredById(db, ledger, 'charge', [
    ...sourcesIn(movements),
    ...[...about.values()].flatMap(({ charge }) => (charge ? [charge] : [])),
  ]);
  const payments = [...charges.values()].map(({ data }) => chargeData.parse(data).payment ?? '');
  const links = await sourcesOf(db, ledger, payments);
  const linked = (kind: string) => [...links.values()].flat().filter((link) => link.kind === kind);
  const notes = await notesIn(db, ledger, span);
  const invoices = await invoicesIn(db, ledger, span, [
    ...linked('invoice').map(({ source }) => source),
    ...notes.flatMap(({ data }) => (data.invoice ? [data.invoice] : [])),
  ]);
  const sessions = await mirroredById(
    ...([db, ledger, 'checkout_session'] as const),
    linked('checkout_session').map(({ source }) => source),
  );
  const noted = await refundedByNotes(db, ledger, [...refunds.keys()]);
  const before = await refundedBefore(db, ledger, [...charges.keys()]);
  return {
    invoices: [...invoices.values()],
    creditNotes: notes.map(({ id, at, data }) => ({
      ...{ id, at, number: data.number, currency: data.currency, total: data.total, tax: data.tax },
      toBalance: data.after_payment - data.off_stripe - sum(data.refunds),
      ...{ offStripe: data.off_stripe, voidedAt: data.voided_at },
      invoice: (data.invoice && invoices.get(data.invoice)) || null,
    })),
    movements: movements.map(({ id, at, data }) => {
      const { source } = data;
      const told = source ? about.get(source) : undefined;
      const charge = told?.charge ?? (source && charges.has(source) ? source : null);
      const row = charge ? charges.get(charge) : undefined;
      const paid = row && chargeData.parse(row.data);
      const own = told ?? paid;
      const of = paid?.payment ? (links.get(paid.payment) ?? []) : [];
      const invoice = of.find(({ kind }) => kind === 'invoice')?.source;
      return {
        ...{ id, at, ...data, charge },
        own: own?.currency ? { amount: own.amount, currency: own.currency } : null,
        invoice: (invoice && invoices.get(invoice)) || null,
        sold: soldOf(of.flatMap(({ source: session }) => sessions.get(session) ?? [])),
        ofCreditNotes: (source && noted.get(source)) || 0n,
        refundedBefore: before.get(id) ?? 0n,
      };
    }),
  };
}

interface Parsed<Data> {
  readonly id: string;
  readonly at: Date;
  readonly data: Data;
}

const sum = (parts: readonly { amount: bigint }[]): bigint =>
  parts.reduce((all, { amount }) => all + amount, 0n);

function soldOf(sessions: readonly Row[]): Sold | null {
  if (sessions.length === 0) return null;
  const lines = sessions.flatMap(({ data }) => sessionData.parse(data).lines);
  return { net: sum(lines), tax: lines.reduce((all, { tax }) => all + tax, 0n) };
}

const sourcesIn = (movements: readonly Parsed<z.infer<typeof movementData>>[]): string[] =>
  movements.flatMap(({ data }) => (data.source ? [data.source] : []));

/** @throws ToolError `too_much` */
async function movementsIn(db: Kysely<Schema>, ledger: string, { from, to }: Span) {
  const rows = await db
    .selectFrom('mirrored')
    .select(['id', 'created_at', 'data'])
    .where('ledger', '=', ledger)
    .where('kind', '=', 'balance_transaction')
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .orderBy('created_at')
    .orderBy('id')
    .limit(most + 1)
    .execute();
  if (rows.length > most)
    throw new ToolError('too_much', `There are more than ${most} movements in this time.`, {
      next: 'Make the journal of a shorter time, and then of the next.',
    });
  return rows.map(({ id, created_at: at, data }) => ({ id, at, data: movementData.parse(data) }));
}

async function notesIn(db: Kysely<Schema>, ledger: string, { from, to }: Span) {
  const { rows } = await sql<{ id: string; at: Date; data: unknown }>`
    select id, created_at as at, data from mirrored
    where ledger = ${ledger} and kind = 'credit_note'
      and (created_at >= ${from} and created_at < ${to}
        or to_timestamp((data->>'voided_at')::float8) >= ${from} and to_timestamp((data->>'voided_at')::float8) < ${to})
    order by created_at, id`.execute(db);
  return rows.map(({ id, at, data }) => ({ id, at, data: noteData.parse(data) }));
}

/** Those that something happened to in this time, and those of these ids. */
async function invoicesIn(
  db: Kysely<Schema>,
  ledger: string,
  { from, to }: Span,
  ids: readonly string[],
): Promise<Map<string, InvoiceFacts>> {
  const happened = sql.join(
    ['finalized_at', 'voided_at', 'uncollectible_at', 'paid_at'].map(
      (field) =>
        sql`to_timestamp((invoice.data->>${field})::float8) >= ${from} and to_timestamp((invoice.data->>${field})::float8) < ${to}`,
    ),
    sql` or `,
  );
  const { rows } = await sql<{
    id: string;
    data: unknown;
    credited: string;
    credited_tax: string;
    credited_before: string;
    paid_before: string;
  }>`
    select invoice.id, invoice.data, credited, credited_tax, credited_before, paid_before
    from mirrored invoice
    cross join lateral (
      select coalesce(sum(total), 0)::text as credited, coalesce(sum(tax), 0)::text as credited_tax,
        coalesce(sum(total - after_payment)
          filter (where created_at < to_timestamp((invoice.data->>'uncollectible_at')::float8)), 0)::text as credited_before
      from (
        select created_at, (data->>'total')::bigint as total, (data->>'tax')::bigint as tax,
          (data->>'after_payment')::bigint as after_payment
        from mirrored
        where ledger = ${ledger} and kind = 'credit_note' and data->>'invoice' = invoice.id
          and data->>'voided_at' is null) as note) as notes
    cross join lateral (
      select coalesce(sum((charge.data->>'amount')::bigint), 0)::text as paid_before
      from payment_links link
      join mirrored charge on charge.ledger = ${ledger} and charge.kind = 'charge'
        and charge.data->>'payment' = link.payment
      where link.ledger = ${ledger} and link.source = invoice.id
        and invoice.data->>'uncollectible_at' is not null
        and exists (
          select 1 from mirrored moved
          where moved.ledger = ${ledger} and moved.kind = 'balance_transaction' and moved.data->>'source' = charge.id
            and moved.created_at < to_timestamp((invoice.data->>'uncollectible_at')::float8))) as payments
    where invoice.ledger = ${ledger} and invoice.kind = 'invoice'
      and (invoice.id = any(${[...ids]}) or ${happened})`.execute(db);
  return new Map(
    rows.map((row) => {
      const data = invoiceData.parse(row.data);
      return [
        row.id,
        {
          ...{ id: row.id, number: data.number, currency: data.currency, total: data.total },
          ...{ tax: sum(data.taxes), applied: data.applied, offStripe: data.off_stripe },
          ...{ finalizedAt: data.finalized_at, paidAt: data.paid_at, voidedAt: data.voided_at },
          uncollectibleAt: data.uncollectible_at,
          settledBefore: BigInt(row.paid_before) + BigInt(row.credited_before),
          credited: { total: BigInt(row.credited), tax: BigInt(row.credited_tax) },
        },
      ];
    }),
  );
}

/** How much of each refund is of credit notes. */
async function refundedByNotes(db: Kysely<Schema>, ledger: string, refunds: readonly string[]) {
  const { rows } = await sql<{ id: string; amount: string }>`
    select part->>'refund' as id, sum((part->>'amount')::bigint)::text as amount
    from mirrored, jsonb_array_elements(data->'refunds') as part
    where ledger = ${ledger} and kind = 'credit_note' and part->>'refund' = any(${[...refunds]})
    group by 1`.execute(db);
  return new Map(rows.map(({ id, amount }) => [id, BigInt(amount)]));
}

/** For each refund of these payments: what was refunded before it without a credit note, in the sale's currency. */
async function refundedBefore(db: Kysely<Schema>, ledger: string, charges: readonly string[]) {
  if (charges.length === 0) return new Map<string, bigint>();
  const { rows } = await sql<{ id: string; before: string }>`
    with refund as (
      select id, data->>'charge' as charge, (data->>'amount')::bigint - coalesce((
        select sum((part->>'amount')::bigint) from mirrored note, jsonb_array_elements(note.data->'refunds') as part
        where note.ledger = ${ledger} and note.kind = 'credit_note' and part->>'refund' = mirrored.id), 0) as amount
      from mirrored
      where ledger = ${ledger} and kind = 'refund' and data->>'charge' = any(${[...charges]})),
    moved as (
      select entry.id, refund.charge, entry.created_at,
        case when (entry.data->>'amount')::bigint < 0 then refund.amount else -refund.amount end as amount
      from refund join mirrored entry
        on entry.ledger = ${ledger} and entry.kind = 'balance_transaction' and entry.data->>'source' = refund.id)
    select id, coalesce(sum(amount) over (
        partition by charge order by created_at, id rows between unbounded preceding and 1 preceding), 0)::text as before
    from moved`.execute(db);
  return new Map(rows.map(({ id, before }) => [id, BigInt(before)]));
}
