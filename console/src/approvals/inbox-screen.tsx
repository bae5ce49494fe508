import type { Approval } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Coffee } from 'lucide-react';
import { ApprovalBatch } from '../cards/approval-batch.tsx';
import { batchesOf } from '../cards/approval-words.ts';
import { OpenAlerts } from '../cards/open-alerts.tsx';
import { waitingQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { useHotkeys } from '../ui/use-hotkeys.ts';
import { Decided } from './decided.tsx';

/** Everything that waits for a person, oldest first: it has waited longest. */
export function InboxScreen() {
  const query = useInfiniteQuery(waitingQuery());
  const approvals = query.data?.pages.flatMap((page) => page.data) ?? [];
  const batches = batchesOf(approvals);
  useInboxKeys();
  return (
    <Page
      title="Inbox"
      width="reading"
      lead={approvals.length > 0 ? 'Nothing below happens until you say so.' : undefined}
    >
      <OpenAlerts />
      {query.isPending ? <InboxSkeleton /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && approvals.length === 0 ? (
        <Card>
          <EmptyState icon={<Coffee size={20} />} title="Nothing waits for you">
            When an agent needs your word before it moves money or deletes something, you decide here.
          </EmptyState>
        </Card>
      ) : null}
      <ul className="space-y-4">
        {batches.map((batch) => (
          <li key={batch[0]?.id}>
            <ApprovalBatch approvals={batch} context={batch[0] ? <Context approval={batch[0]} /> : null} />
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="mt-4 text-center">
          <p className="mb-2 text-muted">These {approvals.length} have waited longest. There are more.</p>
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
      <Decided />
    </Page>
  );
}

function Context({ approval }: { approval: Approval }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-sm text-muted">
      <span className="truncate">
        <Name>{approval.agentName}</Name> in{' '}
        <Link
          to="/threads/$threadId"
          params={{ threadId: approval.threadId }}
          className="rounded text-accent hover:underline"
        >
          <Name>{approval.threadTitle || 'a thread'}</Name>
        </Link>
      </span>
      <Time at={approval.requestedAt} className="shrink-0 text-xs" />
    </span>
  );
}

function InboxSkeleton() {
  return (
    <Skeleton label="Loading what waits for you">
      <div className="space-y-4">
        <Bone className="h-48 w-full rounded-lg" />
        <Bone className="h-48 w-full rounded-lg" />
      </div>
    </Skeleton>
  );
}

/** The card that has the focus, or the first. */
function currentCard(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>('[data-approval]');
  return focused ?? document.querySelector<HTMLElement>('[data-approval]');
}

function focusCard(step: number) {
  const cards = [...document.querySelectorAll<HTMLElement>('[data-approval]')];
  const focused = document.activeElement?.closest<HTMLElement>('[data-approval]');
  const at = focused ? cards.indexOf(focused) + step : 0;
  const card = cards[Math.max(0, Math.min(at, cards.length - 1))];
  card?.querySelector<HTMLElement>('[data-approve]')?.focus();
  card?.scrollIntoView({ block: 'nearest' });
}

function reject() {
  currentCard()?.querySelector<HTMLElement>('[data-reject]')?.click();
}

/** `a` only goes to the button; Enter is the confirmation. */
function useInboxKeys() {
  useHotkeys({
    j: () => focusCard(1),
    k: () => focusCard(-1),
    a: () => currentCard()?.querySelector<HTMLElement>('[data-approve]')?.focus(),
    d: reject,
    r: reject,
  });
}
