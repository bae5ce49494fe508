import { useState } from 'react';
import { Button } from './button.tsx';
import { cx } from './class-names.ts';
import { type DataRow, sortRows } from './data-rows.ts';
import { ScrollArea } from './scroll-area.tsx';
import { type Order, SortHead, turned } from './sort-head.tsx';

export interface DataColumn {
  key: string;
  label: string;
  /** Stands at the end, so that digits line up. */
  numeric: boolean;
}

interface DataTableProps {
  label: string;
  columns: readonly DataColumn[];
  rows: readonly DataRow[];
  /** Tailwind's class for how high it may grow before it scrolls. */
  height?: string;
}

const pageSize = 50;

/** Rows that can be put in order by a click on a column, and come in pages however many there are. */
export function DataTable({ label, columns, rows, height = 'max-h-96' }: DataTableProps) {
  const [order, setOrder] = useState<Order | null>(null);
  const [shown, setShown] = useState(pageSize);
  const sorted = order ? sortRows(rows, order.column, order.descending) : rows;
  return (
    <ScrollArea
      label={label}
      className={cx('side-shade overflow-auto rounded-lg border border-line', height)}
    >
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 z-10 bg-sunken">
          <tr>
            {columns.map((column, index) => (
              <SortHead
                key={column.key}
                order={order?.column === index ? order : null}
                onTurn={() => setOrder(turned(order, index))}
                className={cx('font-medium', column.numeric ? 'text-end' : 'text-start')}
              >
                {column.label}
              </SortHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, shown).map((row) => (
            <tr key={row.id}>
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  title={row.cells[index]?.text}
                  className={cx(
                    'max-w-64 truncate border-t border-line px-3 py-1.5 whitespace-nowrap',
                    column.numeric && 'text-end',
                  )}
                >
                  <bdi>{row.cells[index]?.text}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown ? (
        <div className="sticky start-0 border-t border-line p-1.5 text-center">
          <Button size="small" tone="quiet" onClick={() => setShown(shown + pageSize)}>
            Show {Math.min(pageSize, rows.length - shown)} more of {rows.length}
          </Button>
        </div>
      ) : null}
    </ScrollArea>
  );
}
