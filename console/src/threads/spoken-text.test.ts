import { expect, test } from 'vitest';
import { spoken, spokenUpTo } from './spoken-text.ts';

test('only whole sentences are spoken while text arrives', () => {
  const text = 'Your balance is $12.50. Pending are';
  expect(text.slice(0, spokenUpTo(text, 0))).toBe('Your balance is $12.50.');
});

test('nothing is spoken twice', () => {
  const text = 'One. Two. Three';
  expect(spokenUpTo(text, 9)).toBe(9);
});

test('a decimal point ends no sentence', () => {
  expect(spokenUpTo('It is $12.50 now', 0)).toBe(0);
});

test('marks of Markdown are not read out', () => {
  expect(spoken('**Available**: `$12.50` ([more](https://x.test))')).toBe('Available : $12.50 (more)');
});
