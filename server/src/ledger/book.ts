/** Mirrored balance transactions → facts, and facts → their sums by month. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { JsonValue, Schema } from '../database/schema.ts';
import { categoryOf, factsOf, type Movement, type SoldLine } from './facts.ts';
import { mirroredById, type Row, sourcesOf } from './mirror.ts';

/**
 * Shares these transactions out anew. What they touch of the same payments by refunds and disputes has to be mirrored
 * before. @returns the months, as their first days, whose sums are outdated now
 */
export async function bookFacts(
  trx: Transaction<Schema>,
  ledger: { readonly id: string; readonly timeZone: string },
  transactions: readonly string[],
): Promise<string[]> {
  const rows = await mirroredById(trx, ledger.id, 'balance_transaction', transactions);
  const context = await contextOf(trx, ledger.id, [...rows.values()]);
  const facts = [...rows.values()].flatMap((row) => {
    const { movement, payment } = movementOf(row, context);
    const sold = payment === null ? [] : (context.sold.get(payment) ?? []);
    const before = context.before.get(row.id) ?? 0n;
    return factsOf(movement, sold, before).map((fact, part) => ({
      ...{ transaction: row.id, part, at: row.at.toISOString(), currency: movement.currency },
      ...{ category: text(row.data.category), customer: movement.customer },
      ...Object.fromEntries(
        Object.entries(fact).map(([key, value]) => [
          key,
          typeof value === 'bigint' ? value.toString() : value,
        ]),
      ),
    }));
  });
  await trx
    .deleteFrom('facts')
    .where('ledger', '=', ledger.id)
    .where('transaction', '=', sql<string>`any(${[...rows.keys()]})`)
    .execute();
  const { rows: months } = await sql<{ month: string }>`
    with booked as (
      insert into facts
      select ${ledger.id}, transaction, part, at, date_trunc('month', at at time zone ${ledger.timeZone})::date,
        currency, category, product, customer, gross, discount, tax, refunded, disputed, fee, other, net
      from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) as fact (
        transaction text, part int, at timestamptz, currency text, category text, product text, customer text,
        gross bigint, discount bigint, tax bigint, refunded bigint, disputed bigint, fee bigint, other bigint,
        net bigint)
      returning month)
    select distinct month::text from booked`.execute(trx);
  return months.map(({ month }) => month);
}

/** Sums these months up anew. */
export async function sumMonths(
  trx: Transaction<Schema>,
  ledger: string,
  months: readonly string[],
): Promise<void> {
  if (months.length === 0) return;
  await sql`delete from fact_months where ledger = ${ledger} and month = any(${months}::date[])`.execute(trx);
  await sql`
    insert into fact_months
    select ledger, month, currency, category, coalesce(product, ''), count(*), sum(gross), sum(discount), sum(tax),
      sum(refunded), sum(disputed), sum(fee), sum(other), sum(net)
    from facts where ledger = ${ledger} and month = any(${months}::date[])
    group by 1, 2, 3, 4, 5`.execute(trx);
}

interface Context {
  /** Charges by id. */
  readonly charges: ReadonlyMap<string, Row>;
  /** The charge behind a refund or dispute. */
  readonly chargeOf: ReadonlyMap<string, string>;
  /** What was sold with a payment. */
  readonly sold: ReadonlyMap<string, readonly SoldLine[]>;
  /** What was given back of a payment before a transaction, as amounts are signed there. */
  readonly before: ReadonlyMap<string, bigint>;
}

async function contextOf(db: Kysely<Schema>, ledger: string, rows: readonly Row[]): Promise<Context> {
  const sources = rows.map(({ data }) => text(data.source));
  const [refunds, disputes] = await Promise.all([
    mirroredById(db, ledger, 'refund', sources),
    mirroredById(db, ledger, 'dispute', sources),
  ]);
  const chargeOf = new Map<string, string>();
  for (const { id, data } of [...refunds.values(), ...disputes.values()])
    if (typeof data.charge === 'string') chargeOf.set(id, data.charge);
  const charges = await mirroredById(db, ledger, 'charge', [...sources, ...chargeOf.values()]);
  const payments = [...charges.values()].map(({ data }) => text(data.payment));
  const sold = await soldWith(db, ledger, payments);
  const before = await givenBackBefore(db, ledger, rows, [...new Set(chargeOf.values())]);
  return { charges, chargeOf, sold, before };
}

async function soldWith(
  db: Kysely<Schema>,
  ledger: string,
  payments: readonly string[],
): Promise<Map<string, SoldLine[]>> {
  const links = await sourcesOf(db, ledger, payments);
  const all = [...links.values()].flat();
  const idsOf = (kind: string) => all.filter((link) => link.kind === kind).map(({ source }) => source);
  const [invoices, sessions] = await Promise.all([
    mirroredById(db, ledger, 'invoice', idsOf('invoice')),
    mirroredById(db, ledger, 'checkout_session', idsOf('checkout_session')),
  ]);
  const sold = new Map<string, SoldLine[]>();
  for (const [payment, found] of links) {
    // A session that made an invoice says the same as the invoice.
    const inUse = found.some(({ kind }) => kind === 'invoice')
      ? found.filter(({ kind }) => kind === 'invoice')
      : found;
    const lines = inUse.flatMap(({ kind, source }) =>
      linesOf((kind === 'invoice' ? invoices : sessions).get(source)?.data.lines),
    );
    sold.set(payment, lines);
  }
  return sold;
}

function linesOf(lines: JsonValue | undefined): SoldLine[] {
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line) => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) return [];
    const { product, amount, discount, tax } = line;
    const minor = (value: JsonValue | undefined) => BigInt(typeof value === 'number' ? value : 0);
    return [
      {
        product: typeof product === 'string' ? product : null,
        ...{ amount: minor(amount), discount: minor(discount), tax: minor(tax) },
      },
    ];
  });
}

/** For each refund and dispute: the sum of those of the same charge that came before it. */
async function givenBackBefore(
  db: Kysely<Schema>,
  ledger: string,
  rows: readonly Row[],
  charges: readonly string[],
): Promise<Map<string, bigint>> {
  if (charges.length === 0) return new Map();
  const { rows: found } = await sql<{ id: string; before: string }>`
    with back as (
      select id, data->>'charge' as charge from mirrored
      where ledger = ${ledger} and kind in ('refund', 'dispute') and data->>'charge' = any(${charges})),
    moved as (
      select entry.id, back.charge, entry.created_at, (entry.data->>'amount')::bigint as amount
      from back join mirrored entry
        on entry.ledger = ${ledger} and entry.kind = 'balance_transaction' and entry.data->>'source' = back.id)
    select id, (coalesce(sum(amount) over (
        partition by charge order by created_at, id rows between unbounded preceding and 1 preceding), 0))::text as before
    from moved`.execute(db);
  const wanted = new Set(rows.map(({ id }) => id));
  return new Map(found.filter(({ id }) => wanted.has(id)).map(({ id, before }) => [id, BigInt(before)]));
}

function movementOf(row: Row, context: Context): { movement: Movement; payment: string | null } {
  const { source, category, currency, amount, fee } = row.data;
  const of = text(source);
  const charge = context.charges.get(context.chargeOf.get(of) ?? of);
  const customer = charge?.data.customer;
  return {
    movement: {
      transaction: row.id,
      category: categoryOf(text(category)),
      currency: text(currency),
      amount: BigInt(typeof amount === 'number' ? amount : 0),
      fee: BigInt(typeof fee === 'number' ? fee : 0),
      customer: typeof customer === 'string' ? customer : null,
    },
    payment: charge ? text(charge.data.payment) : null,
  };
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
