import type { Json } from '@purser/server/api';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../ui/class-names.ts';
import { CopyId } from '../ui/copy-button.tsx';
import { CsvButton } from '../ui/csv-button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { isNumberText } from '../ui/number-columns.ts';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { balanceWords, type ListWords, listWords, type ObjectWords, objectWords } from './object-words.ts';

/** Where an object can be seen at Stripe, null where it cannot. */
export type LinkOf = (type: string, id: string) => string | null;

/** The single object or balance a call returned, as a small card; nothing for what is not one. */
export function ObjectCard({ output, linkOf }: { output: Json | undefined; linkOf: LinkOf }) {
  const balance = balanceWords(output);
  if (balance) return <BalanceCard {...balance} />;
  const words = objectWords(output);
  return words ? <OneObject words={words} link={linkOf(words.type, words.id)} /> : null;
}

const statusTones: Record<string, TagTone> = {
  active: 'good',
  succeeded: 'good',
  paid: 'good',
  won: 'good',
  failed: 'danger',
  'past due': 'danger',
  unpaid: 'danger',
  lost: 'danger',
  'requires action': 'warn',
  'requires payment method': 'warn',
  'needs response': 'warn',
  open: 'warn',
};

function OneObject({ words, link }: { words: ObjectWords; link: string | null }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-3.5 py-3 shadow-card">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="text-sm text-muted">{words.kind}</span>
        {words.status ? <Tag tone={statusTones[words.status] ?? 'plain'}>{words.status}</Tag> : null}
        {link ? (
          <span className="ms-auto">
            <OutLink href={link}>Open in Stripe</OutLink>
          </span>
        ) : null}
      </div>
      <p dir="auto" className="mt-0.5 text-base font-semibold [overflow-wrap:anywhere]">
        <bdi>{words.title}</bdi>
      </p>
      {words.facts.length > 0 ? (
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-sm">
          {words.facts.map((fact) => (
            <div key={fact.label} className="contents">
              <dt className="text-muted">{fact.label}</dt>
              <dd dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
                <bdi>{fact.value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      <div className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1">
        <CopyId id={words.id} />
        {words.page ? (
          <OutLink href={words.page}>Open the customer's page ({new URL(words.page).host})</OutLink>
        ) : null}
      </div>
    </div>
  );
}

function OutLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="inline-flex items-center gap-1 rounded text-sm text-accent hover:underline"
    >
      {children}
      <ExternalLink size={12} aria-hidden="true" />
    </a>
  );
}

function BalanceCard({ available, pending }: { available: string[]; pending: string[] }) {
  const columns = [
    { label: 'Available', amounts: available },
    { label: 'Pending', amounts: pending },
  ];
  return (
    <div className="grid grid-cols-2 divide-x divide-line rounded-lg border border-line bg-surface shadow-card">
      {columns.map((column) => (
        <div key={column.label} className="px-3.5 py-3">
          <p className="text-sm text-muted">{column.label}</p>
          {column.amounts.length === 0 ? <p className="mt-0.5 text-muted">None</p> : null}
          {column.amounts.map((amount) => (
            <p key={amount} className={cx('mt-0.5 font-semibold', amount.startsWith('-') && 'text-danger')}>
              {amount}
            </p>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The rows a call returned, as a table. */
export function ObjectTable({ output }: { output: Json | undefined }) {
  const list = listWords(output);
  if (!list || list.rows.length === 0) return null;
  const columns = list.columns.map((label, index) => ({
    key: label,
    label,
    numeric: list.rows.every(({ cells }) => !cells[index] || isNumberText(cells[index])),
  }));
  const rows = list.rows.map(({ id, cells, sorts }) => ({
    id,
    cells: cells.map((text, index) => ({ text, sort: sorts[index] ?? null })),
  }));
  return (
    <div className="my-1">
      <DataTable label={`List of ${list.of}`} columns={columns} rows={rows} height="max-h-80" />
      <div className="mt-1 flex items-center justify-between gap-3">
        <p className="text-sm text-muted">{countWords(list)}</p>
        <CsvButton
          name={list.of}
          columns={['Id', ...list.columns]}
          rows={() => list.rows.map(({ id, cells }) => [id, ...cells])}
        />
      </div>
    </div>
  );
}

function countWords(list: ListWords): string {
  const shown = list.rows.length;
  if (!list.complete) return `Showing ${shown}. There may be more: not everything was read.`;
  return list.seen !== null && list.seen > shown ? `Showing ${shown} of ${list.seen}.` : `${shown} in all.`;
}
