/** Which of Postgres's text-search configurations reads a text best. */

/** Small words that give a language away, and are rare in the others. */
const smallWords = {
  english: 'the and is are of to you we with for this that be will not from have your',
  german: 'der die das und ist nicht ein eine mit für auf wir sie werden von zu den im bei',
  french: 'le les des et est une vous nous dans pour que avec sur pas aux du ne être sont',
  spanish: 'el los las una es con para por que del como más su se no lo puede nuestro',
  italian: 'il gli della che è una con per non sono di nel alla dei viene anche nostro',
  portuguese: 'os uma não com para que do da em são por mais ao você seu pela nosso',
  dutch: 'het een van en niet met voor op wij zijn de dat aan bij worden ook onze',
  swedish: 'och att det som är för inte med till av vi den kan om eller du från',
  danish: 'og det som er ikke til af vi den kan eller du fra med på jeg har',
  norwegian: 'og det som er ikke til av vi den kan eller du fra med på jeg har',
  finnish: 'ja on ei että se voi tai kun myös ovat jos sekä tämä olla mukaan',
  russian: 'и в не на что с по для это как вы мы или от до при если',
  turkish: 've bir bu için ile olarak da de daha çok olan değil veya gibi',
  hungarian: 'és az hogy nem egy van meg vagy ha is ez csak már mint',
} as const;

export type SearchLanguage = keyof typeof smallWords | 'simple';

const lists = Object.entries(smallWords).map(
  ([language, words]) => [language as SearchLanguage, new Set(words.split(' '))] as const,
);
/** Enough to tell. */
const looksAt = 2_000;

/** `simple` where none is clear: words are then matched as they are written. */
export function languageOf(text: string): SearchLanguage {
  const words = (text.toLowerCase().match(/\p{L}+/gu) ?? []).slice(0, looksAt);
  const [best, second] = lists
    .map(([language, list]) => ({ language, count: words.filter((word) => list.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  if (!best || best.count < 2 || best.count * 20 < words.length) return 'simple';
  return best.count === second?.count && best.count < 4 ? 'simple' : best.language;
}

/** Scripts without spaces between words: each of their characters counts as one. */
export function searchable(text: string): string {
  return text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu, ' $& ');
}
