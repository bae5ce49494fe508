/**
 * The provenance guard: whatever a model made of it, each id, address, link and amount in a write has to come from the
 * person's words, the agent's instructions or task, or a field of facts in an earlier result; and the person has to
 * have asked for such a change, of whom it touches. What cannot be traced is not refused but put before a person, with
 * the reason.
 */
import type { Money } from '@purser/money';
import { toDecimal } from '@purser/money';
import type { Json, Preview, Tool } from '../../tools/tool.ts';
import { asksFor } from './intent.ts';
import {
  emailPattern,
  idPattern,
  normalDecimal,
  type Origin,
  type ReadValues,
  readValues,
  urlPattern,
} from './sources.ts';
import { mentions } from './words.ts';

export type { Origin } from './sources.ts';

/** Every number a text names, in digits or words, as decimals: `5k` is `5000`. */
export type ReadNumbers = (text: string) => readonly string[];

export interface Questioned {
  readonly tool: Pick<Tool, 'effect' | 'words' | 'title'>;
  readonly input: Json;
  readonly preview: Preview;
  /** What the plan says that moves, where the caller chose the amount; null otherwise. */
  readonly chosenAmount: Money | null;
  readonly origin: Origin;
  readonly readNumbers: ReadNumbers;
}

const amountKey = /(^|_)(amount|price|amount_off|balance|credit|minimum|maximum|total)s?$/;
const referenceKey =
  /^(customer|product|price|subscription|invoice|charge|payment_intent|payment_method|dispute|coupon|promotion_code|quote|recipient|to|payout|from_customer|plan)s?$/;
const snippetLength = 160;

/** Why a person should look, in plain words; empty when everything can be traced. */
export function questionable(write: Questioned): string[] {
  const { origin, tool, input } = write;
  const read = readValues(origin.results);
  const people = [...origin.now, ...origin.before, ...origin.standing].join('\n');
  const said = new Set(namedValues(people.toLowerCase()));
  const reasons: string[] = [];
  if (!asksFor(tool, [...origin.now, ...origin.standing]))
    reasons.push(
      `Nothing in the message asks for this, as far as Purser can read it: ${tool.title.toLowerCase()}.`,
    );
  for (const { key, text } of stringsOf(input)) {
    for (const value of namedValues(text)) {
      if (said.has(value.toLowerCase()) || read.facts.has(value.toLowerCase())) continue;
      reasons.push(untraced(value, read));
    }
    if (referenceKey.test(key) && namedValues(text).length === 0 && !mentions(people, text))
      reasons.push(`Nobody spoke of "${cut(text)}".`);
  }
  const amounts = amountReasons(write, read);
  const others = tool.effect === 'write' ? [] : otherPerson(write, read);
  return [...new Set([...reasons, ...amounts, ...others])].slice(0, 5);
}

/** All texts in an input, with the key they stand under; items of a list stand under its key. */
function stringsOf(input: Json, key = ''): { key: string; text: string }[] {
  if (typeof input === 'string') return [{ key, text: input }];
  if (Array.isArray(input)) return input.flatMap((item) => stringsOf(item, key));
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, item]) => stringsOf(item, name));
}

function namedValues(text: string): string[] {
  const found = [idPattern, emailPattern, urlPattern].flatMap((pattern) => text.match(pattern) ?? []);
  return found.map((value) => value.replace(/[.,;:!?]+$/, ''));
}

function untraced(value: string, { typed }: ReadValues): string {
  const where = typed.find((text) => text.toLowerCase().includes(value.toLowerCase()));
  if (where === undefined) return `"${cut(value)}" comes from nothing that was said or looked up here.`;
  return `"${cut(value)}" stands only in a text that somebody else wrote: “${cut(where)}”`;
}

