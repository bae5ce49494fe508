const stems = new Map<string, string>();
const mostRemembered = 10_000;

/** A word without its ending, so that "refunds", "refunding" and "refunded" are one. Lower case. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= mostRemembered) stems.clear();
  const stem =
    word.length < 4 ? word : word.replace(/(?:ing|ies|ied|ed|es|s|e|y)$/, '').replace(/([^aeiou])\1$/, '$1');
  stems.set(word, stem);
  return stem;
}
