import { corrected, withoutContrast } from './corrections.ts';
import { imperative } from './imperative.ts';
import { withoutManners } from './manners.ts';
import { asOrder, settled } from './orders/orders.ts';
import { withPeriodEnd } from './period-end.ts';
import { topicFirst } from './topics.ts';

/**
 * Says a request the plain way round: "Paul should be subscribed to X" is "subscribe Paul to X", "the goods for pi_1 have
 * shipped, capture it" is "capture pi_1". Only the order of words and what words point at change here; what they mean is
 * decided later. Quotations, addresses and ids are never looked into.
 */
export function rephrased(text: string): string {
  const { masked, restore } = mask(text);
  const said = corrected(masked)
    .split(/(?<=[.!?\n])\s+(?=\S)/)
    .map(withoutManners)
    .filter((sentence) => sentence !== '')
    .reduce<string[]>((sentences, sentence) => foldStory(sentences, sentence), [])
    .map((sentence) =>
      plain(topicFirst(withoutReason(withinSentence(withPeriodEnd(withoutContrast(sentence)))))),
    )
    .join(' ');
  return restore(said);
}

/** "…, no subscription" of something new is "paid once"; what a sum was is no part of what it becomes. */
function paidOnce(sentence: string): string {
  return sentence
    .replace(
      /(?<!\b(?:(?:a|per|every|each) (?:day|week|month|year)|(?:month|year|week|dai)ly)\b.*)(?<=\b(?:product|item|plan|price)\b.*\d.*?)(?:,| -)? (?:and )?(?:no subscription|not (?:an? )?(?:subscription|recurring)|non-recurring)\b/i,
      ', one-time',
    )
    .replace(/\bfall(?:ing|s)? back (?:to|on|onto) (?=[^,.;]*\b(?:if|should|in case)\b)/i, 'try ')
    .replace(/^((?:please )?change the amount of ⟦i\d+⟧) from \S+ (?:\p{L}+ )?to /iu, '$1 to ');
}

/** "Finalize and send Anna's draft": two verbs for one thing. */
function eachVerb(sentence: string): string {
  return sentence.replace(
    /^((?:please )?(?:create|make|draft|finali[sz]e|write|prepare|issue|capture|void|cancel|confirm)) (?:and(?: then)?|&|then|\+) ((?:also |immediately )?(?:send|e-?mail|mail|finali[sz]e|pay|charge|refund|delete)) (?!(?:it|him|her|them)\b)([^.;!?]+)/i,
    '$1 $3 and $2 it',
  );
}

/** Told to oneself twice: what one wish comes down to may be another one. */
function plain(sentence: string): string {
  const once = asOrder(
    eachVerb(paidOnce(sentence)).replace(
      /(?<=\S)(?:,? - )(?=(?:and |then |afterwards,? |after that,? |please |also )*(?:if|should|once|when|in case|use|try|e-?mail|send|charge|refund|tell|notify|let)\b)/gi,
      ', ',
    ),
  );
  return settled(once === sentence ? once : asOrder(once));
}

/** Values are put aside while words are moved: ids as `⟦i0⟧`, addresses as `⟦e1⟧`, quotations as `⟦v2⟧`. */
function mask(text: string): { masked: string; restore: (said: string) => string } {
  const kept: string[] = [];
  const masked = text.replace(
    /\b[A-Za-z][\w-]* ?= ?(?:"[^"\n]*"|[\w.@+-]+)|"[^"\n]*"|https?:\/\/\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z]{2,8}_[A-Za-z0-9_]{3,}\b/g,
    (value) => {
      kept.push(value);
      const kind = /^"|:\/\/|=/.test(value) ? 'v' : value.includes('@') ? 'e' : 'i';
      return `⟦${kind}${kept.length - 1}⟧`;
    },
  );
  return {
    masked,
    restore: (said) => said.replace(/⟦[ive](\d+)⟧/g, (_, at: string) => kept[Number(at)] ?? ''),
  };
}

/** How a statement begins and goes on: somebody or something, and what is or was with it. */
const statement =
  /^(?:well,? |so,? |hi,? |hello,? |hey,? )?(?:we|i|he|she|it|they|the|our|their|his|her|there|this|that|a|an|somebody|someone|customers?|⟦[ive]\d+⟧|\p{Lu}[\p{L}\p{M}'-]*)(?: [^,.;:!?]*?)?(?: (?:is|are|was|were|has|have|had|does|do|did|will|won't|wants?|wishes|would|needs?|no longer|never|isn't|aren't|wasn't|doesn't|don't|didn't|hasn't|haven't|can't|cannot|can|sent|paid|got|left|came|went|agreed|called|wrote|said|asked|moved|changed|complained|shrank|grew|shipped|arrived|told|returned|signed|used|made|bought|owes|complains|says|leaves|quits)\b|(?:'ll|'s|'ve|'re|'d) )/iu;

