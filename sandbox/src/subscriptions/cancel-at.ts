import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { periodOf, type Subscription } from './subscription.ts';

/** When a subscription is to end by itself, as requests say it. */
export interface CancelWish {
  readonly at?: number | 'max_billed_until' | 'max_period_end' | 'min_period_end' | null;
  readonly atPeriodEnd?: boolean;
}

/**
 * The time a wish comes to, in seconds: null for never, undefined when nothing is wished.
 * @throws StripeFault 400 for two wishes at once and for times that have passed.
 */
export function cancelTime(
  account: Account,
  subscription: Subscription,
  { at, atPeriodEnd }: CancelWish,
): number | null | undefined {
  if (at !== undefined && at !== null && atPeriodEnd)
    throw refused(
      'cancel_at',
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
    );
  if (atPeriodEnd) return periodOf(subscription).end;
  if (at === undefined) return atPeriodEnd === undefined ? undefined : null;
  if (at === null) return null;
  const time = typeof at === 'number' ? at : endNamed(subscription, at);
  if (time <= account.now()) throw refused('cancel_at', 'cancel_at must be a timestamp in the future.');
  return time;
}

function endNamed({ items }: Subscription, word: 'max_billed_until' | 'max_period_end' | 'min_period_end') {
  const ends = items.data.map((item) => item.current_period_end);
  return word === 'min_period_end' ? Math.min(...ends) : Math.max(...ends);
}
