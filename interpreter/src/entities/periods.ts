import { strict } from 'chrono-node/en';
import type { Setting } from '../setting.ts';
import type { Period, Unread } from './entity.ts';
import { numberWords, valueOfWords } from './numbers.ts';

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const shortMonths = 'jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec';
const count = `\\d{1,4}|${numberWords}|few|couple of`;

const dateHint =
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues?|wed|thu|fri|sat|sun|today|tomorrow|yesterday|ago|since|before|after|until|till|between|from)|\d{4}-\d|\d\/\d|\d\.\d+\./i;

/** Stretches of time in words, in the calendar of the account's time zone. */
export function findPeriods(unread: Unread, setting: Setting): void {
  const today = setting.today;
  const lead = '(?:(?:in|during|for|over|within|from|of) )?(?:the )?';
  unread.claim(
    /\b(?:(?:in|for|during|since) )?(?:the )?(?:q([1-4])|(first|second|third|fourth) quarter)(?: (?:of )?(\d{4}|last year|this year))?\b/gi,
    (match) => period(match[0], quarterRange(today, match[1], match[2], match[3])),
  );
  findMonths(unread, today);
  unread.claim(
    new RegExp(`\\b${lead}(?:last|past|previous) (${count}) ?(hour|minute|hr|h|min)s?\\b`, 'gi'),
    (match) => period(match[0], hoursBack(setting.now, match[1] ?? '', match[2] ?? '')),
  );
  unread.claim(new RegExp(`\\b${lead}past (day|week|month|quarter|year)\\b`, 'gi'), (match) =>
    match[1]?.toLowerCase() === 'quarter'
      ? period(match[0], { from: stepBack(today, 'month', 3) })
      : period(match[0], { from: stepBack(today, match[1]?.toLowerCase() as Unit, 1) }),
  );
  unread.claim(new RegExp(`\\b${lead}(?:last|past|previous) (hour|minute)\\b`, 'gi'), (match) =>
    period(match[0], hoursBack(setting.now, '1', match[1] ?? '')),
  );
  unread.claim(
    new RegExp(`\\b${lead}(?:last|past|previous) (${count}) (day|week|month|year)s?\\b`, 'gi'),
    (match) => period(match[0], { from: stepBack(today, match[2] as Unit, amountOf(match[1] ?? '')) }),
  );
  unread.claim(
    new RegExp(
      `\\b${lead}(?:since )?(last|previous|this|current|prior) (week|month|quarter|year)\\b(?:'s)?`,
      'gi',
    ),
    (match) => {
      const range = unitRange(
        today,
        match[2]?.toLowerCase() as Unit,
        /this|current/i.test(match[1] ?? '') ? 0 : -1,
      );
      return period(match[0], /since/i.test(match[0]) ? { from: range.from } : range);
    },
  );
  unread.claim(/\b(?:(since|from|on) )?(today|yesterday)\b(?:'s)?/gi, (match) => {
    const day = /yesterday/i.test(match[0]) ? addDays(today, -1) : today;
    return period(match[0], /since/i.test(match[1] ?? '') ? { from: day } : { from: day, to: nextDay(day) });
  });
  unread.claim(/\b(?:(week|month|quarter|year)[ -]to[ -]date|(ytd|mtd))\b/gi, (match) => {
    const unit = match[1]?.toLowerCase() ?? (match[2]?.toLowerCase() === 'ytd' ? 'year' : 'month');
    return period(match[0], { from: unitRange(today, unit as Unit, 0).from });
  });
  unread.claim(/\b(?:in|during|for|of) (20\d\d)\b/gi, (match) =>
    period(match[0], { from: `${match[1]}-01-01`, to: `${Number(match[1]) + 1}-01-01` }),
  );
  if (dateHint.test(unread.text)) findDates(unread, setting);
}

function findMonths(unread: Unread, today: string): void {
  const pattern = `(?<!\\d(?:st|nd|rd|th|\\.)?(?: of)? )\\b((?:in|during|for|of|since|from|before|until) )?(${months}|${shortMonths})\\.?(?:,? (?:of )?(\\d{4}|last year|this year))?(?! ?\\d)\\b`;
  unread.claim(new RegExp(pattern, 'gi'), (match) => {
    const [, lead = '', name = '', year] = match;
    // "may" and "march" are also plain words: they need a preposition, a year or a capital.
    if (/^(?:may|march|mar)$/.test(name) && !lead && !year) return undefined;
    const range = monthRange(today, name, year);
    if (/since/i.test(lead)) return period(match[0], { from: range.from });
    if (/before|until/i.test(lead)) return period(match[0], { to: range.from });
    return period(match[0], range);
  });
}

function findDates(unread: Unread, setting: Setting): void {
  const reference = { instant: new Date(`${setting.today}T12:00:00Z`), timezone: 0 };
  unread.claim(
    /\b(?:between|from) ([^\ufffc,;]{3,25}?) (?:and|to|until|till|through|-) ([^\ufffc,;?!]{3,25})/gi,
    (match) => {
      const first = strict.parse(match[1] ?? '', reference)[0];
      const last = strict.parse(match[2] ?? '', reference)[0];
      if (!first?.start.isCertain('day') || !last?.start.isCertain('day')) return undefined;
      const to = pastDay(last.start, setting.today);
      const from = pastDay(first.start, to);
      return period(match[0], { from, to: nextDay(to) });
    },
  );
  for (const found of strict.parse(unread.text.replaceAll('\ufffc', ' '), reference)) {
    if (!found.start.isCertain('day') && !found.start.isCertain('weekday')) continue;
    const before = unread.text.slice(0, found.index);
    const lead = /\b(since|after|from|starting|before|until|till|up to|by|on|between)\s+$/i.exec(before);
    const start = pastDay(found.start, setting.today);
    const end = found.end ? nextDay(pastDay(found.end, setting.today)) : nextDay(start);
    const words = `${lead?.[0] ?? ''}${found.text}`;
    // "The payment from 2 November" was made on that day; "payments from 2 November" are all since.
    const single = /\b(?:payment|charge|invoice|one|transaction|purchase|order|refund) from\s+$/i.test(
      before,
    );
    const range = datedRange(single ? 'on' : lead?.[1]?.toLowerCase(), start, end, setting.today);
    unread.take(
      { type: 'period', period: { ...range, words } },
      found.index - (lead?.[0].length ?? 0),
      found.index + found.text.length,
    );
  }
}

