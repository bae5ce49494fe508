import { expect, test } from 'vitest';
import { textPdf, unprintable } from './text-pdf.ts';

const read = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('every object is where the table of the file says', () => {
  const file = read(textPdf('Access log', 'one line\n'.repeat(200)));
  const start = Number(/startxref\n(\d+)/.exec(file)?.[1]);
  expect(file.slice(start, start + 4)).toBe('xref');
  const offsets = [...file.slice(start).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => Number(at));
  expect(offsets.length).toBeGreaterThan(6);
  for (const [at, offset] of offsets.entries())
    expect(file.slice(offset)).toMatch(new RegExp(`^${at + 1} 0 obj\n`));
  for (const [, length, content] of file.matchAll(/<< \/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g))
    expect(content?.length).toBe(Number(length));
  expect(file).toContain('Page 1 of 4');
});

test('brackets, accents and the euro sign are written as the font has them', () => {
  const file = read(textPdf('Zoë', 'a (b) \\ c: 5 €'));
  expect(file).toContain('(Zo\xeb) Tj');
  expect(file).toContain('(a \\(b\\) \\\\ c: 5 \x80) Tj');
});

test('long lines are broken at spaces, long words within; no letter is lost', () => {
  const words = 'word '.repeat(60).trim();
  const file = read(textPdf('T', `${words}\n${'x'.repeat(200)}`));
  const lines = [...file.matchAll(/\((.*)\) Tj T\*/g)].map(([, line]) => line ?? '');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(82);
  expect(lines.join(' ')).toContain(words);
  expect(lines.filter((line) => line.startsWith('x')).join('')).toBe('x'.repeat(200));
});

test('what the font does not have is named', () => {
  expect(unprintable('Größe “quoted” – 10 €\n')).toEqual([]);
  expect(unprintable('日本 日\u0007')).toEqual(['日', '本', '\u0007']);
});
