import { z } from 'zod';
import { nextRun } from '../automations/schedule.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as HH:MM, such as "20:00".');

/** In the account's time zone; `from` later than `to` goes over midnight, the same twice is the whole day. */
export const quietHoursSchema = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, 'Leave some hours in which mail may go out.');
export type QuietHours = z.infer<typeof quietHoursSchema>;

/** When mail may go out: `now` itself, or the end of the quiet hours that it lies in. */
export function afterQuiet(now: Date, quiet: QuietHours | null, timeZone: string): Date {
  if (!quiet) return now;
  const { from, to } = quiet;
  const time = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).format(now);
  const isQuiet = from > to ? time >= from || time < to : time >= from && time < to;
  if (!isQuiet) return now;
  const [hour, minute] = to.split(':').map(Number);
  return nextRun({ cron: `${minute} ${hour} * * *`, timezone: timeZone }, now) ?? now;
}
