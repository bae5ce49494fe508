import { hour, minute } from '../clock.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';

/**
 * One event on its way to one endpoint.
 *
 *     due ──2xx──► succeeded
 *      │ ▲
 *      │ └─ the clock ── waiting        failed: no attempt is left, or the endpoint is gone or disabled
 *      └──── else ─────────┘  └► failed
 *
 * A resend makes it due from anywhere and leaves what was scheduled as it is.
 */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  /** The connected account whose event it is; absent for the account's own. */
  readonly account?: string;
  readonly endpoint: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Why an attempt should be made now; null when none should. */
  readonly due: Trigger | null;
  /** When the next attempt is made by itself, in seconds since 1970. */
  readonly next_attempt: number | null;
  /** The job that makes it due then. */
  readonly job: string | null;
  /** How many attempts were made by themselves: what the schedule goes by. */
  readonly automatic_attempts: number;
  /** The latest attempts, oldest first. */
  readonly attempts: readonly Attempt[];
  readonly created: number;
}

export type Trigger = 'automatic' | 'manual';

export interface Attempt {
  /** Seconds since 1970 on the account's clock. */
  readonly created: number;
  readonly trigger: Trigger;
  /** What the endpoint answered; null when nothing did. */
  readonly http_status: number | null;
  /** The beginning of its answer. */
  readonly response_body: string;
  /** Why nothing answered; null when something did. */
  readonly error: string | null;
  readonly duration_ms: number;
}

export const deliveries: CollectionSpec<Delivery, 'due' | 'event' | 'endpoint'> = {
  name: 'webhook_deliveries',
  indexes: {
    due: (delivery) => (delivery.due === null ? null : delivery.endpoint),
    event: (delivery) => delivery.event,
    endpoint: (delivery) => delivery.endpoint,
  },
};

/** How many attempts of one delivery are kept: resends by hand have no end. */
const keptAttempts = 50;

/** Seconds from a failed attempt to the next, as Stripe has it: three times over some hours in test mode … */
const testDelays = [10 * minute, hour, 3 * hour];
/** … and in live mode ever less often, for three days in all. */
const liveDelays = [
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  12 * hour,
  12 * hour,
  12 * hour,
  12 * hour,
  6 * hour,
];

export function newDelivery(
  event: { readonly id: string; readonly account?: string },
  endpoint: string,
  now: number,
  due: Trigger,
): Delivery {
  return {
    id: newId('whd', 24),
    event: event.id,
    ...(event.account === undefined ? {} : { account: event.account }),
    endpoint,
    status: 'pending',
    due,
    next_attempt: null,
    job: null,
    automatic_attempts: 0,
    attempts: [],
    created: now,
  };
}

/** The time for the next attempt has come. */
export function retryDue(delivery: Delivery): Delivery {
  return { ...delivery, due: 'automatic', next_attempt: null, job: null };
}

/** Somebody asked to send it again. */
export function resent(delivery: Delivery): Delivery {
  return { ...delivery, due: delivery.due ?? 'manual' };
}

/** What an attempt makes of a delivery, but for the job that `next_attempt` needs. */
export function attempted(delivery: Delivery, attempt: Attempt, livemode: boolean): Delivery {
  const isAutomatic = attempt.trigger === 'automatic';
  const next: Delivery = {
    ...delivery,
    // The clock may have asked for another one while this one, made by hand, was under way.
    due: attempt.trigger === delivery.due ? null : delivery.due,
    automatic_attempts: delivery.automatic_attempts + (isAutomatic ? 1 : 0),
    attempts: [...delivery.attempts, attempt].slice(-keptAttempts),
  };
  if (isSuccess(attempt.http_status)) return { ...next, status: 'succeeded', due: null, next_attempt: null };
  const delay = isAutomatic ? (livemode ? liveDelays : testDelays)[delivery.automatic_attempts] : undefined;
  if (delay !== undefined && next.status === 'pending')
    return { ...next, next_attempt: attempt.created + delay };
  const isOver = next.status === 'pending' && next.due === null && next.next_attempt === null;
  return isOver ? { ...next, status: 'failed' } : next;
}

/** Its endpoint is disabled or gone: nothing further is tried. */
export function abandoned(delivery: Delivery): Delivery {
  const status = delivery.status === 'pending' ? 'failed' : delivery.status;
  return { ...delivery, status, due: null, next_attempt: null, job: null };
}

/** Any 2xx. A redirect is a failure, as with Stripe. */
function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
