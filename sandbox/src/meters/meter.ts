import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { declare, found, listed, type Resource, referred, refused, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { pageParams } from '../wire/pages.ts';
import { object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

export type Meter = Wire<Stripe.Billing.Meter>;

/** A meter is active or inactive, and goes from either to the other; only active ones take events. */
export const meters: CollectionSpec<Meter, 'event_name'> = {
  name: 'billing_meters',
  indexes: { event_name: (meter) => meter.event_name },
};

/** The meter that events of a name go to. */
export function activeMeter(account: Account, eventName: string): Meter | undefined {
  return account
    .of(meters)
    .by('event_name', eventName)
    .find((meter) => meter.status === 'active');
}

/** The meter a parameter names, which has to take events. Throws Stripe's 400. */
export function usableMeter(account: Account, id: string, param: string): Meter {
  const meter = referred(account, meters, 'meter', id, param);
  if (meter.status !== 'active')
    throw refused(param, `The meter ${id} is inactive. Only an active meter can be used here.`);
  return meter;
}

const payloadKey = text(100);
const createParams = {
  customer_mapping: object({ event_payload_key: required(payloadKey), type: required(oneOf('by_id')) }),
  default_aggregation: required(object({ formula: required(oneOf('count', 'last', 'sum')) })),
  display_name: required(text(250)),
  event_name: required(text(100)),
  event_time_window: oneOf('day', 'hour'),
  value_settings: object({ event_payload_key: required(payloadKey) }),
} as const;

function made(account: Account, given: Parsed<typeof createParams>): Meter {
  requireFreeName(account, given.event_name);
  return {
    id: newId(account.livemode ? 'mtr' : 'mtr_test', 32),
    object: 'billing.meter',
    created: account.now(),
    customer_mapping: given.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    default_aggregation: given.default_aggregation,
    display_name: given.display_name,
    event_name: given.event_name,
    event_time_window: given.event_time_window ?? null,
    livemode: account.livemode,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: account.now(),
    value_settings: given.value_settings ?? { event_payload_key: 'value' },
  };
}

function requireFreeName(account: Account, name: string): void {
  if (activeMeter(account, name))
    throw refused(
      'event_name',
      `An active meter already exists for event name '${name}'. To create a new meter with the same event name, first deactivate the currently active meter.`,
    );
}

function deactivated(account: Account, meter: Meter): Meter {
  if (meter.status === 'inactive') throw refused('id', `The meter ${meter.id} is already inactive.`);
  const now = account.now();
  const next: Meter = {
    ...meter,
    status: 'inactive',
    status_transitions: { deactivated_at: now },
    updated: now,
  };
  return update(account, meters, next, 'billing.meter.deactivated');
}

function reactivated(account: Account, meter: Meter): Meter {
  if (meter.status === 'active') throw refused('id', `The meter ${meter.id} is already active.`);
  requireFreeName(account, meter.event_name);
  const next: Meter = {
    ...meter,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: account.now(),
  };
  return update(account, meters, next, 'billing.meter.reactivated');
}

const permission = 'billing_meter';

/** `/v1/billing/meters`. */
export const meterResource: Resource = {
  collections: [declare(meters)],
  routes: [
    route('POST', '/v1/billing/meters', { permission, params: createParams }, ({ account, params }) =>
      create(account, meters, made(account, params), 'billing.meter.created'),
    ),
    route('GET', '/v1/billing/meters/:id', { permission }, (call) => found(call, meters, 'meter')),
    route('POST', '/v1/billing/meters/:id', { permission, params: { display_name: text(250) } }, (call) => {
      const meter = found(call, meters, 'meter');
      const { display_name = meter.display_name } = call.params;
      if (display_name === meter.display_name) return meter;
      const next: Meter = { ...meter, display_name, updated: call.account.now() };
      return update(call.account, meters, next, 'billing.meter.updated');
    }),
    route('POST', '/v1/billing/meters/:id/deactivate', { permission }, (call) =>
      deactivated(call.account, found(call, meters, 'meter')),
    ),
    route('POST', '/v1/billing/meters/:id/reactivate', { permission }, (call) =>
      reactivated(call.account, found(call, meters, 'meter')),
    ),
    route(
      'GET',
      '/v1/billing/meters',
      { permission, params: { ...pageParams, status: oneOf('active', 'inactive') } },
      (call) => {
        const { status } = call.params;
        return listed(call, meters, { where: (meter) => status === undefined || meter.status === status });
      },
    ),
  ],
};
