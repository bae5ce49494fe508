import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { hour } from '../clock.ts';
import { type EventType, emit } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { destinationsOf } from '../webhooks/destination.ts';
import type { Wire } from '../wire/shapes.ts';
import { availabilityOf } from './availability.ts';
import { type ReportType, reportTypes } from './report-types.ts';

/** Says that there is money that moved since report types were last announced as updated. */
export interface ReportNews {
  readonly id: 'next';
}
export const reportNews: CollectionSpec<ReportNews> = { name: 'report_news', indexes: {} };

export const announceJob = 'report.announce';
const announcement: EventType = 'reporting.report_type.updated';

/** What moves money. */
export const newsworthy = [
  'application_fee.created',
  'application_fee.refunded',
  'charge.captured',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.refunded',
  'charge.succeeded',
  'payout.canceled',
  'payout.created',
  'payout.failed',
  'refund.failed',
  'topup.succeeded',
  'transfer.created',
  'transfer.reversed',
] as const satisfies readonly EventType[];

/** Report types as Stripe shows them. */
export function shownTypes(
  account: Account,
  types: Iterable<ReportType>,
): Wire<Stripe.Reporting.ReportType>[] {
  const { start, end } = availabilityOf(account);
  return [...types].map((type) => ({
    id: type.id,
    object: 'reporting.report_type',
    data_available_end: end,
    data_available_start: start,
    default_columns: [...type.defaultColumns],
    livemode: account.livemode,
    name: type.name,
    updated: account.now(),
    version: type.version,
  }));
}

/** Sees to it that a destination which asked to hear of updated report types does, at Stripe's next hour for it. */
export function awaitAnnouncement(of: Account): void {
  const account = of.platform ?? of;
  if (account.of(reportNews).get('next') || !hasListener(account)) return;
  account.of(reportNews).put({ id: 'next' });
  const half = 12 * hour;
  account.schedule((Math.floor(account.now() / half) + 1) * half, announceJob, '');
}

/** Announces all report types. Runs as a due job. */
export function announce(account: Account): void {
  account.of(reportNews).delete('next');
  if (!hasListener(account)) return;
  for (const type of shownTypes(account, reportTypes.values())) emit(account, announcement, type);
}

/** Stripe records these events for those alone who ask for them by name. */
function hasListener(account: Account): boolean {
  return destinationsOf(account).some(
    ({ isEnabled, hearsSelf, types }) => isEnabled && hearsSelf && types.includes(announcement),
  );
}
