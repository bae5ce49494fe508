import type { Entity } from '../entities/entity.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import type { Token } from '../meaning/tokens.ts';
import { baseForm } from '../normalise/vocabulary.ts';
import type { ToolSpec } from '../toolbox.ts';
import type { World } from './act.ts';
import { countryIn } from './countries.ts';
import { customerRef, idRef, productRef } from './references.ts';

export type Filled = Record<string, Json>;

/** The inputs of a tool, and what of the request found no place in them. */
export interface Inputs {
  readonly input: Filled;
  /** In the person's words: said, and held by no input. */
  readonly left: string | undefined;
}

/** What is used up while inputs are filled, so that nothing stands in two of them. */
class Said {
  readonly tokens: readonly Token[];
  readonly used = new Set<Token>();
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The first value of a type that nobody took yet. */
  take<Type extends Entity['type']>(
    type: Type,
    fits: (entity: Extract<Entity, { type: Type }>) => boolean = () => true,
  ) {
    for (const token of this.tokens) {
      const { entity } = token;
      if (this.used.has(token) || entity?.type !== type) continue;
      const found = entity as Extract<Entity, { type: Type }>;
      if (!fits(found)) continue;
      this.used.add(token);
      return found;
    }
    return undefined;
  }

  isUsed(text: string | undefined): boolean {
    return [...this.used].some((token) => textOf(token)?.toLowerCase() === text?.toLowerCase());
  }

  use(text: string): void {
    for (const token of this.tokens)
      if (token.entity && textOf(token)?.toLowerCase() === text.toLowerCase()) this.used.add(token);
  }
}

/** Fills the inputs of a tool by their names and schemas from what was said. */
export function fillInputs(tool: ToolSpec, request: Request, world: World): Inputs {
  const said = new Said(request.said ?? []);
  const input: Filled = {};
  const put = (name: string, value: Json | undefined) => {
    if (value !== undefined) input[name] ??= value;
  };
  const names = [...tool.properties.keys()];
  for (const [name, schema] of tool.properties) put(name, labelled(name, schema, said, tool));
  if (tool.properties.has('code') && input.code === undefined) put('code', codeIn(said));
  for (const [name, schema] of tool.properties) put(name, known(name, schema, said, request, world));
  for (const [name, schema] of tool.properties) put(name, plain(name, schema, said, request));
  const texts = names.filter((name) => isText(name, tool.properties.get(name)) && input[name] === undefined);
  const wanted =
    texts.find((name) => tool.required.includes(name)) ?? texts.find((name) => mainText.test(name));
  if (wanted) put(wanted, freeText(said));
  for (const [name, schema] of tool.properties)
    if (input[name] === undefined) put(name, nested(name, schema, said, request, world));
  return { input, left: leftOver(said) };
}

const mainText =
  /^(?:note|text|body|message|comment|memo|description|evidence|summary|label|title|display_name|name)$/;
const identifying =
  /^(?:customer|product|price|amount|currency|email|phone|created|period|limit|count_all|metadata)$/;

/** "code WELCOME", "coupon SPRING10": a value right behind the name of an input is meant for it. */
function labelled(name: string, schema: JsonObject, said: Said, tool: ToolSpec): Json | undefined {
  if (identifying.test(name) || !takesText(schema) || schema.enum) return undefined;
  const words = name.replace(/_id$/, '').split('_');
  const { tokens } = said;
  for (let at = 0; at + words.length < tokens.length; at += 1) {
    const spoken = words.every((word, offset) => tokens[at + offset]?.base === baseForm(word));
    if (!spoken) continue;
    let next = at + words.length;
    while (/^(?::|=|is|of|to|as|named|called|code|id|number|the)$/.test(tokens[next]?.word ?? '')) next += 1;
    const before = tokens[at - 1];
    // "The SPRING10 coupon": a code may stand before its word as well.
    const token = isCode(before) && !isCode(tokens[next]) ? before : tokens[next];
    if (!token || said.used.has(token)) continue;
    if (token.entity?.type === 'id' && token.entity.object !== name) continue;
    const own = tool.object === name || tool.object.endsWith(`_${name}`);
    const value = token.entity ? textOf(token) : /[A-Z\d]/.test(token.text) ? token.text : undefined;
    if (value === undefined || (token.entity?.type === 'name' && token.entity.possessive)) continue;
    if (
      !own &&
      token.entity &&
      /^(?:amount|percent|number|period|interval|days|email)$/.test(token.entity.type)
    )
      continue;
    said.used.add(token);
    return value;
  }
  return undefined;
}

function isCode(token: Token | undefined): boolean {
  const text = token && (token.entity ? textOf(token) : token.text);
  return text !== undefined && /^(?=.*[A-Z\d])[A-Za-z0-9_-]{3,}$/.test(text) && token?.entity?.type !== 'id';
}

