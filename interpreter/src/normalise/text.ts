/**
 * The same text with one kind of each mark: straight quotes, plain spaces and hyphens, no zero-width characters.
 * Line breaks stay, because they separate requests.
 */
export function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb]/g, '"')
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u00b4`]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[\u00a0\u202f\u2007\u2009\t]/g, ' ')
    .replace(/\r\n?/g, '\n')
    .replace(/<([^\s<>@]+@[^\s<>@]+)>/g, '($1)')
    .replace(/^[ ]*(?:[-*•]|\d{1,2}[.)]) +/gm, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** True where the letters say nothing about names: all of them capitals. */
export function isShouted(text: string): boolean {
  const letters = text.replace(/[^\p{L}]/gu, '');
  return letters.length > 6 && letters === letters.toUpperCase() && letters !== letters.toLowerCase();
}
