import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { subscriptions } from '../subscriptions/subscription.ts';
import { invalidRequest } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { applyPhase, effectOf } from './apply.ts';
import type { UpdateParams } from './params.ts';
import { phasesFrom } from './phases.ts';
import { datesOf, endOf, type Phase, phaseAt, requireRunning, type Schedule, schedules } from './schedule.ts';
import { changedSettings, requireDueDays, requireFittingShares } from './settings.ts';
import {
  announceChange,
  beginSchedule,
  enterPhase,
  scheduleNotice,
  scheduleTurn,
  turnSchedule,
} from './turn.ts';

/** `POST /v1/subscription_schedules/:id`. What is changed about the current phase happens at once. Throws Stripe's refusals. */
export function updateSchedule(account: Account, before: Schedule, params: UpdateParams): Schedule {
  requireRunning(before, 'update');
  const { default_settings: settings, end_behavior: ending, metadata, phases } = params;
  const next: Schedule = {
    ...before,
    default_settings: settings
      ? changedSettings(account, before.customer, before.default_settings, settings)
      : before.default_settings,
    end_behavior: ending ?? before.end_behavior,
    metadata: applyMetadata(before.metadata ?? {}, metadata),
    phases: phases ? phasesAnew(account, before, phases) : before.phases,
  };
  requireDueDays(next);
  requireFittingShares(account, next);
  account.of(schedules).put(next);
  const after = brought(account, before, next, params.proration_behavior ?? 'create_prorations');
  announceChange(account, before, after);
  if (endOf(after) !== endOf(before)) scheduleNotice(account, after);
  if (endOf(after) <= account.now()) turnSchedule(account, after.id);
  return account.of(schedules).get(after.id) ?? after;
}

/** The phases as a request has them. Those that are over may be left out; the current one begins when it began. */
function phasesAnew(
  account: Account,
  before: Schedule,
  inputs: NonNullable<UpdateParams['phases']>,
): Phase[] {
  const [first] = inputs;
  if (!first) throw refused('phases', 'A subscription schedule must have at least one phase.');
  const { start_date: wanted } = first;
  const current = before.current_phase;
  if (wanted === undefined && (current || inputs.length > 1))
    throw invalidRequest(
      'The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.',
      { param: 'phases' },
    );
  const now = account.now();
  const start = wanted === 'now' ? now : (wanted ?? before.phases[0]?.start_date ?? now);
  const phases = phasesFrom(account, inputs, start, {
    customer: before.customer,
    flexible: before.billing_mode.type === 'flexible',
  });
  if (!current) {
    if (phases[0] && phases[0].end_date > now) return phases;
    throw refused('phases[0][end_date]', 'The first phase must end in the future.');
  }
  const at = phases.findIndex((phase) => phase.start_date === current.start_date);
  const kept = phases[at];
  if (!kept)
    throw refused('phases[0][start_date]', 'You can not modify the start date of the current phase.');
  if (kept.end_date < now)
    throw refused(
      `phases[${at}][end_date]`,
      'You can only adjust the end date to a future date for the current phase.',
    );
  return phases;
}

/** Does what a change of a schedule means by now: its first phase may begin, another may, or the current one is not as it was. */
function brought(
  account: Account,
  before: Schedule,
  next: Schedule,
  prorationBehavior: Phase['proration_behavior'],
): Schedule {
  const phase = phaseAt(next, account.now());
  if (next.status === 'not_started') {
    if (phase) return beginSchedule(account, next, phase);
    scheduleTurn(account, next);
    return next;
  }
  if (!phase) return next;
  if (phase.start_date !== before.current_phase?.start_date) return enterPhase(account, next, phase);
  const was = phaseAt(before, account.now()) ?? phase;
  const after = account.of(schedules).put({ ...next, current_phase: datesOf(phase) });
  const subscription = account.of(subscriptions).get(after.subscription ?? '');
  if (subscription && effectOf(before, was) !== effectOf(after, phase))
    applyPhase(account, subscription, after, phase, { was, prorationBehavior });
  scheduleTurn(account, after);
  return after;
}
