import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { type Attempt, type Delivery, deliveries } from './delivery.ts';
import { asksFor, destinationsOf } from './destination.ts';
import { homeOf } from './plan.ts';

/** What came of asking an endpoint: its answer, or why there is none. */
export type Heard =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly version: string | null;
      readonly body: string;
    }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed' };

/** An event that is a question, already on record, and the endpoint that is asked. */
export interface Question {
  readonly event: string;
  readonly destination: string;
}

/**
 * What a route answers instead of a value when an endpoint must be asked first. What the route did so far is kept; once
 * the endpoint has answered, or has not in time, `settle` does the rest, in a change of its own, and its value is answered.
 */
export class Asking<T = unknown> implements Question {
  readonly event: string;
  readonly destination: string;
  readonly settle: (heard: Heard) => T;

  constructor(event: string, destination: string, settle: (heard: Heard) => T) {
    this.event = event;
    this.destination = destination;
    this.settle = settle;
  }
}

/** The endpoint that an event is a question to: the oldest that asks for it by name; null for none. */
export function askedAbout(account: Account, type: string): string | null {
  const event = {
    id: '',
    object: 'event',
    type,
    ...(account.platform ? { account: account.id } : {}),
  } as const;
  return destinationsOf(homeOf(account)).findLast((destination) => asksFor(destination, event))?.id ?? null;
}

/** Writes down what came of a question, which is asked once. */
export function recordAsked(account: Account, asked: Question, attempt: Attempt): void {
  const isDone = attempt.http_status !== null && attempt.http_status >= 200 && attempt.http_status < 300;
  const delivery: Delivery = {
    id: newId('whd', 24),
    event: asked.event,
    ...(account.platform ? { account: account.id } : {}),
    endpoint: asked.destination,
    status: isDone ? 'succeeded' : 'failed',
    due: null,
    next_attempt: null,
    job: null,
    automatic_attempts: 1,
    attempts: [attempt],
    created: account.ownNow(),
  };
  homeOf(account).of(deliveries).put(delivery);
}
