import { expect, test } from 'vitest';
import { documentName, isDocument, sizeText } from './document-words.ts';

test('sizes are said in the unit people read', () => {
  expect([12, 1_234, 999_499, 2_340_000].map(sizeText)).toEqual(['12 B', '1 kB', '999 kB', '2.3 MB']);
});

test('of a folder only documents are taken, and they keep their folders in their names', () => {
  expect(['a/Policy.MD', 'logo.png', 'terms.pdf', 'x.docx'].map(isDocument)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(documentName({ name: 'a.md', webkitRelativePath: 'docs/a.md' })).toBe('docs/a.md');
  expect(documentName({ name: 'a.md', webkitRelativePath: '' })).toBe('a.md');
  expect(documentName({ name: 'x'.repeat(300), webkitRelativePath: '' })).toHaveLength(200);
});
