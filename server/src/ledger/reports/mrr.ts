/** Monthly recurring revenue: how it stands at the end of each month, and what moved it. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import type { Books } from '../ledger.ts';
import { type Column, decimal, type Report, type Table } from '../report.ts';
import type { Span } from './revenue.ts';

interface Month {
  readonly currency: string;
  /** `2026-03` */
  readonly month: string;
  readonly mrr: bigint;
  readonly customers: number;
  readonly fresh: bigint;
  readonly expansion: bigint;
  readonly contraction: bigint;
  readonly churn: bigint;
  readonly reactivation: bigint;
  readonly newCustomers: number;
  readonly churnedCustomers: number;
}

export async function mrrReport(db: Kysely<Schema>, books: Books, span: Span): Promise<Report> {
  const months = await read(db, books, span);
  return {
    name: 'mrr',
    title: 'Monthly recurring revenue',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone: books.timeZone,
    basis: 'Lines of subscription invoices by price and quantity, after discounts, without tax and usage',
    tables: [monthTable(months), nowTable(months), await cohortTable(db, books, span)],
    tieOut: [],
    notes: [
      'The last month stands as of now. Trials count nothing, past-due subscriptions count until they end.',
      ...(books.missing.length > 0 ? [`The key may not read ${books.missing.join(', ')}.`] : []),
    ],
    asOf: books.syncedAt.toISOString(),
  };
}

/**
 * Looks at the end of each month, and at the end of the span where that comes first, at what each customer brings;
 * what changed between two looks is new, expansion, contraction, churn or reactivation, never two of them at once.
 */
async function read(db: Kysely<Schema>, { ledger, timeZone, syncedAt }: Books, span: Span): Promise<Month[]> {
  // What begins this very second counts.
  const asOf = new Date(syncedAt.getTime() + 1_000);
  const end = span.to < asOf ? span.to : asOf;
  const { rows } = await sql<Record<string, string>>`
    with ends as (
      select month::date as month, least((month + interval '1 month') at time zone ${timeZone}, ${end}) as at,
        month at time zone ${timeZone} as before
      from generate_series(date_trunc('month', ${span.from}::timestamptz at time zone ${timeZone}),
        ${end}::timestamptz at time zone ${timeZone}, interval '1 month') as month
    ), firsts as (
      select customer, currency, min(starts_at) as first from recurring_lines
      where ledger = ${ledger} and monthly > 0 group by 1, 2
    ), sums as (
      select ends.month, line.customer, line.currency,
        coalesce(sum(monthly) filter (where starts_at < ends.at and ends_at >= ends.at), 0) as now,
        coalesce(sum(monthly) filter (where starts_at < ends.before and ends_at >= ends.before), 0) as prior,
        bool_or(firsts.first >= ends.before) as is_new
      from ends
      join recurring_lines line on line.ledger = ${ledger} and starts_at < ends.at and ends_at >= ends.before
      left join firsts on firsts.customer = line.customer and firsts.currency = line.currency
      group by 1, 2, 3
    )
    select to_char(month, 'YYYY-MM') as month, currency, round(sum(now))::text as mrr,
      count(*) filter (where now > 0) as customers,
      round(coalesce(sum(now) filter (where prior = 0 and now > 0 and is_new), 0))::text as fresh,
      round(coalesce(sum(now) filter (where prior = 0 and now > 0 and not is_new), 0))::text as reactivation,
      round(coalesce(sum(now - prior) filter (where prior > 0 and now > prior), 0))::text as expansion,
      round(coalesce(sum(prior - now) filter (where now > 0 and now < prior), 0))::text as contraction,
      round(coalesce(sum(prior) filter (where prior > 0 and now <= 0), 0))::text as churn,
      count(*) filter (where prior = 0 and now > 0 and is_new) as new_customers,
      count(*) filter (where prior > 0 and now <= 0) as churned_customers
    from sums group by month, currency order by currency, month`.execute(db);
  return rows.map((row) => ({
    ...{ currency: row.currency ?? '', month: row.month ?? '' },
    ...{ mrr: BigInt(row.mrr ?? 0), customers: Number(row.customers), fresh: BigInt(row.fresh ?? 0) },
    ...{ expansion: BigInt(row.expansion ?? 0), contraction: BigInt(row.contraction ?? 0) },
    ...{ churn: BigInt(row.churn ?? 0), reactivation: BigInt(row.reactivation ?? 0) },
    ...{ newCustomers: Number(row.new_customers), churnedCustomers: Number(row.churned_customers) },
  }));
}

const money = (key: string, label: string): Column => ({ key, label, type: 'money' });
const count = (key: string, label: string): Column => ({ key, label, type: 'number' });
const currency: Column = { key: 'currency', label: 'Currency', type: 'text' };

