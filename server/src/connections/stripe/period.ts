import { ToolError } from '../../tools/tool.ts';

/** A stretch of time in Unix seconds, as Stripe's `created` filters take it. */
export interface Period {
  readonly gte?: number;
  readonly lt?: number;
}

/** What a tool is given: words, or ISO dates with an exclusive end. */
export type PeriodInput = string | { readonly from?: string | undefined; readonly to?: string | undefined };

/** A calendar day without a zone. Months count from 1; days may run over, as in `Date.UTC`. */
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const monthNames =
  'january february march april may june july august september october november december'.split(' ');

function invalid(text: string): never {
  throw new ToolError('invalid_period', `"${text}" is not a period that is understood.`, {
    next: 'Give {from, to} as ISO dates, or words such as "last month", "last 7 days" or "2026-03".',
  });
}

function offsetMs(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The first second of a day in a zone. Asked twice, so that a change of clocks on the way is seen. */
function startOf({ year, month, day }: Day, timeZone: string): number {
  const asUtc = Date.UTC(year, month - 1, day);
  const once = asUtc - offsetMs(asUtc, timeZone);
  return (asUtc - offsetMs(once, timeZone)) / 1000;
}

function dayIn(at: Date, timeZone: string): Day {
  const local = new Date(at.getTime() + offsetMs(at.getTime(), timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** Monday. */
function weekStart(day: Day): Day {
  const weekday = (new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay() + 6) % 7;
  return { ...day, day: day.day - weekday };
}

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

function unitStart(day: Day, unit: Unit, shift: number): Day {
  const { year, month } = day;
  switch (unit) {
    case 'day':
      return { ...day, day: day.day + shift };
    case 'week': {
      const monday = weekStart(day);
      return { ...monday, day: monday.day + 7 * shift };
    }
    case 'month':
      return { year, month: month + shift, day: 1 };
    case 'quarter':
      return { year, month: Math.floor((month - 1) / 3) * 3 + 1 + 3 * shift, day: 1 };
    case 'year':
      return { year: year + shift, month: 1, day: 1 };
  }
}

function whole(day: Day, unit: Unit, shift: number, timeZone: string): Period {
  const between = (n: number): number => startOf(unitStart(day, unit, n), timeZone);
  return { gte: between(shift), lt: between(shift + 1) };
}

function rolling(count: number, unit: string, now: Date, timeZone: string): Period {
  const seconds = Math.floor(now.getTime() / 1000);
  if (unit === 'minute') return { gte: seconds - count * 60 };
  if (unit === 'hour') return { gte: seconds - count * 3600 };
  const today = dayIn(now, timeZone);
  const steps: Record<string, Day> = {
    day: { ...today, day: today.day - count },
    week: { ...today, day: today.day - 7 * count },
    month: { ...today, month: today.month - count },
    year: { ...today, year: today.year - count },
  };
  const from = steps[unit];
  return from ? { gte: startOf(from, timeZone) } : {};
}

function instant(text: string, timeZone: string): number {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (date) return startOf({ year: Number(date[1]), month: Number(date[2]), day: Number(date[3]) }, timeZone);
  const at = Date.parse(text);
  if (Number.isNaN(at)) invalid(text);
  return Math.floor(at / 1000);
}

function namedMonth(text: string, today: Day): Day | undefined {
  const iso = /^(\d{4})-(\d{2})$/.exec(text);
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]), day: 1 };
  const named = /^([a-z]{3,9})\.?(?: (\d{4}))?$/.exec(text);
  const month = named?.[1] ? monthNames.findIndex((name) => name.startsWith(named[1] ?? '')) + 1 : 0;
  if (month === 0) return undefined;
  const year = named?.[2] ? Number(named[2]) : month > today.month ? today.year - 1 : today.year;
  return { year, month, day: 1 };
}

function fromWords(words: string, now: Date, timeZone: string): Period {
  const text = words
    .trim()
    .toLowerCase()
    .replace(/^(in|during|for|from) /, '')
    .replace(/^the /, '');
  const today = dayIn(now, timeZone);
  if (text === 'today') return whole(today, 'day', 0, timeZone);
  if (text === 'yesterday') return whole(today, 'day', -1, timeZone);
  const relative = /^(this|current|last|past|previous) (day|week|month|quarter|year)$/.exec(text);
  if (relative) {
    const shift = relative[1] === 'this' || relative[1] === 'current' ? 0 : -1;
    return whole(today, relative[2] as Unit, shift, timeZone);
  }
  const counted = /^(?:last|past|previous) (\d{1,4}|hour|minute) ?(minute|hour|day|week|month|year)?s?$/.exec(
    text,
  );
  if (counted?.[1]) {
    const count = Number(counted[1]);
    return Number.isNaN(count)
      ? rolling(1, counted[1], now, timeZone)
      : rolling(count, counted[2] ?? 'day', now, timeZone);
  }
  const since = /^(?:since|after) (\S+)$/.exec(text);
  if (since?.[1]) return { gte: instant(since[1], timeZone) };
  if (/^\d{4}$/.test(text)) return whole({ year: Number(text), month: 1, day: 1 }, 'year', 0, timeZone);
  const month = namedMonth(text, today);
  if (month) return whole(month, 'month', 0, timeZone);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const [year = 0, monthOf = 1, day = 1] = text.split('-').map(Number);
    return whole({ year, month: monthOf, day }, 'day', 0, timeZone);
  }
  return invalid(words);
}

/**
 * Resolves words or ISO dates in a time zone. Days, weeks (from Monday), months and years begin at local midnight;
 * "last 24 hours" counts back from now.
 * @throws ToolError `invalid_period`
 */
export function resolvePeriod(input: PeriodInput, now: Date, timeZone: string): Period {
  if (typeof input === 'string') return fromWords(input, now, timeZone);
  return {
    ...(input.from !== undefined && { gte: instant(input.from, timeZone) }),
    ...(input.to !== undefined && { lt: instant(input.to, timeZone) }),
  };
}
