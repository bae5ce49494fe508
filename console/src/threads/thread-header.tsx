import type { Thread } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CalendarPlus, ChevronLeft, Ellipsis, Link2, PenLine, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';

export function ThreadHeader({ thread }: { thread: Thread }) {
  const navigate = useNavigate();
  const [renaming, setRenaming] = useState(false);
  const connections = useQuery(connectionsQuery()).data;
  const demo = connections?.find((each) => each.id === thread.connection?.id)?.demo ?? false;
  const live = thread.connection?.mode === 'live';
  return (
    <header
      className={cx(
        'flex min-h-13 items-center gap-1 border-b px-2 py-1.5 md:px-5',
        live ? 'border-live-line bg-live-soft' : 'border-line',
      )}
    >
      <IconButton
        label="Back to threads"
        onClick={() => void navigate({ to: '/threads' })}
        className="lg:hidden"
      >
        <ChevronLeft size={20} aria-hidden="true" />
      </IconButton>
      <div className="min-w-0 flex-1 xl:flex xl:items-center xl:gap-3">
        {renaming ? (
          <Rename thread={thread} onDone={() => setRenaming(false)} />
        ) : (
          <h1 tabIndex={-1} data-page-title="" dir="auto" className="truncate font-semibold">
            {thread.title || 'New thread'}
          </h1>
        )}
        <div className="flex min-w-0 items-center gap-2 text-sm text-muted xl:ms-auto xl:max-w-[60%]">
          {thread.readOnly ? (
            <span className="truncate">{thread.agentName} (deleted)</span>
          ) : (
            <Link
              to="/agents/$agentId/{-$tab}"
              params={{ agentId: thread.agentId }}
              className="truncate rounded hover:text-ink hover:underline"
            >
              {thread.agentName}
            </Link>
          )}
          {thread.connection ? (
            <AccountTag mode={thread.connection.mode} account={thread.connection.account} demo={demo} />
          ) : null}
        </div>
      </div>
      <ThreadMenu thread={thread} onRename={() => setRenaming(true)} />
    </header>
  );
}

function Rename({ thread, onDone }: { thread: Thread; onDone(): void }) {
  const cache = useQueryClient();
  const [title, setTitle] = useState(thread.title);
  const rename = useMutation<unknown, ApiProblem, string>({
    mutationFn: (wanted) => api.updateThread(thread.id, { title: wanted }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['thread', thread.id] });
      await cache.invalidateQueries({ queryKey: ['threads'] });
    },
    onError: (error) => toast(error.message),
    onSettled: onDone,
  });
  const save = () => {
    const wanted = title.trim();
    if (rename.isPending) return;
    if (wanted && wanted !== thread.title) rename.mutate(wanted);
    else onDone();
  };
  return (
    <input
      ref={focusOnMount}
      aria-label="Title"
      value={title}
      maxLength={120}
      onChange={(event) => setTitle(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') onDone();
      }}
      className="h-8 w-full max-w-md rounded-md border border-line-strong bg-surface px-2 font-semibold"
    />
  );
}

/** An address has room for so much; the rest is pasted. */
const mostPrompt = 1_500;

function ThreadMenu({ thread, onRename }: { thread: Thread; onRename(): void }) {
  const { write } = usePermissions();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const asked = thread.messages.findLast(({ role }) => role === 'user')?.text.slice(0, mostPrompt);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    toast('Link copied');
  };
  return (
    <>
      <Menu
        trigger={
          <IconButton label="Thread actions">
            <Ellipsis size={16} aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<PenLine size={14} />} onSelect={() => setTimeout(onRename)} disabled={!write}>
          Rename
        </MenuItem>
        <MenuItem icon={<Link2 size={14} />} onSelect={() => void copy()}>
          Copy link
        </MenuItem>
        <MenuItem
          icon={<CalendarPlus size={14} />}
          disabled={!write || !asked}
          onSelect={() =>
            void navigate({ to: '/automations/new', search: { agent: thread.agentId, prompt: asked } })
          }
        >
          Make a task of it
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => setDeleting(true)} disabled={!write}>
          Delete thread
        </MenuItem>
      </Menu>
      <DeleteThread thread={thread} open={deleting} onOpenChange={setDeleting} />
    </>
  );
}

interface DeleteThreadProps {
  thread: Thread;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function DeleteThread({ thread, open, onOpenChange }: DeleteThreadProps) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.deleteThread(thread.id),
    onSuccess: async () => {
      await navigate({ to: '/threads' });
      await cache.invalidateQueries({ queryKey: ['threads'] });
      toast('Thread deleted');
    },
  });
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Delete this thread"
      action="Delete thread"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      What was said here is removed for everyone. What was done in Stripe stays, and so do the operations and
      the audit log.
    </ConsequenceDialog>
  );
}
