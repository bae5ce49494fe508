import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { referred, refused } from '../resource.ts';
import {
  hasEnded,
  type Subscription,
  saveSubscription,
  subscriptions,
} from '../subscriptions/subscription.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { mirrorOf } from './mirror.ts';
import type { CreateParams } from './params.ts';
import { phasesFrom } from './phases.ts';
import { datesOf, phaseAt, type Schedule, schedules } from './schedule.ts';
import { changedSettings, requireDueDays, requireFittingShares, usualSettings } from './settings.ts';
import { beginSchedule, scheduleNotice, scheduleTurn } from './turn.ts';

/** `POST /v1/subscription_schedules`. Throws Stripe's refusals. */
export function createSchedule(account: Account, params: CreateParams): Schedule {
  if (params.from_subscription !== undefined) return adoptFrom(account, params, params.from_subscription);
  if (params.customer === undefined) throw missingParam('customer');
  if (params.phases === undefined || params.phases.length === 0) throw missingParam('phases');
  const { id: customer } = existingCustomer(account, params.customer);
  const now = account.now();
  const { start_date: wanted = 'now' } = params;
  const start = wanted === 'now' ? now : wanted;
  const bare = withParams(account, blankSchedule(account, customer, modeOf(params)), params);
  const schedule: Schedule = {
    ...bare,
    phases: phasesFrom(account, params.phases, start, {
      customer,
      flexible: bare.billing_mode.type === 'flexible',
    }),
  };
  requireDueDays(schedule);
  requireFittingShares(account, schedule);
  const [first] = schedule.phases;
  if (first && first.end_date <= now)
    throw refused('phases[0][end_date]', 'The first phase must end in the future.');
  scheduleNotice(account, schedule);
  const phase = phaseAt(schedule, now);
  if (phase) {
    account.of(schedules).put(schedule);
    return create(
      account,
      schedules,
      beginSchedule(account, schedule, phase),
      'subscription_schedule.created',
    );
  }
  scheduleTurn(account, schedule);
  return create(account, schedules, schedule, 'subscription_schedule.created');
}

function withParams(account: Account, bare: Schedule, params: CreateParams): Schedule {
  return {
    ...bare,
    default_settings: changedSettings(
      account,
      bare.customer,
      bare.default_settings,
      params.default_settings ?? {},
    ),
    end_behavior: params.end_behavior ?? 'release',
    metadata: applyMetadata({}, params.metadata),
  };
}

/** Puts a running subscription under a schedule: its current period is the first phase. */
function adoptFrom(account: Account, params: CreateParams, id: string): Schedule {
  const other = Object.keys(params).find((name) => !['expand', 'from_subscription'].includes(name));
  if (other !== undefined)
    throw refused(other, `You cannot set \`${other}\` if \`from_subscription\` is set.`);
  const subscription = referred(account, subscriptions, 'subscription', id, 'from_subscription');
  requireFree(subscription);
  const { customer } = subscription;
  const bare = blankSchedule(account, customer, subscription.billing_mode);
  const { phase, settings } = mirrorOf(subscription);
  const schedule: Schedule = {
    ...bare,
    current_phase: datesOf(phase),
    default_settings: settings,
    end_behavior: subscription.cancel_at === null ? 'release' : 'cancel',
    phases: [phase],
    status: 'active',
    subscription: subscription.id,
  };
  account.of(schedules).put(schedule);
  saveSubscription(account, { ...subscription, schedule: schedule.id });
  scheduleTurn(account, schedule);
  scheduleNotice(account, schedule);
  return create(account, schedules, schedule, 'subscription_schedule.created');
}

/** Throws Stripe's 400 for a subscription that a schedule cannot take over. */
function requireFree(subscription: Subscription): void {
  const { schedule, status } = subscription;
  if (schedule !== null)
    throw invalidRequest(
      `You cannot migrate a subscription that is already attached to a schedule: \`${schedule}\`.`,
    );
  if (hasEnded(subscription) || status === 'incomplete' || status === 'paused')
    throw invalidRequest(`You cannot migrate a subscription that is in the \`${status}\` status.`);
}

function modeOf({
  billing_mode: mode = { type: 'flexible' as const },
}: CreateParams): Schedule['billing_mode'] {
  if (mode.type === 'classic' && mode.flexible)
    throw refused('billing_mode[flexible]', 'billing_mode[flexible] is only for `billing_mode` `flexible`.');
  if (mode.type === 'classic') return { flexible: null, type: 'classic' };
  return { flexible: { proration_discounts: 'included', ...mode.flexible }, type: 'flexible' };
}

function blankSchedule(account: Account, customer: string, mode: Schedule['billing_mode']): Schedule {
  return {
    id: `sub_sched_1${randomText(23)}`,
    object: 'subscription_schedule',
    application: null,
    billing_mode: mode,
    canceled_at: null,
    completed_at: null,
    created: account.now(),
    current_phase: null,
    customer,
    customer_account: null,
    default_settings: usualSettings,
    end_behavior: 'release',
    livemode: account.livemode,
    metadata: {},
    pause_schedules: [],
    phases: [],
    released_at: null,
    released_subscription: null,
    status: 'not_started',
    subscription: null,
    test_clock: account.timeline(),
  };
}