/** "The goods for pi_1 have shipped. Capture it": what the first sentence tells says what the second one means. */
function foldStory(sentences: string[], sentence: string): string[] {
  const before = sentences.at(-1);
  const told = before?.replace(/[.!\n]+$/, '');
  const goesOn = told !== undefined && (sendsLink.test(sentence) || tellsPrice.test(sentence));
  const both = goesOn ? asOrder(`${told}, ${sentence}`) : '';
  if (goesOn && both !== `${told}, ${sentence}`) return [...sentences.slice(0, -1), both];
  if (told !== undefined && echo.test(sentence) && asOrder(told) !== told) return sentences;
  const folded = told === undefined || /\?$/.test(told) ? undefined : pointedAt(told, sentence);
  return folded === undefined ? [...sentences, sentence] : [...sentences.slice(0, -1), folded];
}

/** "… wants to change her card. Send me a link for that", "We are adding X. It costs $60": one wish in two sentences. */
const sendsLink =
  /^(?:so )?(?:send|give|get|make|create|generate)(?: me| us| him| her| them)? (?:an? |the )?(?:\w+ )?(?:link|page|url)\b/i;
const tellsPrice = /^(?:it|this|that|they) (?:costs?|is|will cost) (?:[$€£¥]|\d)/i;

/** "…. Please add him": what was wished for before is ordered once more. */
const echo =
  /^(?:so |then |and )*(?:add|create|register|enter|save|set|start|do|make|arrange|book|put|change|update|note|record)(?: up)? (?:it|him|her|them|that|this)(?: up| in| down| right| happen)?(?: for (?:him|her|them|me|us))?(?: in stripe| now)?[.!]*$/i;

/** The same within one sentence: "Old One can go, delete that customer". */
function withinSentence(sentence: string): string {
  for (const { index, 0: mark } of sentence.matchAll(/,? - |[,;:] |\.\.\. |,? so /g)) {
    const told = sentence.slice(0, index);
    const folded = pointedAt(told, sentence.slice(index + mark.length));
    if (folded !== undefined) return folded;
  }
  return sentence;
}

const pronouns =
  /\b(it|him|her(?! (?!and\b|then\b|now\b|again\b|please\b|to\b|on\b|for\b|from\b|off\b|about\b)\p{L})|them|that (?:customer|client|product|payment|charge|invoice|subscription|one)|this (?:customer|client|product|payment|charge|invoice|subscription|one))\b/iu;
const possessives =
  /\b(his|their|its|her)(?= (?!(?:and|then|now|again|please|to|on|onto|for|from|off|about|in|into|up|that|with|as|a|an|the|by|at)\b)\p{L})/iu;

/** What a story must not hold to be left out: facts of its own, conditions, and words of somebody else. */
const matters =
  /\d|\b(?:last|latest|newest|oldest|fraud\w*|duplicate\w*|two|three|four|five|six|seven|eight|nine|ten|half|twice|if|unless|until|when|once|but|wrote|writes|said|says|asked|asks|told|tells|emailed|messaged|replied|replies|complains|complained|requests|requested|demands|claims)\b/i;

/** "We shipped Paul's order, capture the $77 hold": a thing of somebody who was named just before. */
const definite =
  /\bthe (?<thing>(?:[$€£]?\d[\d.,]* |open |last |unpaid |draft )?(?:hold|authori[sz]ation|invoice|payment|charge|subscription|draft|deposit))\b(?! (?:of|for|in|on|with)\b)/i;

