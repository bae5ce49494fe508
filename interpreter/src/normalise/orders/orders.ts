import { byParticiple } from '../verb-forms.ts';
import { actionOfWord } from '../vocabulary.ts';
import { customerOrders } from './customers.ts';
import { goodsOrders } from './goods.ts';
import { invoiceOrders } from './invoices.ts';
import { moneyOrders } from './money.ts';
import type { Order } from './order.ts';
import { passives } from './passives.ts';
import { questions } from './questions.ts';
import { seatOrders } from './seats.ts';
import { subscriptionOrders } from './subscriptions.ts';
import { trialOrders } from './trials.ts';

const nouns = 'plan|subscription|package|tier|membership|bundle|seats?|licen[cs]es?';
/** Words of a statement, which belong to nobody's name. */
const auxiliaries =
  '(?:should|shall|must|needs?|has|have|had|is|are|was|were|will|would|wants?|can|could|may|be|been|so|because|but|that|which|who|if|when|not|wrote|writes|says?|said|asks?|asked|told|tells|thinks|hopes|claims?|demands?|requests?|requested|replied|emailed|messaged|complained)\\b';
/** What the `{…}` of a pattern stand for. */
const kinds: Readonly<Record<string, string>> = {
  // Somebody or something: a value, or words up to the verb.
  who: String.raw`(?!(?:we|i|you|there|anyone|anybody|someone|somebody|nobody|it's|that's|for|to|of|with|from|on|at|in|by|if|when|unless|once)\b)(?:the customer |customer |the client )?(?:⟦[ive]\d+⟧|\p{L}[\p{L}\p{M}'’-]*(?: (?!${auxiliaries})[\p{L}\p{M}'’-]+){0,7}?)(?: \(?⟦[ive]\d+⟧\)?)?`,
  done: `(?:${[...byParticiple.keys()].join('|')})\\b`,
  count: String.raw`\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty`,
  value: String.raw`⟦[ive]\d+⟧`,
  email: String.raw`⟦e\d+⟧`,
  newEmail: String.raw`⟦e\d+⟧`,
  id: String.raw`⟦i\d+⟧`,
  invoice: String.raw`(?:the |this |that )?(?:draft |open )?(?:invoice |bill )?⟦i\d+⟧|(?:the )?[\p{L}\p{M}'’ -]{2,40}'s (?:\p{L}+ )?(?:invoice|bill|draft)`,
  phone: String.raw`[+(]?\d[\d ().\/-]{4,20}\d`,
  attribute:
    'phone number|phone|mobile number|mobile|e-?mail(?: address)?|name|(?:billing |postal |shipping |home )?address|description|note',
  money: String.raw`(?:us)?[$€£¥₩₹₺₪₫฿]\s?\d[\d.,]*k?|\d[\d.,]*\s?(?:[$€£¥]|usd\b|eur\b|gbp\b|jpy\b|dollars?|euros?|pounds?|bucks?|yen|quid)|(?:usd|eur|gbp|jpy) \d[\d.,]*|(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:one |a )?hundred)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))? (?:dollars?|euros?|pounds?|bucks?|yen|quid)`,
  rhythm:
    'yearly|annually|annual|monthly|weekly|quarterly|(?:once |one time )?(?:a|per|each|every|by the) (?:year|month|week|quarter)',
  share: String.raw`\d{1,3}(?:\.\d+)? ?(?:%|percent|per cent)|half|a (?:third|quarter)`,
  time: String.raw`(?:\d{1,3}|an?|one|two|three|four|seven|ten|fourteen|thirty)[ -](?:days?|weeks?|months?)`,
  // What is sold by its name: quoted, or with a word that plans are called by.
  plan: String.raw`(?:the |our |an? )?(?:(?:monthly|yearly|annual) )?(?:\d{1,3} (?:x )?|(?:two|three|four|five|six|seven|eight|nine|ten) )?(?:⟦v\d+⟧|(?:[\p{L}\p{N}'&-]+ ){1,3}?(?:${nouns}))`,
  code: String.raw`(?:⟦v\d+⟧|[A-Z]{2,}\d+[A-Z\d]*)`,
  brand: 'visa|master ?card|amex|american express|discover|jcb|diners',
  rest: '[^?]*?',
  more: '[^?]*?',
  // What may follow an order within its sentence.
  tail: '(?:(?:,| with| at| from| starting| beginning| and| for| per| -|;| x ?\\d| using| in| on)[^?]*?)?',
  // Said of many at once.
  group: '(?:everyone|everybody|all|each|those|these|customers?|clients?|anyone)\\b[^?]*?',
};
const manners =
  "(?:(?:please|pls|hi|hello|hey|ok|okay|so|and|now|then|can you|could you|would you|will you|we'd like you to|i'd like you to),? )*";

const compile = (patterns: readonly Order[]) =>
  patterns.map(([said, plain]) => {
    const body = said.replace(/\{([a-z]\w*)\}/g, (_, name: string) => `(?<${name}>${kinds[name] ?? ''})`);
    return { pattern: new RegExp(`^${manners}${body}(?<end>[.!?]?)$`, 'iu'), plain };
  });
