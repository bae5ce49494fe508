import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDocument } from './document.ts';
import { pdfString, textWidth } from './metrics.ts';

const read = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** The objects of a file, found the way a reader does: by the table at its end. */
function objectsOf(file: string): Map<number, string> {
  expect(file.startsWith('%PDF-1.4\n')).toBe(true);
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  const [, count = '0'] = /^xref\n0 (\d+)\n/.exec(file.slice(start)) ?? [];
  const entries = file.slice(file.indexOf('\n', start + 5) + 1).match(/\d{10} \d{5} [fn] \n/g) ?? [];
  expect(entries).toHaveLength(Number(count));
  const objects = new Map<number, string>();
  for (const [number, entry] of entries.entries()) {
    if (number === 0) continue;
    const at = file.slice(Number(entry.slice(0, 10)));
    expect(at.startsWith(`${number} 0 obj\n`)).toBe(true);
    objects.set(number, at.slice(0, at.indexOf('\nendobj\n')));
  }
  return objects;
}

describe('a PDF', () => {
  test('can be found its way in by readers, whatever is written', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 80 }), fc.constantFrom('a4', 'letter'), (texts, paper) => {
        const document = createDocument(paper as 'a4' | 'letter', texts[0] ?? '');
        for (const [at, one] of texts.entries())
          document.row([
            { text: one, width: 200 },
            { text: `${at}.00`, right: true },
          ]);
        const file = read(document.bytes());
        expect(/^[\n\x20-\x7e]*$/.test(file)).toBe(true);
        const objects = objectsOf(file);
        const pages = Number(/\/Count (\d+)/.exec(objects.get(2) ?? '')?.[1]);
        expect(objects.size).toBe(5 + 2 * pages);
        for (const object of objects.values()) {
          const stream = /\/Length (\d+) >>\nstream\n([\s\S]*)\nendstream$/.exec(object);
          if (stream) expect(stream[2]?.length).toBe(Number(stream[1]));
        }
        const baselines = [...file.matchAll(/1 0 0 1 \S+ (\S+) Tm/g)].map(([, y]) => Number(y));
        for (const y of baselines) expect(y).toBeGreaterThanOrEqual(56 - 0.01);
      }),
    );
  });

  test('ends amounts at the right margin, wraps long texts and breaks long words', () => {
    const document = createDocument('a4', 'Invoice');
    document.row([{ text: '12.00', right: true }]);
    const [, x] = /1 0 0 1 (\S+) \S+ Tm \(12\.00\)/.exec(read(document.bytes())) ?? [];
    expect(Number(x) + textWidth('12.00', 'regular', 10)).toBeCloseTo(595 - 56, 1);
    const wrapping = createDocument('a4', 'Invoice');
    wrapping.row([{ text: `${'word '.repeat(40)}${'x'.repeat(400)}`, width: 150 }]);
    const lines = [...read(wrapping.bytes()).matchAll(/Tm \(([^)]*)\) Tj/g)].map(([, line = '']) => line);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(textWidth(line, 'regular', 10)).toBeLessThanOrEqual(150);
    expect(lines.join('').replaceAll(' ', '')).toBe(`${'word'.repeat(40)}${'x'.repeat(400)}`);
  });

  test('writes what its fonts have, the plain form of what they lack, and nothing that ends a string', () => {
    expect(pdfString('€5 (net) \\ é Łódź 日')).toBe('(\\2005 \\050net\\051 \\134 \\351 ?\\363dz ?)');
    expect(textWidth('iiii', 'regular', 10)).toBeCloseTo(8.88);
    expect(textWidth('é', 'bold', 10)).toBe(textWidth('e', 'bold', 10));
  });
});
