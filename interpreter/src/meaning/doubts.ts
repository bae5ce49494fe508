import { excepted, negated, takesOut, undone } from './negations.ts';
import type { Request } from './request.ts';

const ability =
  /^(?:(?:hi|hey|hello|so|and|please|purser)[ ,]+)*(?:(?:can|could|may|might|shall) (?:i|we)\b|(?:is|would|was) it (?:be )?(?:possible|ok|okay|fine|safe|allowed)\b|am i (?:able|allowed)\b|are we (?:able|allowed)\b)/;
const speech =
  /\b(?:wrote|writes|said|says|asked|asks|told (?:me|us)|tells (?:me|us)|emailed|messaged|replied|replies|complains|complained|requests|requested that|demands|claims|i quote|forwarded)\b[^.?!\n]{0,40}?(?::|"|,? ?')/;
const opinion = /\bwhat do you think\b|\bwhat would you (?:do|say)\b|\bany thoughts\b|\byour opinion\b/;

/** What is only to be imagined: nothing of it is done. */
const supposing =
  /^(?:(?:hi|hey|hello|so|and|please|pls|now|purser|can you|could you|just|first)[ ,]+)*(?:preview|simulate|estimate|calculate|compute|dry[- ]run|suppose|assuming|what if|what would|what happens|what'd|how much would|how would)\b/;

/** True for an act that changes something once it is carried out. */
export function isWrite({ intent, object, reads }: Request): boolean {
  return !looking.has(intent) && !(intent === 'tool' && (reads || object === 'explain'));
}

const looking = new Set(
  'list count get report secret about business greeting thanks noop story unclear conditional cannot'.split(
    ' ',
  ),
);

/** Words of somebody else, and questions for an opinion: looked for in the message as it was written. */
export function doubtOfOthers(message: string, requests: readonly Request[]): string | undefined {
  const lower = message.toLowerCase();
  return requests.some(isWrite) && (speech.test(lower) || opinion.test(lower))
    ? 'That reads like somebody else’s words, so I changed nothing. Tell me yourself what should be done.'
    : undefined;
}

/**
 * What a message says about its acts that no slot holds: a negation, an exception, a question about what is possible,
 * something only supposed. The sentence says what is to be asked; undefined where nothing of the kind is there.
 */
export function doubtOfText(text: string, requests: readonly Request[]): string | undefined {
  const writing = requests.filter(isWrite);
  if (writing.length === 0) return undefined;
  const own = text
    .toLowerCase()
    .replace(/\S+@\S+|https?:\/\/\S+/g, ' # ')
    .replace(/"[^"\n]*"|(?<![\p{L}\d])'[^'\n]*'(?![\p{L}\d])/gu, ' # ');
  if (supposing.test(own))
    return 'You asked what would come of it, so I changed nothing. "Preview switching … to …" shows what a change of a subscription costs; write it as an order, and I do it.';
  if (ability.test(own))
    return 'You asked whether that can be done. It can be asked for here, but I changed nothing: write it as an order, without "can I", and I do it.';
  if (writing.every(({ intent }) => intent === 'keep')) return undefined;
  const refundsMost = writing.every(
    ({ intent, slots }) =>
      intent === 'refund' && !slots.amount && !slots.percent && !slots.share && !slots.number,
  );
  const exception = excepted(own);
  if (exception && !(refundsMost && takesOut(exception)))
    return `I changed nothing, since I am not sure how much "${exception}" leaves. Which exact amount do you mean?`;
  const held = undone(own);
  if (held && writing.some(({ intent }) => intent.startsWith(held)))
    return 'I changed nothing, because I am not sure what is to be left undone. What should I do, said without "not"?';
  const reprices = writing.every(({ intent }) => intent === 'reprice');
  return negated(withoutArguments(own, writing), reprices)
    ? 'I changed nothing, because something in that is to be left undone and I cannot tell what. What should I do, said without "not"?'
    : undefined;
}

const mailing = '(?:e-?mail|mail|notify|tell|inform|message|write to)';
const notMailed = new RegExp(
  `\\b(?:(?:do not|don't|dont|no need to) ${mailing} (?:him|her|them|anyone|anybody|the (?:customer|client)|#)|without (?:e-?mail|mail|notify|tell|inform|messag)ing(?: (?:him|her|them|anyone|anybody|the (?:customer|client)|#))?)(?= *(?:about it|yet|please)?(?:[,.;!)]|$))`,
  'g',
);
const mails: ReadonlySet<string> = new Set(['mail', 'send', 'remind', 'finalize', 'tool']);

/** A text without the negations that say how something is made: "no subscription" is paid once, "don't email her". */
function withoutArguments(own: string, writing: readonly Request[]): string {
  const made = (...kinds: string[]) =>
    writing.every(({ intent, object }) => intent === 'create' && kinds.includes(object));
  let text = own;
  if (made('product', 'price') && writing.every(({ slots }) => slots.interval === undefined))
    text = text.replace(/\b(?:no|without an?|not an?) (?:subscription|recurring \p{L}+)\b/gu, ' ');
  if (made('payment_intent')) text = text.replace(/\b(?:keep|leave) (?:it|that|this) unconfirmed\b/g, ' ');
  return writing.some(({ intent }) => mails.has(intent)) ? text : text.replace(notMailed, ' ');
}
