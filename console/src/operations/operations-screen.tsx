import type { Operation } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import { HaltButton } from '../cards/halt-dialog.tsx';
import { ModeTag } from '../cards/mode-tag.tsx';
import { moneyText } from '../cards/money-text.ts';
import { OperationTag } from '../cards/operation-state.tsx';
import { operationsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { filterOf, isFiltered } from './operation-filter.ts';
import { OperationFilters } from './operation-filters.tsx';

/** Every write an agent made or wanted to make. */
export function OperationsScreen() {
  const search = useSearch({ from: '/signed-in/operations' });
  const query = useInfiniteQuery(operationsQuery(filterOf(search, new Date())));
  const rows = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page
      title="Operations"
      lead="Everything agents wrote, or wanted to write, with its evidence."
      actions={<HaltButton target="all">Halt…</HaltButton>}
    >
      <OperationFilters search={search} rows={rows} />
      {query.isPending ? <SkeletonRows label="Loading operations" count={8} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && rows.length === 0 ? <NoOperations filtered={isFiltered(search)} /> : null}
      {rows.length > 0 ? <OperationTable rows={rows} /> : null}
      {query.hasNextPage ? (
        <div className="mt-3 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older operations
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

function NoOperations({ filtered }: { filtered: boolean }) {
  return (
    <Card>
      <EmptyState
        icon={<ScrollText size={20} />}
        title={filtered ? 'Nothing matches these filters' : 'Nothing was written yet'}
      >
        {filtered
          ? 'Clear a filter to see more.'
          : 'When an agent creates, changes or charges something, it is listed here with what was sent and what came back.'}
      </EmptyState>
    </Card>
  );
}

const head = 'px-4 py-2 text-sm font-medium text-muted whitespace-nowrap';

function OperationTable({ rows }: { rows: Operation[] }) {
  return (
    <Card className="overflow-hidden">
      <table className="w-full border-collapse">
        <thead className="bg-sunken max-lg:sr-only">
          <tr>
            <th scope="col" className={cx(head, 'text-start')}>
              What
            </th>
            <th scope="col" className={cx(head, 'text-end')}>
              Amount
            </th>
            <th scope="col" className={cx(head, 'text-start')}>
              State
            </th>
            <th scope="col" className={cx(head, 'text-start max-xl:hidden')}>
              Agent
            </th>
            <th scope="col" className={cx(head, 'text-start')}>
              Account
            </th>
            <th scope="col" className={cx(head, 'text-end')}>
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((operation) => (
            <OperationRow key={operation.id} operation={operation} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const cell = 'lg:px-4 lg:py-2.5 whitespace-nowrap';

/** A table row on a desk, a small card on a phone or a tablet. The link covers the whole row. */
function OperationRow({ operation }: { operation: Operation }) {
  const { amount } = operation.preview;
  const unknown = operation.state === 'unknown';
  return (
    <tr
      className={cx(
        'relative border-t border-line first:border-t-0 hover:bg-hover/60 max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-2.5 max-lg:gap-y-1.5 max-lg:px-4 max-lg:py-3 lg:first:border-t',
        unknown && 'bg-danger-soft',
      )}
    >
      <td className="max-lg:w-full lg:w-full lg:max-w-0 lg:px-4 lg:py-2.5">
        <Link
          to="/operations/$operationId"
          params={{ operationId: operation.id }}
          dir="auto"
          title={operation.summary || operation.title}
          className="block rounded font-medium [overflow-wrap:anywhere] after:absolute after:inset-0 max-lg:line-clamp-4 lg:truncate"
        >
          <Name>{operation.summary || operation.title}</Name>
        </Link>
      </td>
      <td className={cx(cell, 'text-end', amount ? '' : 'max-lg:hidden')}>
        {amount ? moneyText(amount.decimal, amount.currency) : ''}
      </td>
      <td className={cell}>
        <OperationTag state={operation.state} />
      </td>
      <td
        title={operation.agentName}
        className={cx(cell, 'text-muted max-xl:hidden xl:max-w-40 xl:truncate')}
      >
        <Name>{operation.agentName}</Name>
      </td>
      <td className={cell}>
        <span className="inline-flex items-center gap-1.5">
          <ModeTag mode={operation.mode} />
          <span title={operation.account.name} className="max-w-40 truncate text-muted max-xl:hidden">
            <Name>{operation.account.name}</Name>
          </span>
        </span>
      </td>
      <td className={cx(cell, 'text-end text-muted max-lg:ms-auto max-lg:text-sm')}>
        <Time at={operation.createdAt} />
      </td>
    </tr>
  );
}
