import { day } from '../clock.ts';

/** How often a price recurs. */
export interface Recurrence {
  readonly interval: string;
  readonly interval_count: number;
}

/** A stretch of time, in seconds; the end is not part of it. */
export interface Period {
  readonly start: number;
  readonly end: number;
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

/** The first boundary of the billing cycle after a moment. */
export function nextBoundary(anchor: number, recurrence: Recurrence, after: number): number {
  return intervalsOn(anchor, recurrence, boundariesUntil(anchor, recurrence, after));
}

/** The whole period of the billing cycle that a moment is in. */
export function naturalPeriod(anchor: number, recurrence: Recurrence, at: number): Period {
  const count = boundariesUntil(anchor, recurrence, at);
  return {
    start: intervalsOn(anchor, recurrence, count - 1),
    end: intervalsOn(anchor, recurrence, count),
  };
}

function boundariesUntil(anchor: number, recurrence: Recurrence, at: number): number {
  const { interval, interval_count: each } = recurrence;
  const longest = each * day * { day: 1, week: 7, month: 31, year: 366 }[interval as 'day'];
  let count = Math.floor((at - anchor) / longest) - 1;
  while (intervalsOn(anchor, recurrence, count) <= at) count++;
  return count;
}

/** Whether both begin and end together, each time. */
export function isSameRecurrence(one: Recurrence, other: Recurrence): boolean {
  const [a, b] = [inUnits(one), inUnits(other)];
  return a.unit === b.unit && a.count === b.count;
}

/** Whether a whole number of the shorter intervals makes the longer one, always: months are not made of weeks. */
export function isMadeOf(longer: Recurrence, shorter: Recurrence): boolean {
  const [long, short] = [inUnits(longer), inUnits(shorter)];
  if (short.unit === 'day' && short.count === 1) return true;
  return long.unit === short.unit && long.count % short.count === 0;
}

/** How long an interval is, roughly; for telling the shortest. */
export function roughSeconds(recurrence: Recurrence): number {
  const { unit, count } = inUnits(recurrence);
  return count * (unit === 'day' ? day : 30 * day);
}

function inUnits({ interval, interval_count: count }: Recurrence): { unit: 'day' | 'month'; count: number } {
  if (interval === 'day' || interval === 'week')
    return { unit: 'day', count: count * (interval === 'week' ? 7 : 1) };
  return { unit: 'month', count: count * (interval === 'year' ? 12 : 1) };
}
