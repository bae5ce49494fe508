import type Stripe from 'stripe';
import { day, hour, minute } from '../clock.ts';
import { existingCustomer } from '../customers.ts';
import { groupBy } from '../group-by.ts';
import { derivedText } from '../ids.ts';
import { type Call, found, type Route, refused, route } from '../resource.ts';
import { type Page, pageOfList, pageParams } from '../wire/pages.ts';
import { integer, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { MeterEvent } from './event.ts';
import { meters } from './meter.ts';
import { aggregated, eventsIn, type Window } from './usage.ts';

const params = {
  ...pageParams,
  customer: required(text()),
  end_time: required(integer(0)),
  start_time: required(integer(0)),
  value_grouping_window: oneOf('day', 'hour'),
} as const;
type Params = Parsed<typeof params>;

/** Without a grouping, one summary of the whole; with one, a summary for each hour or day (UTC) that saw an event. */
function summaries(call: Call<Params>): Page<Stripe.Billing.MeterEventSummary> {
  const { account, params: asked } = call;
  const meter = found(call, meters, 'meter');
  const customer = existingCustomer(account, asked.customer).id;
  const window = { start: asked.start_time, end: asked.end_time };
  const step = { day, hour, whole: null }[asked.value_grouping_window ?? 'whole'];
  checkWindow(asked, step ?? minute);
  const events = [...eventsIn(account, meter.id, customer, window)];
  const groups = step === null ? [{ ...window, events }] : grouped(events, step);
  const all = groups.map(({ start, end, events: own }) => ({
    id: `mtrusg_${account.livemode ? '' : 'test_'}${derivedText([meter.id, customer, start, end].join(), 32)}`,
    object: 'billing.meter_event_summary' as const,
    aggregated_value: Number(aggregated(meter, own)),
    end_time: end,
    livemode: account.livemode,
    meter: meter.id,
    start_time: start,
  }));
  return pageOfList(all, call.url, asked, 'billing.meter_event_summary');
}

function checkWindow({ start_time: start, end_time: end }: Params, step: number): void {
  const unit = step === day ? 'day' : step === hour ? 'hour' : 'minute';
  for (const [name, time] of [
    ['start_time', start],
    ['end_time', end],
  ] as const)
    if (time % step !== 0) throw refused(name, `The \`${name}\` must be aligned with ${unit} boundaries.`);
  if (end <= start) throw refused('end_time', 'The `end_time` must be greater than the `start_time`.');
}

/** Newest first. */
function grouped(
  events: readonly MeterEvent[],
  step: number,
): (Window & { readonly events: MeterEvent[] })[] {
  const groups = groupBy(events, (event) => Math.floor(event.timestamp / step) * step);
  return [...groups]
    .sort(([a], [b]) => b - a)
    .map(([start, own]) => ({ start, end: start + step, events: own }));
}

/** `/v1/billing/meters/:id/event_summaries`. */
export const summaryRoute: Route = route(
  'GET',
  '/v1/billing/meters/:id/event_summaries',
  { permission: 'billing_meter', params },
  summaries,
);
