import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import type { Books } from '../ledger.ts';
import { decimal, type Report } from '../report.ts';
import type { Span } from './revenue.ts';

/** Tax on paid invoices by jurisdiction and rate. What was refunded since is in the revenue report's tax. */
export async function taxReport(db: Kysely<Schema>, books: Books, span: Span): Promise<Report> {
  const { rows } = await sql<Record<string, string | null>>`
    select invoice.data->>'currency' as currency, rate.data->>'country' as country, rate.data->>'state' as state,
      coalesce(rate.data->>'jurisdiction', rate.data->>'display_name') as jurisdiction,
      rate.data->>'display_name' as name, rate.data->>'percentage' as percentage,
      case when tax.inclusive then 'inclusive' else 'exclusive' end as kind,
      sum(tax.taxable)::text as taxable, sum(tax.amount)::text as amount, count(distinct invoice.id)::text as invoices
    from mirrored invoice
    cross join lateral jsonb_to_recordset(invoice.data->'taxes') as tax (
      amount bigint, taxable bigint, inclusive boolean, rate text)
    left join mirrored rate on rate.ledger = invoice.ledger and rate.kind = 'tax_rate' and rate.id = tax.rate
    where invoice.ledger = ${books.ledger} and invoice.kind = 'invoice' and invoice.data->>'status' = 'paid'
      and to_timestamp((invoice.data->>'paid_at')::float8) >= ${span.from}
      and to_timestamp((invoice.data->>'paid_at')::float8) < ${span.to}
    group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2 nulls last, 3 nulls last, 4, 6`.execute(db);
  return {
    name: 'tax',
    title: 'Tax by jurisdiction',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone: books.timeZone,
    basis: 'Invoices paid in this time, in their own currency',
    tables: [
      {
        name: 'by_jurisdiction',
        title: 'By jurisdiction',
        columns: [
          { key: 'country', label: 'Country', type: 'text' },
          { key: 'state', label: 'State', type: 'text' },
          { key: 'jurisdiction', label: 'Jurisdiction', type: 'text' },
          { key: 'rate', label: 'Rate', type: 'text' },
          { key: 'currency', label: 'Currency', type: 'text' },
          { key: 'taxable', label: 'Taxable', type: 'money' },
          { key: 'tax', label: 'Tax', type: 'money' },
          { key: 'invoices', label: 'Invoices', type: 'number' },
        ],
        rows: rows.map((row) => {
          const currency = row.currency ?? '';
          return {
            ...{
              country: row.country ?? null,
              state: row.state ?? null,
              jurisdiction: row.jurisdiction ?? null,
            },
            rate: row.name ? `${row.name} ${row.percentage} % (${row.kind})` : 'Unknown rate',
            currency,
            taxable: decimal(BigInt(row.taxable ?? 0), currency),
            tax: decimal(BigInt(row.amount ?? 0), currency),
            invoices: Number(row.invoices),
          };
        }),
      },
    ],
    tieOut: [],
    notes: [
      'Taxes of invoices only; payments without an invoice carry no tax in Stripe.',
      ...(books.missing.includes('tax_rate')
        ? ['The key may not read Tax Rates: jurisdictions are unknown.']
        : []),
    ],
    asOf: books.syncedAt.toISOString(),
  };
}
