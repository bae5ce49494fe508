/** Characters a title has at most. */
const maxLength = 60;
/** Words of the first sentence that are looked at: nobody reads a title to learn what came after. */
const maxWords = 24;
/** Characters that are looked at, which keeps a pasted document from costing anything. */
const maxRead = 1000;

/**
 * A thread's title from its first message, without asking a model: the request itself, without greeting and politeness.
 * Where it is too long, plain words go first; names, amounts, ids and what is quoted stay as long as they fit. At most
 * 60 characters on one line; empty when the message says nothing.
 */
export function titleFrom(text: string): string {
  const request = withoutPoliteness(firstSentence(text));
  const title = shorten(request);
  return startsPlain(title) ? title.charAt(0).toUpperCase() + title.slice(1) : title;
}

/** The first line that says something, up to the end of its first sentence that is more than a greeting. */
function firstSentence(text: string): string {
  const lines = text
    .trimStart()
    .slice(0, maxRead)
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replace(/^[\s>#*`-]+/, '')
        .replace(/[\p{C}\s]+/gu, ' ')
        .trim(),
    )
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
  for (const line of lines) {
    // A full stop ends a sentence only before a capital: "Acme Inc. in Berlin" and "29.99" go on.
    for (const sentence of line.split(/(?<=[!?…])\s+|(?<=\p{Ll}{3}\.)\s+(?=\p{Lu})/u)) {
      if (withoutPoliteness(sentence) !== '') return sentence;
    }
  }
  return '';
}

const greeting =
  /^(hi|hello|hey|dear|good (morning|afternoon|evening|day)|greetings|thanks|thank you)\b( (there|all|team|again|everyone|sleuth|stripe sleuth|purser))?\s*([,.!:;–—-]+\s*|$)/i;
const opening =
  /^(please|kindly|ok(ay)?|so|now|just|quick question|(can|could|would|will) (you|we|u)( (please|kindly|also|maybe|possibly|quickly|help me( to)?|mind))*|i('d| would) (like|love|want|need)( you)? to|i (want|need)( you)? to|i('d| would) (like|love)|we (want|need) to|do me a favou?r and|is it possible to|(are|would) you (be )?able to|help me( to)?)\b[\s,:]*/i;
const closing =
  /[\s,;–—-]*\b(please|pls|thanks( a lot| so much)?|thank you( very much| so much)?|thx|for me|if you can)\s*[.!?]*$/i;

function withoutPoliteness(sentence: string): string {
  let rest = sentence.trim();
  let asked = false;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(greeting, '').replace(closing, '').trim();
    const bare = rest.replace(opening, '');
    asked ||= bare !== rest;
    rest = bare.trim();
  }
  // "Can you list …?" has become "List …"; "How many …?" stays a question.
  rest = asked ? rest.replace(/[\s.!?…:]+$/u, '') : rest.replace(/[\s.!…:]+$/u, '');
  return /[\p{L}\p{N}]/u.test(rest) ? rest : '';
}

const articles = new Set(['a', 'an', 'the', 'my', 'our', 'their', 'his', 'her', 'its', 'your']);
const joints = new Set([
  'called',
  'named',
  'with',
  'of',
  'having',
  'that',
  'which',
  'is',
  'and',
  'name',
  'email',
]);

function shorten(request: string): string {
  // What is quoted is one word, whatever it holds.
  const all = request.match(/["“„«][^"“”„«»]{1,50}["”“»][^\s]*|\S+/gu) ?? [];
  const cut = all.length > maxWords;
  let words = all.slice(0, maxWords);
  if (cut) return truncated(words.join(' '), true);
  if (fits(words)) return words.join(' ');
  for (const fillers of [articles, joints]) {
    words = words.filter((word, i) => i === 0 || !fillers.has(word.toLowerCase()));
    if (fits(words)) return words.join(' ');
  }
  let endLost = false;
  while (!fits(words)) {
    const dispensable = words.findLastIndex((word, i) => i > 2 && isPlain(word));
    if (dispensable === -1) break;
    endLost ||= dispensable === words.length - 1;
    words.splice(dispensable, 1);
  }
  return truncated(words.join(' ').replace(/[\s,;:]+$/, ''), endLost);
}

function fits(words: readonly string[]): boolean {
  return words.join(' ').length <= maxLength;
}

/** Lower-case letters and nothing else: no name, amount, id, address or quotation. */
function isPlain(word: string): boolean {
  return /^\p{Ll}+(['’-]\p{Ll}+)*[,.;:!?]*$/u.test(word);
}

function truncated(title: string, always: boolean): string {
  if (title.length <= maxLength && !always) return title;
  if (title.length < maxLength) return `${title}…`;
  const room = title.slice(0, maxLength - 1);
  const space = room.lastIndexOf(' ');
  const kept = space > maxLength / 2 ? room.slice(0, space) : room.replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.replace(/[\s,;:.–—-]+$/, '')}…`;
}

/** An id or an address keeps its small first letter. */
function startsPlain(title: string): boolean {
  return isPlain(title.split(' ', 1)[0] ?? '');
}
