/**
 * How well names answer what was typed: every word of it must stand somewhere in them. 0 for no match, 1 where each word
 * begins one of theirs. Letters strewn over several words are no match: nobody means that.
 */
export function palettePoints(names: string[], typed: string): number {
  const text = names.join(' ').toLowerCase();
  const words = text.split(/[\s\-_.,:;/@]+/);
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.every((word) => text.includes(word))) return 0;
  return wanted.every((word) => words.some((each) => each.startsWith(word))) ? 1 : 0.5;
}
