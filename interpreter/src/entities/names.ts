import { isCurrency } from '@purser/money';
import { englishWord } from '../normalise/english.ts';
import { correctSpelling } from '../normalise/spelling.ts';
import { isShouted } from '../normalise/text.ts';
import {
  actionOfWord,
  isFunctionWord,
  isObjectWord,
  isOrdinaryWord,
  objectPhrases,
} from '../normalise/vocabulary.ts';
import type { Unread } from './entity.ts';

interface Word {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  readonly startsSentence: boolean;
  /** The word before it in the sentence, lower case. */
  readonly previous: string;
  /** The word after it, lower case. */
  readonly next: string;
  /** What stands between this word and the next: only a space lets a name go on. */
  readonly spaceAfter: boolean;
  readonly beforeNumber: boolean;
}

const calendar =
  /^(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|q[1-4]|mrr|arr|ytd|mtd|id|api|url|faq|pdf|csv|tax|vat|asap|eod|eom|ok)$/;
const connectors = new Set([
  'of',
  '&',
  'de',
  'van',
  'von',
  'der',
  'den',
  'del',
  'da',
  'di',
  'la',
  'le',
  'bin',
  'al',
]);
/** What a product is often called beside its own word; kept with a lower-case name: "the basic plan". */
const productNouns =
  /^(?:plan|package|subscription|membership|tier|bundle|setup|license|licence|pack|service|course|box|kit)$/;

/** Names of people, firms and products, in capitals or not, with what is left when everything else has been read. */
export function findNames(unread: Unread, learned: ReadonlySet<string>): void {
  findAnnounced(unread);
  const capitalsMean = !isShouted(unread.text) && !isTitleCase(unread.text);
  if (capitalsMean) findCapitalised(unread, learned);
  findPlans(unread);
}

const notPlanNames =
  /^(?:monthly|yearly|annual|weekly|daily|quarterly|new|same|current|existing|other|different|product|subscription|payment|price|free|cheaper|better|recurring|which|what|his|her|their|its|my|your|our|this|that|the|a|an|any|all|every|each|another|old|paid|next|previous|test|membership|archive|deactivate|activate|reactivate|rename|delete|remove|cancel|switch|change|update|create|make|add|new|list|show|get|no|of|for|and|to|on)$/i;

