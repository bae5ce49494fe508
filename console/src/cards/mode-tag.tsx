import type { Account, Mode } from '@purser/server/api';
import { Tag } from '../ui/tag.tsx';

/** Test is quiet, live is not. */
export function ModeTag({ mode }: { mode: Mode }) {
  return mode === 'live' ? <Tag tone="live">Live</Tag> : <Tag>Test</Tag>;
}

interface AccountTagProps {
  mode: Mode;
  account: Account;
  demo?: boolean;
  /** Set for what is no account: it has no modes. */
  beside?: string | null;
}

/** Which account, in words: never cut short before what stands beside it; in which mode, and by which platform's key. */
export function AccountTag({ mode, account, demo, beside }: AccountTagProps) {
  return (
    <span className="inline-flex max-w-full min-w-0 shrink-0 items-center gap-1.5">
      {beside ? null : <ModeTag mode={mode} />}
      <span className="truncate text-muted">{account.name || account.id}</span>
      {account.platform ? <Tag>via {account.platform.name || account.platform.id}</Tag> : null}
      {demo ? <Tag tone="accent">Demo</Tag> : null}
    </span>
  );
}
