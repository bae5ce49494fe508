import { stripeTestCards } from './test-cards.ts';

/** A card number that was taken out of a text. */
export interface FoundCard {
  readonly last4: string;
  readonly brand: CardBrand;
  /** `pm_card_…`, where it is one of Stripe's published test cards. */
  readonly testToken?: string;
}

export type CardBrand =
  | 'visa'
  | 'mastercard'
  | 'amex'
  | 'discover'
  | 'diners'
  | 'jcb'
  | 'unionpay'
  | 'maestro';

interface Range {
  readonly brand: CardBrand;
  /** First and last prefix, of the same length. */
  readonly from: string;
  readonly to: string;
  readonly lengths: readonly number[];
}

const from16to19 = [16, 17, 18, 19];

/** Prefixes that card schemes issue (ISO/IEC 7812). The first that fits wins. */
const ranges: readonly Range[] = [
  { brand: 'visa', from: '4', to: '4', lengths: [13, 16, 19] },
  { brand: 'mastercard', from: '51', to: '55', lengths: [16] },
  { brand: 'mastercard', from: '2221', to: '2720', lengths: [16] },
  { brand: 'amex', from: '34', to: '34', lengths: [15] },
  { brand: 'amex', from: '37', to: '37', lengths: [15] },
  { brand: 'discover', from: '6011', to: '6011', lengths: from16to19 },
  { brand: 'discover', from: '644', to: '659', lengths: from16to19 },
  { brand: 'diners', from: '300', to: '305', lengths: [14, ...from16to19] },
  { brand: 'diners', from: '3095', to: '3095', lengths: [14, ...from16to19] },
  { brand: 'diners', from: '36', to: '36', lengths: [14, ...from16to19] },
  { brand: 'diners', from: '38', to: '39', lengths: [14, ...from16to19] },
  { brand: 'jcb', from: '3528', to: '3589', lengths: from16to19 },
  { brand: 'unionpay', from: '62', to: '62', lengths: from16to19 },
  { brand: 'unionpay', from: '81', to: '81', lengths: from16to19 },
  { brand: 'maestro', from: '50', to: '50', lengths: [13, 14, 15, ...from16to19] },
  { brand: 'maestro', from: '56', to: '58', lengths: [13, 14, 15, ...from16to19] },
  { brand: 'maestro', from: '60', to: '69', lengths: [13, 14, 15, ...from16to19] },
];

const longest = 19;
const shortest = 13;
/** After a plus, so few digits are a telephone number: `+49 1512 3456789` has a Visa card's 13. */
const longestPhone = 14;

/** The ranges by the first digit, which the two ends of each share. */
const rangesFrom: readonly (readonly Range[])[] = Array.from({ length: 10 }, (_, digit) =>
  ranges.filter(({ from }) => from.startsWith(String(digit))),
);

/** Whether any scheme has numbers of that length that begin with that digit. */
const mayBe = rangesFrom.map((some) =>
  Array.from({ length: longest + 1 }, (_, length) => some.some(({ lengths }) => lengths.includes(length))),
);

function brandOf(digits: string): CardBrand | undefined {
  return rangesFrom[Number(digits[0])]?.find(({ from, to, lengths }) => {
    if (!lengths.includes(digits.length)) return false;
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to;
  })?.brand;
}

/** Zeros of the scripts people type digits in: ASCII, Arabic, Persian, Devanagari, full width. */
const zeros = [0x30, 0x660, 0x6f0, 0x966, 0xff10];
/** What people put between the digits of any number: blanks, dashes, dots, invisible characters. */
const plain =
  /[\s.\-_\u00b7\u00ad\u200b-\u200f\u2060\ufeff\u2010-\u2015\u2022\u2043\u2212\ufe58\ufe63\uff0d]|\ufe0f|\u20e3/;
/** Other punctuation and symbols: between the groups of a card number only, as amounts in a row are written so, too. */
const loose = /[\p{P}\p{Sm}\p{Sk}\p{So}\p{Cf}]/u;
const mostBetween = 3;

