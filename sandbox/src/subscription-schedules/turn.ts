import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { emit, previousAttributes } from '../events.ts';
import { startScheduled } from '../subscriptions/create.ts';
import { phaseJob } from '../subscriptions/schedule.ts';
import { subscriptions } from '../subscriptions/subscription.ts';
import { applyPhase, startOf } from './apply.ts';
import { releaseSchedule } from './end.ts';
import { datesOf, endOf, isRunning, type Phase, phaseAt, type Schedule, schedules } from './schedule.ts';

export const expiringJob = 'subscription_schedule.expiring';
/** How long before its end a schedule is announced to end. */
const expiryNotice = 7 * day;

/** Asks to be woken when the next phase begins or the last one ends. */
export function scheduleTurn(account: Account, schedule: Schedule): void {
  const next = schedule.current_phase?.end_date ?? schedule.phases[0]?.start_date;
  if (next !== undefined) account.schedule(next, phaseJob, schedule.id);
}

/** Asks to be woken some days before a schedule ends. */
export function scheduleNotice(account: Account, schedule: Schedule): void {
  const notice = endOf(schedule) - expiryNotice;
  if (notice > account.now()) account.schedule(notice, expiringJob, schedule.id);
}

/** Says that a schedule ends soon. Runs as a due job; one whose end was moved since says so at its new time. */
export function announceExpiry(account: Account, id: string): void {
  const schedule = account.of(schedules).get(id);
  if (!schedule || !isRunning(schedule) || endOf(schedule) - expiryNotice !== account.now()) return;
  emit(account, 'subscription_schedule.expiring', schedule);
}

/** Brings a schedule to where it is to be by now. Runs as a due job; what was put off since happens when its time comes. */
export function turnSchedule(account: Account, id: string): void {
  const schedule = account.of(schedules).get(id);
  if (!schedule || !isRunning(schedule)) return;
  const turned = onward(account, schedule);
  if (turned && turned !== schedule) announceChange(account, schedule, turned);
}

/** Says what became of a schedule, which is stored already. */
export function announceChange(account: Account, before: Schedule, after: Schedule): void {
  emit(account, 'subscription_schedule.updated', after, previousAttributes(before, after));
}

function onward(account: Account, schedule: Schedule): Schedule | null {
  const phase = phaseAt(schedule, account.now());
  if (schedule.status === 'active' && endOf(schedule) <= account.now()) {
    finish(account, schedule);
    return null;
  }
  if (!phase) return schedule;
  if (schedule.status === 'not_started') return beginSchedule(account, schedule, phase);
  if (schedule.current_phase?.start_date === phase.start_date) return schedule;
  return enterPhase(account, schedule, phase);
}

/** Starts the subscription that a schedule is for. Stores both; says nothing of the schedule. */
export function beginSchedule(account: Account, schedule: Schedule, phase: Phase): Schedule {
  const subscription = startScheduled(account, startOf(account, schedule, phase), schedule.id);
  const begun: Schedule = {
    ...schedule,
    current_phase: datesOf(phase),
    status: 'active',
    subscription: subscription.id,
  };
  scheduleTurn(account, begun);
  return account.of(schedules).put(begun);
}

/** Makes the subscription what the phase that begins says. Stores both; says nothing of the schedule. */
export function enterPhase(account: Account, schedule: Schedule, phase: Phase): Schedule {
  const entered = account.of(schedules).put({ ...schedule, current_phase: datesOf(phase) });
  const subscription = account.of(subscriptions).get(schedule.subscription ?? '');
  if (subscription)
    applyPhase(account, subscription, entered, phase, { prorationBehavior: phase.proration_behavior });
  scheduleTurn(account, entered);
  return entered;
}

/** The last phase is over. A subscription that is to end with it does so by itself, at the same time. */
function finish(account: Account, schedule: Schedule): void {
  if (schedule.end_behavior === 'release') releaseSchedule(account, schedule);
  else completeSchedule(account, schedule);
}

/** Ends a schedule whose subscription ends as it was to. */
export function completeSchedule(account: Account, schedule: Schedule): Schedule {
  const done: Schedule = {
    ...schedule,
    completed_at: account.now(),
    current_phase: null,
    status: 'completed',
  };
  account.of(schedules).put(done);
  emit(account, 'subscription_schedule.completed', done);
  return done;
}
