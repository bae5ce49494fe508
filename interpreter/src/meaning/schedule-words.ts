const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const when = new RegExp(
  `\\b(?:on )?(?:every|each) (${days.join('|')}|day|morning|evening|weekday|working day|week|month|hour)s?(?: morning| evening)?\\b`,
  'i',
);
const clock = /,? ?\bat (?:(\d{1,2})(?:[:.](\d{2}))? ?(am|pm|o'clock)?|(noon|midnight))\b/i;
/** Where nobody names a time: when people begin to work. */
const usualHour = 9;

/**
 * "every Monday at 9": five fields of cron, and what is left of the text. Undefined where no rhythm is named at its edge; one
 * that may as well say how much is meant ("what he pays every month") needs its time of day.
 */
export function readSchedule(text: string): { cron: string; rest: string } | undefined {
  const found = when.exec(text);
  if (!found) return undefined;
  const time = clock.exec(text);
  const left = (part: string) => part.replace(clock, '').replace(/[\s,]|please/gi, '');
  const leads = left(text.slice(0, found.index)) === '';
  const ends = left(text.slice(found.index + found[0].length)) === '';
  const rhythm = found[1]?.toLowerCase() ?? '';
  if (!leads && !(ends && (time !== null || /day$|morning|evening/.test(rhythm.replace(/^day$/, '')))))
    return undefined;
  const rest = text
    .replace(found[0], ' ')
    .replace(time?.[0] ?? '\u0000', ' ')
    .replace(/^[\s,]+|[\s,]+$/g, '')
    .replace(/\s{2,}/g, ' ');
  const [hour, minute] = timeOf(time, /evening/i.test(found[0]) ? 18 : usualHour);
  const cron = hour === undefined ? undefined : cronOf(rhythm, hour, minute);
  return cron === undefined || rest === '' ? undefined : { cron, rest };
}

function timeOf(time: RegExpExecArray | null, usual: number): [hour: number | undefined, minute: number] {
  if (!time) return [usual, 0];
  const [, hours, minutes = '0', half, word] = time;
  if (word) return [/noon/i.test(word) ? 12 : 0, 0];
  const said = Number(hours);
  const hour = /pm/i.test(half ?? '') ? (said % 12) + 12 : /am/i.test(half ?? '') ? said % 12 : said;
  return [hour < 24 && Number(minutes) < 60 ? hour : undefined, Number(minutes)];
}

function cronOf(rhythm: string, hour: number, minute: number): string | undefined {
  const at = `${minute} ${hour}`;
  if (days.includes(rhythm)) return `${at} * * ${days.indexOf(rhythm)}`;
  if (/^(?:day|morning|evening)$/.test(rhythm)) return `${at} * * *`;
  if (/^(?:weekday|working day)$/.test(rhythm)) return `${at} * * 1-5`;
  if (rhythm === 'week') return `${at} * * 1`;
  if (rhythm === 'month') return `${at} 1 * *`;
  return rhythm === 'hour' ? '0 * * * *' : undefined;
}
