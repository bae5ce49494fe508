import type { Column, Report, Table, TieOut } from '@purser/server/api';
import type { DataRow } from '../ui/data-rows.ts';
import type { DataColumn } from '../ui/data-table.tsx';
import { moneyText } from './money-text.ts';

type Row = Table['rows'][number];

const monthPattern = /^\d{4}-\d{2}$/;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** `2026-03` → `Mar 2026`; a day or a moment as a date; what is none as it is. */
export function dateText(value: string): string {
  if (monthPattern.test(value)) return inUtc(`${value}-01`, { month: 'short', year: 'numeric' });
  if (dayPattern.test(value)) return inUtc(value, { day: 'numeric', month: 'short', year: 'numeric' });
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) return value;
  return moment.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

const inUtc = (day: string, options: Intl.DateTimeFormatOptions): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, { ...options, timeZone: 'UTC' });

export const currencyOf = (row: Row): string => (typeof row.currency === 'string' ? row.currency : '');

function cellText(column: Column, row: Row): string {
  const value = row[column.key] ?? null;
  if (value === null) return '';
  switch (column.type) {
    case 'money':
      return moneyText(String(value), currencyOf(row));
    case 'number':
      return Number(value).toLocaleString();
    case 'percent':
      return `${value} %`;
    case 'date':
      return dateText(String(value));
    case 'text':
      return column.key === 'currency' ? String(value).toUpperCase() : String(value);
  }
}

const numeric: readonly Column['type'][] = ['money', 'number', 'percent'];

/** A report's table as it is drawn; ordered by the amounts themselves, which are only formatted for the eye. */
export function tableRows({ columns, rows }: Table): { columns: DataColumn[]; rows: DataRow[] } {
  return {
    columns: columns.map(({ key, label, type }) => ({ key, label, numeric: numeric.includes(type) })),
    rows: rows.map((row, index) => ({
      id: String(index),
      cells: columns.map((column) => {
        const value = row[column.key] ?? null;
        const isNumber = numeric.includes(column.type) && value !== null;
        return { text: cellText(column, row), sort: isNumber ? Number(value) : value };
      }),
    })),
  };
}

/** Whether the report explains all of what the balance changed by. */
export const tiesOut = ({ difference }: TieOut): boolean => Number(difference) === 0;

/** `USD: explains all of the balance change of $1,204.11`. */
export function tieOutText(tie: TieOut): string {
  const { currency } = tie;
  const change = moneyText(tie.balanceChange, currency);
  if (tiesOut(tie))
    return `${currency.toUpperCase()} ties out: the balance changed by ${change}, all of it explained.`;
  return `${currency.toUpperCase()} does not tie out: the balance changed by ${change}, ${moneyText(tie.explained, currency)} of it is explained, ${moneyText(tie.difference, currency)} is not.`;
}

/** `Etc/UTC` is a name for computers. */
export const zoneText = (timeZone: string): string => timeZone.replace(/^Etc\//, '').replaceAll('_', ' ');

/** `1 Jan 2026 to 31 Mar 2026`: the last day is in it. */
export function spanText({ from, to, timeZone }: Pick<Report, 'from' | 'to' | 'timeZone'>): string {
  const day = (moment: Date) =>
    moment.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone });
  const last = to && day(new Date(new Date(to).getTime() - 1));
  if (!from) return last ? `up to ${last}` : 'all time';
  return `${day(new Date(from))} to ${last ?? 'now'}`;
}
