import type { Action } from '../../normalise/vocabulary.ts';
import type { Clause } from '../clauses.ts';
import type { Intent } from '../request.ts';
import { phraseOf, type Token } from '../tokens.ts';
import { type Reading, readWords } from '../verbs.ts';

/** What a clause asks for: the act, and the kinds of object it is about (several for "customers and products"). */
export interface Decision {
  readonly intent: Intent;
  readonly objects: readonly string[];
}

/** A clause with everything a decision needs to look at. */
export interface Seen {
  readonly tokens: readonly Token[];
  readonly phrase: string;
  readonly reading: Reading;
  readonly first: Action | undefined;
  readonly question: boolean;
  has(action: Action): boolean;
  names(object: string): boolean;
  /** The kinds of the ids named. */
  readonly idObjects: readonly string[];
  holds(type: string): boolean;
}

export type Rule = (seen: Seen) => Decision | undefined;

export const only = (intent: Intent, ...objects: string[]): Decision => ({ intent, objects });

export function look(clause: Clause): Seen {
  const { tokens } = clause;
  const reading = readWords(tokens);
  const phrase = phraseOf(tokens);
  const readers: ReadonlySet<Action> = new Set(['list', 'get', 'count']);
  const writing = reading.actions.find(
    (found) => !readers.has(found.action) && found.action !== 'create' && found.action !== 'try',
  );
  const leading = reading.actions[0];
  // "see if you can refund …", "get Bob his money back": a strong verb goes before a light one, unless that one asks.
  const light = leading && /^(?:get|see|give me|need|want|start|use|make|create)$/.test(leading.word);
  return {
    tokens,
    phrase,
    reading,
    first:
      spreadVerb(phrase) ??
      (light && writing && !blocksLight(leading.word, writing.action)
        ? writing.action
        : (leading?.action ?? wish(phrase))),
    question: isQuestion(phrase),
    has: (action) => reading.actions.some((found) => found.action === action),
    names: (object) => reading.objects.some((found) => found.object === object),
    idObjects: tokens.flatMap(({ entity }) => (entity?.type === 'id' ? [entity.object] : [])),
    holds: (type) => tokens.some(({ entity }) => entity?.type === type),
  };
}

/** Verbs with their parts apart: "put Carla on …", "take … off sale", "give Anna a … plan". */
function spreadVerb(phrase: string): Action | undefined {
  if (
    /\b(?:do not|don't|dont|not|won't|never|stop|turn off|disable) (?:auto(?:matically)?[- ]?)?renew/.test(
      phrase,
    )
  )
    return 'cancel';
  if (/\b(?:subscription|sub|membership|plan)\b.*\b(?:run out|runs out|lapse|expire)\b/.test(phrase))
    return 'cancel';
  if (/\b(?:give|send|pay|hand) (?:#|him|her|them|the customer) .{0,60}\bback\b/.test(phrase))
    return 'refund';
  if (
    /\b(?:give|get) (?:me|us) (?:a|an|another|one) (?:new |shareable )?(?:# )*(?:payment |checkout )?(?:link|coupon|discount|voucher|promo code)\b/.test(
      phrase,
    )
  )
    return 'create';
  if (/\b(?:take|pull) .{1,40}\boff (?:sale|the (?:market|shelf|shop|store|site))\b/.test(phrase))
    return 'archive';
  if (
    /\b(?:put|sign|enrol+|place|set) # (?:up )?(?:on|onto|up|for|up for|up to|in)\b.*(?:#|plan|subscription)/.test(
      phrase,
    )
  )
    return 'subscribe';
  if (
    /\b(?:put|place|sign) (?:him|her|them|this customer|the customer)(?: up)? (?:on|onto|for|to)\b/.test(
      phrase,
    )
  )
    return 'subscribe';
  if (
    /\bgive (?:#|him|her|them) (?:a|an|the|our) (?:new |monthly |yearly |free )?(?:# )*(?:# )?(?:subscription|plan|membership)\b/.test(
      phrase,
    )
  )
    return 'subscribe';
  return undefined;
}

/** "I want a payment intent …", "we'd like an invoice …". */
function wish(phrase: string): Action | undefined {
  return /\b(?:want|like|need|get me) (?:a|an|one|another|new)\b/.test(phrase) ? 'create' : undefined;
}

/** "create an invoice and send …" stays a creation; "need to refund" is a refund. */
function blocksLight(word: string, writing: Action): boolean {
  return (
    (word === 'create' || word === 'make') &&
    ['send', 'report', 'charge', 'pay', 'update', 'explain', 'capture', 'attach', 'confirm'].includes(writing)
  );
}

/** A question about what is or was, which never changes anything. "Can you …" is an order. */
function isQuestion(phrase: string): boolean {
  const opening = phrase.replace(
    /^(?:[,. -]|and|so|hey|hi|hello|ok|okay|please|but|also|just|tell me|show me|let me know|do you know|check)+ ?/g,
    '',
  );
  if (/^(?:can|could|would|will) (?:you|u|we|i)\b|^is it possible\b|^may i\b|^would it be\b/.test(opening))
    return false;
  if (/^(?:would|will|might|may) (?!you\b|u\b|we\b|i\b)/.test(opening)) return true;
  return /^(?:what|which|who|whose|whom|when|where|why|how|is|are|was|were|did|does|has|have|do|if|whether|should)\b/.test(
    opening,
  );
}
