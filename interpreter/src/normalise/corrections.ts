import { imperative, leadingVerb } from './imperative.ts';

/** Words by which somebody takes back what they just said. */
const marker =
  /\s*(?:\.{2,}|[,;.!]| -|(?= ))\s*(?:no,? (?:wait|sorry)|no|sorry|wait|oops|hold on|hmm|i mean|i meant|or rather|scratch that|strike that|correction|my mistake|actually)(?:,? (?:no|sorry|wait|actually|i mean|i meant|rather|make (?:that|it)|not (?:him|her|that|those|them)))*[,:.]*\s+/gi;

/** Values of one kind each: what is taken back is replaced by another of its kind. */
const kinds: readonly RegExp[] = [
  /(?:[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥]|usd|eur|gbp|yen|dollars?|euros?|pounds?|bucks?)|\b(?:usd|eur|gbp|jpy) \d[\d.,]*)/giu,
  /\d[\d.,]*\s?(?:%|percent)/giu,
  /⟦[ve]\d+⟧/gu,
  /⟦i\d+⟧/gu,
  /\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*)*/gu,
  /\b(?:\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twelve)\b(?= (?:seats?|licen[cs]es?|months?|days?|weeks?|units?))/giu,
  /\b(?:monthly|yearly|annual(?:ly)?|weekly|quarterly)\b/giu,
];

/**
 * A sentence with what its speaker took back left out: "get Emma… no, get Paul subscribed" is "get Paul subscribed", "$20,
 * sorry, $30 to Bob" is "$30 to Bob". Where it is not plain what was meant instead, it stays as it was said.
 */
export function corrected(sentence: string): string {
  for (const found of sentence.matchAll(marker)) {
    const before = sentence.slice(0, found.index);
    const after = sentence.slice(found.index + found[0].length);
    if (!/\p{L}|⟦/u.test(before) || after === '') continue;
    const surely =
      /,|\.|!|-/.test(found[0].trim().replace(/[,:.]*$/, '')) || /^\s*(?:\.{2,}|[,;.!]| -)/.test(found[0]);
    if (!surely) continue;
    if (sameVerb(before, after) || (imperative.test(before) && imperative.test(after))) {
      if (sameVerb(before, after) && isWhole(after)) return after;
      continue;
    }
    const repaired = replacedIn(before, after);
    if (repaired !== undefined) return repaired;
  }
  return sentence;
}

const firstWord = (text: string): string => /\p{L}+/u.exec(text)?.[0].toLowerCase() ?? '';
const sameVerb = (before: string, after: string): boolean => firstWord(before) === firstWord(after);
const isWhole = (after: string): boolean => after.trim().split(/\s+/).length > 2;

function replacedIn(before: string, after: string): string | undefined {
  const open = after.replace(/^(?:with|for|to|from|of|on|by|at|it's|make (?:it|that)|i mean|the) /i, '');
  for (const kind of kinds) {
    const value = new RegExp(kind.source, kind.flags.replace('g', '')).exec(open);
    if (value?.index !== 0) continue;
    const old = lastOf(kind, before);
    if (!old) continue;
    const rest = open.slice(value[0].length);
    return `${before.slice(0, old.start)}${value[0]}${before.slice(old.end)}${rest}`;
  }
  return undefined;
}

/** Where the last value of a kind stands; the verb a sentence opens with is no part of a name. */
function lastOf(kind: RegExp, text: string): { start: number; end: number } | undefined {
  const found = [...text.matchAll(kind)].at(-1);
  if (!found) return undefined;
  const end = found.index + found[0].length;
  const verb = found.index === 0 ? (leadingVerb.exec(text)?.[0].length ?? 0) : 0;
  const start = verb > 0 ? verb + 1 : found.index;
  return start < end ? { start, end } : undefined;
}

const whenItEnds = String.raw`(?:(?:only )?(?:at|by|until) (?:the )?(?:end of (?:the |his |her |their |its |this )?(?:\w+ )?(?:period|term|cycle|month|year)|period'?s? end|next renewal))`;
const atOnce = '(?:right )?(?:now|immediately|today|at once|right away|straight away|instantly)';

/** "Today, not at the end of the period", "not now but at the end of the period": only what is meant stays. */
export function withoutContrast(sentence: string): string {
  const late = new RegExp(whenItEnds, 'i');
  const soon = new RegExp(`\\b${atOnce}\\b`, 'i');
  const notLate = new RegExp(
    `(?:,|;| -)?\\s*(?:and |but )?(?:not|rather than|instead of) ${whenItEnds}`,
    'i',
  );
  const notSoon = new RegExp(
    `(?:,|;| -)?\\s*(?:and |but )?(?:not|rather than|instead of) ${atOnce}(?:,? but| -|,|;)?(?= |[.!]|$)`,
    'i',
  );
  const first = sentence.replace(notLate, '');
  if (first !== sentence && soon.test(first) && !late.test(first)) return first;
  const second = sentence.replace(notSoon, '');
  return second !== sentence && late.test(second) ? second : sentence;
}
