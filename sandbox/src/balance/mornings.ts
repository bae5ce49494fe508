import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { day, hour } from '../clock.ts';
import { dueJobs } from '../due.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** Says that an account waits for the morning on which it may pay out. */
export interface PayoutMorning {
  readonly id: 'next';
}
export const payoutMornings: CollectionSpec<PayoutMorning> = { name: 'payout_mornings', indexes: {} };

export const morningJob = 'payout.morning';

/** Sees to it that an account which pays out by itself is looked at next morning; once, however often money moves. */
export function awaitMorning(account: Account): void {
  const interval = accountObject(account).settings?.payouts?.schedule.interval;
  if (interval === undefined || interval === 'manual' || account.of(payoutMornings).get('next')) return;
  account.of(payoutMornings).put({ id: 'next' });
  const at = (Math.floor(account.ownNow() / day) + 1) * day + 6 * hour;
  const job = account.of(dueJobs).get(account.schedule(at, morningJob, ''));
  // Banks know no test clocks.
  if (job?.clock !== undefined) account.moveJobs([job], null);
}
