import { expect, test } from 'vitest';
import { day } from '../clock.ts';
import { allows, controlsAfter, noControls, type Spending, standardControls } from './spending-controls.ts';

/** A Wednesday noon. */
const now = Date.UTC(2026, 6, 15, 12) / 1000;
const attempt = {
  amount: 100,
  already: 0,
  category: 'bakeries',
  country: 'US',
  created: now,
  presence: 'not_present',
} as const;

/** Whether an attempt passes after what was spent before, at so many days' distance. */
function passes(controls: Parameters<typeof controlsAfter>[1], before: readonly Spending[] = []) {
  const after = controlsAfter(noControls, controls, 'usd');
  return allows(after, attempt, (since) => before.filter(({ created }) => created >= since));
}
const spent = (amount: number, days: number, category = 'bakeries') => ({
  amount,
  category,
  created: now - days * day,
});

test.each([
  [{}, true],
  [{ allowed_categories: ['bakeries'] }, true],
  [{ allowed_categories: ['florists'] }, false],
  [{ blocked_categories: ['bakeries'] }, false],
  [{ blocked_categories: ['florists'] }, true],
  [{ allowed_merchant_countries: ['DE'] }, false],
  [{ blocked_merchant_countries: ['US'] }, false],
  [{ allowed_card_presences: ['present'] }, false],
  [{ blocked_card_presences: ['not_present'] }, false],
] as const)('%j lets a bakery’s website through: %s', (controls, expected) => {
  expect(passes(controls as Parameters<typeof controlsAfter>[1])).toBe(expected);
});

test.each([
  ['per_authorization', 0, true],
  ['daily', 0.4, false],
  ['daily', 1, true],
  ['weekly', 3, false],
  ['weekly', 4, true],
  ['monthly', 14, false],
  ['monthly', 15, true],
  ['yearly', 190, false],
  ['yearly', 200, true],
  ['all_time', 2000, false],
] as const)('%s: what was spent %i days ago leaves enough: %s', (interval, days, expected) => {
  expect(passes({ spending_limits: [{ amount: 150, interval }] }, [spent(60, days)])).toBe(expected);
});

test('a limit on some categories counts only those', () => {
  const limitOn = (category: 'bakeries' | 'florists') => ({
    spending_limits: [{ amount: 150, interval: 'daily' as const, categories: [category] }],
  });
  expect(passes(limitOn('bakeries'), [spent(60, 0, 'florists')])).toBe(true);
  expect(passes(limitOn('bakeries'), [spent(60, 0)])).toBe(false);
  expect(passes(limitOn('florists'), [spent(1000, 0, 'florists')])).toBe(true);
});

test('an increment counts together with what its authorization had before', () => {
  const controls = controlsAfter(
    noControls,
    { spending_limits: [{ amount: 150, interval: 'per_authorization' }] },
    'usd',
  );
  expect(allows(controls, { ...attempt, already: 50 }, () => [])).toBe(true);
  expect(allows(controls, { ...attempt, already: 51 }, () => [])).toBe(false);
});

test('a card may spend 500 a day until it has limits of its own; none at all takes that away', () => {
  expect(standardControls('eur')).toMatchObject({
    spending_limits: [{ amount: 50_000, interval: 'daily' }],
    spending_limits_currency: 'eur',
  });
  expect(controlsAfter(standardControls('eur'), { spending_limits: null }, 'eur')).toMatchObject({
    spending_limits: [],
    spending_limits_currency: null,
  });
});

test('what excludes each other is refused', () => {
  expect(() =>
    controlsAfter(noControls, { allowed_categories: ['bakeries'], blocked_categories: ['florists'] }, 'usd'),
  ).toThrow('You may only specify one of these parameters: allowed_categories, blocked_categories.');
});
