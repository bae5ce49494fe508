import { expect, test } from 'vitest';
import { cronOf } from './plain-schedule.ts';

test.each([
  ['every Monday at 9', '0 9 * * 1'],
  ['Mondays and Thursdays at 9:30', '30 9 * * 1,4'],
  ['every tuesday at 5 pm', '0 17 * * 2'],
  ['Wednesday at 12 am', '0 0 * * 3'],
  ['saturday, sunday at noon', '0 12 * * 0,6'],
  ['weekdays at 8.15', '15 8 * * 1-5'],
  ['Monday to Friday at 18:00', '0 18 * * 1-5'],
  ['daily at 7', '0 7 * * *'],
  ['every day at midnight', '0 0 * * *'],
  ['at 23:59', '59 23 * * *'],
  ['on the 1st at 6am', '0 6 1 * *'],
  ['the 15th of every month at 10', '0 10 15 * *'],
  ['last day of the month at 20:00', '0 20 L * *'],
  ['hourly', '0 * * * *'],
  ['every 15 minutes', '*/15 * * * *'],
  ['every 6 hours', '0 */6 * * *'],
  ['0 9 * * 1', '0 9 * * 1'],
  ['0 9 * * mon-fri', '0 9 * * mon-fri'],
])('%s is %s', (words, cron) => {
  expect(cronOf(words)).toBe(cron);
});

test.each([
  '',
  'sometimes',
  'every Monday',
  'daily at 25',
  'at 13 pm',
  'every 7 minutes',
  'on the 32nd at 9',
  'monthly at 9',
  'call them at 9 99',
])('"%s" is no schedule', (words) => {
  expect(cronOf(words)).toBeNull();
});
