import { refused } from '../resource.ts';
import type { Recurrence } from './periods.ts';

/** The day, and perhaps the time and the month, that full periods begin on; what is null is as in the moment of asking. */
export interface AnchorConfig {
  readonly day_of_month: number;
  readonly hour: number | null;
  readonly minute: number | null;
  readonly month: number | null;
  readonly second: number | null;
}

/** No interval needs more steps than the months of a year to come by a month with 31 days, or it never will. */
const mostSteps = 12;

/**
 * The first anchor from a moment on (seconds, UTC) that a configuration describes: in a month that has the day, reached
 * in whole intervals from the first renewal, so that it may be further off than that.
 * @throws StripeFault 400 for prices that do not recur by months or years.
 */
export function anchorFrom(config: AnchorConfig, from: number, recurrence: Recurrence): number {
  const { interval, interval_count: each } = recurrence;
  if (interval !== 'month' && interval !== 'year')
    throw refused(
      'billing_cycle_anchor_config',
      'billing_cycle_anchor_config can only be used with monthly and yearly price intervals.',
    );
  const asked = new Date(from * 1000);
  const year = asked.getUTCFullYear();
  const month = config.month === null ? asked.getUTCMonth() : config.month - 1;
  const step = config.month === null ? 1 : 12;
  const first = inMonth(config, asked, year, month) >= from ? month : month + step;
  const apart = each * (interval === 'year' ? 12 : 1);
  for (let steps = 0; steps < mostSteps; steps++) {
    const at = inMonth(config, asked, year, first + steps * apart);
    if (new Date(at * 1000).getUTCDate() === config.day_of_month) return at;
  }
  return inMonth(config, asked, year, first);
}

/** The configured day in a month, or the month's last where it is shorter. */
function inMonth(config: AnchorConfig, asked: Date, year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const { hour, minute, second } = config;
  return (
    Date.UTC(
      year,
      month,
      Math.min(config.day_of_month, last),
      hour ?? asked.getUTCHours(),
      minute ?? asked.getUTCMinutes(),
      second ?? asked.getUTCSeconds(),
    ) / 1000
  );
}
