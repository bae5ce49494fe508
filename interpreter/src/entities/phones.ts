import type { Unread } from './entity.ts';

/** Digits as they stand in telephone numbers, with their brackets, strokes and dots. */
const digits = String.raw`(?:\+ ?|00)?\(?\d[\d ()./-]{4,20}\d`;
const label = String.raw`\b(?:phone|telephone|tel|mobile|cell|cellphone|handy|whatsapp|fax|number|nr|t[eé]l[eé]fono|telefon|t[eé]l[eé]phone)\b`;
/** Words that may stand between the label and its number. */
const between = String.raw`[^.\n\d+(]{0,24}?(?:to|is|:|=|now| )\s*`;
const labelled = new RegExp(`(?<=${label}\\.?${between})${digits}(?![\\d%])`, 'gi');
const shaped = new RegExp(
  [
    String.raw`\+ ?\d[\d ()./-]{5,20}\d`,
    String.raw`(?<![\d.,])00[1-9]\d(?:[ ()./-]?\d){6,13}(?!\d)`,
    String.raw`\(\d{2,5}\) ?\d{2,4}(?:[ -]?\d{2,4}){1,3}\b`,
    String.raw`\b\d{3}[ .-]\d{3}[ .-]\d{4}\b`,
    String.raw`(?<![\d.,$€£¥])0\d{2,4}[ /-]\d{3,4}(?:[ -]?\d{2,4}){0,2}(?![\d.,])`,
  ].join('|'),
  'g',
);

/** Telephone numbers: those that are said to be one, or those whose shape is that of no other number. */
export function findPhones(unread: Unread, which: 'labelled' | 'shaped'): void {
  if (which === 'labelled' && /\b(?:card|invoice|order|vat|tax|account) (?:number|nr)\b/i.test(unread.text))
    return;
  unread.claim(which === 'labelled' ? labelled : shaped, ([said]) => {
    const count = said.replace(/\D/g, '').length;
    return count >= 5 && count <= 16 ? { type: 'phone', phone: said.trim() } : undefined;
  });
}
