import { expect, test } from 'vitest';
import { palettePoints } from './palette-match.ts';

test('letters strewn over words are no match', () => {
  expect(palettePoints(['Carl The Accountant Robert M'], 'carm')).toBe(0);
  expect(palettePoints(['Stripe Sleuth'], 'sts')).toBe(0);
});

test('the beginning of a word goes before its middle', () => {
  expect(palettePoints(['Stripe Sleuth'], 'sle')).toBe(1);
  expect(palettePoints(['Stripe Sleuth'], 'leut')).toBe(0.5);
});

test('each typed word must be found, in any order', () => {
  expect(palettePoints(['Balance and customers', 'Stripe Sleuth'], 'sleuth bal')).toBe(1);
  expect(palettePoints(['Balance and customers'], 'balance refunds')).toBe(0);
});
