import { ArrowDown, ArrowUp } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface Order {
  column: number;
  descending: boolean;
}

/** What a click on a column makes of the order. */
export function turned(order: Order | null, column: number): Order {
  return order?.column === column ? { column, descending: !order.descending } : { column, descending: false };
}

interface SortHeadProps {
  /** null: the rows stand in another column's order, or in none. */
  order: Order | null;
  onTurn(): void;
  className: string;
  style?: CSSProperties | undefined;
  children: ReactNode;
}

/** The head of a column, which puts the rows in its order. */
export function SortHead({ order, onTurn, className, style, children }: SortHeadProps) {
  const Arrow = order?.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={order ? (order.descending ? 'descending' : 'ascending') : undefined}
      style={style}
      className={cx('p-0', className)}
    >
      <button
        type="button"
        onClick={onTurn}
        className="group inline-flex min-h-8 items-center gap-1 px-3 whitespace-nowrap text-muted -outline-offset-2 hover:text-ink pointer-coarse:min-h-11"
      >
        {children}
        <Arrow
          size={12}
          aria-hidden="true"
          className={order ? '' : 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60'}
        />
      </button>
    </th>
  );
}
