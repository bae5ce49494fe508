import type { Slots } from './request.ts';

const markPatterns: readonly (readonly [mark: string, pattern: RegExp])[] = [
  [
    'overdue',
    /\boverdue\b|\blate\b(?= (?:with|paying|on|payers?)| invoices?|[?!. ]*$)|\bpast[ _-]?due\b|\bpast (?:its|their) due\b|\bshould (?:already )?have been paid\b|\bdue dates? (?:has|have) (?:passed|gone by)\b/,
  ],
  ['open', /\bopen\b|\bunresolved\b|\boutstanding\b|\bpending\b/],
  ['unpaid', /\bunpaid\b|\bnot (?:yet )?paid\b|\boutstanding\b/],
  [
    'failed',
    /\bfail(?:ed|ing|ures?)?\b|\bdeclined\b|\bwith (?:an )?errors?\b|\bwent wrong\b|\bbounced\b|\brejected\b/,
  ],
  ['succeeded', /\bsucce(?:eded|ssful)\b/],
  [
    'inactive',
    /\binactive\b|\barchived\b|\bdiscontinued\b|\b(?:no longer|not|n't|stopped) (?:on )?(?:sell(?:ing)?|sold|offer(?:ed|ing)?|available|for sale|sale)\b|\boff sale\b|\bretired\b/,
  ],
  ['active', /(?<!not )\bactive\b/],
  ['canceled', /\bcancell?ed\b|\bchurned\b/],
  ['all', /\ball\b|\bevery(?:thing|one|body)?\b|\beach\b/],
  [
    'backup',
    /\bback-?up\b|\bother (?:card|payment method)\b|\bsecond(?:ary)? (?:card|payment method)\b|\banother (?:card|payment method)\b|\balternat(?:e|ive)\b|\bdifferent (?:card|payment method)\b/,
  ],
  ['saved', /\bsaved\b|\bon file\b|\bstored\b/],
  ['evidence', /\bevidence\b|\bsuggest/],
  ['undecided', /\bor\b(?= (?:now|immediately|at the end))/],
  ['authorize', /\bauthori[sz]e\b|\bhold\b/],
  [
    'once',
    /\bonce\b|\b(?:the |their |his |her )?first (?:payment|invoice|bill|month|charge|purchase|order)\b|\bone use\b|\bone[- ]time use\b|\bsingle[- ]use\b/,
  ],
  [
    'forever',
    /\bforever\b|\bpermanent|\b(?:never|does not|doesn't) (?:ends?|expires?|runs? out)\b|\bno end\b|\bunlimited\b|\blifetime\b|\bfor life\b|\bfor good\b/,
  ],
  [
    'by_invoice',
    /\bby invoice\b|\bsend (?:an )?invoices?\b|\binvoiced\b|\bsend_invoice\b|\binvoice (?:him|her|them) instead\b/,
  ],
  ['prorate', /\bprorat/],
  ['no_proration', /\b(?:without|no) prorat/],
];

/** The marks a clause carries, from its corrected words. */
export function marksOf(phrase: string): Set<string> {
  const marks = new Set<string>();
  for (const [mark, pattern] of markPatterns) if (pattern.test(phrase)) marks.add(mark);
  return marks;
}

const shares: readonly (readonly [pattern: RegExp, numerator: bigint, denominator: bigint])[] = [
  [/\b(?:a|one) third\b|\bthird of (?:it|the|his|her|#)/, 1n, 3n],
  [/\btwo[ -]thirds\b/, 2n, 3n],
  [/\bthree[ -]quarters\b/, 3n, 4n],
  [/\b(?:a|one) quarter\b/, 1n, 4n],
  [/\bhalf\b/, 1n, 2n],
];

/** What the little words say: how much of it, when, which one, whom. */
export function readSmallWords(phrase: string, slots: Slots): void {
  for (const [pattern, numerator, denominator] of shares) {
    const found = pattern.exec(phrase);
    if (found) slots.share = { numerator, denominator, words: found[0] };
  }
  if (
    /\b(?:in full|full(?:y)?|whole|entire(?:ly)?|completely|the rest|remaining|all of it|everything)\b/.test(
      phrase,
    )
  )
    slots.full = true;
  if (
    /\b(?:end|close) of (?:the |this |its |her |his |their |current )*(?:billing |paid |subscription )*(?:period|cycle|term|month|year)\b|\bperiod end\b|\b(?:paid|current|billing) (?:time|period|term|month|year) (?:is |has been )?(?:used up|over|up|through|finished|done|gone)\b|\b(?:renewal|billing) date\b|\brun(?:s|ning)? out\b|\blapse\b|\bwhen (?:the|this|his|her|their|its) (?:\w+ ){0,2}(?:period|term|cycle|month|year) is (?:over|up|done)\b|\bwhen (?:it|(?:the|her|his|their|its) (?:\w+ ){0,2}(?:period|term|cycle|month|year)) (?:ends|expires|runs out|is over|has ended)\b|\bat (?:the )?period'?s end\b|\b(?:do not|dont|don't|not) renew\b|\bbefore (?:it renews|the next renewal)\b|\bnext renewal\b|\bat (?:the )?renewal\b|\b(?:from|with|at|on|starting|effective|until) (?:the |his |her |their |its )?(?:next|coming|following) (?:billing |payment )?(?:period|cycle|renewal|billing date|invoice|bill)\b|\bnext (?:billing )?(?:period|cycle)\b|\bonce (?:the|his|her|their|its) (?:\w+ ){0,2}(?:period|term|cycle|month|year) (?:is over|ends|has ended|runs out)\b|\bafter (?:the|his|her|their|its) (?:current |paid |billing )*(?:period|cycle|term)\b/.test(
      phrase,
    )
  ) {
    slots.timing = 'period_end';
  } else if (
    /\b(?:immediate(?:ly)?|right now|right away|now|at once|today|straight away|instantly|asap)\b/.test(
      phrase,
    )
  )
    slots.timing = 'now';
  readOrdinal(phrase, slots);
  const person = /\b(?:him|her|his|hers|he|she|their|they|the (?:same )?(?:customer|client))\b/.test(phrase);
  const thing = /\b(?:it|its|that|this|them|those|these|the same)\b/.test(phrase);
  if (person || thing) slots.pronoun = person && thing ? 'both' : person ? 'person' : 'thing';
  const reason = /\b(?:fraud\w*|duplicate|requested by (?:the )?customer|customer request)\b/.exec(
    phrase,
  )?.[0];
  if (reason)
    slots.reason = reason.startsWith('fraud')
      ? 'fraudulent'
      : reason === 'duplicate'
        ? 'duplicate'
        : 'requested_by_customer';
}

function readOrdinal(phrase: string, slots: Slots): void {
  if (/\b(?:last|latest|newest|most recent)\b/.test(phrase)) slots.ordinal = 'last';
  else if (/\b(?:oldest|earliest|very first)\b/.test(phrase)) slots.ordinal = 'oldest';
  else {
    const index = ['first', 'second', 'third', 'fourth', 'fifth'].findIndex((word) =>
      new RegExp(`\\b${word}\\b(?! (?:quarter|card|payment method))`).test(phrase),
    );
    if (index >= 0) slots.ordinal = index;
  }
}
