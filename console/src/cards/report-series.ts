import type { Column, Table } from '@purser/server/api';
import { moneyText } from './money-text.ts';
import { currencyOf, dateText } from './report-words.ts';

/** One bar group: where it stands, how long its bars are, and what they say exactly. */
export interface Point {
  label: string;
  /** As long as the bar is drawn: for the eye only. */
  sizes: Record<string, number>;
  texts: Record<string, string>;
}

export interface Series {
  /** Bars beside each other, in this order. */
  bars: { key: string; label: string }[];
  points: Point[];
  /** Time runs from left to right; what is no time is listed from the largest down. */
  overTime: boolean;
  /** How many were left out for room. */
  leftOut: number;
}

const most = 12;
/** What a reader looks for first. */
const telling = ['gross', 'net', 'mrr', 'tax', 'amount'];

export function currenciesOf({ rows }: Table): string[] {
  return [...new Set(rows.map(currencyOf))].filter(Boolean);
}

/** What of a table can be drawn in one currency; null where a chart would say nothing. */
export function seriesOf(table: Table, currency: string): Series | null {
  const category = categoryOf(table);
  const columns = barsOf(table);
  if (!category || columns.length === 0) return null;
  const overTime = category.type === 'date';
  const [main] = columns;
  const points = table.rows
    .filter((row) => currencyOf(row) === currency)
    .map((row) => {
      const name = String(row[category.key] ?? '');
      return {
        name,
        label: overTime ? dateText(name) : name || 'None',
        sizes: Object.fromEntries(columns.map(({ key }) => [key, Number(row[key] ?? 0)])),
        texts: Object.fromEntries(
          columns.map(({ key }) => [key, moneyText(String(row[key] ?? 0), currency)]),
        ),
      };
    });
  points.sort((a, b) =>
    overTime
      ? a.name.localeCompare(b.name)
      : (b.sizes[main?.key ?? ''] ?? 0) - (a.sizes[main?.key ?? ''] ?? 0),
  );
  if (points.length < 2) return null;
  const shown = overTime ? points : points.slice(0, most);
  return {
    bars: columns.map(({ key, label }) => ({ key, label })),
    points: shown.map(({ name: _name, ...point }) => point),
    overTime,
    leftOut: points.length - shown.length,
  };
}

/** A month, or whatever the table is made `by`; several of them are too much for one axis. */
function categoryOf({ name, columns }: Table): Column | undefined {
  const categories = columns.filter(
    ({ key, type }) => key !== 'currency' && (type === 'date' || type === 'text'),
  );
  const [first] = categories;
  if (first?.type === 'date') return categories.length === 1 ? first : undefined;
  return name.startsWith('by_') ? (categories.find(({ key }) => name === `by_${key}`) ?? first) : undefined;
}

function barsOf({ columns }: Table): Column[] {
  const money = columns.filter(({ type }) => type === 'money');
  const wanted = telling.flatMap((key) => money.filter((column) => column.key === key));
  return (wanted.length > 0 ? wanted : money).slice(0, wanted.length > 1 ? 2 : 1);
}
