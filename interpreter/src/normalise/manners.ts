import { imperative } from './imperative.ts';
import { byGerund } from './verb-forms.ts';

const greeting =
  /^(?:hi(?: there)?|hello(?: there)?|hey(?: there)?|hiya|good (?:morning|afternoon|evening)|morning|dear (?:purser|team|all)|purser|quick (?:one|thing|question|favour|favor|request)|(?:many )?thanks|thank you|cheers|great|perfect|cool|ok|okay|right|alright|sorry to bother you|one more thing|on second thoughts?|next|also)(?:,? (?:purser|team|all|everyone|there|guys|folks))?(?:[,!:.]| -)+\s+/i;
const asking = [
  '(?:can|could|would|will) you(?: please| kindly| just| quickly| maybe| perhaps| possibly| also| now)*',
  '(?:could|can) (?:i|we) (?:ask|get|have|bother|trouble) you to',
  "(?:i|we)(?:'d| would)? (?:want|need|like|love|wish|prefer) you to",
  "(?:i|we)(?:'d| would) (?:appreciate it|be grateful|be happy|be glad|love it|like it)(?: very much| a lot| really)? if you (?:could|would)(?: please| kindly)?",
  "it(?:'d| would) be (?:great|nice|lovely|helpful|good|wonderful|cool|kind|perfect) if you (?:could|would)(?: please)?",
  '(?:would|will) you be (?:able|so kind as|so good as|willing|kind enough) to',
  'be so (?:kind|good) (?:as to|and)|do me a favou?r and|do me a favou?r[,:]',
  "(?:i|we) (?:need|want|have|ought|would like|wish|'d like) to|(?:i|we)(?:'d| would) like to|i'm (?:going|trying) to|we(?:'re| are) (?:going|trying) to",
  "(?:go ahead|go on) and|feel free to|make sure (?:to|you|that you)|be sure to|remember to|don't forget to|do not forget to|time to|it's time to|you (?:can|may|should|need to|have to)(?: now)?",
  'please|pls|plz|kindly|just|quickly|so|and|now|then|well',
].join('|');
const lead = new RegExp(`^(?:(?:${asking}),? )+`, 'i');
const askedOfYou = /\byou\b/i;
/** "Could we get a coupon …?": a wish for something new. */
const newThing =
  /^(?:can|could|may) (?:i|we) (?:please )?(?:get|have) (?=(?:an?|another|one) (?:\S+ ){0,4}?(?:product|plan|coupon|voucher|discount|quote|offer|invoice|link|subscription|customer|price)\b)/i;
const looks = /^(?:tell|let|show|give) (?:me|us)\b|^let's\b/i;
const mind = /^(?:please )?(?:would|do) you mind (\p{L}+ing)\b/iu;
const trailing =
  /(?:,| -)?\s+(?:please|pls|plz|(?:many )?thanks(?: a lot| so much| in advance)?|thank you(?: very much| so much)?|thx|ty|cheers|if you (?:can|could|would|please)|if possible|if that's (?:ok|okay|alright|possible)|when you (?:get|have) (?:a |the )?(?:chance|minute|moment|time|second)|for me|for us|will you|would you|could you|can you|ok|okay)(?=[.!?]*$)/i;
const onlyThanks =
  /^(?:many thanks|thanks|thank you|thx|ty|cheers)(?: a (?:lot|million)| so much| very much| in advance| again)?[.! ]+$|^(?:many thanks|thanks (?:a (?:lot|million)|so much|in advance))$/i;
const thanksAlone =
  /\s*(?<=[.!?])\s*(?:many thanks|thanks|thank you|thx|ty|cheers|please)(?: a lot| so much| very much| in advance)?[.!]*$/i;

/**
 * An order without the words around it that only make it polite: "hi, would you mind refunding Bob?" is "refund Bob". A
 * sentence that orders nothing stays as it is, and so does a question about what is possible.
 */
export function withoutManners(sentence: string): string {
  if (onlyThanks.test(sentence)) return '';
  let said = sentence.replace(thanksAlone, '');
  for (let before = ''; before !== said; ) {
    before = said;
    said = said.replace(greeting, '');
  }
  if (newThing.test(said)) return plainEnd(said.replace(newThing, 'create ')).replace(/\?\s*$/, '');
  const gerund = mind.exec(said);
  const verb = gerund && byGerund.get(gerund[1]?.toLowerCase() ?? '');
  if (gerund && verb) return plainEnd(`${verb}${said.slice(gerund[0].length)}`).replace(/\?$/, '');
  const opening = lead.exec(said)?.[0] ?? '';
  const bare = said.slice(opening.length);
  if (!imperative.test(bare) || looks.test(bare)) return looksOnly(said) ? said : plainEnd(said);
  const open = askedOfYou.test(opening) || !/\?\s*$/.test(bare);
  if (!open) return said;
  return plainEnd(bare).replace(/\?\s*$/, '');
}

const looksOnly = (said: string): boolean => /\?\s*$/.test(said);

function plainEnd(said: string): string {
  let plain = said;
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(trailing, '');
  }
  return plain;
}
