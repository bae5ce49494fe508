import type { Account } from '../account.ts';
import { billingSettingsOf } from '../billing-settings.ts';
import { day } from '../clock.ts';
import { type DueJob, dueJobs } from '../due.ts';
import { emit } from '../events.ts';
import { periodOf, type Subscription, subscriptions } from './subscription.ts';

export const cycleJob = 'subscription.cycle';
export const cancelJob = 'subscription.cancel_at';
export const trialJob = 'subscription.trial_will_end';
export const upcomingJob = 'subscription.upcoming_invoice';
/** Brings what manages a subscription, its schedule, to the phase that begins; its payload is the schedule's id. */
export const phaseJob = 'subscription_schedule.phase';
/** How long before its end a trial is announced to end. */
const trialNotice = 3 * day;

/** Asks to be woken when the first of its periods ends, when it is to be cancelled, and before its trial ends, as far as that is new. */
export function scheduleSubscription(
  account: Account,
  subscription: Subscription,
  before?: Subscription,
): void {
  const { id, cancel_at: cancelAt, status, trial_end: trialEnd } = subscription;
  const { end } = periodOf(subscription);
  if (!before || periodOf(before).end !== end) {
    account.schedule(end, cycleJob, id);
    const notice = renewalNotice(account, subscription);
    if (notice !== null && notice > account.now()) account.schedule(notice, upcomingJob, id);
  }
  if (cancelAt !== null && cancelAt !== before?.cancel_at) account.schedule(cancelAt, cancelJob, id);
  if (status !== 'trialing' || trialEnd === null || trialEnd === before?.trial_end) return;
  if (trialEnd - trialNotice > account.now()) account.schedule(trialEnd - trialNotice, trialJob, id);
  else announceTrialEnd(account, id);
}

/** The changes that a subscription's schedule makes by a time (seconds), earliest first. */
export function phaseJobs(account: Account, { schedule }: Subscription, until: number): DueJob[] {
  if (schedule === null) return [];
  const waiting = account.of(dueJobs).by('payload', schedule);
  return waiting.filter(({ at, kind }) => kind === phaseJob && at <= until).toSorted((a, b) => a.at - b.at);
}

/** Says that a trial ends soon; one that was prolonged since, when its time comes. Runs as a due job. */
export function announceTrialEnd(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (subscription?.status !== 'trialing' || subscription.trial_end === null) return;
  if (subscription.trial_end - trialNotice <= account.now())
    emit(account, 'customer.subscription.trial_will_end', subscription);
}

/** When its next renewal is to be announced, in seconds; null when that is not asked for. */
export function renewalNotice(account: Account, subscription: Subscription): number | null {
  const { upcoming_days: days } = billingSettingsOf(account);
  return days === null ? null : periodOf(subscription).end - days * day;
}
