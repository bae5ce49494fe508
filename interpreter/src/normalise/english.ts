import nlp from 'compromise/two';

/**
 * What plain English says of a word: verbs, adverbs and little words are never somebody's name, adjectives seldom.
 * Nouns say nothing: shops name their goods with them.
 */
export type EnglishWord = 'ordinary' | 'adjective' | 'given_name';

const kinds: readonly (readonly [tags: string, kind: EnglishWord])[] = [
  ['FirstName MaleName FemaleName', 'given_name'],
  [
    'Infinitive PastTense Gerund PresentTense Participle PhrasalVerb Modal Copula Auxiliary Adverb Preposition Conjunction Determiner Pronoun Possessive QuestionWord Negative Expression There Reflexive Currency Ordinal Cardinal Duration',
    'ordinary',
  ],
  ['Adjective Comparative Superlative', 'adjective'],
];
const kindByTag = new Map(
  kinds.flatMap(([tags, kind]) => tags.split(' ').map((tag) => [tag, kind] as const)),
);

/** Everyday words that the lexicon lacks or takes for adjectives, and that nobody is called. */
const alsoOrdinary = new Set(
  `ask asks asked asking play stand watch walk win wait waits waiting serve stay cut pass passed hit catch caught compare contact
  contacted copy deal depend depends fit gain guess hate identify influence jump knock laugh lie lock matter measure mention
  mentioned miss missed notice noticed permit pick picked plug push refer refuse regret rescue resolve retain review reviewed
  rise rises roll shift slip stick strike supply throw treat visit wash waste wear welcome boss colleague friend wife husband
  mother father brother sister son daughter lady gentleman guest partner staff employee approval comparison trend growth
  rarely mistaken unhappy upfront apiece elsewhere somewhere anywhere statement receipt spreadsheet chart graph export
  authorised authorized uncaptured captured cleared pending settled succeeded processed processing disputed uncollectible
  lately nowadays meanwhile overall altogether apparently unfortunately basically obviously luckily hopefully asap
  roster headcount lineup rundown backlog queue paperwork bookkeeping accounting payroll cashflow
  unconfirmed confirmed unpaid prepaid overpaid refundable nonrefundable recurring outstanding upcoming expiring lapsed dormant
  anybody nobody yen yens euro euros usd eur gbp jpy chf cad aud nzd sek nok dkk pln czk huf cny inr krw brl mxn zar kwd
  himself herself itself themselves myself yourself ourselves oneself whatever whichever whoever
  promised complained phoned rang emailed messaged replied travelling traveling hired quit signed shipped delivered
  booked left joined bounced charged chargebacks haven't hasn't wasn't weren't nothing's there's everyone's here's`.split(
    /\s+/,
  ),
);

let lexicon: Record<string, string | string[]> | undefined;

/** Undefined for a word the lexicon does not have, and for nouns. Lower case. */
export function englishWord(word: string): EnglishWord | undefined {
  if (alsoOrdinary.has(word)) return 'ordinary';
  lexicon ??= (nlp.model() as { one: { lexicon: Record<string, string | string[]> } }).one.lexicon;
  const tags = Object.hasOwn(lexicon, word) ? lexicon[word] : undefined;
  if (tags === undefined) return undefined;
  for (const tag of typeof tags === 'string' ? [tags] : tags) {
    const kind = kindByTag.get(tag);
    if (kind) return kind;
  }
  return undefined;
}