/** "the team plan", "Business plan": an ordinary word, but the plan is called so. */
function findPlans(unread: Unread): void {
  const pattern =
    /(?<=^|[^\p{L}\p{N}'])([\p{L}][\p{L}-]+) (plan|tier|package|pack|setup|bundle|kit|membership)(?![\p{L}])/giu;
  for (const match of [...unread.text.matchAll(pattern)]) {
    const word = match[1] ?? '';
    const before = unread.text[match.index - 2];
    const capital = /^\p{Lu}/u.test(word) && match.index > 0;
    if (notPlanNames.test(word) || (!capital && isVerb(word)) || before === '\ufffc') continue;
    if (!capital && !/^(?:plan|tier|package)$/i.test(match[2] ?? '')) continue;
    unread.take(
      { type: 'name', text: match[0], announced: false, possessive: false },
      match.index,
      match.index + match[0].length,
    );
  }
}

/** A verb before "plan" does not name it: "upgrade plan". */
function isVerb(word: string): boolean {
  return actionOfWord(word.toLowerCase()) !== undefined;
}

/** Words that mean nothing here, in lower case: most likely a name. Runs last. */
export function findLowerCaseNames(unread: Unread, learned: ReadonlySet<string>): void {
  const words = wordsOf(unread.text);
  let run: Word[] = [];
  const flush = () => {
    claimRun(unread, run);
    run = [];
  };
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    const qualifies = word.spaceAfter && next !== undefined && isUnknown(next, learned);
    if (isUnknown(word, learned) && (qualifies || run.length > 0 || !isPlainAdjective(word))) {
      run.push(word);
      if (!word.spaceAfter || word.lower.endsWith("'s")) flush();
    } else if (run.length > 0 && productNouns.test(word.lower)) {
      run.push(word);
      flush();
    } else flush();
  }
  flush();
}

/** "Outstanding invoices", "the big ones": adjectives alone name nobody, but right after what is done to somebody. */
function isPlainAdjective(word: Word): boolean {
  if (englishWord(word.lower.replace(/'s?$/, '')) !== 'adjective' || /'s?$/.test(word.lower)) return false;
  const done =
    /^(?:charge|refund|bill|invoice|email|mail|subscribe|delete|remove|debit|customer|for|to|from)$/;
  return !done.test(word.previous) || isObjectWord(word.next);
}

function isUnknown(word: Word, learned: ReadonlySet<string>): boolean {
  if (/^(?:max|min)$/.test(word.lower) && word.beforeNumber) return false;
  if (productNouns.test(word.lower) || /^(?:far|schedule|scheduled|apply|grant|plus|minus)$/.test(word.lower))
    return false;
  const bare = word.lower.replace(/'s?$/, '');
  if (learned.has(bare) || (englishWord(bare) === 'ordinary' && bare === word.lower)) return false;
  if (calendar.test(bare) || !/\p{L}/u.test(bare)) return false;
  return (
    !isOrdinaryWord(bare) &&
    !isOrdinaryWord(correctSpelling(bare)) &&
    !/'(?:re|ll|ve|d|m|t)$/.test(word.lower)
  );
}

function isTitleCase(text: string): boolean {
  const words = text.match(/\p{L}[\p{L}']*/gu) ?? [];
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word));
  return words.length > 5 && capitals.length === words.length;
}

/** "named X", "called X", "with name X", "name: X". */
function findAnnounced(unread: Unread): void {
  const stop = String.raw`(?=\s*(?:[,;.!?()\n\ufffc]|$)|\s+(?:with|at|for|and|priced|costing|giving|taking|offering|lasting|valid|worth|allowing|that|who|which|whose|on|in|using|as|e-?mail|phone|to|from|is|has|but|then|recurring|billed|per|or)\b)`;
  const pattern = new RegExp(
    `\\b(?:named|called|titled|(?:with|and|the|his|her|their|customer|full)[ ,]+name\\b|\\b(?:product|customer|client|plan) ?:|\\bname ?(?:is|:|=))(?: is|:| =)? *([\\p{L}\\p{N}][^,;!?()\\n\\ufffc"]{0,80}?)${stop}`,
    'giu',
  );
  for (const match of [...unread.text.matchAll(pattern)]) {
    const name = match[1]?.trim();
    if (
      !name ||
      isFunctionWord(name.toLowerCase()) ||
      /^(?:of|to|is|was|be|should|and|or|what)\b/i.test(name)
    )
      continue;
    const start = match.index + match[0].lastIndexOf(name);
    unread.take({ type: 'name', text: name, announced: true, possessive: false }, start, start + name.length);
  }
}

function findCapitalised(unread: Unread, learned: ReadonlySet<string>): void {
  const words = wordsOf(unread.text);
  for (let index = 0; index < words.length; index += 1) {
    const run = capitalRun(words, index, unread.places);
    if (run.length === 0) continue;
    index += run.length - 1;
    claimRun(unread, trimmedRun(run, learned));
  }
}

function capitalRun(words: readonly Word[], from: number, places: ReadonlySet<string>): Word[] {
  const run: Word[] = [];
  for (let index = from; index < words.length; index += 1) {
    const word = words[index];
    if (!word) break;
    const next = words[index + 1];
    const joins = connectors.has(word.lower) && run.length > 0 && next !== undefined && isCapital(next.text);
    if ((!isCapital(word.text) && !joins) || places.has(word.lower)) break;
    if (run.length === 0 && isCurrencyCode(word.text)) break;
    if (
      calendar.test(word.lower.replace(/'s?$/, '')) &&
      (run.length === 0 || /^(?:tax|vat|api|mrr|arr|id|url|pdf|csv)$/.test(word.lower))
    )
      break;
    run.push(word);
    if (!word.spaceAfter || /'s?$/.test(word.text)) break;
  }
  return run;
}

/** "JPY" alone is money, whatever else may be written in capitals. */
function isCurrencyCode(text: string): boolean {
  return /^[A-Z]{3}$/.test(text) && isCurrency(text.toLowerCase());
}

function isCapital(text: string): boolean {
  return /^[\p{Lu}\p{Lo}]/u.test(text) || /^\p{Ll}+'?\p{Lu}/u.test(text);
}

/** Leaves out what only has its capital from the start of a sentence, and runs that name a kind of object. */
function trimmedRun(run: Word[], learned: ReadonlySet<string>): Word[] {
  let words = run;
  // "Old One has left us": words in capitals before a verb are somebody, however plain they are.
  const acts =
    run.length > 1 &&
    /^(?:has|is|was|wants?|needs?|should|gets?|got|left|goes|go|just)$/.test(run.at(-1)?.next ?? '');
  while (
    !acts &&
    words[0] &&
    isOrdinary(words[0], learned) &&
    (words[0].startsSentence ||
      /^(?:i|i'm|i'd|i've)$/.test(words[0].lower) ||
      (words.length === 1 && !isLabelled(words[0])))
  ) {
    words = words.slice(1);
  }
  while (words.length > 0 && connectors.has(words.at(-1)?.lower ?? '')) words = words.slice(0, -1);
  const phrase = words.map((word) => word.lower.replace(/'s$/, '').replace(/s$/, '')).join(' ');
  if (objectPhrases.some((known) => known.words.join(' ') === phrase)) return [];
  if (
    !acts &&
    (words.length === 1 || words[0]?.start === 0) &&
    words.every((word) => isOrdinary(word, learned)) &&
    /[^s]s$/.test(words.at(-1)?.lower ?? '') &&
    isObjectWord(words.at(-1)?.lower ?? '')
  )
    return [];
  return words;
}

/** "product Onboarding": an ordinary word in capitals is a name where the kind of thing stands before it. */
function isLabelled(word: Word): boolean {
  const target = /^(?:to|on|onto)$/.test(word.previous) && word.next === '';
  if (
    (isObjectWord(word.lower.replace(/'s$/, '')) && !target) ||
    /^(?:stripe|purser|i|api|id)$/.test(word.lower) ||
    demonym.test(word.lower)
  )
    return false;
  if (/^(?:product|plan|package|customer|client|company|called|named)$/.test(word.previous)) return true;
  return /^(?:to|on|onto|for|the|our|from|using)$/.test(word.previous) && !isVerb(word.lower);
}

function isOrdinary(word: Word, learned: ReadonlySet<string>): boolean {
  const bare = word.lower.replace(/'s?$/, '');
  const plain = word.startsSentence && /^(?:ordinary|adjective)$/.test(englishWord(bare) ?? '');
  return (
    isOrdinaryWord(bare) ||
    demonym.test(bare) ||
    learned.has(bare) ||
    plain ||
    (word.startsSentence && isOrdinaryWord(correctSpelling(bare))) ||
    /^(?:i|i'm|i'd|i've)$/.test(word.lower) ||
    /'(?:re|ll|ve|d|m|t)$/.test(word.lower)
  );
}

function claimRun(unread: Unread, run: readonly Word[]): void {
  const first = run[0];
  const last = run.at(-1);
  if (!first || !last) return;
  const raw = unread.text.slice(first.start, last.end);
  const text = raw.replace(/'s?$/i, '').replace(/[.-]+$/, '');
  if (!/\p{L}/u.test(text)) return;
  const possessive = /'s?$/i.test(raw);
  const end = possessive ? last.end : first.start + text.length;
  unread.take({ type: 'name', text, announced: false, possessive }, first.start, end);
}

/** "The German VAT number": where something is from, and nobody's name. */
const demonym =
  /^(?:german|french|british|dutch|swiss|austrian|italian|spanish|portuguese|polish|danish|swedish|norwegian|finnish|belgian|irish|american|canadian|australian|japanese|european|english|greek|czech|hungarian|indian|brazilian|mexican|chinese)$/;

const reach = 40;

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(
    /&|[\p{L}\p{N}][\p{L}\p{M}\p{N}'&-]*(?:\.(?=\p{L}))?(?:[\p{L}\p{M}\p{N}'&-]*)/gu,
  )) {
    const end = match.index + match[0].length;
    // "eu_vat" is a code, and no part of it a name.
    if (text[end] === '_' || text[match.index - 1] === '_') continue;
    // Only what stands right before a word matters: looking back further makes long texts slow.
    const before = text.slice(Math.max(0, match.index - reach), match.index);
    const after = text.slice(end, end + reach);
    words.push({
      text: match[0],
      lower: match[0].toLowerCase(),
      previous: /([\p{L}]+) $/u.exec(before)?.[1]?.toLowerCase() ?? '',
      start: match.index,
      end,
      next: /^ ([\p{L}]+)/u.exec(after)?.[1]?.toLowerCase() ?? '',
      startsSentence:
        (match.index <= reach && /^\s*$/.test(before)) ||
        /(?:[.!?:;\n]|,\s*(?:please|then)?)\s*$/i.test(before),
      spaceAfter: /^ (?=[\p{L}\p{N}&])/u.test(after),
      beforeNumber: /^\.? ?[\d\ufffc]/.test(after),
    });
  }
  return words;
}
