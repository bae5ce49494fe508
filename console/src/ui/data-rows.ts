export interface DataCell {
  text: string;
  /** What the row is ordered by, where the text does not tell: money, dates. */
  sort?: number | string | null;
}

export interface DataRow {
  id: string;
  cells: readonly DataCell[];
}

/** In the order of a column: numbers by size, words as people sort them, what is empty last. */
export function sortRows(rows: readonly DataRow[], column: number, descending: boolean): DataRow[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]) }));
  const turn = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
    return turn * compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

function keyOf(cell: DataCell | undefined): number | string | null {
  const key = cell?.sort === undefined ? cell?.text : cell.sort;
  return key === undefined || key === '' ? null : key;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
