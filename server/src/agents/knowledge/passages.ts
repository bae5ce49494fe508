import type { Section } from './reading/section.ts';

/** A stretch that is found and cited as a whole: what a reader takes in at once, about 250 words. */
const mostCharacters = 1_400;

/** Sections cut to what can be cited, at paragraphs where possible, else at lines, sentences, words. */
export function passagesOf(sections: readonly Section[]): Section[] {
  return sections.flatMap(({ place, text }) => cut(text).map((piece) => ({ place, text: piece })));
}

const seams = [/\n{2,}/, /\n/, /(?<=[.!?…。！？])\s+/, /\s+/];

function cut(text: string, level = 0): string[] {
  if (text.length <= mostCharacters) return text.trim() === '' ? [] : [text.trim()];
  const seam = seams[level];
  if (!seam) return hardCut(text);
  const glue = level === 0 ? '\n\n' : level === 1 ? '\n' : ' ';
  const pieces: string[] = [];
  let piece = '';
  for (const part of text.split(seam)) {
    if (piece !== '' && piece.length + glue.length + part.length > mostCharacters) {
      pieces.push(piece);
      piece = '';
    }
    piece = piece === '' ? part : piece + glue + part;
  }
  if (piece !== '') pieces.push(piece);
  return pieces.flatMap((each) => (each.length > mostCharacters ? cut(each, level + 1) : cut(each, level)));
}

function hardCut(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += mostCharacters) pieces.push(text.slice(at, at + mostCharacters));
  return pieces;
}
