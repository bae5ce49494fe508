import { isJsonObject, type JsonObject, rowsAt, textAt } from '../json.ts';
import { cell, plainText, spokenDate } from './describe.ts';

/** Rows of one table that an answer shows; the card beside it and the CSV have all. */
const mostRows = 40;

/** A report as an answer: its figures first, then table by table, then what it rests on. */
export function reportAnswer(value: JsonObject): string {
  const tables = rowsAt(value, 'tables').filter((table) => rowsAt(table, 'rows').length > 0);
  const title = plainText(textAt(value, 'title') ?? 'Report');
  const span = spanOf(value);
  if (tables.length === 0) return `There is nothing in the report "${title}"${span}.`;
  const parts = [
    `**${title}**${span}`,
    ...tables.map((table) => tableText(table, tables.length > 1)),
    tieOut(value),
    notesOf(value),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** `, 1 Oct 2026 to 31 Oct 2026`: the end is exclusive, and people mean the last day. */
function spanOf(value: JsonObject): string {
  const [from, to] = [textAt(value, 'from'), textAt(value, 'to')];
  if (!from || !to) return '';
  const zone = textAt(value, 'time_zone') ?? 'UTC';
  const last = new Date(Date.parse(to) - 1);
  return `, ${dayIn(zone, new Date(from))} to ${dayIn(zone, last)}`;
}

function dayIn(timeZone: string, at: Date): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return spokenDate(format.format(at));
}

function tableText(table: JsonObject, isNamed: boolean): string {
  const rows = rowsAt(table, 'rows');
  // What never stands in a row, and the currency that each amount shows already, is no column.
  const columns = rowsAt(table, 'columns').filter(
    (column) => textAt(column, 'key') !== 'currency' && rows.some((row) => textOf(row, column) !== ''),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    line(columns.map((column) => plainText(textAt(column, 'label') ?? ''))),
    line(columns.map((column) => (isNumeric(column) ? '---:' : '---'))),
    ...rows.slice(0, mostRows).map((row) => line(columns.map((column) => textOf(row, column)))),
  ];
  const more =
    rows.length > mostRows ? `\n\n${rows.length - mostRows} more rows are in the report itself.` : '';
  const name = isNamed ? `### ${titleOf(table)}\n\n` : '';
  return `${name}${lines.join('\n')}${more}`;
}

const titleOf = (table: JsonObject): string =>
  plainText(textAt(table, 'title') ?? (textAt(table, 'name') ?? '').replaceAll('_', ' ')).replace(
    /^./,
    (letter) => letter.toUpperCase(),
  );

const isNumeric = (column: JsonObject): boolean =>
  /^(?:money|number|percent)$/.test(textAt(column, 'type') ?? '');

function textOf(row: JsonObject, column: JsonObject): string {
  return cell(row[textAt(column, 'key') ?? '']);
}

function tieOut(value: JsonObject): string {
  const rows = rowsAt(value, 'tie_out');
  if (rows.length === 0) return '';
  const isExact = rows.every((row) => /^-?0(?:\.0+)? /.test(textAt(row, 'difference') ?? ''));
  const changes = rows.map((row) => cell(row.balance_change)).join(', ');
  return isExact
    ? `It ties out: the balance changed by ${changes}, and every bit of it is explained.`
    : `It does not tie out: the balance changed by ${changes}, the difference is ${rows.map((row) => cell(row.difference)).join(', ')}.`;
}

function notesOf(value: JsonObject): string {
  const notes = Array.isArray(value.notes) ? value.notes.filter((note) => !isJsonObject(note)).map(cell) : [];
  return notes.join(' ');
}
