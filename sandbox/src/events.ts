import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { versionOf } from './account-version.ts';
import { day } from './clock.ts';
import { newId, randomText } from './ids.ts';
import type { Collection, CollectionSpec, Stored } from './store/collection.ts';
import { deliveries } from './webhooks/delivery.ts';
import { planDeliveries } from './webhooks/plan.ts';

/**
 * An event as stored; `data.object` is the very object at that moment, which never changes. How many webhooks are
 * pending is counted when it is answered.
 */
export interface StoredEvent extends Omit<Stripe.EventBase, 'data' | 'type'> {
  readonly type: EventType;
  readonly data: { readonly object: object; readonly previous_attributes?: Record<string, unknown> };
}
export type EventType = Stripe.Event['type'];

/** An event that has a thin form only, as stored; it says what happened to what. */
export interface NativeEvent {
  readonly id: string;
  readonly object: 'v2.core.event';
  /** The connected account it happened on. */
  readonly account?: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** What is known of it, for those who ask for the event; never sent along with a notification. */
  readonly data?: object;
  readonly livemode: boolean;
  readonly related_object?: RelatedObject;
  readonly request: StoredEvent['request'];
  readonly type: string;
}
export interface RelatedObject {
  readonly id: string;
  readonly type: string;
  readonly url: string;
}
export type LoggedEvent = NativeEvent | StoredEvent;

/** The log of an account: what happened to objects of either API, in one order. */
export const events: CollectionSpec<LoggedEvent, 'type'> = {
  name: 'events',
  indexes: { type: (event) => event.type },
  holds: {
    of: (event) => (event.object === 'event' ? event.data.object : undefined),
    put: (event, object) =>
      event.object === 'event' ? { ...event, data: { ...event.data, object } } : event,
  },
};

const eventRetentionSeconds = 30 * day;

/** Stripe answers events of the last 30 days: since when, in seconds since 1970. What is older waits to be forgotten. */
export function eventHorizon(account: Account): number {
  return account.ownNow() - eventRetentionSeconds;
}

/** Records that something happened and tells the resources that listen, all in the current change. Answers the event. */
export function emit(
  account: Account,
  type: EventType,
  object: object,
  previous?: Record<string, unknown>,
): StoredEvent {
  const event: StoredEvent = {
    id: newId('evt', 24),
    object: 'event',
    // What happens on a connected account is kept with it; its platform's Connect webhooks hear of it.
    ...(account.platform ? { account: account.id } : {}),
    api_version: versionOf(account),
    // As with Stripe, also for objects on a test clock: the log and its pruning go by real time.
    created: account.ownNow(),
    data: previous ? { object, previous_attributes: previous } : { object },
    livemode: account.livemode,
    pending_webhooks: 0,
    request: requestOf(account),
    type,
  };
  account.of(events).put(event);
  planDeliveries(account, event);
  for (const listen of account.registry.listeners.get(type) ?? []) listen(account, object);
  return event;
}

/** Records what has no event of API v1, in the current change. Answers the event, which is yet to be sent. */
export function record(
  account: Account,
  type: string,
  related: RelatedObject | null,
  data?: object,
): NativeEvent {
  const event: NativeEvent = {
    id: `evt_${account.livemode ? '' : 'test_'}65${randomText(30)}`,
    object: 'v2.core.event',
    ...(account.platform ? { account: account.id } : {}),
    created: account.ownNow(),
    ...(data ? { data } : {}),
    livemode: account.livemode,
    ...(related ? { related_object: related } : {}),
    request: requestOf(account),
    type,
  };
  account.of(events).put(event);
  return event;
}

function requestOf({ request }: Account) {
  return { id: request?.id ?? null, idempotency_key: request?.idempotencyKey ?? null };
}

/** Puts a new object and emits its event. Answers the object. */
export function create<T extends Stored>(
  account: Account,
  spec: CollectionSpec<T>,
  object: NoInfer<T>,
  type: EventType,
): T {
  account.of(spec).put(object);
  emit(account, type, object);
  return object;
}

/** Replaces an object and emits an event with `previous_attributes`; does nothing when nothing changed. */
export function update<T extends Stored>(
  account: Account,
  spec: CollectionSpec<T>,
  next: NoInfer<T>,
  type: EventType,
): T {
  const collection = account.of(spec);
  const before = collection.get(next.id);
  const previous = before ? previousAttributes(before, next) : {};
  if (before && Object.keys(previous).length === 0) return before;
  collection.put(next);
  emit(account, type, next, previous);
  return next;
}

/** Replaces an object and says what happened to it, for events that are not about changed attributes. */
export function advance<T extends Stored>(
  account: Account,
  spec: CollectionSpec<T>,
  next: NoInfer<T>,
  type: EventType,
): T {
  account.of(spec).put(next);
  emit(account, type, next);
  return next;
}

/** What differed before, the way Stripe shows it: maps by key, lists whole, null for what was not there. */
export function previousAttributes(before: object, after: object): Record<string, unknown> {
  const previous: [string, unknown][] = [];
  const old = before as Record<string, unknown>;
  const now = after as Record<string, unknown>;
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const was = own(old, key);
    const is = own(now, key);
    if (was === is) continue;
    if (isMap(was) && isMap(is)) {
      const inner = previousAttributes(was, is);
      if (Object.keys(inner).length > 0) previous.push([key, inner]);
    } else if (JSON.stringify(was) !== JSON.stringify(is)) previous.push([key, was ?? null]);
  }
  // Not by assignment: metadata may have a key `__proto__`.
  return Object.fromEntries(previous);
}

/** The object before a change, from what it is now and what was different; the inverse of `previousAttributes`. */
export function attributesBefore(after: object, previous: Record<string, unknown>): object {
  const now = after as Record<string, unknown>;
  const was = Object.entries(previous).map(([key, value]) => {
    const is = own(now, key);
    return [key, isMap(value) && isMap(is) ? attributesBefore(is, { ...value }) : value];
  });
  return { ...after, ...Object.fromEntries(was) };
}

/** What an object says itself: names such as `constructor` may be in metadata. */
function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Forgets events older than Stripe keeps, and what became of their webhooks. Only the oldest are looked at. */
export function pruneEvents(account: Account): void {
  const horizon = eventHorizon(account);
  prune(account.of(events), horizon);
  prune(account.of(deliveries), horizon);
}

function prune<T extends Stored & { readonly created: number }>(kept: Collection<T>, horizon: number): void {
  for (const { id, created } of kept.oldestFirst()) {
    if (created >= horizon) return;
    kept.restore(id, undefined);
  }
}
