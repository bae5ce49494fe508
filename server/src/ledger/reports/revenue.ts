/** Revenue by product and by month: what was sold, given back and charged for, and what was left. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import type { Books } from '../ledger.ts';
import { type Column, decimal, type Report, type Table, type TieOut } from '../report.ts';

/** Both ends as instants; `to` exclusive. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

const figures = ['gross', 'discount', 'refunded', 'disputed', 'fee', 'tax'] as const;
type Figure = (typeof figures)[number] | 'other' | 'net';
type Sums = Record<Figure, bigint>;

interface Cell extends Sums {
  readonly month: string;
  readonly currency: string;
  readonly product: string;
  readonly isRevenue: boolean;
  readonly count: number;
}

export async function revenueReport(db: Kysely<Schema>, books: Books, span: Span): Promise<Report> {
  const cells = await read(db, books, span);
  const revenue = cells.filter((cell) => cell.isRevenue);
  const names = await namesOf(db, books.ledger, [...new Set(revenue.map(({ product }) => product))]);
  const product = (id: string) => (id === '' ? 'Without a product' : (names.get(id) ?? id));
  return {
    name: 'revenue',
    title: 'Revenue',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone: books.timeZone,
    basis: 'When money moved in the Stripe balance, in the currency it was settled in',
    tables: [
      table(
        'by_product',
        'By product',
        [{ key: 'product', label: 'Product', type: 'text' }],
        largestFirst(revenue),
        (cell) => ({ product: product(cell.product) }),
      ),
      table(
        'by_month',
        'By month',
        [{ key: 'month', label: 'Month', type: 'date' }],
        revenue,
        ({ month }) => ({ month }),
      ),
      table(
        'by_month_and_product',
        'By month and product',
        [
          { key: 'month', label: 'Month', type: 'date' },
          { key: 'product', label: 'Product', type: 'text' },
        ],
        revenue,
        (cell) => ({ month: cell.month, product: product(cell.product) }),
      ),
      table('total', 'Total', [], revenue, () => ({})),
    ],
    tieOut: await tieOut(db, books, span, cells),
    notes: notesFor(books, cells),
    asOf: books.syncedAt.toISOString(),
  };
}

/** By currency, then by what was sold of a product in all; what has no product last. */
function largestFirst(cells: readonly Cell[]): Cell[] {
  const sold = new Map<string, bigint>();
  const keyOf = ({ currency, product }: Cell) => `${currency} ${product}`;
  for (const cell of cells) sold.set(keyOf(cell), (sold.get(keyOf(cell)) ?? 0n) + cell.gross);
  return cells.toSorted((a, b) => {
    if (a.currency !== b.currency) return a.currency < b.currency ? -1 : 1;
    if ((a.product === '') !== (b.product === '')) return a.product === '' ? 1 : -1;
    const [left, right] = [sold.get(keyOf(a)) ?? 0n, sold.get(keyOf(b)) ?? 0n];
    return left === right ? 0 : left > right ? -1 : 1;
  });
}

/** Whole months from their sums, the days at the edges from the facts themselves. */
async function read(db: Kysely<Schema>, { ledger, timeZone }: Books, span: Span): Promise<Cell[]> {
  const sums = (table: 'facts' | 'fact_months') =>
    sql.join(
      [...figures, 'other', 'net'].map(
        (name) => sql`sum(${sql.ref(`${table}.${name}`)}) as ${sql.ref(name)}`,
      ),
    );
  const local = (at: Date) => sql`(${at}::timestamptz at time zone ${timeZone})`;
  const { rows } = await sql<
    Record<Figure | 'month' | 'currency' | 'product' | 'category' | 'count', string>
  >`
    with whole as (
      select (case when date_trunc('month', ${local(span.from)}) = ${local(span.from)}
          then ${local(span.from)} else date_trunc('month', ${local(span.from)}) + interval '1 month' end)::date as first,
        date_trunc('month', ${local(span.to)})::date as last
    ), edges as (
      select month, currency, category, coalesce(product, '') as product, count(*) as count, ${sums('facts')}
      from facts, whole
      where ledger = ${ledger} and at >= ${span.from} and at < ${span.to}
        and (whole.first >= whole.last or month < whole.first or month >= whole.last)
      group by 1, 2, 3, 4
    ), months as (
      select month, currency, category, product, sum(count)::bigint as count, ${sums('fact_months')}
      from fact_months, whole
      where ledger = ${ledger} and month >= whole.first and month < whole.last
      group by 1, 2, 3, 4
    )
    select month::text, currency, category, product, count, ${sql.join([...figures, 'other', 'net'].map((name) => sql.ref(name)))}
    from (select * from edges union all select * from months) as all_cells
    order by month, currency, product`.execute(db);
  return rows.map(({ month, currency, product, category, count, ...amounts }) => ({
    month: month.slice(0, 7),
    currency,
    product,
    isRevenue:
      /^(charge|payment|partial_capture|refund|dispute|fee|network_cost|stripe_fee|tax_fee|platform_fee)/.test(
        category,
      ),
    count: Number(count),
    ...(Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, BigInt(value)])) as Sums),
  }));
}

