import type { Account } from '../account.ts';
import { advance } from '../events.ts';
import { changeTerms } from '../subscriptions/change.ts';
import { endSubscription } from '../subscriptions/end.ts';
import {
  hasEnded,
  type Subscription,
  saveSubscription,
  subscriptions,
} from '../subscriptions/subscription.ts';
import { type Schedule, schedules } from './schedule.ts';

/** Lets go of a subscription, which goes on as it is; an end that the schedule had set for it goes unless it is kept. */
export function releaseSchedule(
  account: Account,
  schedule: Schedule,
  { keepsEnd = false }: { readonly keepsEnd?: boolean } = {},
): Schedule {
  const released = advance(
    account,
    schedules,
    {
      ...schedule,
      current_phase: null,
      released_at: account.now(),
      released_subscription: schedule.subscription,
      status: 'released',
      subscription: null,
    },
    'subscription_schedule.released',
  );
  const subscription = account.of(subscriptions).get(schedule.subscription ?? '');
  if (subscription && !hasEnded(subscription))
    letGo(account, subscription, keepsEnd || schedule.end_behavior !== 'cancel');
  return released;
}

function letGo(account: Account, subscription: Subscription, keepsEnd: boolean): void {
  const free: Subscription = { ...subscription, schedule: null };
  if (keepsEnd || subscription.cancel_at === null) {
    saveSubscription(account, free);
    return;
  }
  const endless: Subscription = { ...free, cancel_at: null, cancel_at_period_end: false, canceled_at: null };
  // A period that was cut short by the end gets its length back.
  changeTerms(account, subscription, endless, { prorationBehavior: 'none' });
}

/** Ends a schedule before its time, with its subscription. */
export function cancelSchedule(
  account: Account,
  schedule: Schedule,
  params: { readonly invoice_now?: boolean; readonly prorate?: boolean } = {},
): Schedule {
  const canceled: Schedule = {
    ...schedule,
    canceled_at: account.now(),
    current_phase: null,
    status: 'canceled',
  };
  // Before its subscription ends, which would end it too.
  account.of(schedules).put(canceled);
  const subscription = account.of(subscriptions).get(schedule.subscription ?? '');
  if (subscription && !hasEnded(subscription))
    endSubscription(account, subscription, {
      invoiceNow: params.invoice_now ?? true,
      prorate: params.prorate ?? true,
    });
  return advance(account, schedules, canceled, 'subscription_schedule.canceled');
}
