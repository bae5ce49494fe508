import type { ThreadSummary } from '@purser/server/api';
import { Link } from '@tanstack/react-router';
import { CircleAlert, Hand } from 'lucide-react';
import { ModeTag } from '../cards/mode-tag.tsx';
import { usePermissions } from '../session.ts';
import { cx } from '../ui/class-names.ts';
import { Name } from '../ui/name.tsx';
import { Time } from '../ui/time.tsx';

export function ThreadRow({ thread }: { thread: ThreadSummary }) {
  return (
    <li>
      <Link
        to="/threads/$threadId"
        params={{ threadId: thread.id }}
        className="block rounded-md px-2.5 py-2 -outline-offset-2 hover:bg-hover/60 data-[status=active]:bg-hover"
      >
        <span className="flex items-baseline gap-2">
          {thread.unread ? (
            <span className="size-2 shrink-0 self-center rounded-full bg-accent-fill">
              <span className="sr-only">Unread</span>
            </span>
          ) : null}
          <span dir="auto" className={cx('min-w-0 flex-1 truncate', thread.unread && 'font-semibold')}>
            <Name>{thread.title || 'New thread'}</Name>
          </span>
          <Time at={thread.updatedAt} className="shrink-0 text-xs text-muted" />
        </span>
        <span className="mt-0.5 flex items-center gap-1.5 text-xs text-muted">
          <Status thread={thread} />
          {thread.status === 'awaiting_approval' ? null : (
            <span className="truncate">{thread.agentName}</span>
          )}
          {thread.connection?.mode === 'live' ? (
            <span className="ms-auto inline-flex min-w-0 items-center gap-1.5">
              <ModeTag mode="live" />
              <span className="truncate">{thread.connection.account.name}</span>
            </span>
          ) : null}
        </span>
      </Link>
    </li>
  );
}

function Status({ thread }: { thread: ThreadSummary }) {
  const { approve } = usePermissions();
  if (thread.status === 'awaiting_approval') {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 font-medium text-accent">
        <Hand size={12} aria-hidden="true" />
        {approve ? 'Waiting for you' : 'Waiting for approval'}
      </span>
    );
  }
  if (thread.status === 'running') {
    return (
      <span className="inline-flex shrink-0 items-center gap-1">
        <span
          aria-hidden="true"
          className="size-1.5 animate-[pulse-soft_1.4s_ease-in-out_infinite] rounded-full bg-accent"
        />
        Working
      </span>
    );
  }
  if (thread.status === 'failed') {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 font-medium text-danger">
        <CircleAlert size={12} aria-hidden="true" />
        Failed
      </span>
    );
  }
  return null;
}
