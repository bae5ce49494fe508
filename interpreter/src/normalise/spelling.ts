import { englishWord } from './english.ts';
import { domainWords, isOrdinaryWord } from './vocabulary.ts';

/** What people write for a word in chats. */
const shorthand: Readonly<Record<string, string>> = {
  u: 'you',
  ur: 'your',
  gimme: 'give me',
  lemme: 'let me',
  wanna: 'want to',
  gonna: 'going to',
  whats: 'what is',
  hows: 'how is',
  whos: 'who is',
  cust: 'customer',
  acct: 'account',
  amt: 'amount',
  pmt: 'payment',
  pmts: 'payments',
  pymt: 'payment',
  pymts: 'payments',
  txn: 'transaction',
  txns: 'transactions',
  subs: 'subscriptions',
  mo: 'month',
  yr: 'year',
};

const noWords: ReadonlySet<string> = new Set();

/**
 * The text with slips in lower-case words put right. What is quoted, addresses, ids and anything in capitals stay as
 * they are: those are values or names.
 * @param learned words that tools use of themselves, which are no slips.
 */
export function spelt(text: string, learned: ReadonlySet<string> = noWords): SpeltText {
  const changes: { start: number; end: number; original: string }[] = [];
  let shift = 0;
  const corrected = text.replace(/"[^"\n]*"|\S*[@_\d/]\S*|[\p{L}\p{M}'-]+/gu, (piece, index: number) => {
    const right =
      shorthand[piece] ??
      (/^[a-z][a-z-]{3,}$/.test(piece) && !learned.has(piece) ? correctSpelling(piece) : piece);
    if (right === piece) return piece;
    const start = index + shift;
    changes.push({ start, end: start + right.length, original: piece });
    shift += right.length - piece.length;
    return right;
  });
  return {
    text: corrected,
    original(start, end) {
      let said = '';
      let at = start;
      for (const change of changes) {
        if (change.start < start || change.end > end) continue;
        said += corrected.slice(at, change.start) + change.original;
        at = change.end;
      }
      return said + corrected.slice(at, end);
    },
  };
}

/** A text with its spelling put right, which still knows how each stretch was written. */
export interface SpeltText {
  readonly text: string;
  /** The stretch between two positions of `text`, as the person wrote it. */
  original(start: number, end: number): string;
}

const corrected = new Map<string, string>();
const maximumRemembered = 5000;

/**
 * The domain word a misspelling was meant to be, or the word itself. Careful by design: short words are left alone
 * and a word that is near two different ones stays, since it may be a name.
 */
export function correctSpelling(word: string): string {
  if (word.length < 4 || isOrdinaryWord(word) || !/^[a-z-]+$/.test(word)) return word;
  const known = corrected.get(word);
  if (known !== undefined) return known;
  const found = englishWord(word) === undefined ? nearest(word) : word;
  if (corrected.size >= maximumRemembered) corrected.clear();
  corrected.set(word, found);
  return found;
}

const byLength = new Map<number, string[]>();
for (const word of domainWords) {
  if (word.length >= 4) byLength.set(word.length, [...(byLength.get(word.length) ?? []), word]);
}

/** Words of nearly the same length: no other can be near enough. */
function candidatesFor(word: string): string[] {
  const reach = allowedDistance(word);
  const found: string[] = [];
  for (let length = word.length - reach; length <= word.length + reach; length += 1)
    found.push(...(byLength.get(length) ?? []));
  return found;
}

function nearest(word: string): string {
  let best: string[] = [];
  let bestDistance = allowedDistance(word) + 1;
  for (const candidate of candidatesFor(word)) {
    if (word.length < 6 && candidate[0] !== word[0]) continue;
    if (isLengthened(word, candidate)) continue;
    const distance = editDistance(word, candidate, bestDistance);
    if (distance > allowedDistance(word)) continue;
    if (word.length === 4 && !sameLetters(word, candidate) && !lacksLetter(word, candidate)) continue;
    if (distance < bestDistance) best = [];
    if (distance <= bestDistance) best.push(candidate);
    bestDistance = Math.min(bestDistance, distance);
  }
  return onlyOne(best, word) ?? word;
}

/** Of words equally near, the one with the same letters, else with the same first letter; a real tie corrects nothing. */
function onlyOne(candidates: readonly string[], word: string): string | undefined {
  const [first] = candidates;
  if (first === undefined || candidates.every((other) => isFormOf(other, first))) return first;
  const swapped = candidates.filter((other) => sameLetters(other, word));
  if (swapped.length === 1) return swapped[0];
  const alike = candidates.filter((other) => other[0] === word[0]);
  const [best] = alike;
  return best !== undefined && alike.every((other) => isFormOf(other, best)) ? best : undefined;
}

/** "billy" is no slip for "bill": a letter more at the end makes another word, unless it is doubled. */
function isLengthened(word: string, candidate: string): boolean {
  const otherEnd = word.slice(0, -1) === candidate.slice(0, -1);
  return otherEnd || (word.startsWith(candidate) && word.at(-1) !== candidate.at(-1) && word.at(-1) !== 's');
}

function isFormOf(a: string, b: string): boolean {
  return a.startsWith(b.slice(0, 5)) || b.startsWith(a.slice(0, 5));
}

/** "chek" for "check": one letter left out between the first and the last. */
function lacksLetter(word: string, candidate: string): boolean {
  return candidate.length === word.length + 1 && candidate[0] === word[0] && candidate.at(-1) === word.at(-1);
}

/** Four letters are too few to change one: only a swap of two is taken for a slip. */
function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('');
}

function allowedDistance(word: string): number {
  return word.length >= 8 ? 2 : 1;
}

/** Optimal string alignment distance (a swap of neighbours counts one); stops early above the limit. */
export function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let value = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        value = Math.min(value, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(value);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? limit + 1;
}