/** The request with the one thing that a statement names in the place of its pronoun; undefined where there is none. */
function pointedAt(told: string, request: string): string | undefined {
  if (!statement.test(told) || imperative.test(told) || !imperative.test(request)) return undefined;
  const values = told.match(/⟦[ive]\d+⟧/g) ?? [];
  const people = namesIn(told);
  if (values.length > 1 || people.length > 1) return undefined;
  if (people.length > 0 && values[0]?.match(/^⟦[ve]/)) return undefined;
  if (matters.test(told.replaceAll(/⟦[ive]\d+⟧/g, ''))) return undefined;
  const [value, person] = [values[0], people[0]];
  const pronoun = pronouns.exec(request)?.[1] ?? '';
  const personal = /^(?:him|her|them)$/i.test(pronoun);
  const named = personal || pronoun === '' ? (person ?? value) : (value ?? thingOf(told, person) ?? person);
  if (named === undefined) return undefined;
  const owned = possessives.test(request);
  const bare = person && !/⟦|\p{Lu}/u.test(request.slice(1)) ? definite.exec(request) : null;
  if (pronoun === '' && !owned && bare) return request.replace(definite, `${person}'s $<thing>`);
  if (pronoun === '' && !owned) return /⟦|\p{Lu}\p{Ll}+ \p{Lu}/u.test(request) ? request : undefined;
  const kind = /^(?:that|this) (\w+)$/.exec(pronoun)?.[1];
  const object = kind && kind !== 'one' && named === person ? `the ${kind} ${named}` : named;
  const pointed = pronoun === '' ? request : request.replace(pronouns, object);
  return owned ? pointed.replace(possessives, `${person ?? named}'s`) : pointed;
}

const things =
  'invoice|subscription|payment|charge|card|refund|quote|coupon|product|order|hold|authori[sz]ation|dispute|chargeback';

/** "Paul's open invoice was …", "Paul paid his invoice …": the thing that is somebody's. */
function thingOf(told: string, person: string | undefined): string | undefined {
  if (person === undefined) return undefined;
  const held = new RegExp(
    `\\b(?:hold|authori[sz]ation|reservation|block) (?:on|of|for) ${person}(?:'s (?:card|account))?`,
    'u',
  ).exec(told)?.[0];
  if (held) return `the ${held}`;
  const owned = new RegExp(`${person}'s (?:\\p{L}+ ){0,3}?(?:${things}|draft)\\b`, 'u').exec(told)?.[0];
  if (owned) return /draft$/.test(owned) ? `${owned} invoice` : owned;
  const his = new RegExp(`\\b(?:his|her|their) ((?:\\p{L}+ ){0,2}?(?:${things}))\\b`, 'u').exec(told)?.[1];
  return his && `${person}'s ${his}`;
}

const notNames =
  /^(?:we|i|he|she|it|they|the|our|their|his|her|there|this|that|these|those|a|an|please|hi|hello|hey|so|well|yes|no|ok|okay|customers?|client|product|invoice|payment|subscription|goods|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|i'm|i've|we've|we're|we'll|i'd|he's|she's|it's|they're|stripe)$/i;

/** Names in capitals: one for each unbroken run of them. */
function namesIn(text: string): string[] {
  const runs = text.match(/\p{Lu}[\p{L}\p{M}'’-]*(?: (?:of |de |van |von )?\p{Lu}[\p{L}\p{M}'’-]*)*/gu) ?? [];
  return runs
    .map((run) => run.replace(/'s$/, ''))
    .map((run) =>
      run
        .split(' ')
        .filter((word, at) => at > 0 || !notNames.test(word))
        .join(' '),
    )
    .filter((run) => run !== '' && !notNames.test(run));
}

/** Why something is asked for, said after it: "…, he changed his mind". Sums, ids and reasons of refunds stay. */
function withoutReason(sentence: string): string {
  if (!imperative.test(sentence)) return sentence;
  const found =
    /(?:,| -|;| because| since|(?<! as (?:soon|long|far|much|often)) as) (?:we|he|she|they|it|i|this|that|(?:the|our|my|his|her|their) \p{L}+(?: \p{L}+)?) (?:\p{L}+ )*?(?:does|do|did|is|are|was|were|has|have|had|wants?|need|needs|needed|don't|doesn't|didn't|won't|isn't|wasn't|no longer|changed|ordered|asked|left|moved|got|never|will|can't|cannot|made|wrote|paid|showed|turned|went|came|broke|grew|shrank|lost|found|moves?|leaves|wants?|decided|cancell?ed|complained|agreed|called|insists?|can|should|arrived|returned|closed|stopped|finished|shipped|signed)\b(?: [^,.;:?!⟦\d]*)?([.!]?)$/iu.exec(
      sentence,
    );
  if (!found) return sentence;
  const reason = found[0];
  const needed =
    /\b(?:duplicate\w*|twice|fraud\w*|request\w*|if|unless|until|but|only|except|keep|half|rest|instead|end of|period|access|stay|except|and)\b/i.test(
      reason,
    );
  return needed ? sentence : `${sentence.slice(0, found.index)}${found[1] ?? ''}`;
}
