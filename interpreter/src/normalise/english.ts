import nlp from 'compromise/two';

/**
 * What plain English says of a word: verbs, adverbs and little words are never somebody's name, adjectives seldom.
 * Nouns say nothing: shops name their goods with them.
 */
export type EnglishWord = 'ordinary' | 'adjective' | 'given_name';

const kinds: readonly (readonly [tags: string, kind: EnglishWord])[] = [
  ['FirstName MaleName FemaleName', 'given_name'],
  [
    'Infinitive PastTense Gerund PresentTense Participle PhrasalVerb Modal Copula Auxiliary Adverb Preposition Conjunction Determiner Pronoun Possessive QuestionWord Negative Expression There',
    'ordinary',
  ],
  ['Adjective Comparative Superlative', 'adjective'],
];
const kindByTag = new Map(
  kinds.flatMap(([tags, kind]) => tags.split(' ').map((tag) => [tag, kind] as const)),
);

let lexicon: Record<string, string | string[]> | undefined;

/** Undefined for a word the lexicon does not have, and for nouns. Lower case. */
export function englishWord(word: string): EnglishWord | undefined {
  lexicon ??= (nlp.model() as { one: { lexicon: Record<string, string | string[]> } }).one.lexicon;
  const tags = Object.hasOwn(lexicon, word) ? lexicon[word] : undefined;
  if (tags === undefined) return undefined;
  for (const tag of typeof tags === 'string' ? [tags] : tags) {
    const kind = kindByTag.get(tag);
    if (kind) return kind;
  }
  return undefined;
}
