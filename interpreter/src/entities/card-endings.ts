import type { EntityValue, Unread } from './entity.ts';

const brand = 'visa|master ?card|amex|american express|discover|jcb|diners|union ?pay|maestro';
const card = `(?:card|${brand}|payment method|pm)`;

/** "The card ending in 4444", "his 4444 card", "visa 4242", "*4444": four digits that say which card. */
export function findCardEndings(unread: Unread): void {
  const read = ([, digits = '']: RegExpExecArray): EntityValue => ({ type: 'card_ending', digits });
  unread.claim(
    /\b(?:(?:that |which )?(?:ends?|ending|ended) (?:in|with|on|by)|ending|last (?:4|four)(?: digits)?(?: (?:are|is|of|in))?:?) ?[*x#.]*(\d{4})\b/gi,
    read,
  );
  unread.claim(
    new RegExp(`\\b(?<=\\b${card} (?:no\\.? |number |#|[*x.]+)?)(\\d{4})\\b(?![ -]?\\d)`, 'gi'),
    read,
  );
  unread.claim(new RegExp(`(?<![\\d.,$€£¥-])(\\d{4})(?= ${card}\\b)`, 'gi'), read);
  unread.claim(/(?<![\p{L}\d])[*x#.]{1,4}(\d{4})(?![\p{L}\d])/giu, read);
}
