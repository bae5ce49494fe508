import type { Request } from './request.ts';

interface Unheld {
  /** An act that was read. */
  readonly act: (request: Request) => boolean;
  /** Words that say it is to be done in a way which the act, as it was read, does not hold. */
  readonly words: RegExp;
  /** What to ask; `$1` is what was said. */
  readonly ask: string;
}

const isMade = ({ intent, object }: Request, ...kinds: string[]) =>
  intent === 'create' && kinds.includes(object);

/**
 * Another way of the same business: who asks for a page to pay on wants no subscription made now, who asks for a part of
 * what was authorised wants no second charge.
 */
const table: readonly Unheld[] = [
  {
    act: (request) => isMade(request, 'subscription') || request.intent === 'charge',
    words: /\b(checkout|(?:payment|pay|buy|purchase)[- ]?(?:page|link)|hosted page)\b/i,
    ask: 'I changed nothing: "$1" speaks of a page to pay on, and I read something that would be done at once. Say "create a checkout page for … with …" for the page.',
  },
  {
    act: (request) =>
      isMade(request, 'subscription') &&
      request.slots.trialDays === undefined &&
      request.slots.period === undefined,
    words:
      /(?<!\b(?:no|without|without a|skip|skip the|end|ends?|after|after the|after his|after her) (?:free )?)\b(trial)\b/i,
    ask: 'I changed nothing, because I could not read how long the $1 is. How many days should it be?',
  },
  {
    act: ({ intent }) => intent === 'charge',
    words: /\b(authori[sz]ed|authori[sz]ation|(?:on|of|from) (?:the )?hold|held)\b/i,
    ask: 'I charged nothing: "$1" speaks of a payment that is authorised already, and I read a new charge. Say "capture … of the payment of …" to take it.',
  },
  {
    act: (request) => isMade(request, 'product') && request.slots.amount === undefined,
    words: /(?<!["“'][^"”']*)\b((?:payment|pay|buy|purchase|order)[- ]?link)\b/i,
    ask: 'I made nothing: "$1" speaks of a link to pay by, and I read a new product. Say "create a payment link for …" with the product’s name.',
  },
];

/**
 * What a message says of an act it was read as, that the act leaves out: then it is asked for, and nothing is done.
 * @param known what the agent's instructions say, where the rest of it may stand
 */
export function unheldIn(message: string, requests: readonly Request[], known: string): string | undefined {
  if (requests.some(({ object, tool }) => /link|checkout|portal/.test(`${object} ${tool ?? ''}`)))
    return undefined;
  for (const { act, words, ask } of table) {
    const [, said] = words.exec(message) ?? [];
    if (said === undefined || known.toLowerCase().includes(said.toLowerCase())) continue;
    if (requests.some(act)) return ask.replace('$1', said);
  }
  return undefined;
}
