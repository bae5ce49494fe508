import { CsvError, parse } from 'csv-parse/sync';
import { type Section, span, UnreadableDocument } from './section.ts';

const mostRows = 20_000;
const mostColumns = 200;
const rowsTogether = 20;

/** Rows with their column's names, some together. The first row names the columns. */
export function readCsv(text: string): Section[] {
  const [names = [], ...rows] = rowsOf(text);
  const sections: Section[] = [];
  for (let at = 0; at < rows.length; at += rowsTogether) {
    const some = rows.slice(at, at + rowsTogether);
    // Row 1 is the one with the names, as a spreadsheet counts.
    sections.push({
      place: span('row', at + 2, some.length),
      text: some.map((row) => spoken(names, row)).join('\n'),
    });
  }
  if (sections.length > 0 || names.length === 0) return sections;
  return [{ place: 'row 1', text: names.join(', ') }];
}

function spoken(names: readonly string[], row: readonly string[]): string {
  return row
    .map((value, at) => (value.trim() === '' ? '' : `${names[at] ?? at + 1}: ${value.trim()}`))
    .filter(Boolean)
    .join('; ');
}

/** @throws UnreadableDocument */
function rowsOf(text: string): string[][] {
  try {
    const rows: string[][] = parse(text, {
      ...{ bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 100_000 },
      ...{ delimiter: delimiterOf(text), to: mostRows + 2 },
    });
    if (rows.length > mostRows + 1)
      throw new UnreadableDocument(`It has more than ${mostRows.toLocaleString('en')} rows. Split it.`);
    if (rows.some((row) => row.length > mostColumns))
      throw new UnreadableDocument(`A row has more than ${mostColumns} columns.`);
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableDocument(`It is no CSV: ${error.message}`);
  }
}

/** Whichever of the usual ones the first line has most of. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split('\n')[0] ?? '';
  const count = (mark: string) => line.split(mark).length;
  return [';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
}
