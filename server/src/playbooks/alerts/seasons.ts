/** The same time on days of the same kind: what a moment is compared with. */

const dayMs = 86_400_000;
const weeks = 8;
const closeDays = 28;

/**
 * Moments at the same local time as `now`, newest first: on the same weekday for eight weeks, and on days of the same kind
 * (Monday to Friday, or the weekend) for four; none before `knownFrom`. Over a change of the clocks the local time holds.
 */
export function likeMoments(now: Date, timeZone: string, knownFrom: Date): Date[] {
  const local = localOf(now, timeZone);
  const moments = [];
  for (let days = 1; days <= weeks * 7; days += 1) {
    const near = new Date(now.getTime() - days * dayMs);
    const then = localOf(near, timeZone);
    const moment = new Date(near.getTime() + shortest(local.minutes - then.minutes) * 60_000);
    const isLike =
      then.weekday === local.weekday ||
      (days <= closeDays && isWeekend(then.weekday) === isWeekend(local.weekday));
    if (isLike && moment >= knownFrom) moments.push(moment);
  }
  return moments;
}

/** `weekdays`, or `Saturdays and Sundays`: for words. */
export const kindOfDay = (now: Date, timeZone: string): string =>
  isWeekend(localOf(now, timeZone).weekday) ? 'weekends' : 'weekdays';

const isWeekend = (weekday: string): boolean => weekday === 'Sat' || weekday === 'Sun';

/** A difference of minutes over midnight is the short way round. */
const shortest = (minutes: number) =>
  minutes > 720 ? minutes - 1440 : minutes < -720 ? minutes + 1440 : minutes;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it a thousand times. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  formats.set(timeZone, format);
  return format;
}

function localOf(moment: Date, timeZone: string): { weekday: string; minutes: number } {
  const parts = formatIn(timeZone).formatToParts(moment);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return { weekday: part('weekday'), minutes: Number(part('hour')) * 60 + Number(part('minute')) };
}