const money = (key: string, label: string): Column => ({ key, label, type: 'money' });

function table(
  name: string,
  title: string,
  by: readonly Column[],
  cells: readonly Cell[],
  keyOf: (cell: Cell) => Record<string, string>,
): Table {
  const groups = Map.groupBy(cells, (cell) => JSON.stringify([cell.currency, keyOf(cell)]));
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const total = (figure: Figure) => group.reduce((sum, cell) => sum + cell[figure], 0n);
    const shown = (minor: bigint) => decimal(minor, first.currency);
    const net = total('gross') - total('discount') - total('refunded') - total('disputed');
    return [
      {
        ...keyOf(first),
        currency: first.currency,
        ...Object.fromEntries(figures.map((figure) => [figure, shown(total(figure))])),
        net: shown(net),
        net_after_fees: shown(net - total('fee')),
      },
    ];
  });
  const columns: Column[] = [
    ...by,
    { key: 'currency', label: 'Currency', type: 'text' },
    money('gross', 'Gross'),
    money('discount', 'Discounts'),
    money('refunded', 'Refunds'),
    money('disputed', 'Disputes'),
    money('net', 'Net revenue'),
    money('fee', 'Fees'),
    money('net_after_fees', 'Net after fees'),
    money('tax', 'Tax'),
  ];
  return { name, title, columns, rows };
}

/** The balance transactions themselves against everything above, payouts and the like included. */
async function tieOut(
  db: Kysely<Schema>,
  { ledger }: Books,
  span: Span,
  cells: readonly Cell[],
): Promise<TieOut[]> {
  const { rows } = await sql<{ currency: string; change: string }>`
    select data->>'currency' as currency,
      sum((data->>'amount')::bigint - (data->>'fee')::bigint)::text as change
    from mirrored
    where ledger = ${ledger} and kind = 'balance_transaction'
      and created_at >= ${span.from} and created_at < ${span.to}
    group by 1 order by 1`.execute(db);
  return rows.map(({ currency, change }) => {
    const explained = cells
      .filter((cell) => cell.currency === currency)
      .reduce((sum, cell) => sum + cell.net, 0n);
    return {
      currency,
      balanceChange: decimal(BigInt(change), currency),
      explained: decimal(explained, currency),
      difference: decimal(BigInt(change) - explained, currency),
    };
  });
}

async function namesOf(
  db: Kysely<Schema>,
  ledger: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`
    select id, data->>'name' as name from mirrored
    where ledger = ${ledger} and kind = 'product' and id = any(${[...ids]})`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function notesFor({ missing }: Books, cells: readonly Cell[]): string[] {
  const notes: string[] = [];
  const others = cells.filter((cell) => !cell.isRevenue);
  if (others.length > 0)
    notes.push('Payouts, transfers and top-ups are no revenue; they are part of the balance change only.');
  const unread = missing.filter((kind) => kind !== 'credit_note');
  if (unread.length > 0)
    notes.push(
      `The key may not read ${unread.join(', ')}: what rests on them stands under "Without a product".`,
    );
  return notes;
}
