import type { Report, Table } from '@purser/server/api';
import { CircleAlert, CircleCheck, Download } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { buttonClass } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { SelectField } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { currenciesOf, seriesOf } from './report-series.ts';
import { spanText, tableRows, tieOutText, tiesOut, zoneText } from './report-words.ts';

const ReportChart = lazy(() =>
  import('./report-chart.tsx').then((module) => ({ default: module.ReportChart })),
);

interface ReportCardProps {
  report: Report;
  /** Where a table can be had as CSV. */
  csvOf(table: string): string;
  /** Stands at the head: whose numbers these are. */
  account?: ReactNode;
  /** Of the account: what is drawn first. */
  currency?: string | null | undefined;
}

type View = 'chart' | 'table';
const views = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

/** A report as people take it to a meeting: drawn, listed, tied out, to be taken along. */
export function ReportCard({ report, csvOf, account, currency }: ReportCardProps) {
  const [name, setName] = useState(report.tables[0]?.name ?? '');
  const table = report.tables.find((each) => each.name === name) ?? report.tables[0];
  return (
    <section
      aria-label={`Report: ${report.title}`}
      className="rounded-lg border border-line bg-surface px-4 py-3.5 shadow-card"
    >
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="font-semibold">{report.title}</p>
        <p className="text-muted">{spanText(report)}</p>
        {account ? <span className="ms-auto">{account}</span> : null}
      </div>
      <p className="text-sm text-muted">
        {report.basis}. Time zone {zoneText(report.timeZone)}, as of <Time at={report.asOf} />.
      </p>
      {table ? (
        <TableOf
          key={table.name}
          table={table}
          preferred={currency}
          csv={csvOf(table.name)}
          choice={
            report.tables.length > 1 ? (
              <SelectField
                label="What of it"
                hideLabel
                value={table.name}
                onChange={(event) => setName(event.target.value)}
              >
                {report.tables.map((each) => (
                  <option key={each.name} value={each.name}>
                    {each.title}
                  </option>
                ))}
              </SelectField>
            ) : null
          }
        />
      ) : null}
      <TieOuts report={report} />
      {report.notes.length > 0 ? (
        <ul className="mt-2 space-y-0.5 text-sm text-muted">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

interface TableOfProps {
  table: Table;
  preferred: string | null | undefined;
  csv: string;
  choice: ReactNode;
}

function TableOf({ table, preferred, csv, choice }: TableOfProps) {
  const currencies = currenciesOf(table);
  const [chosen, setCurrency] = useState(
    currencies.find((each) => each === preferred) ?? currencies[0] ?? '',
  );
  const [view, setView] = useState<View>('chart');
  const series = seriesOf(table, chosen);
  const drawn = series && view === 'chart' ? series : null;
  return (
    <>
      <div className="my-3 flex flex-wrap items-center gap-2">
        {choice ? <div className="w-48 max-sm:w-full">{choice}</div> : null}
        {series ? <Segmented<View> label="View" value={view} options={views} onChange={setView} /> : null}
        {drawn && currencies.length > 1 ? (
          <div className="w-24">
            <SelectField
              label="Currency"
              hideLabel
              value={chosen}
              onChange={(event) => setCurrency(event.target.value)}
            >
              {currencies.map((currency) => (
                <option key={currency} value={currency}>
                  {currency.toUpperCase()}
                </option>
              ))}
            </SelectField>
          </div>
        ) : null}
        <a href={csv} download className={`${buttonClass('quiet', 'small')} ms-auto print:hidden`}>
          <Download size={14} aria-hidden="true" />
          CSV
        </a>
      </div>
      {table.onlyInCsv ? (
        <p className="py-6 text-center text-muted">
          {table.onlyInCsv} lines, too many to show: the CSV has them all.
        </p>
      ) : table.rows.length === 0 ? (
        <p className="py-6 text-center text-muted">Nothing in this time.</p>
      ) : null}
      {drawn ? (
        <>
          <Suspense fallback={<ChartSkeleton />}>
            <ReportChart
              series={drawn}
              label={`${table.title}, ${chosen.toUpperCase()}: the table has the figures`}
            />
          </Suspense>
          {drawn.leftOut > 0 ? (
            <p className="mt-1 text-sm text-muted">The {drawn.points.length} largest; the table has all.</p>
          ) : null}
        </>
      ) : table.rows.length > 0 ? (
        <DataTable label={table.title} {...tableRows(table)} />
      ) : null}
    </>
  );
}

function TieOuts({ report: { tieOut } }: { report: Report }) {
  if (tieOut.length === 0) return null;
  return (
    <ul className="mt-3 space-y-1">
      {tieOut.map((tie) => {
        const good = tiesOut(tie);
        const Icon = good ? CircleCheck : CircleAlert;
        return (
          <li key={tie.currency} className={`flex gap-2 text-sm ${good ? 'text-good' : 'text-danger'}`}>
            <Icon size={14} aria-hidden="true" className="mt-0.5 shrink-0" />
            {tieOutText(tie)}
          </li>
        );
      })}
    </ul>
  );
}

function ChartSkeleton() {
  return (
    <Skeleton label="Loading the chart">
      <Bone className="h-60 w-full rounded-lg" />
    </Skeleton>
  );
}
