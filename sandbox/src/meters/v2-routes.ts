import type Stripe from 'stripe';
import { day, minute } from '../clock.ts';
import { newSecret, secrets } from '../directory.ts';
import { newId } from '../ids.ts';
import { type Call, type Resource, route } from '../resource.ts';
import { sessionPrefix } from '../wire/keys.ts';
import { list, mapOf, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { isoTime, v2Time } from '../wire/v2.ts';
import { reportError } from './error-reports.ts';
import { UnusableEvent } from './event.ts';
import { cancelEvent, reportUsage, takeEvent } from './report.ts';

const eventParams = {
  event_name: required(text(100)),
  identifier: text(100),
  payload: required(mapOf(text(100))),
  timestamp: v2Time,
} as const;
const adjustmentParams = {
  cancel: required(object({ identifier: required(text(100)) })),
  event_name: required(text(100)),
  type: required(oneOf('cancel')),
} as const;
const streamParams = { events: required(list(object(eventParams), 100)) } as const;

function report({ account, params }: Call<Parsed<typeof eventParams>>): Wire<Stripe.V2.Billing.MeterEvent> {
  const { created, event_name, identifier, payload, timestamp } = reportUsage(account, params);
  return {
    object: 'v2.billing.meter_event',
    created: isoTime(created),
    event_name,
    identifier,
    livemode: account.livemode,
    payload,
    timestamp: isoTime(timestamp),
  };
}

function adjust({
  account,
  params,
}: Call<Parsed<typeof adjustmentParams>>): Wire<Stripe.V2.Billing.MeterEventAdjustment> {
  const { cancel, event_name, type } = params;
  cancelEvent(account, event_name, cancel.identifier, 'cancel.identifier');
  return {
    id: newId(account.livemode ? 'mtradj' : 'mtradj_test', 32),
    object: 'v2.billing.meter_event_adjustment',
    cancel,
    created: isoTime(account.now()),
    event_name,
    livemode: account.livemode,
    status: 'complete',
    type,
  };
}

/** How long the token of a session opens the stream, and how long after that it is known to have done so. */
const sessionSeconds = 15 * minute;
const rememberedSeconds = day;

function openSession({ account }: Call<unknown>): Wire<Stripe.V2.Billing.MeterEventSession> {
  const now = account.ownNow();
  const kept = account.of(secrets);
  for (const { id, expires } of [...kept.oldestFirst()])
    if (expires !== undefined && expires + rememberedSeconds <= now) kept.delete(id);
  const mode = account.livemode ? 'live' : 'test';
  const token = newSecret(`${sessionPrefix}_${mode}`, account.id);
  const expires = now + sessionSeconds;
  kept.put({ id: token, permissions: { [permission]: 'write' }, revoked: false, expires });
  return {
    id: newId(account.livemode ? 'mes' : 'mes_test', 32),
    object: 'v2.billing.meter_event_session',
    authentication_token: token,
    created: isoTime(now),
    expires_at: isoTime(expires),
    livemode: account.livemode,
  };
}

/** Takes what can be taken; what cannot is told of later. An identifier seen before is no error here. */
function stream({ account, params }: Call<Parsed<typeof streamParams>>): Record<string, never> {
  for (const event of params.events) {
    try {
      takeEvent(account, event);
    } catch (error) {
      if (!(error instanceof UnusableEvent)) throw error;
      if (error.reason !== 'duplicate_meter_event') reportError(account, event, error);
    }
  }
  return {};
}

const permission = 'billing_meter_event';

/** `/v2/billing`: usage as API v2 takes it, one event at a time or as a stream. */
export const meterStreamResource: Resource = {
  routes: [
    route('POST', '/v2/billing/meter_events', { permission, params: eventParams }, report),
    route(
      'POST',
      '/v2/billing/meter_event_adjustments',
      { permission: 'billing_meter_event_adjustment', params: adjustmentParams },
      adjust,
    ),
    route('POST', '/v2/billing/meter_event_session', { permission }, openSession),
    route('POST', '/v2/billing/meter_event_stream', { permission, params: streamParams }, stream),
  ],
};