function datedRange(
  lead: string | undefined,
  start: string,
  end: string,
  today: string,
): { from?: string; to?: string } {
  if (lead === 'since' || lead === 'from' || lead === 'starting')
    return end === nextDay(start) ? { from: lastPast(start, today) } : { from: start, to: end };
  if (lead === 'after') return { from: end };
  if (lead === 'before' || lead === 'until' || lead === 'till' || lead === 'up to' || lead === 'by')
    return { to: start };
  return { from: start, to: end };
}

/** "Since Friday" never means next Friday. */
function lastPast(day: string, today: string): string {
  return day > today ? addDays(day, -7) : day;
}

function period(words: string, range: { from?: string; to?: string }): { type: 'period'; period: Period } {
  return { type: 'period', period: { ...range, words: words.trim() } };
}

interface ParsedDate {
  get(part: 'year' | 'month' | 'day'): number | null;
  isCertain(part: 'year' | 'month' | 'day'): boolean;
}

function dayOf(found: ParsedDate): string {
  return isoDay(found.get('year') ?? 1970, found.get('month') ?? 1, found.get('day') ?? 1);
}

/** A date without a year is the latest such day: people ask about what has been. */
function pastDay(found: ParsedDate, latest: string): string {
  const day = dayOf(found);
  if (found.isCertain('year') || day <= latest) return day;
  const [year, month, date] = parts(day);
  return found.isCertain('month') ? isoDay(year - 1, month, date) : day;
}

function isoDay(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

function parts(day: string): [year: number, month: number, day: number] {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return [year, month, date];
}

function addDays(day: string, days: number): string {
  const [year, month, date] = parts(day);
  return isoDay(year, month, date + days);
}

function nextDay(day: string): string {
  return addDays(day, 1);
}

function amountOf(text: string): number {
  if (/few/i.test(text)) return 3;
  if (/couple/i.test(text)) return 2;
  return /^\d+$/.test(text) ? Number(text) : (valueOfWords(text) ?? 1);
}

function hoursBack(now: Date, text: string, unit: string): { from: string } {
  const minutes = amountOf(text) * (/^h/i.test(unit) ? 60 : 1);
  return { from: new Date(now.getTime() - minutes * 60_000).toISOString() };
}

function stepBack(day: string, unit: Unit, times: number): string {
  const [year, month, date] = parts(day);
  if (unit === 'day') return addDays(day, -times);
  if (unit === 'week') return addDays(day, -7 * times);
  return unit === 'month' ? isoDay(year, month - times, date) : isoDay(year - times, month, date);
}

/** The whole unit `offset` units from the one today is in: 0 this one, -1 the last. Weeks start on Monday. */
function unitRange(today: string, unit: Unit, offset: number): { from: string; to: string } {
  const [year, month, date] = parts(today);
  if (unit === 'day') return { from: addDays(today, offset), to: addDays(today, offset + 1) };
  if (unit === 'week') {
    const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
    return {
      from: isoDay(year, month, date - weekday + 7 * offset),
      to: isoDay(year, month, date - weekday + 7 * (offset + 1)),
    };
  }
  if (unit === 'year') return { from: isoDay(year + offset, 1, 1), to: isoDay(year + offset + 1, 1, 1) };
  const size = unit === 'quarter' ? 3 : 1;
  const first = unit === 'quarter' ? Math.floor((month - 1) / 3) * 3 + 1 : month;
  return { from: isoDay(year, first + offset * size, 1), to: isoDay(year, first + (offset + 1) * size, 1) };
}

function quarterRange(
  today: string,
  digit: string | undefined,
  word: string | undefined,
  yearWords: string | undefined,
): { from: string; to: string } {
  const index = digit
    ? Number(digit) - 1
    : ['first', 'second', 'third', 'fourth'].indexOf(word?.toLowerCase() ?? '');
  const year = yearOf(today, yearWords, index * 3 + 1);
  return { from: isoDay(year, index * 3 + 1, 1), to: isoDay(year, index * 3 + 4, 1) };
}

function monthRange(
  today: string,
  name: string,
  yearWords: string | undefined,
): { from: string; to: string } {
  const month = months.split('|').findIndex((full) => full.startsWith(name.toLowerCase().slice(0, 3))) + 1;
  const year = yearOf(today, yearWords, month);
  return { from: isoDay(year, month, 1), to: isoDay(year, month + 1, 1) };
}

/** A month or quarter without a year is the latest one that has begun. */
function yearOf(today: string, words: string | undefined, firstMonth: number): number {
  const [year, month] = parts(today);
  if (words && /^\d/.test(words)) return Number(words);
  if (/last/i.test(words ?? '')) return year - 1;
  if (/this/i.test(words ?? '')) return year;
  return firstMonth > month ? year - 1 : year;
}
