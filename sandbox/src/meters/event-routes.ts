import type Stripe from 'stripe';
import { type Call, declare, type Resource, route } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { integer, mapOf, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { meterEvents } from './event.ts';
import { cancelEvent, reportUsage } from './report.ts';
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

function report({ account, params }: Call<Parsed<typeof eventParams>>): Wire<Stripe.Billing.MeterEvent> {
  const { created, event_name, identifier, payload, timestamp } = reportUsage(account, params);
  const { livemode } = account;
  return { object: 'billing.meter_event', created, event_name, identifier, livemode, payload, timestamp };
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
