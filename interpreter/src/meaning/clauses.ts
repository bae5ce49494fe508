import type { Token } from './tokens.ts';
import { readWords } from './verbs.ts';

/** When a clause is to be carried out, by what became of the one before it. */
export type When = 'always' | 'on_failure' | 'on_success';

export interface Clause {
  readonly tokens: readonly Token[];
  readonly when: When;
}

/**
 * Splits a request into the things asked for, in order, with their conditions.
 * @param opensAt whether a clause opens at a token by words that only tools have.
 */
export function splitClauses(
  tokens: readonly Token[],
  opensAt: (at: number) => boolean = () => false,
): Clause[] {
  const clauses: Clause[] = [];
  let when: When = 'always';
  let current: Token[] = [];
  const close = () => {
    const trimmed = trimmedTokens(current);
    if (trimmed.some((token) => token.kind !== 'mark')) clauses.push({ tokens: trimmed, when });
    current = [];
    when = 'always';
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    const condition = conditionAt(tokens, at);
    if (condition) {
      if (token.word === 'case') current.pop();
      const trailing = isTrailing(tokens, condition.end) || triesAgain(current);
      if (trailing && current.length > 0) {
        when = condition.when;
        // "Try the backup card if it fails, then mail her": what follows is a thing of its own.
        if (!isTrailing(tokens, condition.end)) close();
      } else {
        close();
        when = condition.when;
      }
      at = condition.end - 1;
      continue;
    }
    if (goesOnListing(tokens, at, current)) {
      current.push({ ...token, text: ',', word: ',', base: ',' });
      continue;
    }
    if (endsSentence(tokens, at) || startsNext(tokens, at, current, opensAt)) close();
    const again = alsoCreates(tokens, at, current);
    if (again) {
      close();
      current.push(again);
    }
    current.push(token);
  }
  close();
  return clauses;
}

/** "New customers: Ada, ada@…; Ben, ben@…": a list of people goes on over semicolons and lines. */
function goesOnListing(tokens: readonly Token[], at: number, current: readonly Token[]): boolean {
  if (!/^[;\n]$/.test(tokens[at]?.text ?? '')) return false;
  const { actions, objects } = readWords(current);
  const makes =
    objects.some(({ object }) => object === 'customer') &&
    /^(?:create|update|subscribe)$/.test(actions[0]?.action ?? 'create');
  const end = tokens.findIndex(({ text }, index) => index > at && /^[;\n.!?]$/.test(text));
  const next = tokens.slice(at + 1, end < 0 ? undefined : end);
  const person = next.some(({ entity }) => entity?.type === 'email' || entity?.type === 'name');
  return (
    makes &&
    person &&
    next.every(
      ({ kind, entity, word }) =>
        kind === 'mark' ||
        /^(?:email|name|phone|quoted)$/.test(entity?.type ?? '') ||
        /^(?:and|with|e-?mail|mail|phone|name|at|also|address)$/.test(word),
    )
  );
}

