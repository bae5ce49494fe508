import type { Account } from '@purser/server/api';
import { ModeTag } from '../cards/mode-tag.tsx';

/** Above the composer: what is asked here happens for real, and where. */
export function LiveNotice({ account }: { account: Account }) {
  return (
    <p className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-live">
      <ModeTag mode="live" />
      <span>
        <strong className="font-semibold">{account.name || account.id}</strong>: real money, real customers.
      </span>
    </p>
  );
}
