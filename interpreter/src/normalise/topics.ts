import { imperative, leadingVerb } from './imperative.ts';
import { isFunctionWord } from './vocabulary.ts';

const kinds =
  'invoice|payment|charge|customer|client|subscription|product|plan|coupon|quote|draft|hold|payment intent|dispute|card|order';
const name = String.raw`\p{Lu}[\p{L}\p{M}'’-]*(?: (?:(?:of|de|van|von|der|da) )?\p{Lu}[\p{L}\p{M}'’-]*)*`;
const plainName = String.raw`(?!(?:${kinds}|refund|new|name|email|e-mail|mail|phone|note|description|memo|re|subject|todo|task|request|please|product|price|invoice|quote|customers|people|these|following|coupon|update)\b)\p{L}[\p{L}\p{M}'’-]*(?: [\p{L}\p{M}'’-]+){0,3}`;
const things = `(?:(?:open|draft|last|latest|current|saved) )*(?:${kinds}|sub|membership|authori[sz]ation)`;
/** What is spoken of, before a colon, a dash or an arrow. */
const surely = new RegExp(
  `^(?<topic>(?:(?:the )?(?:${kinds}) )?(?:⟦[ive]\\d+⟧|${name})(?: \\(?⟦[ve]\\d+⟧\\)?)?(?:'s ${things})?)(?<mark>\\s*(?::|→|->|=>)\\s*| - |, )(?<said>\\S.*)$`,
  'u',
);
const likely = new RegExp(
  `^(?<topic>${plainName}(?:'s ${things})?)(?<mark>\\s*(?::|→|->|=>)\\s*)(?<said>\\S.*)$`,
  'u',
);

const pronoun =
  /\b(?:it|him|them|her(?! (?!(?:and|then|now|again|please|to|on|for|from|off|about|at|with|in)\b)\p{L})|(?:that|this) (?:customer|client|product|payment|charge|invoice|subscription|one))(?=$|[ ,.;!])/u;
const possessive = /\b(?:his|her|their|its)(?= \p{L})/u;
const money = String.raw`(?:[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥]|usd|eur|gbp|dollars?|euros?|pounds?|bucks?)|(?:usd|eur|gbp) \d[\d.,]*)`;
const count = String.raw`(?:\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)`;

/** "No, refund it", "Then cancel it": a little word, and nobody's name. */
function opensOtherwise(topic: string): boolean {
  const [first = '', second] = topic.toLowerCase().split(' ');
  return (
    /^(?:for|from|to|with|at|on|in|of|about|re)$/.test(first) ||
    (second === undefined && isFunctionWord(first))
  );
}

/** What is wanted of a topic without a verb, and how it is said plainly. */
const nominals: readonly (readonly [said: RegExp, plain: string])[] = [
  [
    new RegExp(`^(${count}) (?:more|extra|additional|further) (seats?|licen[cs]es?)$`, 'i'),
    "add $1 $2 to {topic}'s subscription",
  ],
  [
    new RegExp(`^(${count}) (?:seats?|licen[cs]es?)(?: (?:now|in total|from now on))?$`, 'i'),
    "change the seats of {topic}'s subscription to $1",
  ],
  [
    /^(?:new |correct |changed )?(phone(?: number)?|mobile|e-?mail(?: address)?|name|address|description)(?: is| now|:| =)* (.+)$/i,
    'change the $1 of {topic} to $2',
  ],
  [/^metadata:? (.+)$/i, 'set the metadata $1 on {topic}'],
  [
    new RegExp(
      `^(?:new |the )?((?:monthly|yearly|annual|weekly) )?price(?: is| now|:| of)* ((?:${money}|\\d+[.,]\\d{2}).*)$`,
      'i',
    ),
    'change the $1price of {topic} to $2',
  ],
];
/** The same where the topic is a thing that is sold. */
const priced = new RegExp(
  `^(?:now )?(${money}\\s?(?:/|a |per |each |every )?\\s?(?:month|year|week|mo|yr|monthly|yearly)?)(?: (?:now|from now on|instead))?$`,
  'i',
);

