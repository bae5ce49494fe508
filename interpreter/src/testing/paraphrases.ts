const openings = [
  '',
  'please ',
  'Can you ',
  'could you please ',
  "I'd like you to ",
  'hey, ',
  'go ahead and ',
  'would you mind, ',
];
const endings = ['', '?', ' please', ', thanks'];

/** Every phrasing with its alternatives written out. */
export function spellOut(pattern: string): string[] {
  const brace = /\{([^{}]*)\}/.exec(pattern);
  if (!brace) return [pattern.replace(/ {2,}/g, ' ').trim()];
  const [whole, inside = ''] = brace;
  return inside.split('|').flatMap((choice) => spellOut(pattern.replace(whole, choice)));
}

/** A fixed sequence of numbers, so that a failing case comes again. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Swaps or drops one letter of one long lower-case word; names, values and quotations stay as they are. */
function withSlip(text: string, random: () => number): string {
  const words = [...text.matchAll(/(?<![\w@."'-])[a-z]{6,}(?![\w@."'-])/g)].filter(
    (match) => !/(?:fifty|twenty|premium|example|loblaw|design|basic)/.test(match[0]) && !isEither(match[0]),
  );
  const match = words[Math.floor(random() * words.length)];
  if (!match) return text;
  const word = match[0];
  const at = 1 + Math.floor(random() * (word.length - 3));
  const swapped = `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`;
  const dropped = word.slice(0, at) + word.slice(at + 1);
  return (
    text.slice(0, match.index) + (random() < 0.5 ? swapped : dropped) + text.slice(match.index + word.length)
  );
}

/** "chage" may be either of two orders: nobody can say which. */
function isEither(word: string): boolean {
  return word === 'charge' || word === 'change';
}

/** Which variations a suite runs on. The held-out part is never looked at while the interpreter is changed. */
export type Part = 'development' | 'held-out';

/** Variations of a wish; each falls into one of two parts by its place, a fifth of them held out. */
export function paraphrases(patterns: readonly string[], part: Part, seed = 7): string[] {
  const random = sequence(seed);
  const all: string[] = [];
  for (const phrasing of patterns.flatMap(spellOut)) {
    const isQuestion = /^(?:what|how|which|who|don't)/i.test(phrasing);
    const opening = isQuestion ? '' : (openings[Math.floor(random() * openings.length)] ?? '');
    const ending = endings[Math.floor(random() * endings.length)] ?? '';
    all.push(
      phrasing,
      `${opening}${phrasing}${ending}`,
      withSlip(phrasing, random),
      phrasing.toUpperCase() === phrasing ? phrasing : `${phrasing}!`,
    );
  }
  const unique = [...new Set(all)];
  return unique.filter((_, index) => (index % 5 === 3) === (part === 'held-out'));
}
