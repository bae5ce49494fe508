import fc from 'fast-check';
import { expect, test } from 'vitest';
import { languageOf } from './language.ts';
import { passagesOf } from './passages.ts';
import { fuse } from './search.ts';

test('no word of a document is lost or made up by cutting it, and no piece is long', () => {
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  const text = fc
    .array(fc.constantFrom('one', 'two.', 'three', '\n', '\n\n', 'a'.repeat(200)), { maxLength: 400 })
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(text, (written) => {
      const pieces = passagesOf([{ place: 'here', text: written }]);
      expect(pieces.flatMap((piece) => words(piece.text))).toEqual(words(written));
      for (const piece of pieces) {
        expect(piece.text.length).toBeLessThanOrEqual(1_400);
        expect(piece.place).toBe('here');
      }
    }),
  );
});

test('a single endless word is cut hard', () => {
  expect(passagesOf([{ place: '', text: 'x'.repeat(3_000) }]).map(({ text }) => text.length)).toEqual([
    1_400, 1_400, 200,
  ]);
});

test('the language of a text is known by its small words, or left open', () => {
  expect(languageOf('The refund is paid to the card that was used for the order.')).toBe('english');
  expect(languageOf('Die Erstattung wird auf die Karte gezahlt, mit der wir bezahlt werden.')).toBe('german');
  expect(languageOf('Le remboursement est fait sur la carte avec les frais que vous avez payés.')).toBe(
    'french',
  );
  expect(languageOf('SKU 1200 1300 1400')).toBe('simple');
});

test('what stands high in both rankings comes first', () => {
  const ranking = (...ids: string[]) => ids.map((id) => ({ id }));
  expect(fuse([ranking('a', 'b', 'c'), ranking('b', 'd')])).toEqual(['b', 'a', 'd', 'c']);
});
