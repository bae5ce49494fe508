/** Words as the guard compares them: without case and accents, one slip of the pen forgiven. */

export function wordsOf(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether two words are the same but for one letter missing, added, changed or swapped with its neighbour. */
export function isNear(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return (
    swapped ||
    a.slice(at + 1) === b.slice(at + 1) ||
    a.slice(at + 1) === b.slice(at) ||
    a.slice(at) === b.slice(at + 1)
  );
}

/** Whether a text speaks of something by its name: the whole of it, or one of the name's own words. */
export function mentions(text: string, name: string): boolean {
  if (plain(text).includes(plain(name))) return true;
  const said = wordsOf(text);
  return wordsOf(name.replace(/@.*$/, '')).some(
    (word) => word.length >= 3 && said.some((each) => isNear(each, word)),
  );
}
