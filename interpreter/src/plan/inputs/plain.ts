import { taxIdType } from '../../entities/tax-ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { baseForm } from '../../normalise/vocabulary.ts';
import { type Said, textOf } from './said.ts';

/** Inputs that say whom or what a call is about, or how much; they are never filled from loose words. */
export const identifying =
  /^(?:customer|product|price|amount|currency|email|phone|created|period|limit|count_all|metadata)$/;

/** Percentages, counts, yes and no, options of a list. */
export function plainValue(name: string, schema: JsonObject, said: Said, request: Request): Json | undefined {
  if (identifying.test(name)) return undefined;
  if (Array.isArray(schema.enum)) return optionIn(schema.enum, request.text);
  if (/percent/.test(name)) {
    const percent = said.take('percent')?.percent ?? said.take('number')?.digits;
    return percent === undefined ? undefined : schema.type === 'string' ? percent : Number(percent);
  }
  if (schema.type === 'boolean') return truthIn(name, request.text);
  if (schema.type === 'integer' || schema.type === 'number') return numberNear(name, said);
  if (name === 'type')
    return (
      /\b[a-z]{2}_[a-z]{2,6}\b/.exec(request.text)?.[0] ??
      taxIdType(`${request.text} ${said.taxNumber() ?? ''}`)
    );
  if (name === 'display_name')
    return said.tokens.some(({ entity }) => entity?.type === 'quoted')
      ? undefined
      : taxName.exec(request.text)?.[0];
  if (schema.type === 'array') return wordsFor(schema, request.text);
  if (name === 'value' && said.taxNumber()) return said.take('tax_id')?.number;
  if (name === 'url') return said.take('url')?.url;
  if (takesNumber(schema)) return said.take('number')?.digits;
  return name === 'code' || name === 'coupon' ? codeIn(said) : undefined;
}

/** What taxes are called on invoices. */
const taxName = /\b(?:VAT|GST|HST|PST|QST|IVA|TVA|MwSt|[Ss]ales [Tt]ax)\b/;

/** Words of the text that a list takes by the shape of its items: event types such as `invoice.paid`. */
function wordsFor(schema: JsonObject, text: string): Json | undefined {
  const { items } = schema;
  if (!isJsonObject(items) || typeof items.pattern !== 'string') return undefined;
  const shape = new RegExp(items.pattern);
  const found = (text.match(/(?<![\w@/.])[a-z_]+(?:\.[a-z_*]+)+(?![\w@/])/g) ?? []).filter((word) =>
    shape.test(word),
  );
  return found.length > 0 ? found : undefined;
}

/** A text that can only be a number: how much was used, as a decimal. */
function takesNumber(schema: JsonObject): boolean {
  if (schema.type !== 'string' || typeof schema.pattern !== 'string') return false;
  const pattern = new RegExp(schema.pattern);
  return pattern.test('120') && !pattern.test('a') && !pattern.test('usd');
}

/** "Set" and "give" add, "take" and "delete" remove. */
export function oppositeIn(options: readonly Json[], text: string): Json | undefined {
  const [first, second] = options;
  if (/\b(?:delete|take|drop|erase|charge|owe[sd]?)\b/i.test(text)) return second;
  return /\b(?:set|give|save|store|put|register|create|enter|new)\b/i.test(text) ? first : undefined;
}

/** The option of a list that was said, in any form of its words. */
export function optionIn(options: readonly Json[], text: string): string | undefined {
  const lower = ` ${text.toLowerCase().replace(/[^\p{L}\d]+/gu, ' ')} `;
  const stems = lower.replace(/(?:ing|ed|es|s) /g, ' ');
  return options
    .filter((option): option is string => typeof option === 'string')
    .sort((a, b) => b.length - a.length)
    .find((option) => {
      const words = option.toLowerCase().replaceAll('_', ' ');
      return lower.includes(` ${words} `) || stems.includes(` ${words.replace(/(?:ing|ed|es|s)$/, '')} `);
    });
}

/** "exclusive" says that `inclusive` is false, "switch off" that `active` is. Undefined where nothing is said. */
function truthIn(name: string, text: string): boolean | undefined {
  const lower = text.toLowerCase();
  const word = name.split('_')[0] ?? name;
  if (word === 'active') {
    if (
      /\b(?:deactivate|inactive|archive|disable|switch(?:ed)? off|turn(?:ed)? off|close|stop|end|kill)\b|\boff\b/.test(
        lower,
      )
    )
      return false;
    return /\b(?:activate|reactivate|active|enable|switch(?:ed)? on|turn(?:ed)? on)\b|\bon again\b|\bback on\b/.test(
      lower,
    )
      ? true
      : undefined;
  }
  if (word === 'inclusive')
    return /\bexclusive|\bexcluding\b|\bon top\b|\badded\b/.test(lower)
      ? false
      : /\binclu/.test(lower)
        ? true
        : undefined;
  const found = new RegExp(`\\b${word.slice(0, Math.max(4, word.length - 2))}`).exec(lower);
  if (!found || word.length < 4) return undefined;
  return !/\b(?:not|no|without|don't|never)\b[^,.;]{0,20}$/.test(lower.slice(0, found.index));
}

/** How else people say how often a code works. */
const redeeming = ['redeemed', 'redeem', 'times', 'time', 'use', 'uses', 'used', 'redemption'];

/** A number beside a word of the input's name, or the only one there is. */
function numberNear(name: string, said: Said): number | undefined {
  const words = [...name.split('_').map(baseForm), ...(name === 'max_redemptions' ? redeeming : [])];
  const numbers = said.tokens.filter((token) => token.entity?.type === 'number' && !said.used.has(token));
  const near = numbers.find((token) => {
    const at = said.tokens.indexOf(token);
    return said.tokens.slice(Math.max(0, at - 3), at + 3).some(({ base }) => words.includes(base));
  });
  const found = near ?? (name === 'count' && numbers.length === 1 ? numbers[0] : undefined);
  if (found?.entity?.type !== 'number') return undefined;
  said.used.add(found);
  return Number(found.entity.digits);
}

/** A word in capitals or with digits that nothing else claims: `WELCOME`, `SPRING10`. */
export function codeIn(said: Said): string | undefined {
  const token = said.tokens.find(
    (one) =>
      !said.used.has(one) &&
      (one.entity === undefined || /^(?:name|quoted)$/.test(one.entity.type)) &&
      /^[A-Z][A-Z0-9_-]{2,}$/.test(textOf(one) ?? one.text),
  );
  if (!token) return undefined;
  said.used.add(token);
  return textOf(token) ?? token.text;
}

export function takesText(schema: JsonObject): boolean {
  if (schema.type === 'string') return true;
  return (
    Array.isArray(schema.anyOf) &&
    schema.anyOf.some((option) => isJsonObject(option) && option.type === 'string')
  );
}

/** True for an input that may hold words of the person's own. */
export function isText(name: string, schema: JsonObject | undefined): boolean {
  return schema !== undefined && takesText(schema) && !schema.enum && !identifying.test(name);
}
