import { expect, test } from 'vitest';
import { ageText, dayGroup, duration, shortTime } from './time-words.ts';

const now = new Date('2026-11-23T15:00:00');
const local = (text: string) => new Date(text).toISOString();

test.each([
  ['2026-11-23T14:59:40', 'just now'],
  ['2026-11-23T14:48:00', '12 min ago'],
  ['2026-11-23T03:00:00', '12 h ago'],
  ['2026-11-23T15:30:00', 'in 30 min'],
  ['2026-11-23T15:59:50', 'in 1 h'],
  ['2026-11-24T14:59:50', 'in 24 h'],
])('%s is said as %s', (at, words) => {
  expect(shortTime(local(at), now)).toBe(words);
});

test('an age is told in days, from one day on', () => {
  expect(ageText(local('2026-11-22T16:00:00'), now)).toBe('');
  expect(ageText(local('2026-11-22T14:00:00'), now)).toBe('1 day old');
  expect(ageText(local('2025-11-23T14:00:00'), now)).toBe('365 days old');
});

test('from a day on the date is shown, with the year only where it is another one', () => {
  expect(shortTime(local('2026-11-20T10:00:00'), now)).not.toContain('2026');
  expect(shortTime(local('2025-11-20T10:00:00'), now)).toContain('2025');
});

test.each([
  ['2026-11-23T00:05:00', 'Today'],
  ['2026-11-22T23:55:00', 'Yesterday'],
  ['2026-11-18T12:00:00', 'Last 7 days'],
])('%s falls under %s', (at, group) => {
  expect(dayGroup(local(at), now)).toBe(group);
});

test.each([
  [340, '340 ms'],
  [2140, '2.1 s'],
  [185_000, '3 min 5 s'],
])('%i ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
