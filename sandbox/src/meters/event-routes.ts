import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { checkAlerts } from '../alerts/alert.ts';
import { type Call, declare, type Resource, refused, route } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { integer, mapOf, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import {
  type EventInput,
  identifierSeconds,
  type MeterEvent,
  meterEvents,
  recordEvent,
  refusalOf,
  UnusableEvent,
} from './event.ts';
import { summaryRoute } from './summaries.ts';

const eventParams = {
  event_name: required(text(100)),
  identifier: text(100),
  payload: required(mapOf(text(100))),
  timestamp: integer(0),
} as const;
const adjustmentParams = {
  cancel: object({ identifier: text(100) }),
  event_name: required(text(100)),
  type: required(oneOf('cancel')),
} as const;

/** Keeps a usage event. Throws Stripe's 400 for one that cannot be taken. */
export function reportUsage(account: Account, input: EventInput): MeterEvent {
  try {
    const event = recordEvent(account, input);
    checkAlerts(account, event.meter, event.customer);
    return event;
  } catch (error) {
    throw error instanceof UnusableEvent ? refusalOf(error) : error;
  }
}

function report({ account, params }: Call<Parsed<typeof eventParams>>): Wire<Stripe.Billing.MeterEvent> {
  const { created, event_name, identifier, payload, timestamp } = reportUsage(account, params);
  const { livemode } = account;
  return { object: 'billing.meter_event', created, event_name, identifier, livemode, payload, timestamp };
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

function adjust({
  account,
  params,
}: Call<Parsed<typeof adjustmentParams>>): Wire<Stripe.Billing.MeterEventAdjustment> {
  const { cancel, event_name, type } = params;
  if (cancel?.identifier === undefined) throw missingParam('cancel[identifier]');
  const { identifier } = cancel;
  cancelEvent(account, event_name, identifier, 'cancel[identifier]');
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name,
    livemode: account.livemode,
    status: 'complete',
    type,
  };
}

/** `/v1/billing/meter_events`, their adjustments and their summaries. */
export const meterEventResource: Resource = {
  collections: [declare(meterEvents)],
  routes: [
    route(
      'POST',
      '/v1/billing/meter_events',
      { permission: 'billing_meter_event', params: eventParams },
      report,
    ),
    route(
      'POST',
      '/v1/billing/meter_event_adjustments',
      { permission: 'billing_meter_event_adjustment', params: adjustmentParams },
      adjust,
    ),
    summaryRoute,
  ],
};
