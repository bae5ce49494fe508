import type { EntityValue, Interval, Unread } from './entity.ts';
import { decimalOfDigits, numberDigits, numberWords, valueOfWords } from './numbers.ts';

const units: Record<string, Interval> = {
  day: 'day',
  week: 'week',
  wk: 'week',
  month: 'month',
  mo: 'month',
  year: 'year',
  yr: 'year',
  annum: 'year',
  'p.a.': 'year',
  pa: 'year',
  'p.m.': 'month',
};
const adverbs: Record<string, readonly [Interval, number]> = {
  daily: ['day', 1],
  weekly: ['week', 1],
  'bi-weekly': ['week', 2],
  biweekly: ['week', 2],
  fortnightly: ['week', 2],
  monthly: ['month', 1],
  'bi-monthly': ['month', 2],
  bimonthly: ['month', 2],
  quarterly: ['month', 3],
  'semi-annual': ['month', 6],
  'semi-annually': ['month', 6],
  'half-yearly': ['month', 6],
  yearly: ['year', 1],
  annual: ['year', 1],
  annually: ['year', 1],
};
const number = `\\d{1,3}|${numberWords}`;

/** How often money is due, trial lengths and terms of payment. */
export function findRhythms(unread: Unread): void {
  if (/\btrial\b/i.test(unread.text))
    unread.claim(
      new RegExp(`\\bfor (${number})[ -](day|week|month)s?\\b`, 'gi'),
      ([, count = '', unit = '']) => daysOf(count, unit, 'trial'),
    );
  unread.claim(
    new RegExp(`\\b(${number})[ -](day|week|month)s?(?:'| of)?[ -](?:free[ -])?trial\\b`, 'gi'),
    ([, count = '', unit = '']) => daysOf(count, unit, 'trial'),
  );
  unread.claim(
    new RegExp(`\\btrial(?: period)?(?: of| for|:| lasting)? (${number})[ -](day|week|month)s?\\b`, 'gi'),
    ([, count = '', unit = '']) => daysOf(count, unit, 'trial'),
  );
  unread.claim(
    new RegExp(
      `\\b(?:(?:the |his |her |their )?first )?(${number})[ -](day|week|month)s?(?:'| are| is)?(?: for)? (?:free|no charge|at no cost|gratis|on us|on the house)\\b`,
      'gi',
    ),
    ([, count = '', unit = '']) => daysOf(count, unit, 'trial'),
  );
  unread.claim(
    new RegExp(
      `\\b(?:free|no charge|try it|on trial|without charge|without paying)(?: of charge)? for (?:the first )?(${number})[ -](day|week|month)s?\\b`,
      'gi',
    ),
    ([, count = '', unit = '']) => daysOf(count, unit, 'trial'),
  );
  unread.claim(
    new RegExp(
      `\\b(?:due|payable|pay|terms)(?: date)?(?: is| of|:)?(?: in| within| after)? (${number})[ -](day|week|month)s?\\b`,
      'gi',
    ),
    ([, count = '', unit = '']) => daysOf(count, unit, 'due'),
  );
  unread.claim(
    new RegExp(`\\b(${number})[ -](day|week)s? (?:to pay|payment terms|terms)\\b`, 'gi'),
    ([, count = '', unit = '']) => daysOf(count, unit, 'due'),
  );
  unread.claim(/\bnet[ -]?(\d{1,3})\b/gi, ([, count = '']) => daysOf(count, 'day', 'due'));
  unread.claim(
    /\b(?:daily|(?:bi-?)?weekly|fortnightly|(?:bi-?)?monthly|quarterly|semi-annual(?:ly)?|half-yearly|yearly|annual(?:ly)?)\b/gi,
    (match) => {
      const found = adverbs[match[0].toLowerCase()];
      return found && { type: 'interval', interval: found[0], count: found[1] };
    },
  );
  unread.claim(
    /(?:\bevery other|\bper|\ba|\beach|\bevery|\/) ?(quarter|day|week|wk|month|mo|year|yr|annum)\b(?! of\b)/gi,
    (match) => {
      if (match[1]?.toLowerCase() === 'quarter') return { type: 'interval', interval: 'month', count: 3 };
      return intervalOf(match[1] ?? '', /other/i.test(match[0]) ? '2' : '1');
    },
  );
  unread.claim(/(?<=\d ?(?:[^\s\d]{0,3} )?|\ufffc )(p\.a\.|pa\b|p\.m\.)/gi, ([unit]) =>
    intervalOf(unit, '1'),
  );
  unread.claim(
    new RegExp(`\\bevery (${number}) (day|week|month|year)s?\\b`, 'gi'),
    ([, count = '', unit = '']) => intervalOf(unit, count),
  );
  unread.claim(/\bone[ -]?(?:time|off)\b|\bonce only\b|\bonetime\b/gi, () => ({ type: 'one_time' }));
}

function intervalOf(unit: string, count: string): EntityValue | undefined {
  const interval = units[unit.toLowerCase()];
  const times = countOf(count);
  return interval && times ? { type: 'interval', interval, count: times } : undefined;
}

function daysOf(count: string, unit: string, purpose: 'trial' | 'due'): EntityValue | undefined {
  const length = { day: 1, week: 7, month: 30 }[unit.toLowerCase()] ?? 1;
  const times = countOf(count);
  return times ? { type: 'days', days: times * length, purpose } : undefined;
}

function countOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : valueOfWords(text);
}

/** Whole numbers left over, digits or words: seats, list lengths, answers to "how much?". */
export function findNumbers(unread: Unread): void {
  unread.claim(
    new RegExp(`(?<![\\p{L}\\d_.,/#-])(x ?)?(${numberDigits})( ?x)?(?![\\p{L}\\d_/-])`, 'giu'),
    (match) => {
      const written = (match[2] ?? '').trim();
      // "1.2k" is a number as good as 1200; what could be read two ways stays as written.
      const digits = /[km]$/i.test(written) ? (decimalOfDigits(written) ?? written) : written;
      return { type: 'number', digits, times: match[1] !== undefined || match[3] !== undefined };
    },
  );
  unread.claim(
    /\bone(?= (?:more |extra |additional |fewer |less )?(?:seat|licen[cs]e|unit|user|copy)\b)/gi,
    () => ({
      type: 'number',
      digits: '1',
      times: false,
    }),
  );
  unread.claim(
    new RegExp(
      `\\b(?!one\\b|an?\\b(?! (?:dozen|hundred|thousand|grand|million)\\b)|second\\b)${numberWords}\\b(?= |[.,;!?]|$)`,
      'gi',
    ),
    (match) => {
      // "Cancel all three": a small number at the end counts what is spoken of.
      const last = !/^ /.test(unread.text.slice(match.index + match[0].length));
      const value = valueOfWords(match[0]);
      return value === undefined || (last && value < 5)
        ? undefined
        : { type: 'number', digits: String(value), times: false };
    },
  );
}
