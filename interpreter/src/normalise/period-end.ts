const theirs = '(?:the|his|her|their|its|this|that)';
const span = '(?:month|year|week|period|term|cycle|time|quarter)';
const over =
  '(?:is over|are over|is up|is through|ends|has ended|runs out|has run out|is used up|expires|has passed|finishes|is done)';
const who = '(?:he|she|they|(?:the |our )?customer|\\p{Lu}[\\p{L}\\p{M}]+)';

/** Ways to name the end of what is paid: Stripe itself watches for it. */
const ways: readonly RegExp[] = [
  new RegExp(
    `\\b(?:only )?(?:once|when|after|as soon as) ${theirs} (?:\\p{L}+ )?${span} (?:that )?${who} (?:has |have |had )?(?:already )?paid(?: for)? ${over}`,
    'giu',
  ),
  new RegExp(
    `\\b(?:only )?(?:once|when|after|as soon as) ${theirs} (?:current |paid |billing |running |subscription |paid-for )*${span} ${over}`,
    'giu',
  ),
  new RegExp(
    `\\b(?:only )?(?:at|by|with|until) the end of the ${span} (?:that )?${who} (?:has |have )?(?:already )?paid(?: for)?`,
    'giu',
  ),
  new RegExp(
    `\\b(?:only )?(?:at|with|from|on|effective|starting(?: with| from)?) ${theirs} next (?:billing )?(?:renewal|billing date|invoice|bill|cycle|period)(?: onwards?)?`,
    'giu',
  ),
  /\b(?:only )?(?:when|once) (?:it|that) (?:is due for renewal|comes up for renewal|would renew|renews)\b/giu,
];

/** "Once the month he paid for is over", "at her next renewal, not before" are "at the end of the period". */
export function withPeriodEnd(sentence: string): string {
  const plain = ways.reduce((said, way) => said.replace(way, 'at the end of the period'), sentence);
  return plain
    .replace(
      /(?<=at the end of the period),? (?:and |but )?(?:not (?:before|earlier|sooner|now)|no sooner|not a day earlier)(?: than that)?\b/i,
      '',
    )
    .replace(/,? but (?=at the end of the period)/i, ' ');
}