function amountReasons(write: Questioned, read: ReadValues): string[] {
  const { origin, input, chosenAmount, readNumbers } = write;
  const numbers = (texts: readonly string[]) => texts.flatMap((text) => readNumbers(text)).map(normalDecimal);
  const now = new Set(numbers(origin.now));
  const said = new Set([...now, ...numbers(origin.before), ...numbers(origin.standing)]);
  const parts = shares(origin.now.join('\n'), numbers(origin.now));
  const derived = new Set(
    [...read.amounts, ...said].flatMap((amount) => parts.map((part) => shareOf(amount, part))),
  );
  const reasons: string[] = [];
  for (const { key, text } of stringsOf(input)) {
    if (!amountKey.test(key) || !/^\d+(\.\d+)?$/.test(text)) continue;
    const amount = normalDecimal(text);
    if (amount === '0' || said.has(amount) || read.amounts.has(amount) || derived.has(amount)) continue;
    reasons.push(`The amount ${amount} was neither named nor looked up here.`);
  }
  if (chosenAmount) {
    const amount = normalDecimal(toDecimal(chosenAmount));
    const message = origin.now.join('\n');
    if (now.has(amount) || derived.has(amount)) return reasons;
    if (namesMoney(message)) reasons.push(`The message names another amount than ${amount}.`);
    else if (namesPart(message))
      reasons.push(`The message speaks of a part, and nothing shows that ${amount} is that part.`);
  }
  return reasons;
}

/** Whether a text names a sum of money, and not only some number. */
function namesMoney(text: string): boolean {
  return /[$€£¥₹]\s?\d|\d\s?(?:[€£$¥]|usd|eur|gbp|jpy|chf|dollars?|bucks?|euros?|pounds?|yen|cents?)\b/i.test(
    text,
  );
}

/** Whether a text wants only some of a whole: half of a payment is not all of it. A third payment is no part of one. */
function namesPart(text: string): boolean {
  return /\bhal(?:f|ves?)\b|hälfte|moitié|mitad|\d ?(?:%|per ?cent|prozent|pct)|\b(?:a|one|two|three) (?:third|quarter)s?\b|\bpart of\b|\bpartial/i.test(
    text,
  );
}

/** Shares of a whole that a text speaks of, as [numerator, denominator]. */
function shares(text: string, numbers: readonly string[]): [bigint, bigint][] {
  const found: [bigint, bigint][] = [];
  if (/\bhalf|halv|\b50 ?%|hälfte|moitié|mitad/i.test(text)) found.push([1n, 2n]);
  if (/\bthird/i.test(text)) found.push([1n, 3n], [2n, 3n]);
  if (/\bquarter/i.test(text)) found.push([1n, 4n], [3n, 4n]);
  if (/%|percent|per cent|prozent|pct/i.test(text)) {
    for (const number of numbers) {
      const [whole = '', fraction = ''] = number.split('.');
      if (whole.length + fraction.length > 12) continue;
      const part = BigInt(whole + fraction);
      const all = 100n * 10n ** BigInt(fraction.length);
      if (part <= all) found.push([part, all], [all - part, all]);
    }
  }
  return found;
}

/** A share of a decimal amount, rounded to its own places (two at least), as code rounds money. */
function shareOf(amount: string, [numerator, denominator]: [bigint, bigint]): string {
  const [whole = '0', fraction = ''] = amount.split('.');
  const places = amount.includes('.') ? Math.max(2, fraction.length) : 2;
  const minor = BigInt(whole + fraction.padEnd(places, '0'));
  const rounded = (2n * minor * numerator + denominator) / (2n * denominator);
  const digits = rounded.toString().padStart(places + 1, '0');
  return normalDecimal(`${digits.slice(0, -places)}.${digits.slice(-places)}`);
}

/** The person named somebody, and this is for somebody else. */
function otherPerson({ origin, preview }: Questioned, { people }: ReadValues): string[] {
  const now = origin.now.join('\n');
  const named = people.filter(
    ({ id, called }) => now.includes(id) || called.some((name) => isCalled(now, name)),
  );
  if (named.length === 0) return [];
  const shown = [preview.summary, ...preview.facts.map(({ value }) => value)].join('\n').toLowerCase();
  const isTouched = named.some(
    ({ id, called }) =>
      preview.objects.some((object) => object.id === id) ||
      shown.includes(id.toLowerCase()) ||
      called.some((name) => shown.includes(name.toLowerCase())),
  );
  if (isTouched) return [];
  const who = named[0]?.called[0] ?? named[0]?.id ?? '';
  return [`The message speaks of ${cut(who)}, and this is for somebody else.`];
}

/** The whole name or the whole address stands in the text; part of a name may be anybody's. */
function isCalled(text: string, name: string): boolean {
  return name.length >= 3 && text.toLowerCase().includes(name.toLowerCase());
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= snippetLength ? line : `${line.slice(0, snippetLength)}…`;
}