function monthTable(months: readonly Month[]): Table {
  return {
    name: 'by_month',
    title: 'By month',
    columns: [
      { key: 'month', label: 'Month', type: 'date' },
      currency,
      money('mrr', 'MRR'),
      money('new', 'New'),
      money('expansion', 'Expansion'),
      money('contraction', 'Contraction'),
      money('churn', 'Churn'),
      money('reactivation', 'Reactivation'),
      count('customers', 'Customers'),
      count('new_customers', 'New customers'),
      count('churned_customers', 'Churned customers'),
    ],
    rows: months.map((month) => {
      const shown = (minor: bigint) => decimal(minor, month.currency);
      return {
        ...{ month: month.month, currency: month.currency, mrr: shown(month.mrr), new: shown(month.fresh) },
        ...{ expansion: shown(month.expansion), contraction: shown(-month.contraction) },
        ...{ churn: shown(-month.churn), reactivation: shown(month.reactivation) },
        ...{ customers: month.customers, new_customers: month.newCustomers },
        churned_customers: month.churnedCustomers,
      };
    }),
  };
}

/** So many whole months back the share of customers that leave is averaged over. */
const churnMonths = 3;

function nowTable(months: readonly Month[]): Table {
  const rows = [...Map.groupBy(months, (month) => month.currency)].flatMap(([name, own]) => {
    const last = own.at(-1);
    if (!last) return [];
    const shown = (minor: bigint) => decimal(minor, name);
    const arpa =
      last.customers > 0 ? (2n * last.mrr + BigInt(last.customers)) / (2n * BigInt(last.customers)) : 0n;
    const earlier = own.slice(-churnMonths - 1, -1);
    const churned = own.slice(-churnMonths).reduce((sum, month) => sum + month.churnedCustomers, 0);
    const base = earlier.reduce((sum, month) => sum + month.customers, 0);
    const perMille = base > 0 ? Math.round((churned * 1000) / base) : null;
    return [
      {
        currency: name,
        mrr: shown(last.mrr),
        arr: shown(last.mrr * 12n),
        customers: last.customers,
        arpa: shown(arpa),
        churn_rate: perMille === null ? null : `${(perMille / 10).toFixed(1)} %`,
        ltv: churned > 0 && base > 0 ? shown((arpa * BigInt(base)) / BigInt(churned)) : null,
      },
    ];
  });
  return {
    name: 'now',
    title: 'As it stands',
    columns: [
      currency,
      money('mrr', 'MRR'),
      money('arr', 'ARR'),
      count('customers', 'Customers'),
      money('arpa', 'Average per customer'),
      { key: 'churn_rate', label: `Customers lost a month (last ${churnMonths})`, type: 'percent' },
      money('ltv', 'Lifetime value'),
    ],
    rows,
  };
}

/** Of those who began in a month: how many still pay so many months later. */
async function cohortTable(db: Kysely<Schema>, books: Books, span: Span): Promise<Table> {
  const { ledger, timeZone, syncedAt } = books;
  const { rows } = await sql<{ cohort: string; later: number; kept: string }>`
    with firsts as (
      select customer, date_trunc('month', min(starts_at) at time zone ${timeZone}) as cohort
      from recurring_lines where ledger = ${ledger} and monthly > 0 group by 1
    ), looks as (
      select firsts.customer, cohort, later, (cohort + make_interval(months => later + 1)) at time zone ${timeZone} as at
      from firsts, generate_series(0, 11) as later
      where cohort >= date_trunc('month', ${span.from}::timestamptz at time zone ${timeZone})
        and cohort < ${span.to}::timestamptz at time zone ${timeZone}
    )
    select to_char(cohort, 'YYYY-MM') as cohort, later,
      count(*) filter (where exists (
        select from recurring_lines line where line.ledger = ${ledger} and line.customer = looks.customer
          and monthly > 0 and starts_at < looks.at and ends_at >= looks.at)) as kept
    from looks where at <= ${syncedAt} or later = 0
    group by 1, 2 order by 1, 2`.execute(db);
  const cohorts = Map.groupBy(rows, ({ cohort }) => cohort);
  const most = Math.max(0, ...rows.map(({ later }) => later));
  return {
    name: 'cohorts',
    title: 'Who stays',
    columns: [
      { key: 'cohort', label: 'Began in', type: 'date' },
      ...Array.from({ length: most + 1 }, (_, later) =>
        count(`m${later}`, later === 0 ? 'End of month' : `+${later}`),
      ),
    ],
    rows: [...cohorts].map(([cohort, looks]) => ({
      cohort,
      ...Object.fromEntries(looks.map(({ later, kept }) => [`m${later}`, Number(kept)])),
    })),
  };
}
