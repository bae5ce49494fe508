/** What the address says of a period. */
export interface PeriodSearch {
  period?: string | undefined;
  /** `2026-03-01`; both ends are in it. */
  from?: string | undefined;
  to?: string | undefined;
}

/** A span as the API is asked: days where the account is, `to` exclusive; left out: the report's own. */
export interface Span {
  from?: string;
  to?: string;
}

export const periods: Record<string, string> = {
  month: 'This month',
  'last-month': 'Last month',
  week: 'Last 7 days',
  quarter: 'Last 90 days',
  year: 'This year',
  'last-year': 'Last year',
  custom: 'From … to …',
};

/** What a report takes where nothing is said. */
export const ownPeriod = (report: string): string => own[report] ?? 'Last 12 months';

const own: Record<string, string> = { 'failed-payments': 'Last 24 hours', journal: 'Last 31 days' };

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const iso = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** Today where the account is. */
export function today(now: Date, timeZone: string): [year: number, month: number, day: number] {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now).split('-');
  const [year = 1970, month = 1, day = 1] = parts.map(Number);
  return [year, month - 1, day];
}

/** Calendar months and years are the account's own. Days count today. */
export function spanOf({ period, from, to }: PeriodSearch, now: Date, timeZone: string): Span {
  const [year, month, day] = today(now, timeZone);
  const tomorrow = iso(year, month, day + 1);
  switch (period) {
    case 'month':
      return { from: iso(year, month, 1), to: tomorrow };
    case 'last-month':
      return { from: iso(year, month - 1, 1), to: iso(year, month, 1) };
    case 'week':
      return { from: iso(year, month, day - 6), to: tomorrow };
    case 'quarter':
      return { from: iso(year, month, day - 89), to: tomorrow };
    case 'year':
      return { from: iso(year, 0, 1), to: tomorrow };
    case 'last-year':
      return { from: iso(year - 1, 0, 1), to: iso(year, 0, 1) };
    case 'custom':
      return {
        ...(from && dayPattern.test(from) && { from }),
        ...(to && dayPattern.test(to) && { to: dayAfter(to) }),
      };
    default:
      return {};
  }
}

function dayAfter(day: string): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return iso(year, month - 1, date + 1);
}
