/**
 * Schedules as people write them: `every Monday at 9`, `weekdays at 8:30 am`, `on the 1st at noon`, `every 2 hours`. What is
 * not understood is no schedule: nothing is guessed.
 */

const days: Record<string, number> = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };
const dayPattern = /\b(sun|mon|tue|wed|thu|fri|sat)(?:day|s|sday|nesday|rsday|urday|r|rs)?(?:days|s)?\b/g;

interface Time {
  hour: number;
  minute: number;
}

/** Five fields of cron; null where the words say no schedule. Cron itself is taken as it is. */
export function cronOf(text: string): string | null {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (isCron(words)) return words;
  const often = intervalOf(words);
  if (often) return often;
  const time = timeOf(words);
  if (!time) return null;
  const { hour, minute } = time;
  const date =
    /\bon the (\d{1,2})(?:st|nd|rd|th)\b/.exec(words) ??
    /\b(\d{1,2})(?:st|nd|rd|th) of (?:every|each|the) month\b/.exec(words);
  if (date) {
    const day = Number(date[1]);
    return day >= 1 && day <= 31 ? `${minute} ${hour} ${day} * *` : null;
  }
  if (/\blast day of (?:the|every|each) month\b/.test(words)) return `${minute} ${hour} L * *`;
  if (/\b(?:week ?days|working days|monday (?:to|through|-) friday|mon ?- ?fri)\b/.test(words))
    return `${minute} ${hour} * * 1-5`;
  if (/\bweekends?\b/.test(words)) return `${minute} ${hour} * * 0,6`;
  const named = [...words.matchAll(dayPattern)].map(([, day = '']) => days[day] ?? 0);
  if (named.length > 0) return `${minute} ${hour} * * ${[...new Set(named)].sort((a, b) => a - b).join(',')}`;
  return /\b(?:every day|daily|each day|every (?:morning|evening|night|noon))\b/.test(words) ||
    /^at /.test(words)
    ? `${minute} ${hour} * * *`
    : null;
}

const isCron = (words: string): boolean => {
  const fields = words.split(' ');
  return (
    fields.length >= 5 &&
    fields.length <= 6 &&
    fields.every((field) => /^[\d*/,\-l#?]+$|^[a-z]{3}([,-][a-z]{3})*$/.test(field))
  );
};

/** `every 15 minutes`, `hourly`: what has no time of day. */
function intervalOf(words: string): string | null {
  if (/^(?:hourly|every hour)$/.test(words)) return '0 * * * *';
  const [, count, unit] = /^every (\d{1,2}) (minute|hour)s?$/.exec(words) ?? [];
  const every = Number(count);
  // Only what goes into an hour or a day evenly is a rhythm that cron keeps.
  if (unit === 'minute' && every > 0 && 60 % every === 0) return `*/${every} * * * *`;
  if (unit === 'hour' && every > 0 && 24 % every === 0) return `0 */${every} * * *`;
  return null;
}

function timeOf(words: string): Time | null {
  if (/\bnoon\b/.test(words)) return { hour: 12, minute: 0 };
  if (/\bmidnight\b/.test(words)) return { hour: 0, minute: 0 };
  const found = /\bat (\d{1,2})(?:[:.](\d{2}))?(?: ?(am|pm|a\.m\.|p\.m\.|o'clock))?(?=$|\s|,)/.exec(words);
  if (!found) return null;
  const [, hours, minutes = '00', half = ''] = found;
  const hour = Number(hours);
  const minute = Number(minutes);
  if (minute > 59) return null;
  if (/^[ap]/.test(half)) {
    if (hour < 1 || hour > 12) return null;
    return { hour: (hour % 12) + (half.startsWith('p') ? 12 : 0), minute };
  }
  return hour > 23 ? null : { hour, minute };
}
