import type { Account } from '../account.ts';
import type { Customer } from '../customers.ts';
import { advance } from '../events.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { cancelSchedule } from './end.ts';
import { mirrored } from './mirror.ts';
import { endOf, isRunning, phaseAt, type Schedule, schedules } from './schedule.ts';
import { announceChange, completeSchedule } from './turn.ts';

/** Hears that a subscription was changed: the phase that it is in then says the same. */
export function onSubscriptionUpdated(account: Account, object: unknown): void {
  const subscription = object as Subscription;
  const schedule = managerOf(account, subscription);
  const phase = schedule && phaseAt(schedule, account.now());
  // While another phase is being entered, the subscription is on its way there.
  if (!phase || phase.start_date !== schedule.current_phase?.start_date) return;
  const same = mirrored(schedule, phase, subscription);
  if (JSON.stringify(same) === JSON.stringify(phase)) return;
  const next: Schedule = {
    ...schedule,
    phases: schedule.phases.map((one) => (one === phase ? same : one)),
  };
  account.of(schedules).put(next);
  announceChange(account, schedule, next);
}

/** Hears that a subscription ended: as its schedule had it, for want of payment, or because somebody said so. */
export function onSubscriptionEnded(account: Account, object: unknown): void {
  const subscription = object as Subscription;
  const schedule = managerOf(account, subscription);
  if (!schedule) return;
  if (schedule.end_behavior === 'cancel' && endOf(schedule) <= account.now()) {
    completeSchedule(account, schedule);
    return;
  }
  const failed = subscription.cancellation_details?.reason === 'payment_failed';
  advance(
    account,
    schedules,
    { ...schedule, canceled_at: account.now(), current_phase: null, status: 'canceled' },
    failed ? 'subscription_schedule.aborted' : 'subscription_schedule.canceled',
  );
}

/** Hears that a customer was deleted: what has not begun for them never does. */
export function onCustomerDeleted(account: Account, object: unknown): void {
  const { id } = object as Customer;
  for (const schedule of account.of(schedules).by('customer', id))
    if (isRunning(schedule)) cancelSchedule(account, schedule);
}

function managerOf(account: Account, { schedule: id }: Subscription): Schedule | undefined {
  const schedule = id === null ? undefined : account.of(schedules).get(id);
  return schedule?.status === 'active' ? schedule : undefined;
}
