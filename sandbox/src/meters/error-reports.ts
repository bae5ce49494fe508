import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { record } from '../events.ts';
import { declare, type Resource } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { planDeliveries } from '../webhooks/plan.ts';
import { isoTime } from '../wire/v2.ts';
import type { EventInput, UnusableEvent } from './event.ts';
import { activeMeter, meters } from './meter.ts';

/** Over how long Stripe gathers what is wrong with streamed events before it tells, and how many it shows of a kind. */
const windowSeconds = 10;
const mostSamples = 5;
/** In place of the meter of events that have none. */
const noMeter = 'none';

interface Errors {
  readonly code: string;
  readonly error_count: number;
  readonly sample_errors: Stripe.Events.V1BillingMeterErrorReportTriggeredEvent.Data.Reason.ErrorType.SampleError[];
}
/** What went wrong with the events of one meter in the current window. */
interface Report {
  /** The meter's id. */
  readonly id: string;
  /** Seconds. */
  readonly start: number;
  readonly errors: readonly Errors[];
}
const reports: CollectionSpec<Report> = { name: 'meter_error_reports', indexes: {} };

/** Remembers an event that could not be taken for the report on its meter, which follows when the window is over. */
export function reportError(account: Account, input: EventInput, { message, reason }: UnusableEvent): void {
  const name = input.event_name;
  const id = (activeMeter(account, name) ?? account.of(meters).newestBy('event_name', name))?.id ?? noMeter;
  // Reports go by real time, whatever clock the customer is on.
  account.within(null, account.ownNow(), () => {
    const report = account.of(reports).get(id) ?? begun(account, id);
    const known = report.errors.find(({ code }) => code === reason);
    const { error_count = 0, sample_errors = [] } = known ?? {};
    const sample = { error_message: message, request: { identifier: input.identifier ?? '' } };
    const errors: Errors = {
      code: reason,
      error_count: error_count + 1,
      sample_errors: [...sample_errors, sample].slice(0, mostSamples),
    };
    const others = report.errors.filter((other) => other !== known);
    account.of(reports).put({ ...report, errors: [...others, errors] });
  });
}

function begun(account: Account, id: string): Report {
  const start = Math.floor(account.now() / windowSeconds) * windowSeconds;
  account.schedule(start + windowSeconds, 'meter_error_report', id);
  return { id, start, errors: [] };
}

function tell(account: Account, id: string): void {
  const report = account.of(reports).get(id);
  if (!report) return;
  account.of(reports).delete(id);
  const count = report.errors.reduce((sum, { error_count }) => sum + error_count, 0);
  const data = {
    developer_message_summary: count === 1 ? 'There is 1 invalid event' : `There are ${count} invalid events`,
    reason: { error_count: count, error_types: [...report.errors] },
    validation_end: isoTime(report.start + windowSeconds),
    validation_start: isoTime(report.start),
  } satisfies Stripe.Events.V1BillingMeterErrorReportTriggeredEvent.Data;
  const event =
    id === noMeter
      ? record(account, 'v1.billing.meter.no_meter_found', null, data)
      : record(
          account,
          'v1.billing.meter.error_report_triggered',
          { id, type: 'billing.meter', url: `/v1/billing/meters/${id}` },
          data,
        );
  planDeliveries(account, event);
}

/** The reports on events that were taken in and turned out to be wrong. */
export const meterErrorReports: Resource = {
  collections: [declare(reports)],
  jobs: { meter_error_report: tell },
};
