import { expect, test } from 'vitest';
import { afterQuiet } from './quiet-hours.ts';

const night = { from: '20:00', to: '08:00' };
const berlin = 'Europe/Berlin';

test.each([
  ['2026-11-02T12:00:00Z', '2026-11-02T12:00:00.000Z'],
  // 20:00 in Berlin is quiet, 19:59 is not.
  ['2026-11-02T18:59:00Z', '2026-11-02T18:59:00.000Z'],
  ['2026-11-02T19:00:00Z', '2026-11-03T07:00:00.000Z'],
  ['2026-11-03T03:00:00Z', '2026-11-03T07:00:00.000Z'],
  ['2026-11-03T07:00:00Z', '2026-11-03T07:00:00.000Z'],
  // The night in which the clocks go back is an hour longer.
  ['2026-10-24T19:00:00Z', '2026-10-25T07:00:00.000Z'],
  // And the one in which they go forward an hour shorter.
  ['2026-03-28T20:00:00Z', '2026-03-29T06:00:00.000Z'],
])('mail of %s goes out at %s', (now, then) => {
  expect(afterQuiet(new Date(now), night, berlin).toISOString()).toBe(then);
});

test('quiet hours may lie in the middle of the day, or not be at all', () => {
  const noon = { from: '12:00', to: '14:00' };
  expect(afterQuiet(new Date('2026-11-02T12:30:00Z'), noon, 'UTC').toISOString()).toBe(
    '2026-11-02T14:00:00.000Z',
  );
  expect(afterQuiet(new Date('2026-11-02T20:30:00Z'), noon, 'UTC').toISOString()).toBe(
    '2026-11-02T20:30:00.000Z',
  );
  expect(afterQuiet(new Date('2026-11-02T20:30:00Z'), null, 'UTC').toISOString()).toBe(
    '2026-11-02T20:30:00.000Z',
  );
});