/** What is most particular goes first; a passive of any verb comes last. */
const compiledOrders = compile([
  ...trialOrders,
  ...seatOrders,
  ...subscriptionOrders,
  ...goodsOrders,
  ...customerOrders,
  ...invoiceOrders,
  ...moneyOrders,
  ...passives,
]);
const compiledQuestions = compile(questions);

const asks =
  /\?\s*$|^(?:what|which|who|whose|when|where|why|how|is|are|was|were|did|does|do|has|if|whether)\b/i;
const objectForms: Readonly<Record<string, string>> = { he: 'him', she: 'her', they: 'them' };

/** Wishes and passives as orders: "Paul should be moved to X" is "move Paul to X". The first pattern that fits is taken. */
export function asOrder(sentence: string): string {
  const polite = /^(?:please |hi,? |hello,? |hey,? )*(?:can|could|would|will) you\b/i.test(sentence);
  const negated = /^(?:do not|don't|dont) /i.test(sentence);
  for (const { pattern, plain } of asks.test(sentence) && !polite && !negated
    ? compiledQuestions
    : compiledOrders) {
    const found = pattern.exec(polite ? sentence.replace(/\?\s*$/, '') : sentence)?.groups;
    if (!found || !isPlausible(found)) continue;
    const who = found.who ?? '';
    const parts: Record<string, string | undefined> = {
      ...found,
      who: objectForms[who.toLowerCase()] ?? who,
      do: byParticiple.get(found.done?.toLowerCase() ?? ''),
      rhythm: adverbOf(found.rhythm),
      good: goodOf(who),
    };
    return plain
      .replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '')
      .concat(found.end ?? '')
      .replace(
        /\b(him|her|them)'s\b/gi,
        (_, word: string) => ({ him: 'his', her: 'her', them: 'their' })[word.toLowerCase()] ?? word,
      )
      .replace(/ {2,}/g, ' ')
      .trim();
  }
  return sentence;
}

/** An order with what belongs to it said where it is looked for. */
export function settled(order: string): string {
  return order
    .replace(paysByInvoice, ', billed by invoice')
    .replace(subscribesWith, ' with the coupon $<code>')
    .replace(subscribesUnder, ' with the coupon "$<name>"')
    .replace(/^write (.+) off(?=[.!]*$)/i, 'write off $1');
}

/** "…, and send him invoices": how a subscription is collected. */
const paysByInvoice =
  /(?<=^(?:please )?(?:subscribe|put|place|set|start) .+?),? (?:and )?(?:(?:send|mail) (?:him|her|them) (?:an? |the )?invoices?|(?:collection|collected|paid|pays|pay|payment|payable|billing|bill(?:ed)? (?:him|her|them)|invoiced)(?: method)? (?:by|via|per|with|through|against|on) (?:an? )?invoices?)(?: each month| every month| instead)?/i;

/** "… and apply SPRING10": part of what it begins with. */
const subscribesWith =
  /(?<=^(?:subscribe|put|place|start|sign) .+?),? (?:and )?(?:apply|use|add|using|applying|give (?:him|her|them)|with)(?: the)?(?: coupon| code| discount| voucher)*(?: code)? (?<code>[A-Z]{2,}\d+[A-Z\d]*)/;

/** The same by the coupon's name: "… and give him the spring sale discount". */
const subscribesUnder =
  /(?<=^(?:subscribe|put|place|start|sign) .+?),? (?:and )?(?:apply|use|using|applying|give (?:him|her|them)|with)(?: the| our) (?<name>[\p{L}\d ]{3,40}?) (?:discount|coupon|voucher)\b/iu;

/** What stands where somebody or something is named may not begin with the verb of another order. */
function isPlausible({ who, plan }: { [name: string]: string | undefined }): boolean {
  return !opensWithVerb(plan) && !(opensWithVerb(who) && !isFirstName(who ?? ''));
}

const determiners = /^(?:his|her|their|my|what|which|any|all|because|that|this|these|those)$/;

function opensWithVerb(words: string | undefined): boolean {
  const [first = '', second] = words?.toLowerCase().split(' ') ?? [];
  if (second === undefined || /'s?$|⟦/.test(first) || /^(?:old|new)$/.test(first)) return false;
  return determiners.test(first) || actionOfWord(first) !== undefined;
}

/** "Bill Smith", "Mark Lee": verbs that are first names as well. */
const isFirstName = (words: string): boolean =>
  /^(?:Bill|Mark|Grant|Pat|Sue|Drew|Will|Frank|Rob) \p{Lu}[\p{L}'’-]*$/u.test(words);

/** What is sold, in quotation marks: every word of it belongs to its name. */
function goodOf(who: string): string {
  if (/⟦/.test(who) || /^(?:it|that|this|them|they|these|those)\b/i.test(who))
    return (
      objectForms[who.toLowerCase()] ?? who.replace(/^(?:the |our )?(?:product |item |plan )?(?=⟦)/i, '')
    );
  return `"${who.replace(/^(?:the |our |an? )?(?:product |plan (?=\S+ )|item )?/i, '')}"`;
}

/** "Once a year" is "yearly". */
function adverbOf(rhythm: string | undefined): string | undefined {
  const unit = /year|annual|month|week|quarter/i.exec(rhythm ?? '')?.[0].toLowerCase();
  return unit && (unit === 'annual' ? 'yearly' : `${unit}ly`);
}
