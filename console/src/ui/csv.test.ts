import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('commas, quotes and line breaks are kept within their cell', () => {
  expect(
    csvOf(
      ['Name', 'Sum'],
      [
        ['Loblaw, "Bob"', '$1,204.11'],
        ['two\nlines', ''],
      ],
    ),
  ).toBe('\uFEFFName,Sum\r\n"Loblaw, ""Bob""","$1,204.11"\r\n"two\nlines",\r\n');
});

test('a negative amount is a number, a name that looks like a formula is text', () => {
  expect(csvOf(['a', 'b'], [['-€12.50', '=HYPERLINK(1)']])).toContain("-€12.50,'=HYPERLINK(1)");
});
