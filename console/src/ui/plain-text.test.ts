import { expect, test } from 'vitest';
import { withoutBidiControls } from './plain-text.ts';

test.each(['\u202A', '\u202E', '\u2066', '\u2069'])('what turns text around is taken out', (control) => {
  expect(withoutBidiControls(`Bob ${control}gpj.exe`)).toBe('Bob gpj.exe');
});

test('right-to-left letters themselves stay', () => {
  expect(withoutBidiControls('שלום Bob')).toBe('שלום Bob');
});