/** Whom a call is about: an id, an address, a name that is said to own or to get something, the person spoken of. */
function customerOf(said: Said, request: Request, world: World): string | undefined {
  const id = said.take('id', ({ object }) => object === 'customer')?.id;
  const named =
    id ??
    said.take('email')?.email ??
    said.take('name', ({ possessive }) => possessive)?.text ??
    nameBehind(said, /^(?:for|to|of|from|customer|client|give)$/, request.slots.product?.text) ??
    said.take('name', ({ text }) => text === request.slots.customers?.[0]?.text)?.text;
  return named ?? customerRef({ ...request, slots: { ...request.slots, customers: undefined } }, world);
}

function nameBehind(said: Said, words: RegExp, not: string | undefined): string | undefined {
  const token = said.tokens.find(
    (one, at) =>
      one.entity?.type === 'name' &&
      one.entity.text !== not &&
      !said.used.has(one) &&
      words.test(said.tokens[at - 1]?.word ?? ''),
  );
  if (token?.entity?.type !== 'name') return undefined;
  said.used.add(token);
  return token.entity.text;
}

/** Inputs whose names mean the same in every tool. */
function known(
  name: string,
  schema: JsonObject,
  said: Said,
  request: Request,
  world: World,
): Json | undefined {
  const { slots } = request;
  const text = (value: string | undefined) => {
    if (value !== undefined) said.use(value);
    return value;
  };
  const amount = () => said.take('amount')?.amount;
  switch (name) {
    case 'customer':
      return customerOf(said, request, world);
    case 'product': {
      const product = productRef(request, world);
      return said.isUsed(product) ? undefined : text(product);
    }
    case 'amount':
    case 'amount_off':
    case 'unit_amount':
      return amount()?.decimal;
    case 'currency':
      return slots.amount ? (slots.amount.currency ?? world.setting.currency) : undefined;
    case 'email':
      return text(slots.newEmail ?? slots.customers?.find(({ by }) => by === 'email')?.text);
    case 'phone':
      return said.take('phone')?.phone;
    case 'interval':
      return said.take('interval')?.interval;
    case 'interval_count':
      return slots.intervalCount && slots.intervalCount > 1 ? slots.intervalCount : undefined;
    case 'quantity':
      said.take('number', ({ digits }) => Number(digits) === slots.quantity);
      return slots.quantity;
    case 'trial_days':
      return said.take('days', ({ purpose }) => purpose === 'trial')?.days;
    case 'days_until_due':
      return said.take('days', ({ purpose }) => purpose === 'due')?.days;
    case 'limit':
      said.take('number', ({ digits }) => Number(digits) === slots.limit);
      return slots.limit;
    case 'action':
    case 'direction':
      return Array.isArray(schema.enum)
        ? (optionIn(schema.enum, request.text) ?? oppositeIn(schema.enum, request.text))
        : undefined;
    case 'created':
    case 'period':
      return periodOf(said);
    case 'reason':
      return Array.isArray(schema.enum) ? optionIn(schema.enum, request.text) : slots.reason;
    case 'country':
    case 'jurisdiction':
      return countryIn(request.text)?.code;
    case 'count_all':
      return /\b(?:how many|all|total)\b/i.test(request.text) ? true : undefined;
    default:
      return idFor(name, schema, said, request, world);
  }
}

function periodOf(said: Said): Json | undefined {
  const found = said.take('period')?.period;
  return found && { ...(found.from && { from: found.from }), ...(found.to && { to: found.to }) };
}

/** An id of the kind an input is named after, said or spoken of last. */
function idFor(
  name: string,
  schema: JsonObject,
  said: Said,
  request: Request,
  world: World,
): Json | undefined {
  const kind = name.replace(/_ids?$/, '');
  const prefix = /"([a-z]+(?:_[a-z]+)*_)/.exec(String(schema.description ?? ''))?.[1];
  const fits = (id: string, object: string) =>
    object === kind || (prefix !== undefined && id.startsWith(prefix));
  const named = said.take('id', ({ id, object }) => fits(id, object));
  if (named) return named.id;
  const raw = prefix && said.tokens.find((token) => !said.used.has(token) && token.text.startsWith(prefix));
  if (raw) {
    said.used.add(raw);
    return raw.text;
  }
  const pointed = request.slots.pronoun !== undefined && request.slots.customers === undefined;
  return pointed ? idRef(request, [kind], world)?.id : undefined;
}

