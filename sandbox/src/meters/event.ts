import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import { day, minute } from '../clock.ts';
import { type Customer, clockIdOf, customers } from '../customers.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { timeOn } from '../test-clocks/test-clock.ts';
import { StripeFault } from '../wire/errors.ts';
import { activeMeter, type Meter, meters } from './meter.ts';

/** A usage event as kept; times are seconds. */
export interface MeterEvent {
  readonly id: string;
  readonly identifier: string;
  readonly meter: string;
  readonly event_name: string;
  readonly customer: string;
  /** Exact decimal text; what it adds, or what usage is from then on, depends on the meter. */
  readonly value: string;
  readonly payload: Readonly<Record<string, string>>;
  /** When it was used. */
  readonly timestamp: number;
  /** When it was reported. */
  readonly created: number;
  /** Cancelled events count for nothing. */
  readonly canceled: boolean;
}

export const meterEvents: CollectionSpec<MeterEvent, 'usage' | 'identifier'> = {
  name: 'meter_events',
  indexes: {
    usage: (event) => usageKey(event.meter, event.customer),
    identifier: (event) => event.identifier,
  },
};

/** The usage of one meter by one customer. */
export function usageKey(meter: string, customer: string): string {
  return `${meter} ${customer}`;
}

/** How long an identifier stands for one event, and how long an event can be cancelled. */
export const identifierSeconds = day;
/** How far back usage may lie, and how far clocks may differ. */
const oldestSeconds = 35 * day;
export const futureSeconds = 5 * minute;
/** Digits of a value before its point. */
const longestValue = 15;

/** The job that bills what reached a threshold: a second later, so that all usage of this second is in it. */
export const thresholdJob = 'subscription.thresholds';

/** What an event may be refused for, by the names of API v2. */
type EventError =
  | 'archived_meter'
  | 'meter_event_customer_not_found'
  | 'meter_event_invalid_value'
  | 'meter_event_no_customer_defined'
  | 'meter_event_value_not_found'
  | 'meter_event_value_too_many_digits'
  | 'no_meter'
  | 'timestamp_in_future'
  | 'timestamp_too_far_in_past'
  | 'duplicate_meter_event';

/** An event that cannot be taken, and why. */
export class UnusableEvent extends Error {
  readonly reason: EventError;
  readonly param: string;

  constructor(reason: EventError, param: string, message: string) {
    super(message);
    this.name = 'UnusableEvent';
    this.reason = reason;
    this.param = param;
  }
}

export interface EventInput {
  readonly event_name: string;
  readonly identifier?: string;
  readonly payload: Readonly<Record<string, string>>;
  /** Seconds; absent: now. */
  readonly timestamp?: number;
}

/** Keeps a usage event, in the time of its customer. Throws `UnusableEvent`. */
export function recordEvent(account: Account, input: EventInput): MeterEvent {
  const meter = meterOf(account, input.event_name);
  const customer = customerOf(account, meter, input.payload);
  const clock = clockIdOf(customer);
  return account.within(clock, timeOn(account, clock), () => {
    const identifier = input.identifier ?? randomUUID();
    requireNewIdentifier(account, identifier);
    const now = account.now();
    const timestamp = input.timestamp ?? now;
    checkTime(timestamp, now);
    checkThresholdsLater(account, customer.id);
    return account.of(meterEvents).put({
      id: newId('mtrevt', 24),
      identifier,
      meter: meter.id,
      event_name: input.event_name,
      customer: customer.id,
      value: usedValue(meter, input.payload),
      payload: input.payload,
      timestamp,
      created: now,
      canceled: false,
    });
  });
}

/** Asks for the subscriptions of a customer to be billed when enough was used; those that want it are known by an index. */
function checkThresholdsLater(account: Account, customer: string): void {
  const wanting = account.byName('subscriptions')?.by('thresholds', customer) ?? [];
  if (wanting.length > 0) account.schedule(account.now() + 1, thresholdJob, customer);
}

function meterOf(account: Account, name: string): Meter {
  const meter = activeMeter(account, name);
  if (meter) return meter;
  throw new UnusableEvent(
    account.of(meters).newestBy('event_name', name) ? 'archived_meter' : 'no_meter',
    'event_name',
    `No active meter found for event name "${name}".`,
  );
}

function requireNewIdentifier(account: Account, identifier: string): void {
  const other = account.of(meterEvents).newestBy('identifier', identifier);
  if (other && other.created > account.now() - identifierSeconds)
    throw new UnusableEvent(
      'duplicate_meter_event',
      'identifier',
      `An event already exists with identifier ${identifier}.`,
    );
}

function checkTime(timestamp: number, now: number): void {
  if (timestamp < now - oldestSeconds)
    throw new UnusableEvent(
      'timestamp_too_far_in_past',
      'timestamp',
      'The timestamp must be within the past 35 calendar days.',
    );
  if (timestamp > now + futureSeconds)
    throw new UnusableEvent(
      'timestamp_in_future',
      'timestamp',
      'The timestamp must not be more than 5 minutes in the future.',
    );
}

function customerOf(account: Account, meter: Meter, payload: EventInput['payload']): Customer {
  const { event_payload_key: key } = meter.customer_mapping;
  const id = Object.hasOwn(payload, key) ? payload[key] : undefined;
  if (id === undefined || id === '')
    throw new UnusableEvent(
      'meter_event_no_customer_defined',
      `payload[${key}]`,
      `Customer mapping key ${key} not found in payload.`,
    );
  const customer = account.of(customers).get(id);
  if (!customer || customer.deleted)
    throw new UnusableEvent('meter_event_customer_not_found', `payload[${key}]`, `No such customer: '${id}'`);
  return customer;
}

function usedValue(meter: Meter, payload: EventInput['payload']): string {
  if (meter.default_aggregation.formula === 'count') return '1';
  const { event_payload_key: key } = meter.value_settings;
  const value = Object.hasOwn(payload, key) ? payload[key] : undefined;
  if (value === undefined)
    throw new UnusableEvent(
      'meter_event_value_not_found',
      `payload[${key}]`,
      `Value key ${key} not found in payload.`,
    );
  const digits = /^-?(\d+)(?:\.\d{1,12})?$/.exec(value)?.[1];
  if (digits === undefined)
    throw new UnusableEvent(
      'meter_event_invalid_value',
      `payload[${key}]`,
      `Invalid value for ${key}: ${value.slice(0, 100)}. It must be a number with at most 12 decimal places.`,
    );
  if (digits.replace(/^0+/, '').length > longestValue)
    throw new UnusableEvent(
      'meter_event_value_too_many_digits',
      `payload[${key}]`,
      `Invalid value for ${key}: ${value.slice(0, 100)}. It can have at most ${longestValue} digits.`,
    );
  return value;
}

/** Stripe's 400 for an event that cannot be taken; API v1 has no code of its own for most. */
export function refusalOf({ reason, param, message }: UnusableEvent): StripeFault {
  const code = reason === 'meter_event_customer_not_found' ? 'resource_missing' : undefined;
  return new StripeFault(
    400,
    {
      type: 'invalid_request_error',
      message,
      ...(code ? { code } : {}),
      ...(reason === 'duplicate_meter_event' ? {} : { param }),
    },
    { headers: { 'stripe-should-retry': 'false' }, v2Code: reason },
  );
}
