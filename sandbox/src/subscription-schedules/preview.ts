import type { Account } from '../account.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { type Route, referred, refused, route } from '../resource.ts';
import { addItems, customerOf, preview, withDiscounts } from '../subscriptions/preview.ts';
import { previewParams } from '../subscriptions/preview-params.ts';
import { type Subscription, subscriptions } from '../subscriptions/subscription.ts';
import { asDrafted, asUpcoming, noneUpcoming, renewal } from '../subscriptions/upcoming.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import { object, type Parsed, text } from '../wire/params.ts';
import { createSchedule } from './create.ts';
import { createParams, updateParams } from './params.ts';
import { isRunning, type Schedule, schedules } from './schedule.ts';
import { turnSchedule } from './turn.ts';
import { updateSchedule } from './update.ts';

const params = {
  ...previewParams,
  schedule: text(),
  schedule_details: object({
    billing_mode: createParams.billing_mode,
    end_behavior: updateParams.end_behavior,
    pause_schedules: updateParams.pause_schedules,
    phases: updateParams.phases,
    proration_behavior: updateParams.proration_behavior,
  }),
} as const;
type Params = Parsed<typeof params>;

/** The next invoice of a schedule, as it is or as it would be. To be called while the account imagines. */
function previewSchedule(account: Account, asked: Params): Invoice {
  for (const name of ['subscription', 'subscription_details'] as const)
    if (asked[name] !== undefined)
      throw refused(name, `You may only specify one of these parameters: schedule, ${name}.`);
  const { schedule: id, schedule_details: details } = asked;
  const known =
    id === undefined ? undefined : referred(account, schedules, 'subscription schedule', id, 'schedule');
  const customer = customerOf(account, asked, known && { ...known, kind: 'schedule' });
  if (known && !isRunning(known)) throw noneUpcoming(customer.id);
  const before = subscriptionOf(account, known);
  addItems(account, asked, {
    customer: customer.id,
    currency: before?.currency ?? known?.phases[0]?.currency ?? customer.currency ?? 'usd',
    subscription: before?.id,
  });
  const schedule = known
    ? details
      ? updateSchedule(account, known, details)
      : known
    : startFrom(account, asked, customer.id);
  return nextOf(account, schedule, before, asked);
}

function startFrom(account: Account, { schedule_details: details }: Params, customer: string): Schedule {
  const [first] = details?.phases ?? [];
  if (!first) throw missingParam('schedule_details[phases]');
  const { proration_behavior: _, ...terms } = details ?? {};
  return createSchedule(account, { ...terms, customer, start_date: first.start_date });
}

function subscriptionOf(account: Account, schedule: Schedule | undefined): Subscription | undefined {
  return account.of(subscriptions).get(schedule?.subscription ?? '');
}

/** The first invoice that a schedule makes from now on: what was made just now, its start, or the next renewal. */
function nextOf(
  account: Account,
  schedule: Schedule,
  before: Subscription | undefined,
  asked: Params,
): Invoice {
  const current = subscriptionOf(account, schedule);
  const mode = asked.preview_mode ?? 'next';
  if (!current) {
    const start = schedule.phases[0]?.start_date ?? account.now();
    return account.within(account.timeline(), start, () => {
      turnSchedule(account, schedule.id);
      const begun = account.of(schedules).get(schedule.id) ?? schedule;
      if (subscriptionOf(account, begun)) return nextOf(account, begun, undefined, asked);
      throw noneUpcoming(schedule.customer);
    });
  }
  const made = current.latest_invoice === before?.latest_invoice ? null : current.latest_invoice;
  const draft = made === null || mode === 'recurring' ? null : asDrafted(account, made);
  return draft ?? renewal(account, withDiscounts(account, current, asked), mode);
}

/** `POST /v1/invoices/create_preview`: what is asked about is done, drafted and taken back. */
export const previewRoute: Route = route(
  'POST',
  '/v1/invoices/create_preview',
  { permission: 'invoice', params },
  ({ account, params: asked }) => {
    if (asked.automatic_tax?.enabled) throw notSupported('automatic tax');
    return account.imagine(() =>
      asked.schedule === undefined && !asked.schedule_details
        ? asUpcoming(account, preview(account, asked), asked.subscription_details?.proration_date)
        : asUpcoming(account, previewSchedule(account, asked)),
    );
  },
);
