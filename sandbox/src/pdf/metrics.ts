/**
 * How wide the characters from space to tilde are in Helvetica and Helvetica Bold, in thousandths of the size, as Adobe
 * publishes them: every PDF reader has these fonts, so that a document needs to carry none.
 */
const regular = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const bold = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
  556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
  556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
  333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];
/** Most letters beyond ASCII are as wide as their plain form; this is the width of the usual one. */
const usualWidth = 556;

export type Font = 'bold' | 'regular';

/** How wide a text is in points at a size in points. */
export function textWidth(text: string, font: Font, size: number): number {
  const widths = font === 'bold' ? bold : regular;
  let width = 0;
  for (const character of text.normalize('NFD').replace(/\p{M}/gu, ''))
    width += widths[(character.codePointAt(0) ?? 0) - 32] ?? usualWidth;
  return (width * size) / 1000;
}

/** What the code page of these fonts has where Latin-1 has control characters. */
const extras = '€\u0000‚ƒ„…†‡ˆ‰Š‹Œ\u0000Ž\u0000\u0000‘’“”•–—˜™š›œ\u0000žŸ';

/** A text in the fonts' code page, as a PDF string. What the page lacks is shown by its plain form, or a question mark. */
export function pdfString(text: string): string {
  let string = '';
  for (const character of text.normalize('NFC')) string += octal(codeOf(character));
  return `(${string})`;
}

function codeOf(character: string): number {
  const code = character.codePointAt(0) ?? 63;
  if ((code >= 32 && code < 127) || (code >= 160 && code < 256)) return code;
  const extra = extras.indexOf(character);
  if (extra >= 0) return 128 + extra;
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '').codePointAt(0) ?? 63;
  return plain >= 32 && plain < 127 ? plain : /\s/.test(character) ? 32 : 63;
}

function octal(code: number): string {
  const isPlain = code < 127 && code !== 40 && code !== 41 && code !== 92;
  return isPlain ? String.fromCharCode(code) : `\\${code.toString(8).padStart(3, '0')}`;
}