/** What a UTF-16 code is: 0 to 9 for digits, or one of these. */
const plainSeparator = 10;
const looseSeparator = 11;
const otherCharacter = 12;
const unseen = 255;
const kinds = new Uint8Array(0x10000).fill(unseen);

function kindOf(code: number): number {
  const known = kinds[code] ?? otherCharacter;
  if (known !== unseen) return known;
  const zero = zeros.find((first) => code >= first && code < first + 10);
  const character = String.fromCharCode(code);
  const other = loose.test(character) ? looseSeparator : otherCharacter;
  const kind = zero !== undefined ? code - zero : plain.test(character) ? plainSeparator : other;
  kinds[code] = kind;
  return kind;
}

/** Digits with at most three separators between one and the next, and where each stands in the text. */
interface Run {
  readonly text: string;
  readonly digits: number[];
  readonly at: number[];
  /** Sums of the first n digits, those at odd places (counted from 0) doubled as the Luhn check doubles. */
  readonly oddSums: number[];
  /** The same with those at even places doubled. */
  readonly evenSums: number[];
}

const emptyRun = (text: string): Run => ({ text, digits: [], at: [], oddSums: [0], evenSums: [0] });

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  readonly brand: CardBrand;
}

/** Whether a number may begin with, or end before, the digit at `place`: not in the middle of written-together digits. */
const isEdge = ({ at }: Run, place: number): boolean => at[place - 1] !== (at[place] ?? 0) - 1;

/** Amounts (`45123456789.03`, `55.00 12.34`) have one dot or mix dots with blanks; nobody writes a card number so. */
function looksLikeDecimals(separators: string): boolean {
  return separators === '.' || (separators.includes('.') && /[^.]/.test(separators));
}

/** Groups as on a card: of one size but for a shorter last one, or 4-6-5 and 4-6-4. */
function looksLikeGroups(sizes: readonly number[], isList: boolean): boolean {
  if (/^4,6,[45]$/.test(sizes.join())) return true;
  const [size = 0] = sizes;
  if (isList && size !== 4 && size !== 1) return false;
  return sizes.every((each, index) => each === size || (index === sizes.length - 1 && each < size));
}

/** Whether the digits from `first` up to `end` are spaced like one number, not like several in a row. */
function looksLikeOne(run: Run, first: number, end: number): boolean {
  const sizes: number[] = [];
  const between: string[] = [];
  let size = 1;
  for (let place = first + 1; place < end; place += 1) {
    if (isEdge(run, place)) {
      between.push(run.text.slice((run.at[place - 1] ?? 0) + 1, run.at[place]));
      sizes.push(size);
      size = 0;
    }
    size += 1;
  }
  sizes.push(size);
  const separators = between.join('');
  if (!hasLoose(separators)) return !looksLikeDecimals(separators);
  const isList = /[,;:.]/.test(separators);
  if (isList && (/\s/.test(separators) || between.some((each) => each !== between[0]))) return false;
  return looksLikeGroups(sizes, isList);
}

function hasLoose(separators: string): boolean {
  for (let index = 0; index < separators.length; index += 1)
    if (kindOf(separators.charCodeAt(index)) === looseSeparator) return true;
  return false;
}

/** Adds a digit and the sums up to it, so that any stretch can be checked without adding it up again. */
function addDigit(run: Run, digit: number, index: number): void {
  const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
  const count = run.digits.length;
  run.oddSums.push((run.oddSums[count] ?? 0) + (count % 2 === 1 ? doubled : digit));
  run.evenSums.push((run.evenSums[count] ?? 0) + (count % 2 === 1 ? digit : doubled));
  run.digits.push(digit);
  run.at.push(index);
}

/** The Luhn check of the digits from `first` up to `end`: every second one counts double, the last one once. */
function passesLuhn({ oddSums, evenSums }: Run, first: number, end: number): boolean {
  const sums = end % 2 === 1 ? oddSums : evenSums;
  return ((sums[end] ?? 0) - (sums[first] ?? 0)) % 10 === 0;
}

