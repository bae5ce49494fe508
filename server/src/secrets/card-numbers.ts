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

function brandOf(digits: string): CardBrand | undefined {
  return ranges.find(({ from, to, lengths }) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  })?.brand;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    if (index % 2 === 0) sum += digit;
    else sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Zeros of the scripts people type digits in: ASCII, Arabic, Persian, Devanagari, full width. */
const zeros = [0x30, 0x660, 0x6f0, 0x966, 0xff10];

function digitOf(character: string): string {
  const code = character.charCodeAt(0);
  const zero = zeros.find((first) => code >= first && code < first + 10);
  return zero === undefined ? '' : String(code - zero);
}

const digit = '[0-9\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f\\uff10-\\uff19]';
/** What stands between the digits of a typed number: blanks of any width, dashes, dots, invisible characters. */
const separator = '[\\s.\\-_\\u00b7\\u00ad\\u200b-\\u200d\\u2060\\ufeff\\u2010-\\u2015\\u2022\\u2212]';
const runPattern = new RegExp(`${digit}(?:${separator}{0,3}${digit}){${shortest - 1},}`, 'g');

/** One digit of a run, where it stands in the text, and whether a number may begin or end there. */
interface Place {
  readonly digit: string;
  readonly index: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

function placesOf(run: string): Place[] {
  const places: Place[] = [];
  for (let index = 0; index < run.length; index += 1) {
    const digit = digitOf(run[index] ?? '');
    if (digit === '') continue;
    const begins = index === 0 || digitOf(run[index - 1] ?? '') === '';
    const ends = digitOf(run[index + 1] ?? '') === '';
    places.push({ digit, index, begins, ends });
  }
  return places;
}

/** Amounts in a row (`55.00 12.34`) mix dots with blanks; nobody writes a card number so. */
function looksLikeDecimals(separators: string): boolean {
  return separators.includes('.') && /[^.]/.test(separators);
}

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  readonly brand: CardBrand;
}

function hitAt(places: readonly Place[], first: number, length: number, run: string): Hit | undefined {
  const start = places[first];
  const last = places[first + length - 1];
  if (!start?.begins || !last?.ends) return undefined;
  const digits = places
    .slice(first, first + length)
    .map(({ digit }) => digit)
    .join('');
  const brand = brandOf(digits);
  if (!brand || !passesLuhn(digits)) return undefined;
  const text = run.slice(start.index, last.index + 1);
  const separators = [...text].filter((character) => digitOf(character) === '').join('');
  if (looksLikeDecimals(separators)) return undefined;
  return { start: start.index, end: last.index + 1, digits, brand };
}

/** A published test card goes first, then all that is there, then the usual 16 digits, then the longest. */
function bestHitAt(places: readonly Place[], first: number, run: string): Hit | undefined {
  let best: Hit | undefined;
  for (let length = Math.min(longest, places.length - first); length >= shortest; length -= 1) {
    const hit = hitAt(places, first, length, run);
    if (!hit) continue;
    if (stripeTestCards.has(hit.digits)) return hit;
    const isAllTaken = best !== undefined && first + best.digits.length === places.length;
    if (!best || (length === 16 && !isAllTaken)) best = hit;
  }
  return best;
}

function replacementFor(found: FoundCard): string {
  if (found.testToken) return `${found.testToken} (test card •••• ${found.last4})`;
  return `[card number removed •••• ${found.last4}]`;
}

function maskRun(run: string, found: FoundCard[]): string {
  const places = placesOf(run);
  let masked = '';
  let done = 0;
  for (let first = 0; first + shortest <= places.length; first += 1) {
    const hit = bestHitAt(places, first, run);
    if (!hit) continue;
    const testToken = stripeTestCards.get(hit.digits);
    const card = { last4: hit.digits.slice(-4), brand: hit.brand, ...(testToken ? { testToken } : {}) };
    found.push(card);
    masked += run.slice(done, hit.start) + replacementFor(card);
    done = hit.end;
    first += hit.digits.length - 1;
  }
  return masked + run.slice(done);
}

/**
 * Takes card numbers out of a text before it is stored or shown to a model: 13 to 19 digits of a card scheme's range
 * that pass the Luhn check, however they are spaced. Stripe's published test cards become the `pm_card_…` that stands
 * for them; of every other number the last four digits stay.
 */
export function maskCardNumbers(text: string): { text: string; found: FoundCard[] } {
  const found: FoundCard[] = [];
  const masked = text.replace(runPattern, (run) => maskRun(run, found));
  return { text: masked, found };
}
