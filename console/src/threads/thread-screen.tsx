import type { Thread } from '@purser/server/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ArrowDown } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { api } from '../api.ts';
import { useLiveThread } from '../live.ts';
import { applyRead } from '../live-cache.ts';
import { threadQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { useTitle } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { LiveNotice } from './live-notice.tsx';
import { Messages } from './messages.tsx';
import { Suggestions } from './suggestions.tsx';
import { ThreadAccount } from './thread-account.tsx';
import { ThreadHeader } from './thread-header.tsx';
import { useSpokenAnswer } from './use-spoken-answer.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { type Turns, useTurns } from './use-turns.ts';

export function ThreadScreen() {
  const { threadId } = useParams({ from: '/signed-in/threads/$threadId' });
  const query = useQuery(threadQuery(threadId));
  // A stream for a thread that does not exist would be refused again and again.
  useLiveThread(query.error ? null : threadId);
  if (query.data) return <ThreadView key={threadId} thread={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return <ThreadSkeleton />;
}

function ThreadView({ thread }: { thread: Thread }) {
  useTitle(thread.title || 'New thread');
  useSpokenAnswer(thread);
  useRead(thread);
  const turns = useTurns(thread);
  const { scroller, content, atEnd, jump } = useStickToBottom();
  const composer = useRef<ComposerHandle>(null);
  const empty = thread.messages.length === 0 && !turns.sending;
  const live = thread.connection?.mode === 'live';
  return (
    <div className={cx('flex h-full flex-col', live && 'border-t-3 border-live-fill')}>
      <ThreadHeader thread={thread} />
      <div className="relative min-h-0 flex-1">
        <div ref={scroller} className="h-full overflow-y-auto">
          <div ref={content} className="mx-auto w-full max-w-3xl px-4 py-6 md:px-6">
            {empty ? (
              <EmptyThread thread={thread} onPick={(text) => composer.current?.fill(text)} />
            ) : (
              <Messages thread={thread} turns={turns} />
            )}
          </div>
        </div>
        {atEnd ? null : (
          <Button
            onClick={jump}
            className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-float"
          >
            <ArrowDown size={14} aria-hidden="true" />
            Jump to latest
          </Button>
        )}
      </div>
      <Foot thread={thread} turns={turns} composer={composer} onSent={jump} />
    </div>
  );
}

interface FootProps {
  thread: Thread;
  turns: Turns;
  composer: RefObject<ComposerHandle | null>;
  onSent(): void;
}

function Foot({ thread, turns, composer, onSent }: FootProps) {
  const live = thread.connection?.mode === 'live';
  const locked = lockedWhy(thread, turns.mayWrite);
  return (
    <div className="mx-auto w-full max-w-3xl px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-6 md:pb-4">
      {turns.error ? (
        <div className="mb-2">
          <ProblemNotice error={turns.error} />
        </div>
      ) : null}
      {locked ? (
        <p className="rounded-lg bg-sunken px-3.5 py-3 text-muted">{locked}</p>
      ) : (
        <>
          {live && thread.connection ? <LiveNotice account={thread.connection.account} /> : null}
          {thread.connection ? null : <ThreadAccount thread={thread} />}
          <Composer
            ref={composer}
            place={thread.id}
            placeholder={placeholder(thread)}
            live={live}
            running={thread.status === 'running' || thread.status === 'awaiting_approval'}
            busy={turns.busy}
            onStop={turns.stop}
            onEditLast={turns.editLast}
            onSend={(text) => {
              onSent();
              return turns.send(text);
            }}
          />
        </>
      )}
    </div>
  );
}

function placeholder(thread: Thread): string {
  if (thread.status === 'awaiting_approval') return 'Decide above, or stop this turn to say something else';
  return `Ask ${thread.agentName}`;
}

function lockedWhy(thread: Thread, mayWrite: boolean): string | null {
  if (thread.readOnly) return 'This agent was deleted. The thread stays readable and cannot be continued.';
  return mayWrite ? null : 'Your role can read this thread. An owner can make you an operator.';
}

/** Seen is read, as long as the window is looked at. */
function useRead(thread: Thread) {
  const cache = useQueryClient();
  useEffect(() => {
    if (!thread.unread || document.hidden) return;
    // Not worth a word when it fails: the thread is only shown as unread once more.
    void api.markRead(thread.id).then(
      () => applyRead(cache, thread.id),
      () => undefined,
    );
  }, [cache, thread.id, thread.unread]);
}

function EmptyThread({ thread, onPick }: { thread: Thread; onPick(text: string): void }) {
  return (
    <div className="pt-[8vh]">
      <p className="mb-3 text-muted">Nothing was said yet. What {thread.agentName} could look at now:</p>
      <Suggestions agentId={thread.agentId} onPick={onPick} />
    </div>
  );
}

function ThreadSkeleton() {
  return (
    <Skeleton label="Loading the thread">
      <div className="flex h-13 items-center border-b border-line px-5">
        <Bone className="h-4 w-56" />
      </div>
      <div className="mx-auto max-w-3xl space-y-5 px-6 py-8">
        <Bone className="ms-auto h-10 w-72 rounded-xl" />
        <Bone className="h-10 w-full rounded-lg" />
        <div className="space-y-2.5">
          <Bone className="h-3.5 w-11/12" />
          <Bone className="h-3.5 w-4/5" />
          <Bone className="h-3.5 w-2/3" />
        </div>
      </div>
    </Skeleton>
  );
}