function hitAt(run: Run, first: number, length: number): Hit | undefined {
  const end = first + length;
  if (end < run.at.length && !isEdge(run, end)) return undefined;
  if (!looksLikeOne(run, first, end)) return undefined;
  const digits = run.digits.slice(first, end).join('');
  const brand = brandOf(digits);
  if (!brand) return undefined;
  return { start: run.at[first] ?? 0, end: (run.at[end - 1] ?? 0) + 1, digits, brand };
}

/** Whether nothing that could be more of the number follows. */
function isLast({ text, at }: Run, end: number): boolean {
  const next = at[end];
  if (next === undefined) return true;
  return hasLoose(text.slice((at[end - 1] ?? 0) + 1, next));
}

/** A published test card goes first, then all that is there, then the usual 16 digits, then the longest. */
function bestHitAt(run: Run, first: number): Hit | undefined {
  const digit = run.digits[first] ?? 0;
  if (digit < 2 || !isEdge(run, first)) return undefined;
  let best: Hit | undefined;
  for (let length = Math.min(longest, run.at.length - first); length >= shortest; length -= 1) {
    if (!mayBe[digit]?.[length] || !passesLuhn(run, first, first + length)) continue;
    const hit = hitAt(run, first, length);
    if (!hit) continue;
    if (stripeTestCards.has(hit.digits)) return hit;
    if (length <= longestPhone && run.text[hit.start - 1] === '+') continue;
    const isAllTaken = best !== undefined && isLast(run, first + best.digits.length);
    if (!best || (length === 16 && !isAllTaken)) best = hit;
  }
  return best;
}

function hitsIn(run: Run): Hit[] {
  const hits: Hit[] = [];
  for (let first = 0; first + shortest <= run.digits.length; first += 1) {
    const hit = bestHitAt(run, first);
    if (!hit) continue;
    hits.push(hit);
    first += hit.digits.length - 1;
  }
  return hits;
}

/** Every run of digits long enough to hold a card number, in one pass. */
function runsIn(text: string): Run[] {
  const runs: Run[] = [];
  let run = emptyRun(text);
  for (let index = 0; index <= text.length; index += 1) {
    const kind = index < text.length ? kindOf(text.charCodeAt(index)) : otherCharacter;
    if (kind < 10) {
      addDigit(run, kind, index);
      continue;
    }
    if (run.at.length === 0) continue;
    if (kind !== otherCharacter && index - (run.at.at(-1) ?? 0) <= mostBetween) continue;
    if (run.at.length >= shortest) runs.push(run);
    run = emptyRun(text);
  }
  return runs;
}

const removed = '[card number removed ••••';

/** Whether a card number was taken out of a text. */
export const hadCardNumber = (text: string): boolean => text.includes(removed);

/** What becomes of Stripe's published test cards. */
type TestCards = 'understood' | 'removed' | 'kept';

function replacementFor(found: FoundCard, testCards: TestCards): string {
  if (found.testToken && testCards === 'understood')
    return `${found.testToken} (test card •••• ${found.last4})`;
  return `${removed} ${found.last4}]`;
}

/**
 * Takes card numbers out of a text before it is stored or shown to a model: 13 to 19 digits of a card scheme's range
 * that pass the Luhn check, however they are spaced or grouped. Stripe's published test cards become the `pm_card_…` that stands
 * for them, unless they are to be `removed` or `kept`; of every other number the last four digits stay.
 */
export function maskCardNumbers(
  text: string,
  testCards: TestCards = 'understood',
): { text: string; found: FoundCard[] } {
  const found: FoundCard[] = [];
  let masked = '';
  let done = 0;
  for (const hit of runsIn(text).flatMap(hitsIn)) {
    const testToken = stripeTestCards.get(hit.digits);
    if (testToken && testCards === 'kept') continue;
    const card = { last4: hit.digits.slice(-4), brand: hit.brand, ...(testToken ? { testToken } : {}) };
    found.push(card);
    masked += text.slice(done, hit.start) + replacementFor(card, testCards);
    done = hit.end;
  }
  return { text: masked + text.slice(done), found };
}
