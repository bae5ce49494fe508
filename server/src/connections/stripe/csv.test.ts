import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from './csv.ts';

test('quotes, commas and line ends inside of fields are kept', () => {
  expect(readCsv('a,b\r\n"1,5","say ""hi""\nthere"\n')).toEqual([
    ['a', 'b'],
    ['1,5', 'say "hi"\nthere'],
  ]);
  expect(readCsv('a,\n,b')).toEqual([
    ['a', ''],
    ['', 'b'],
  ]);
  expect(readCsv('a,')).toEqual([['a', '']]);
  expect(readCsv('')).toEqual([]);
  expect(() => readCsv('"open')).toThrow(SyntaxError);
});

test('whatever was written is read back', () => {
  const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 5 }), { minLength: 1 });
  fc.assert(
    fc.property(rows, (written) => {
      expect(readCsv(stringify(written, { quoted: true }))).toEqual(written);
    }),
  );
});
