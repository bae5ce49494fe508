import { day } from '../clock.ts';

/** How often a price recurs. */
export interface Recurrence {
  readonly interval: string;
  readonly interval_count: number;
}

/**
 * The moment `count` intervals after an anchor, both in seconds. Months keep the anchor's day where they have it and
 * end on their last day where they do not: 31 January, 28 February, 31 March.
 */
export function intervalsOn(
  anchor: number,
  { interval, interval_count: each }: Recurrence,
  count: number,
): number {
  const steps = each * count;
  if (interval === 'day') return anchor + steps * day;
  if (interval === 'week') return anchor + steps * 7 * day;
  const date = new Date(anchor * 1000);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + steps * (interval === 'year' ? 12 : 1));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(dayOfMonth, last));
  return Math.floor(date.getTime() / 1000);
}

/** The first boundary of the billing cycle after a moment; the anchor itself when it is still to come within one period. */
export function nextBoundary(anchor: number, recurrence: Recurrence, after: number): number {
  const { interval, interval_count: each } = recurrence;
  const longest = each * day * { day: 1, week: 7, month: 31, year: 366 }[interval as 'day'];
  let count = Math.floor((after - anchor) / longest) - 1;
  while (intervalsOn(anchor, recurrence, count) <= after) count++;
  return intervalsOn(anchor, recurrence, count);
}