/** Percentages, counts, yes and no, options of a list. */
function plain(name: string, schema: JsonObject, said: Said, request: Request): Json | undefined {
  if (identifying.test(name)) return undefined;
  if (Array.isArray(schema.enum)) return optionIn(schema.enum, request.text);
  if (/percent/.test(name)) {
    const percent = said.take('percent')?.percent ?? said.take('number')?.digits;
    return percent === undefined ? undefined : schema.type === 'string' ? percent : Number(percent);
  }
  if (schema.type === 'boolean') return truthIn(name, request.text);
  if (schema.type === 'integer' || schema.type === 'number') return numberNear(name, said);
  if (name === 'type') return /\b[a-z]{2}_[a-z]{2,6}\b/.exec(request.text)?.[0];
  if (name === 'url') return /https?:\/\/[^\s"',]+/.exec(request.text)?.[0];
  return name === 'code' ? codeIn(said) : undefined;
}

/** "Set" and "give" add, "take" and "delete" remove. */
function oppositeIn(options: readonly Json[], text: string): Json | undefined {
  const [first, second] = options;
  if (/\b(?:delete|take|drop|erase|charge|owe[sd]?)\b/i.test(text)) return second;
  return /\b(?:set|give|save|store|put|register|create|enter|new)\b/i.test(text) ? first : undefined;
}

function optionIn(options: readonly Json[], text: string): string | undefined {
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
      /\b(?:deactivate|inactive|archive|disable|switch(?:ed)? off|turn(?:ed)? off|close)\b|\boff\b/.test(
        lower,
      )
    )
      return false;
    return /\b(?:activate|active|enable|switch(?:ed)? on|turn(?:ed)? on)\b|\bon again\b/.test(lower)
      ? true
      : undefined;
  }
  if (word === 'inclusive')
    return /\bexclusive|\bexcluding\b/.test(lower) ? false : /\binclu/.test(lower) ? true : undefined;
  const found = new RegExp(`\\b${word.slice(0, Math.max(4, word.length - 2))}`).exec(lower);
  if (!found || word.length < 4) return undefined;
  return !/\b(?:not|no|without|don't|never)\b[^,.;]{0,20}$/.test(lower.slice(0, found.index));
}

/** A number beside a word of the input's name, or the only one there is. */
function numberNear(name: string, said: Said): number | undefined {
  const words = name.split('_').map(baseForm);
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
function codeIn(said: Said): string | undefined {
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

function isText(name: string, schema: JsonObject | undefined): boolean {
  return schema !== undefined && takesText(schema) && !schema.enum && !identifying.test(name);
}

function takesText(schema: JsonObject): boolean {
  if (schema.type === 'string') return true;
  return (
    Array.isArray(schema.anyOf) &&
    schema.anyOf.some((option) => isJsonObject(option) && option.type === 'string')
  );
}

/** What was quoted, else what was given as a name. */
function freeText(said: Said): string | undefined {
  const quoted = said.take('quoted')?.text;
  return (
    quoted ??
    said.take('name', ({ announced }) => announced)?.text ??
    said.take('name', ({ possessive }) => !possessive)?.text
  );
}

/** One entry of a list, or the fields of a group, filled as the tool itself is. */
function nested(
  name: string,
  schema: JsonObject,
  said: Said,
  request: Request,
  world: World,
): Json | undefined {
  const list = schema.type === 'array';
  const inner = list ? schema.items : schema;
  if (!isJsonObject(inner) || !isJsonObject(inner.properties) || name === 'metadata') return undefined;
  const group: Filled = {};
  for (const [field, value] of Object.entries(inner.properties)) {
    if (!isJsonObject(value)) continue;
    const found = known(field, value, said, request, world) ?? plain(field, value, said, request);
    if (found !== undefined) group[field] = found;
  }
  const texts = Object.entries(inner.properties).filter(
    ([field, value]) => isJsonObject(value) && isText(field, value),
  );
  const spoken = texts.find(([field]) => group[field] === undefined && mentions(request.text, field));
  const text =
    spoken ??
    (Object.keys(group).length === 0
      ? texts.find(([field]) => /uncategorized|text|note/.test(field))
      : undefined);
  const value = text && freeText(said);
  if (text && value !== undefined) group[text[0]] = value;
  if (Object.keys(group).length === 0) return undefined;
  return list ? [group] : group;
}

function mentions(text: string, field: string): boolean {
  return text.toLowerCase().includes(field.replaceAll('_', ' '));
}

/** A value that was said and stands in no input: to do without it would be to guess. */
function leftOver(said: Said): string | undefined {
  const matters = /^(?:amount|percent|number|id|email|phone|quoted|period|interval|days|name|card)$/;
  const token = said.tokens.find((one) => {
    if (!one.entity || said.used.has(one) || !matters.test(one.entity.type)) return false;
    if (one.entity.type === 'name')
      return one.text !== one.text.toLowerCase() && countryIn(one.text) === undefined;
    return !(one.entity.type === 'period' && /^(?:today|now)$/i.test(one.entity.period.words));
  });
  return token?.text;
}

function textOf({ entity }: Token): string | undefined {
  switch (entity?.type) {
    case 'quoted':
    case 'name':
      return entity.text;
    case 'email':
      return entity.email;
    case 'id':
      return entity.id;
    case 'phone':
      return entity.phone;
    case 'number':
      return entity.digits;
    default:
      return undefined;
  }
}
