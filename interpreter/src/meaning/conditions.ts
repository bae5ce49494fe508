import type { Intent } from './request.ts';

const looking: ReadonlySet<Intent> = new Set([
  'list',
  'count',
  'get',
  'report',
  'tool',
  'secret',
  'about',
  'business',
  'greeting',
  'thanks',
  'noop',
  'story',
  'unclear',
  'conditional',
  'cannot',
]);

/** "If possible", "if you could": manners, no condition. */
const manners =
  /\bif (?:possible|needed|you (?:can|could|would|do not mind|don't mind|please|like|want)|that is (?:ok|okay|fine|possible)|that's (?:ok|okay|fine|possible)|i may)\b|\b(?:see|check|know|wondering) if\b/g;
const condition =
  /\b(?:if|unless|provided|assuming|as long as|only when|in case|whenever|as soon as|depending|until|till|schedule[ds]?|scheduling)\b|\b(?:when|once|after|while) (?:he|she|it|they|we|i|you|her|his|their|its|the|my|our|a|an|all|every|\p{Lu}?\p{L}+'s)\b(?! (?:end|that)\b)/u;
/** The end of what is paid: a time for cancelling that Stripe itself watches. */
const ends =
  /\bwhen (?:it|(?:the|this|his|her|their|its) (?:\w+ ){0,2}(?:period|term|cycle|month|year)) (?:ends|expires|runs out|is over|is up|has ended)\b|\bonce (?:the|this|his|her|their|its) (?:\w+ ){0,2}(?:period|term|cycle|month|year) (?:is over|ends|has ended|runs out)\b|\b(?:at|until|with|from) (?:the )?next (?:billing )?(?:period|cycle|renewal|month's renewal)\b|\bafter the (?:current |paid |billing )*(?:period|cycle|term)\b|\b(?:once|when|after) (?:the|his|her|their|its) (?:paid|current|billing) (?:time|period|term|month|year) (?:is |has been )?(?:used up|over|up|through|finished|done|gone)\b/g;
const later =
  /\b(?:tomorrow|next (?:week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:on|next|this coming) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|every (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning|evening)|in (?:\d+|an?|one|two|three|a few) (?:hours?|minutes?|days?|weeks?|months?) (?:from now)?)\b/;

/**
 * True where a writing request hangs on a condition or a time that nobody here watches for: doing it at once would be
 * wrong. Failure and success of the step before are no such conditions; clauses carry those themselves.
 */
export function isConditional(text: string, intent: Intent, writes = !looking.has(intent)): boolean {
  if (!writes) return false;
  const said = intent === 'mail' || intent === 'send' ? text.replace(message, ' ') : text;
  const lower = said.toLowerCase().replace(manners, '').replace(ends, '');
  return (
    condition.test(lower) ||
    later.test(lower) ||
    (intent !== 'refund' && repeated.test(lower) && !/\b(?:redeem|used?\b|uses\b)/.test(lower))
  );
}

/** What a mail is to say: whatever time or condition stands in it is for its reader. */
const message = /(?:\b(?:that|saying|say|about|line)\b|:|").*$/is;

const repeated = /\b(?:twice|thrice|(?:\d+|two|three|four|five) times)\b/;

/** True for a sum below nothing, which nobody can mean. */
export function hasNegativeSum(text: string): boolean {
  return /(?:^|[\s(])-\s?(?:[$€£¥]\s?)?\d|[$€£¥]\s?-\s?\d|\b(?:minus|negative) (?:[$€£¥]\s?)?\d/.test(text);
}
