import {
  type Action,
  actionOfWord,
  actionPhrases,
  objectPhrases,
  type Phrase,
} from '../normalise/vocabulary.ts';
import type { Token } from './tokens.ts';

/** A verb of ours in a clause. */
export interface FoundAction {
  readonly action: Action;
  readonly word: string;
  readonly at: number;
  readonly end: number;
}

/** A kind of object named in a clause. */
export interface FoundObject {
  readonly object: string;
  readonly at: number;
  readonly end: number;
  readonly plural: boolean;
}

export interface Reading {
  readonly actions: FoundAction[];
  /** What was done already, "refunded", "created": none of it is an order. */
  readonly past: FoundAction[];
  readonly objects: FoundObject[];
}

const determiners = new Set(
  'the a an this that these those my our your his her their its all any some every each which no what another 1st single'.split(
    ' ',
  ),
);
const adjectives = new Set(
  'last latest newest recent recently first second third previous new full partial failed successful succeeded open overdue unpaid paid pending old oldest next current existing active inactive test entire whole most same other past due one-time monthly yearly annual saved default backup draft'.split(
    ' ',
  ),
);
/** Words that are verbs or things depending on where they stand. */
const ambiguous = new Set(
  'charge refund invoice bill email e-mail mail price list report return link cost name sub call use balance plan transfer move count start end open need set save store discount process item log position note message reminder void draft run release issue order show fees status claim update pay'.split(
    ' ',
  ),
);
const leadIns = new Set(
  'please pls plz kindly and then also to just now can could would will you i we let us lets go ahead so hey hi hello want need like , . ; : ! ? \n - ( but or help me not dont never'
    .split(' ')
    .concat(['\n']),
);

/** Reads the actions and objects of a clause. Phrases of several words are seen before single ones. */
export function readWords(tokens: readonly Token[]): Reading {
  const taken = new Set<number>();
  const objects = findPhrases(tokens, objectPhrases, taken, 2);
  const longActions = findPhrases(tokens, actionPhrases, taken, 2);
  const actions: FoundAction[] = longActions.map(({ meaning, at, end }) => ({
    action: meaning,
    word: tokens
      .slice(at, end)
      .map((token) => token.base)
      .join(' '),
    at,
    end,
  }));
  for (const [at, token] of tokens.entries()) {
    if (taken.has(at) || token.kind !== 'word') continue;
    const action = actionOfWord(token.word);
    if (!action || !standsAsVerb(tokens, at)) continue;
    taken.add(at);
    actions.push({ action, word: token.base, at, end: at + 1 });
  }
  const single = findPhrases(tokens, objectPhrases, taken, 1);
  const inOrder = actions.sort((a, b) => a.at - b.at);
  const isPast = ({ at, end }: FoundAction) => end === at + 1 && isPastForm(tokens[at]);
  return {
    actions: inOrder.filter((found) => !isPast(found)),
    past: inOrder.filter(isPast),
    objects: [...objects, ...single]
      .map(({ meaning, at, end }) => ({ object: meaning, at, end, plural: isPlural(tokens[end - 1]) }))
      .sort((a, b) => a.at - b.at),
  };
}

/** No order is given in the past: "canceled", "sent". "Need" and "add" end so and are none. */
function isPastForm(token: Token | undefined): boolean {
  const word = token?.word ?? '';
  if (/^(?:paid|sent|gave|given|took|taken|made|set up)$/.test(word)) return true;
  return /ed$/.test(word) && !/^(?:need|feed|speed|embed|proceed)$/.test(word);
}

interface FoundPhrase<Meaning> {
  readonly meaning: Meaning;
  readonly at: number;
  readonly end: number;
}

function findPhrases<Meaning extends string>(
  tokens: readonly Token[],
  phrases: readonly Phrase<Meaning>[],
  taken: Set<number>,
  minimumWords: 1 | 2,
): FoundPhrase<Meaning>[] {
  const found: FoundPhrase<Meaning>[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const phrase = phrases.find(
      (candidate) =>
        (minimumWords === 1 ? candidate.words.length === 1 : candidate.words.length > 1) &&
        candidate.words.every((word, offset) => fits(tokens[at + offset], word) && !taken.has(at + offset)),
    );
    if (!phrase) continue;
    const end = at + phrase.words.length;
    found.push({ meaning: phrase.meaning, at, end });
    for (let index = at; index < end; index += 1) taken.add(index);
  }
  return found;
}

function fits(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && (token.word === word || token.base === word);
}

function isPlural(token: Token | undefined): boolean {
  return token !== undefined && /s$/.test(token.word) && token.word !== token.base;
}

/** A word that may be either is a thing after a determiner, a possessive or a number, in the plural, and after "list". */
function standsAsVerb(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (!token) return false;
  if (token.word === 'new') return isFirst(tokens, at);
  const next = tokens[at + 1];
  // "Refund history", "draft invoices": the first word says what kind of the second.
  if (
    /^(?:history|status|overview|summary|totals?|polic(?:y|ies)|rates?|statistics|stats|reports?|log|count|reasons?|details|info|information|dates?|activity|number)$/.test(
      next?.word ?? '',
    )
  )
    return false;
  // "At end of term", "start of next month": a point in time.
  if (/^(?:end|start|close)$/.test(token.word) && next?.word === 'of') return false;
  if (/^(?:draft|open|void|hold)$/.test(token.word) && next?.kind === 'word' && isPlural(next)) return false;
  if (!ambiguous.has(token.base)) return !(adjectives.has(token.word) && !isFirst(tokens, at));
  if (isPlural(token)) return false;
  if (/ing$/.test(token.word) && /^(?:try|trying|start|begin|stop)$/.test(tokens[at - 1]?.word ?? ''))
    return true;
  if (
    ['email', 'e-mail', 'mail', 'name', 'price', 'call', 'status'].includes(token.base) &&
    beforeValue(tokens, at)
  )
    return false;
  let before = at - 1;
  while (before >= 0 && adjectives.has(tokens[before]?.word ?? '')) before -= 1;
  const previous = tokens[before];
  if (!previous) return before === at - 1 || at === 0 || !adjectives.has(tokens[0]?.word ?? '');
  if (leadIns.has(previous.word)) return before === at - 1;
  if (determiners.has(previous.word) || previous.entity || previous.text === '%') return false;
  // "issue refund", "list charges", "payment of …": what follows a verb or a preposition is a thing.
  return (
    before === at - 1 &&
    !actionOfWord(previous.word) &&
    !/^(?:of|for|from|by|with|on|in|at|off|is|are|was)$/.test(previous.word)
  );
}

function isFirst(tokens: readonly Token[], at: number): boolean {
  return tokens.slice(0, at).every((token) => leadIns.has(token.word));
}

/** "email bob@example.com" in a list of details, "name: Bob". After a lead-in, "email bob@…" is an order. */
function beforeValue(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (next?.text === ':' || next?.word === 'is' || next?.word === 'address' || next?.word === 'to')
    return true;
  const type = next?.entity?.type;
  return (
    type === 'email' ||
    (tokens[at]?.base === 'name' && type !== undefined) ||
    (tokens[at]?.base === 'price' && type === 'amount')
  );
}