/** What stands before somebody else's words, or before an order that came from outside. */
const somebodysWords =
  /\b(?:wrote|writes|says?|said|asks?|asked|told|tells|emailed|messaged|mails?|e-?mails?|replied|repl(?:y|ies)|messages?|complain\w*|requests?|requested|demands?|claims?|quotes?|notes?|instructions?|system|from|subject|forwarded|comments?|reviews?|tickets?|feedback|text|description)\b/i;

/**
 * "Anna's subscription: cancel it at period end", "in_1 - void", "Team Seats → $9.50 a month": what is spoken of is put
 * where the order has its object. A sentence of another kind stays.
 */
export function topicFirst(sentence: string): string {
  const found = surely.exec(sentence) ?? likely.exec(sentence);
  const { topic = '', mark = '', said = '' } = found?.groups ?? {};
  if (
    !found ||
    opensOtherwise(topic) ||
    imperative.test(topic) ||
    somebodysWords.test(topic) ||
    said.startsWith('//')
  )
    return sentence;
  const arrow = /→|->|=>/.test(mark);
  const end = /[.!]+$/.exec(said)?.[0] ?? '';
  const wish = said.slice(0, said.length - end.length);
  const whole = asObject(topic, wish, arrow || mark.trim() !== ',');
  return whole === undefined ? sentence : `${whole}${end}`;
}

function asObject(topic: string, wish: string, marked: boolean): string | undefined {
  const verb = leadingVerb.exec(wish)?.groups?.verb;
  if (verb !== undefined && imperative.test(wish)) return ordered(topic, wish, verb);
  if (!marked) return undefined;
  for (const [said, plain] of nominals)
    if (said.test(wish)) return wish.replace(said, plain).replace('{topic}', topic).replace(/ {2,}/g, ' ');
  if (/⟦|'s /.test(topic)) return undefined;
  return priced.test(wish) ? `change the price of ${topic} to ${wish.replace(priced, '$1')}` : undefined;
}

/** The order with the topic as what it is done to. */
function ordered(topic: string, wish: string, verb: string): string | undefined {
  const kind = /\b(?:that|this) (product|customer|client)\b/.exec(wish)?.[1];
  if (kind && /^(?:create|add|make|register)$/i.test(verb))
    return wish.replace(pronoun, `the ${kind} ${topic}`);
  if (pronoun.test(wish)) return wish.replace(pronoun, topic);
  if (possessive.test(wish)) return wish.replace(possessive, `${topic}'s`);
  const start = wish.toLowerCase().indexOf(verb.toLowerCase()) + verb.length;
  const rest = wish.slice(start);
  if (/⟦/.test(rest) && !/^(?:add|apply|set|change|update|give|put|switch|move|subscribe)$/i.test(verb))
    return undefined;
  if (
    /'s /.test(topic) &&
    !/^(?: (?:to|at|on|as|from|now|immediately|right|today|in|for|by|effective|with)\b|[,;]|$)/.test(rest)
  )
    return undefined;
  const begin = wish.slice(0, start);
  if (
    /^(?: (?:to|at|on|off|as|from|now|immediately|right|today|in|for|by|effective|with|and|again|once|until)\b|[,;]|$)/i.test(
      rest,
    )
  )
    return `${begin} ${topic}${rest}`;
  const thing =
    /^ (?:the )?((?:sub|subscription|plan|membership|card|seats?|invoice|draft|hold|payment|renewal|phone|e-?mail|name|address)\b.*)$/i.exec(
      rest,
    )?.[1];
  if (thing) return `${begin} ${topic}'s ${thing}`;
  const takes = new RegExp(`^ (${money}|half|everything|the money)`, 'i');
  const sum = takes.exec(rest)?.[0];
  if (sum && /^(?:take|return|refund|capture|release|collect)$/i.test(verb))
    return `${begin}${sum} of ${topic}${rest.slice(sum.length)}`;
  if (/^(?:charge|bill|debit|invoice|give|quote|offer|credit|pay)$/i.test(verb))
    return `${begin} ${topic}${rest}`;
  if (/^(?:add|apply|grant|attach|send)$/i.test(verb)) return `${begin}${rest} to ${topic}`;
  return undefined;
}
