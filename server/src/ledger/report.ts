/** What a report is: tables of typed columns, what they rest on, and whether they agree with the balance. */
import { money, toDecimal } from '@purser/money';
import { stringify } from 'csv-stringify/sync';
import type { Json } from '../tools/tool.ts';

export interface Column {
  readonly key: string;
  readonly label: string;
  /** Money is in major units of the row's `currency`, as a decimal string. */
  readonly type: 'text' | 'money' | 'number' | 'date' | 'percent';
}

export interface Table {
  /** `by_product` */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly [key: string]: string | number | null }[];
  /** How many rows there are, where they are too many for anything but CSV and left out here. */
  readonly onlyInCsv?: number;
}

/** The sum of a report against the account's balance transactions of the same time. */
export interface TieOut {
  readonly currency: string;
  /** What the balance changed by, in major units. */
  readonly balanceChange: string;
  /** What the report explains of it. */
  readonly explained: string;
  readonly difference: string;
}

export interface Report {
  readonly name: string;
  readonly title: string;
  /** ISO 8601; `to` is exclusive. */
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string;
  readonly basis: string;
  /** The first is the main one. */
  readonly tables: readonly Table[];
  readonly tieOut: readonly TieOut[];
  readonly notes: readonly string[];
  /** Why something may be missing, in sentences; absent: it is complete. */
  readonly incomplete?: readonly string[];
  /** Up to when everything is in. */
  readonly asOf: string;
}

/** Minor units as a decimal in major units. */
export const decimal = (minor: bigint, currency: string): string => toDecimal(money(minor, currency));

/** RFC 4180, with text that a spreadsheet would take for a formula made harmless. */
export function csvOf({ columns, rows }: Table): string {
  const cells = rows.map((row) =>
    columns.map(({ key, type }) => {
      const value = row[key] ?? '';
      return type === 'text' ? harmless(String(value)) : value;
    }),
  );
  const options = { header: true, columns: columns.map(({ label }) => label), record_delimiter: 'windows' };
  return stringify(cells, options);
}

/** https://owasp.org/www-community/attacks/CSV_Injection */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** As a model gets it: money with its currency, `29.99 USD`; months and names as they are. */
export function viewOf(report: Report): { [key: string]: Json } {
  const { name, title, from, to, timeZone, basis, tables, tieOut, notes, asOf, incomplete } = report;
  return {
    ...{
      object: 'report',
      report: name,
      title,
      time_zone: timeZone,
      basis,
      as_of: asOf,
      complete: !incomplete,
    },
    ...(from && { from }),
    ...(to && { to }),
    tables: tables.map((table) => ({
      name: table.name,
      title: table.title,
      columns: table.columns.map(({ key, label, type }) => ({ key, label, type })),
      rows: table.rows.map((row) => rowView(table, row)),
    })),
    ...(tieOut.length > 0 && {
      tie_out: tieOut.map(({ currency, balanceChange, explained, difference }) => ({
        balance_change: `${balanceChange} ${currency.toUpperCase()}`,
        explained: `${explained} ${currency.toUpperCase()}`,
        difference: `${difference} ${currency.toUpperCase()}`,
      })),
    }),
    ...(notes.length > 0 && { notes: [...notes] }),
  };
}

function rowView(table: Table, row: Table['rows'][number]): { [key: string]: Json } {
  const currency = typeof row.currency === 'string' ? row.currency.toUpperCase() : '';
  return Object.fromEntries(
    table.columns.flatMap(({ key, type }) => {
      const value = row[key] ?? null;
      if (value === null) return [];
      return [[key, type === 'money' ? `${value} ${currency}` : value]];
    }),
  );
}
