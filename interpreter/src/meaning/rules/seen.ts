import type { Action } from '../../normalise/vocabulary.ts';
import type { Clause } from '../clauses.ts';
import type { Intent } from '../request.ts';
import { phraseOf, type Token } from '../tokens.ts';
import { type Reading, readWords } from '../verbs.ts';

/** What a clause asks for: the act, and the kinds of object it is about (several for "customers and products"). */
export interface Decision {
  /** Said so plainly that no tool's own words are to change it. */
  readonly sure?: boolean;
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
  /** The same verb in the past: what was done. */
  did(action: Action): boolean;
  names(object: string): boolean;
  /** The kinds of the ids named. */
  readonly idObjects: readonly string[];
  holds(type: string): boolean;
}

export type Rule = (seen: Seen) => Decision | undefined;

export const only = (intent: Intent, ...objects: string[]): Decision => ({ intent, objects });

export function look(clause: Clause): Seen {
  const { tokens } = clause;
  const reading = withoutPurpose(readWords(tokens), tokens);
  const phrase = phraseOf(tokens);
  const readers: ReadonlySet<Action> = new Set(['list', 'get', 'count']);
  const writing = reading.actions.find(
    (found) => !readers.has(found.action) && found.action !== 'create' && found.action !== 'try',
  );
  const leading = reading.actions[0];
  // "see if you can refund …", "get Bob his money back": a strong verb goes before a light one, unless that one asks.
  const light =
    leading && /^(?:get|see|give me|need|want|start|use|make|create|try|attempt)$/.test(leading.word);
  return {
    tokens,
    phrase,
    reading,
    first:
      spreadVerb(phrase) ??
      (leading === undefined || light || leading.word === 'need' || leading.at > 0
        ? told(phrase)
        : undefined) ??
      (light && writing && !blocksLight(leading.word, writing.action)
        ? writing.action
        : (leading?.action ?? wish(phrase))),
    question: isQuestion(phrase) && spreadVerb(phrase) !== 'pay',
    has: (action) => reading.actions.some((found) => found.action === action),
    did: (action) => reading.past.some((found) => found.action === action),
    names: (object) => reading.objects.some((found) => found.object === object),
    idObjects: tokens.flatMap(({ entity }) => (entity?.type === 'id' ? [entity.object] : [])),
    holds: (type) => tokens.some(({ entity }) => entity?.type === type),
  };
}

/** "… so that Carla can update her card": what somebody may do then is not what is asked for. */
function withoutPurpose(reading: Reading, tokens: readonly Token[]): Reading {
  const so = tokens.findIndex(
    ({ word }, at) =>
      word === 'so' &&
      at > 1 &&
      /^so (?:that )?(?:#|he|she|they|we|customers?|people) (?:can|could|may|is able|are able)\b/.test(
        phraseOf(tokens.slice(at, at + 5)),
      ),
  );
  if (so < 0) return reading;
  return { ...reading, actions: reading.actions.filter(({ at }) => at < so) };
}

/** Verbs with their parts apart: "put Carla on …", "take … off sale", "give Anna a … plan". */
function spreadVerb(phrase: string): Action | undefined {
  if (
    /(?:\b(?:not|never|stop|turn off|disable)|n't|\bdont|\bdoesnt) (?:(?:want|wants|wish|wishes|like|going) to )?(?:auto(?:matically)?[- ]?)?renew/.test(
      phrase,
    )
  )
    return 'cancel';
  if (
    /\b(?:give|send|pay|hand|return) (?!me\b|us\b)(?:\S+ ){1,8}?back\b(?! up)|\b(?:give|send|pay|hand) back\b/.test(
      phrase,
    )
  )
    return 'refund';
  if (
    /\btake (?:#|it|them) out of (?:the |our )?(?:catalog(?:ue)?|shop|store|range|assortment)\b/.test(phrase)
  )
    return 'archive';
  if (/\bbring (?:#|it|them) back\b/.test(phrase)) return 'activate';
  if (/\bmake .{1,60}\bfinal\b/.test(phrase)) return 'finalize';
  if (/^(?:please )?(?:have|get) .{1,60}\b(?:paid|settled)\b/.test(phrase) && !/\byou\b/.test(phrase))
    return 'pay';
  if (
    /(?:#|he|she|they) (?:is|are) (?:a|our|my|another) new (?:customer|client)\b|^(?:we (?:have|got) )?(?:a |another )?new (?:customer|client)\b/.test(
      phrase,
    )
  )
    return 'create';
  if (/\bgive (?:#|him|her|them|customer #) (?:a |the )?(?:# )*(?:free )?trial\b/.test(phrase))
    return 'subscribe';
  if (
    /\bput # (?:on|onto|to) (?:#|his|her|their|customer #)(?: (?:saved|default|stored))? (?:card|visa|mastercard)\b/.test(
      phrase,
    )
  )
    return 'charge';
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

/** What a statement about somebody asks for: "Emma wants the Basic Plan", "Bob gets an invoice over $30". */
function told(phrase: string): Action | undefined {
  if (/\?/.test(phrase)) return undefined;
  const who = '(?:#|he|she|they|customer #|the customer)';
  if (
    new RegExp(
      `${who} (?:gets?|should get|receives?|should receive|needs?) (?:an?|another|one|the) (?:new )?(?:# )*(?:invoice|refund|credit note|payment link|coupon|quote|offer)\\b`,
    ).test(phrase)
  )
    return /\brefund\b/.test(phrase) ? 'refund' : 'create';
  if (
    new RegExp(
      `${who} (?:wants|would like|'d like|wishes|is taking|takes|signed up for|goes for|chose|joins) (?:to (?:join|get|have|subscribe to|sign up for) )?(?:the |our |a |an )?(?:# )*(?:#|plan|subscription|membership)`,
    ).test(phrase)
  )
    return 'subscribe';
  if (
    new RegExp(
      `${who} (?:should (?:now )?be|belongs|goes|moves|wants to (?:be|go|move|switch|change|upgrade|downgrade)|should (?:go|move|switch|change)) (?:over )?(?:on|onto|to|in)\\b`,
    ).test(phrase)
  )
    return 'switch';
  return undefined;
}

/** "I want a payment intent …", "we'd like an invoice …". */
function wish(phrase: string): Action | undefined {
  return /\b(?:want|like|need|get me) (?:a|an|one|another|new)\b/.test(phrase) ? 'create' : undefined;
}

/** "create an invoice and send …" stays a creation; "need to refund" is a refund. */
function blocksLight(word: string, writing: Action): boolean {
  return (
    ((word === 'try' || word === 'attempt') && writing === 'default') ||
    ((word === 'create' || word === 'make') &&
      ['send', 'report', 'charge', 'pay', 'update', 'explain', 'capture', 'attach', 'confirm'].includes(
        writing,
      ))
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