function trimmedTokens(tokens: readonly Token[]): Token[] {
  let from = 0;
  let to = tokens.length;
  while (
    from < to &&
    /^(?:[.,;:!?\n()-]|and|then|also|but|so|after|that|afterwards|next|finally)$/.test(
      tokens[from]?.word ?? '',
    )
  ) {
    if (tokens[from]?.word === 'that' && tokens[from - 1]?.word !== 'after') break;
    from += 1;
  }
  while (to > from && /^(?:[.,;:!?\n(-]|and|then)$/.test(tokens[to - 1]?.word ?? '')) to -= 1;
  return tokens.slice(from, to);
}

function endsSentence(tokens: readonly Token[], at: number): boolean {
  return /^[.;!?\n]$/.test(tokens[at]?.text ?? '');
}

/** "and refund …", "then …", ", charge …": a link word or comma before a verb starts the next thing. */
function startsNext(
  tokens: readonly Token[],
  at: number,
  current: readonly Token[],
  opensAt: (at: number) => boolean,
): boolean {
  const token = tokens[at];
  if (!token || current.length === 0) return false;
  if (token.word === 'then' && hasVerb(current)) return true;
  if (token.word !== 'and' && token.text !== ',' && token.word !== 'but') return false;
  let next = at + 1;
  while (
    /^(?:and|then|also|please|,|to|after|that|afterwards|just|finally|next|can|could|you)$/.test(
      tokens[next]?.word ?? '',
    )
  )
    next += 1;
  if (opensAt(next) && hasVerb(current)) return true;
  const rest = tokens.slice(next, next + 4);
  if (rest[0]?.word === 'let' && rest.some(({ word }) => word === 'know') && hasVerb(current)) return true;
  const verb = readWords(rest).actions[0];
  return verb?.at === 0 && hasVerb(current) && rest.length > 1;
}

/** "create a product … and a payment link for it": the verb counts again for the second thing. */
function alsoCreates(tokens: readonly Token[], at: number, current: readonly Token[]): Token | undefined {
  if (tokens[at]?.word !== 'and' || !/^(?:a|an|another)$/.test(tokens[at + 1]?.word ?? '')) return undefined;
  const made = readWords(tokens.slice(at + 2, at + 6)).objects[0];
  const creatable =
    made !== undefined &&
    made.at <= 2 &&
    /^(?:payment_link|invoice|subscription|coupon|price|product|customer|payment_intent)$/.test(made.object);
  const verb = readWords(current).actions[0];
  return creatable && verb?.action === 'create' ? current[verb.at] : undefined;
}

function hasVerb(tokens: readonly Token[]): boolean {
  const reading = readWords(tokens);
  return reading.actions.length > 0 || reading.objects.length > 0;
}

const failure =
  /^(?:fail|fails|failed|failure|decline|declines|declined|rejected|rejects|refused|bounces|bounced|error|errors)$/;
const success = /^(?:succeed|succeeds|succeeded|works|worked|through|ok|successful|clears|cleared)$/;

/** "if it fails", "in case the card is declined", "otherwise", "if that doesn't go through". */
function conditionAt(tokens: readonly Token[], at: number): { when: When; end: number } | undefined {
  const token = tokens[at];
  if (token?.word === 'otherwise' || (token?.word === 'else' && tokens[at - 1]?.word === 'or')) {
    return { when: 'on_failure', end: at + 1 };
  }
  if (token?.word === 'falling' && tokens[at + 1]?.word === 'back')
    return { when: 'on_failure', end: at + (/^(?:to|on|onto)$/.test(tokens[at + 2]?.word ?? '') ? 3 : 2) };
  const opens =
    token?.word === 'if' ||
    token?.word === 'should' ||
    token?.word === 'once' ||
    token?.word === 'when' ||
    (token?.word === 'case' && tokens[at - 1]?.word === 'in');
  if (!opens) return undefined;
  let negated = false;
  for (let end = at + 1; end < Math.min(tokens.length, at + 11); end += 1) {
    const word = tokens[end]?.word ?? '';
    if (/^(?:not|doesn't|does|didn't|isn't|cannot|can't|won't|doesnt|didnt)$/.test(word))
      negated = negated || word !== 'does';
    if (failure.test(word)) return { when: 'on_failure', end: afterPhrase(tokens, end) };
    if (success.test(word) || (word === 'work' && negated)) {
      return { when: negated ? 'on_failure' : 'on_success', end: afterPhrase(tokens, end) };
    }
    if (word === ',' || endsSentence(tokens, end)) return undefined;
  }
  return undefined;
}

function afterPhrase(tokens: readonly Token[], end: number): number {
  let after = end + 1;
  while (/^(?:,|then|:|well|out)$/.test(tokens[after]?.word ?? '')) after += 1;
  return after;
}

/** "Try her backup card if it fails, then …": the condition belongs to the trying. */
function triesAgain(tokens: readonly Token[]): boolean {
  const words = tokens
    .map(({ word }) => word)
    .filter((word) => /\p{L}/u.test(word) && !/^(?:and|then|or|please)$/.test(word));
  return (
    /^(?:try|use|retry|take)$/.test(words[0] ?? '') &&
    words.some((word) => /^(?:backup|other|second|another)$/.test(word))
  );
}

/** A condition at the end of its sentence belongs to what stands before it. */
function isTrailing(tokens: readonly Token[], end: number): boolean {
  const next = tokens[end];
  return next === undefined || endsSentence(tokens, end);
}
