import type { Request } from './request.ts';

/** Manners, conditions that clauses carry themselves, and the few things that are asked for by a negation. */
const harmless =
  /\b(?:if|in case|should|when|once) (?:[^\s.,;]+ ){0,8}?(?:works?|fails?|go(?:es)? through|succeeds?|declined|rejected)\b|\bif (?:not|you (?:do not|don't) mind)\b|\b(?:do not|don't|dont|not|won't|never|no) (?:auto(?:matically)?[- ]?)?renew\w*|\b(?:does not|doesn't|doesnt|do not|don't|dont|no longer) (?:want|wants|wish|wishes) to (?:renew|continue|stay|go on)\b|\b(?:no|without) prorat\w*|\b(?:do not|don't|dont) forget to\b|\b(?:do not|don't|dont|without) (?:charg\w*|confirm\w*|captur\w*|send\w*|submit\w*|finali[sz]\w*)(?: (?:it|him|her|them|anything))?(?: yet| for now)?(?=[,.;) ]*$)|\((?:but |please )?(?:do not|don't|dont|without|no) (?:charg\w*|confirm\w*|captur\w*|send\w*|submit\w*|finali[sz]\w*)[^)]*\)|\b(?:do not|don't|dont) (?:need|want) (?:[^\s,.;]+ ){1,5}?(?:any ?more|any longer)\b|[,;-] (?:we|i) (?:won't|will not|do not|don't|dont) (?:charge|need|want|use) (?:it|him|her|them)(?: any ?more)?\b|\bwhy (?:not|don't you)\b|\bno (?:problem|worries|hurry|rush|longer)\b|\bno\. ?(?=\d)|\bnot (?:yet )?paid\b|\binstead of\b/g;
const negation =
  /\b(?:not|never|neither|nor|cannot|no|nope|nah|without|dont|doesnt|wont|cant|didnt|shouldnt|wouldnt)\b|n't\b|\b(?:keep|leave) (?:it|him|her|them|that|this|the|alone)\b|\bhold off\b/;
/** "She never got it": what is told about somebody scopes over no order. */
const told =
  /^\s*(?:he|she|it|they|her|his|their|its|the (?:customer|client|order|item|parcel|product|card))\b[^,]*$/;
const exception =
  /\b(?:all but|everything but|except(?:ing)?|excluding|apart from|aside from|other than|besides|minus|less(?! than)|keep(?:ing)?|retain(?:ing)?|hold(?:ing)? back|withhold(?:ing)?|deduct(?:ing)?|subtract(?:ing)?|net of|after (?:the |my |our )?fees?)\b/;
const takenOut = /\b(?:except(?:ing)?|excluding|apart from|other than|besides)\b/;
const ability =
  /^(?:(?:hi|hey|hello|so|and|please|purser)[ ,]+)*(?:(?:can|could|may|might|shall) (?:i|we)\b|(?:is|would|was) it (?:be )?(?:possible|ok|okay|fine|safe|allowed)\b|am i (?:able|allowed)\b|are we (?:able|allowed)\b)/;
const speech =
  /\b(?:wrote|writes|said|says|asked|asks|told (?:me|us)|tells (?:me|us)|emailed|messaged|replied|replies|complains|complained|requests|requested that|demands|claims|quote|forwarded)\b[^.?!\n]{0,40}?(?::|"|,? ?')/;
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

/**
 * What a message says about its acts that no slot holds: a negation, an exception, a question about what is possible,
 * words of somebody else. The sentence says what is to be asked; undefined where nothing of the kind is there.
 */
export function doubtOfText(text: string, requests: readonly Request[]): string | undefined {
  const writing = requests.filter(isWrite);
  if (writing.length === 0) return undefined;
  const lower = text.toLowerCase();
  if (speech.test(lower) || opinion.test(lower))
    return 'That reads like somebody else’s words, so I changed nothing. Tell me yourself what should be done.';
  const own = lower
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
  const excepted = exception.exec(own)?.[0];
  if (excepted && !(refundsMost && takenOut.test(excepted)))
    return `I changed nothing, since I am not sure how much "${excepted}" leaves. Which exact amount do you mean?`;
  const held = /\b(?:do not|don't|dont|not|without) (?:yet )?(charg|confirm|captur|send|submit|finali)/.exec(
    own,
  )?.[1];
  if (held && writing.some(({ intent }) => intent.startsWith(held)))
    return 'I changed nothing, because I am not sure what is to be left undone. What should I do, said without "not"?';
  const denied = own.split(/[.!?;\n]+/).map((sentence) => sentence.replace(harmless, ' '));
  const reprices = writing.every(({ intent }) => intent === 'reprice');
  const negated = denied.some(
    (sentence) =>
      negation.test(reprices ? sentence.replace(/\bnot (?:just )?(?=[$€£¥\d])/g, '') : sentence) &&
      !(denied.length > 1 && told.test(sentence)),
  );
  return negated
    ? 'I changed nothing, because something in that is to be left undone and I cannot tell what. What should I do, said without "not"?'
    : undefined;
}
