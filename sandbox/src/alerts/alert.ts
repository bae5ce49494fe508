import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { clockIdOf, existingCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { type MeterEvent, meterEvents, usageKey } from '../meters/event.ts';
import { type Meter, meters } from '../meters/meter.ts';
import { aggregated } from '../meters/usage.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { integer, list, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** ```active ◀──activate── / ──deactivate──▶ inactive; both ──archive──▶ archived, out of sight for good``` */
type Alert = Wire<Stripe.Billing.Alert>;
const alerts: CollectionSpec<Alert, 'meter'> = {
  name: 'billing_alerts',
  indexes: {
    meter: (alert) => (alert.status === 'archived' ? null : (alert.usage_threshold?.meter ?? null)),
  },
};

/** What an alert has seen: usage reported since it became active counts, and each customer sets it off once. */
interface AlertWatch {
  /** The alert's id. */
  readonly id: string;
  /** Seconds. */
  readonly since: number;
  readonly customers: readonly string[];
}
const watches: CollectionSpec<AlertWatch> = { name: 'billing_alert_watches', indexes: {} };

/** How many alerts of one meter may watch the same customer, or all of them. */
const most = 25;

/** Sets off the alerts whose threshold a customer's usage of a meter has reached. Called after each report. */
export function checkAlerts(account: Account, { customer, meter: meterId }: MeterEvent): void {
  const meter = account.of(meters).get(meterId);
  // As Stripe documents it, alerts do not work for customers on test clocks.
  if (!meter || clockIdOf(existingCustomer(account, customer)) !== null) return;
  for (const alert of account.of(alerts).by('meter', meterId)) {
    const watch = alert.status === 'active' ? account.of(watches).get(alert.id) : undefined;
    const only = watched(alert);
    if (!watch || watch.customers.includes(customer) || (only !== null && only !== customer)) continue;
    const value = Number(usageSince(account, meter, customer, watch.since));
    if (value < (alert.usage_threshold?.gte ?? Number.POSITIVE_INFINITY)) continue;
    account.of(watches).put({ ...watch, customers: [...watch.customers, customer] });
    const { livemode } = account;
    const created = account.now();
    emit(account, 'billing.alert.triggered', {
      object: 'billing.alert_triggered',
      alert,
      created,
      customer,
      livemode,
      value,
    } satisfies Wire<Stripe.Billing.AlertTriggered>);
  }
}

/** The one customer an alert watches; null when it watches everyone. */
function watched(alert: Alert): string | null {
  return alert.usage_threshold?.filters?.[0]?.customer ?? null;
}

function usageSince(account: Account, meter: Meter, customer: string, since: number): string {
  const reported = [];
  const key = usageKey(meter.id, customer);
  for (const event of account.of(meterEvents).newestFirst({ index: 'usage', key })) {
    if (event.created < since) break;
    if (!event.canceled) reported.push(event);
  }
  return aggregated(meter, reported);
}

const createParams = {
  alert_type: required(oneOf('usage_threshold')),
  title: required(text(256)),
  usage_threshold: object({
    filters: list(object({ customer: text(), type: required(oneOf('customer')) }), 1),
    gte: required(integer(1)),
    meter: required(text()),
    recurrence: required(oneOf('one_time')),
  }),
} as const;
const listParams = { ...pageParams, alert_type: oneOf('usage_threshold'), meter: text() } as const;

function make({ account, params }: Call<Parsed<typeof createParams>>): Alert {
  const { alert_type, title, usage_threshold: threshold } = params;
  if (!threshold) throw missingParam('usage_threshold');
  const meter = referred(account, meters, 'meter', threshold.meter, 'usage_threshold[meter]').id;
  const filters = threshold.filters?.map(({ customer, type }) => {
    if (customer === undefined) throw missingParam('usage_threshold[filters][0][customer]');
    return {
      customer: existingCustomer(account, customer, 'usage_threshold[filters][0][customer]').id,
      type,
    };
  });
  const only = filters?.[0]?.customer ?? null;
  if (
    account
      .of(alerts)
      .by('meter', meter)
      .filter((other) => watched(other) === only).length >= most
  )
    throw refused(
      'usage_threshold',
      `You can have at most ${most} alerts for each combination of a meter and a customer.`,
    );
  const alert: Alert = {
    id: newId('alrt', 24),
    object: 'billing.alert',
    alert_type,
    livemode: account.livemode,
    status: 'active',
    title,
    usage_threshold: {
      filters: filters ?? null,
      gte: threshold.gte,
      meter,
      recurrence: threshold.recurrence,
    },
  };
  account.of(watches).put({ id: alert.id, since: account.now(), customers: [] });
  return account.of(alerts).put(alert);
}

/** The alert an address names; archived ones are gone. */
function existing(call: Call<unknown>): Alert {
  const alert = found(call, alerts, 'alert');
  if (alert.status === 'archived') throw noSuch('alert', alert.id, 'id');
  return alert;
}

function activate(call: Call<unknown>): Alert {
  const { account } = call;
  const alert = existing(call);
  if (alert.status === 'active') throw refused('id', `The alert ${alert.id} is already active.`);
  account.of(watches).put({ id: alert.id, since: account.now(), customers: [] });
  return account.of(alerts).put({ ...alert, status: 'active' });
}

function deactivate(call: Call<unknown>): Alert {
  const alert = existing(call);
  if (alert.status === 'inactive') throw refused('id', `The alert ${alert.id} is already inactive.`);
  return call.account.of(alerts).put({ ...alert, status: 'inactive' });
}

const permission = 'billing_alert';

/** `/v1/billing/alerts`. */
export const alertResource: Resource = {
  collections: [declare(alerts), declare(watches)],
  expand: { 'billing.alert': { 'usage_threshold.meter': ['billing_meters'] } },
  routes: [
    route('POST', '/v1/billing/alerts', { permission, params: createParams }, make),
    route('GET', '/v1/billing/alerts/:id', { permission }, existing),
    route('POST', '/v1/billing/alerts/:id/activate', { permission }, activate),
    route('POST', '/v1/billing/alerts/:id/deactivate', { permission }, deactivate),
    route('POST', '/v1/billing/alerts/:id/archive', { permission }, (call) =>
      call.account.of(alerts).put({ ...existing(call), status: 'archived' }),
    ),
    route('GET', '/v1/billing/alerts', { permission, params: listParams }, (call) => {
      const { meter } = call.params;
      return listed(call, alerts, {
        where: (alert) =>
          alert.status !== 'archived' && (meter === undefined || alert.usage_threshold?.meter === meter),
      });
    }),
  ],
};
