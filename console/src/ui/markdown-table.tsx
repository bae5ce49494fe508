import {
  Children,
  type CSSProperties,
  isValidElement,
  type ReactElement,
  type ReactNode,
  useState,
} from 'react';
import { CsvButton } from './csv-button.tsx';
import { sortRows } from './data-rows.ts';
import { sortKeyOf } from './number-columns.ts';
import { ScrollArea } from './scroll-area.tsx';
import { type Order, SortHead, turned } from './sort-head.tsx';
import { textOf } from './text-of.ts';

type Part = ReactElement<{ children?: ReactNode; style?: CSSProperties }>;

const partsIn = (node: ReactNode): Part[] =>
  Children.toArray(isValidElement<{ children?: ReactNode }>(node) ? node.props.children : node).filter(
    (part): part is Part => isValidElement(part),
  );

/** From so many rows on their order matters, and a spreadsheet may be wanted. */
const fewestSorted = 3;

/** A table of an answer: in the order of any column, and to be taken along. Cells are drawn as they were written. */
export function MarkdownTable({ children }: { children: ReactNode }) {
  const [order, setOrder] = useState<Order | null>(null);
  const [head, body] = Children.toArray(children);
  const heads = partsIn(partsIn(head)[0]);
  const cells = partsIn(body).map(partsIn);
  const rows = cells.map((row, index) => ({
    id: String(index),
    cells: row.map((cell) => ({ text: textOf(cell), sort: sortKeyOf(textOf(cell)) })),
  }));
  const sorted = order ? sortRows(rows, order.column, order.descending) : rows;
  const isLong = rows.length >= fewestSorted;
  return (
    <div>
      <ScrollArea label="Table" className="side-shade overflow-x-auto rounded-lg border border-line">
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr>
              {heads.map((cell, index) => (
                <Head
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name and never move.
                  key={index}
                  cell={cell}
                  order={order?.column === index ? order : null}
                  onTurn={isLong ? () => setOrder(turned(order, index)) : undefined}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ id }) => (
              <tr key={id}>{cells[Number(id)]}</tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      {isLong ? (
        <div className="mt-0.5 flex justify-end">
          <CsvButton
            name="table"
            columns={heads.map(textOf)}
            rows={() => sorted.map((row) => row.cells.map(({ text }) => text))}
          />
        </div>
      ) : null}
    </div>
  );
}

interface HeadProps {
  cell: Part;
  order: Order | null;
  /** Absent: the rows are too few to be put in order. */
  onTurn: (() => void) | undefined;
}

function Head({ cell, order, onTurn }: HeadProps) {
  const { children, style } = cell.props;
  const className = 'border-b border-line bg-sunken text-start font-medium whitespace-nowrap';
  // A header without words is none.
  if (!textOf(children)) return <td className={className} />;
  if (onTurn)
    return (
      <SortHead order={order} onTurn={onTurn} className={className} style={style}>
        {children}
      </SortHead>
    );
  return (
    <th scope="col" style={style} className={`${className} px-3 py-1.5`}>
      {children}
    </th>
  );
}
