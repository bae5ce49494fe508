import type Stripe from 'stripe';
import type { CollectionSpec } from '../store/collection.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';

/**
 * A subscription schedule as stored: what it refers to are ids.
 *
 * ```
 * not_started ──its first phase begins──▶ active ──its last phase ends──▶ released, or completed with the subscription
 *      └──release, cancel──▶ released, canceled ◀──release; cancel, or the subscription ends──┘
 * ```
 */
export type Schedule = Narrowed<
  Wire<Stripe.SubscriptionSchedule>,
  {
    readonly customer: string;
    readonly phases: Phase[];
    readonly status: 'active' | 'canceled' | 'completed' | 'not_started' | 'released';
    readonly subscription: string | null;
    readonly test_clock: string | null;
  }
>;
/** What a subscription is like from a phase's start until its end; both in seconds. */
export type Phase = Wire<Stripe.SubscriptionSchedule.Phase>;
export type PhaseItem = Phase['items'][number];
export type PhaseDiscount = Phase['discounts'][number];

export const schedules: CollectionSpec<Schedule, 'customer' | 'subscription' | 'test_clock'> = {
  name: 'subscription_schedules',
  indexes: {
    customer: (schedule) => schedule.customer,
    subscription: (schedule) => schedule.subscription,
    test_clock: (schedule) => schedule.test_clock,
  },
};

/** Whether it still has something to do. */
export function isRunning({ status }: Schedule): boolean {
  return status === 'not_started' || status === 'active';
}

/** Throws Stripe's 400 for a schedule that has nothing more to do. */
export function requireRunning(schedule: Schedule, verb: 'cancel' | 'release' | 'update'): void {
  if (isRunning(schedule)) return;
  const done = { cancel: 'canceled', release: 'released', update: 'updated' };
  throw invalidRequest(
    `You cannot ${verb} a subscription schedule that is currently in the \`${schedule.status}\` status. It must be in \`not_started, active\` status to be ${done[verb]}.`,
  );
}

/** The phase at a moment (seconds), if there is one. */
export function phaseAt({ phases }: Schedule, at: number): Phase | undefined {
  return phases.find(({ start_date: start, end_date: end }) => start <= at && at < end);
}

/** When its last phase ends, in seconds. */
export function endOf({ phases }: Schedule): number {
  return phases.at(-1)?.end_date ?? 0;
}

export function datesOf({ start_date, end_date }: Phase): Schedule['current_phase'] {
  return { end_date, start_date };
}
