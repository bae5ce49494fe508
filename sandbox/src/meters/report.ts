import type { Account } from '../account.ts';
import { checkAlerts } from '../alerts/alert.ts';
import { refused } from '../resource.ts';
import {
  type EventInput,
  identifierSeconds,
  type MeterEvent,
  meterEvents,
  recordEvent,
  refusalOf,
  UnusableEvent,
} from './event.ts';

/** Keeps a usage event and sets off the alerts it reaches. Throws `UnusableEvent`. */
export function takeEvent(account: Account, input: EventInput): MeterEvent {
  const event = recordEvent(account, input);
  checkAlerts(account, event);
  return event;
}

/** Keeps a usage event. Throws Stripe's 400 for one that cannot be taken. */
export function reportUsage(account: Account, input: EventInput): MeterEvent {
  try {
    return takeEvent(account, input);
  } catch (error) {
    throw error instanceof UnusableEvent ? refusalOf(error) : error;
  }
}

/** Makes an event count for nothing. Throws Stripe's 400 when there is none or it was reported more than a day ago. */
export function cancelEvent(account: Account, eventName: string, identifier: string, param: string): void {
  const event = account.of(meterEvents).newestBy('identifier', identifier);
  if (event?.event_name !== eventName)
    throw refused(param, `No meter event found with identifier ${identifier}.`, 'resource_missing');
  if (event.created <= account.now() - identifierSeconds)
    throw refused(param, 'You can only cancel events within 24 hours of Stripe receiving them.');
  if (event.canceled) throw refused(param, `The meter event ${identifier} has already been canceled.`);
  account.of(meterEvents).put({ ...event, canceled: true });
}
