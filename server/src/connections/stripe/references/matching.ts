/** Letters that Unicode does not take apart, as they are typed where the keyboard lacks them. */
const plainLetters: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i' },
  ...{ æ: 'ae', œ: 'oe', þ: 'th', ð: 'd' },
};

/** How names are compared: without case, accents, punctuation or extra spaces. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßøłđıæœþð]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/[^\p{L}\p{N}@.+]+/gu, ' ')
    .trim();
}

/** How well a name answers to what was asked for. Lower is better; undefined: not at all. */
function matchRank(asked: string, name: string | null | undefined): number | undefined {
  if (!name) return undefined;
  if (name === asked) return 0;
  const [wanted, has] = [plain(asked), plain(name)];
  if (wanted === '') return undefined;
  if (wanted === has) return 1;
  const parts = has.split(' ');
  // "obrien" is what O'Brien is typed as: two parts that a mark holds apart.
  const words = [...parts, ...parts.slice(1).map((part, at) => `${parts[at]}${part}`)];
  return wanted.split(' ').every((word) => words.includes(word)) ? 2 : undefined;
}

/** Those that answer best, all of them: an exact name goes before one that merely contains the words. */
export function bestMatches<T>(
  asked: string,
  items: Iterable<T>,
  nameOf: (item: T) => string | null | undefined,
): T[] {
  let best: T[] = [];
  let bestRank = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const rank = matchRank(asked, nameOf(item));
    if (rank === undefined || rank > bestRank) continue;
    if (rank < bestRank) best = [];
    bestRank = rank;
    best.push(item);
  }
  return best;
}

/** Letters to change to turn one word into the other, counted no further than `most`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? most + 1;
}

/** The words that tell one from another: of an e-mail address what stands before the @, since many share the rest. */
function telling(name: string): string[] {
  return name.split(' ').map((word) => word.replace(/@.*$/, ''));
}

/** Two addresses at one domain are near only when what stands before the @ is: `ann@shop.com`, not `bob@shop.com`. */
function differsBeforeAt(asked: string, name: string): boolean {
  if (!asked.includes('@') || !name.includes('@')) return false;
  const [wanted = '', has = ''] = [asked, name].map((address) => address.replace(/@.*$/, ''));
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return distance(wanted, has, most) > most;
}

/** Up to five that are spelt nearly so, to be offered and never used. */
export function nearMatches<T>(
  asked: string,
  items: Iterable<T>,
  nameOf: (item: T) => string | null | undefined,
): T[] {
  const wanted = plain(asked);
  const near: { item: T; far: number }[] = [];
  for (const item of items) {
    const has = plain(nameOf(item) ?? '');
    if (has === '') continue;
    const most = Math.max(1, Math.floor(wanted.length / 4));
    const parts = telling(has);
    const tries = [has, ...parts].filter((word) => word.length > 2 && !differsBeforeAt(wanted, word));
    const far = Math.min(most + 1, ...tries.map((word) => distance(wanted, word, most)));
    const shares = telling(wanted).some((word) => word.length > 2 && parts.includes(word));
    if (far <= most || shares) near.push({ item, far });
  }
  return near
    .sort((a, b) => a.far - b.far)
    .slice(0, 5)
    .map(({ item }) => item);
}
