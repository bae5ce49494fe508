import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { Token } from '../../meaning/tokens.ts';
import { baseForm } from '../../normalise/vocabulary.ts';
import { isMoment, type ToolSpec } from '../../toolbox.ts';
import type { World } from '../act.ts';
import { countryIn } from '../countries.ts';
import { customerRef, idRef, productRef } from '../references.ts';
import { codeIn, identifying, isText, oppositeIn, optionIn, plainValue, takesText } from './plain.ts';
import { type Filled, Said, textOf } from './said.ts';

/** The inputs of a tool, and what of the request found no place in them. */
export interface Inputs {
  readonly input: Filled;
  /** In the person's words: said, and held by no input. */
  readonly left: string | undefined;
}

/** What was found in the account for an input, and the words by which it was said. */
export interface Found {
  readonly value: Json;
  readonly words: string;
}

/**
 * Fills the inputs of a tool by their names and schemas from what was said.
 * @param found what is known already, by input.
 */
export function fillInputs(
  tool: ToolSpec,
  request: Request,
  world: World,
  found: ReadonlyMap<string, Found> = new Map(),
): Inputs {
  const said = new Said(request.said ?? []);
  const input: Filled = {};
  for (const [name, { value, words }] of found) {
    input[name] = value;
    said.use(words);
  }
  const put = (name: string, value: Json | undefined) => {
    if (value !== undefined) input[name] ??= value;
  };
  const names = [...tool.properties.keys()];
  for (const [name, schema] of tool.properties)
    if (input[name] === undefined) put(name, labelled(name, schema, said, tool));
  if (tool.properties.has('code') && input.code === undefined) put('code', codeIn(said));
  for (const [name, schema] of tool.properties)
    if (input[name] === undefined) put(name, known(name, schema, said, request, world));
  // The currency belongs to the sum, wherever a tool puts it.
  const currency = tool.properties.get('currency');
  if (currency) put('currency', known('currency', currency, said, request, world));
  for (const [name, schema] of tool.properties)
    if (input[name] === undefined) put(name, plainValue(name, schema, said, request));
  const texts = names.filter((name) => isText(name, tool.properties.get(name)) && input[name] === undefined);
  const wanted =
    texts.find((name) => tool.required.includes(name)) ?? texts.find((name) => mainText.test(name));
  if (wanted) put(wanted, freeText(said));
  for (const [name, schema] of tool.properties)
    if (input[name] === undefined) put(name, nested(name, schema, said, request, world));
  return { input, left: said.leftOver() };
}

const mainText =
  /^(?:note|text|body|message|comment|memo|description|evidence|summary|label|title|display_name|name)$/;

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
    if (idPrefix(schema) && !fitsIdInput(value, schema)) continue;
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
    (request.slots.product
      ? said.take('name', ({ text }) => text === request.slots.customers?.[0]?.text)?.text
      : undefined) ??
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
      return said.takeSum()?.decimal;
    case 'currency':
      return said.sum && (said.sum.currency ?? world.setting.currency);
    case 'description':
      return (
        text(slots.description) ??
        (said.sum && /^With amount\b/.test(String(schema.description ?? '')) ? 'Payment' : undefined)
      );
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
      return Array.isArray(schema.enum)
        ? (optionIn(schema.enum, request.text) ?? schema.enum.find((option) => option === slots.reason))
        : slots.reason;
    case 'country':
    case 'jurisdiction':
      return countryIn(request.text)?.code;
    case 'count_all':
      return /\b(?:how many|all|total)\b/i.test(request.text) ? true : undefined;
    default:
      if (/_email$/.test(name)) return said.take('email')?.email;
      if (isMoment(name)) return momentOf(said, world);
      return idFor(name, schema, said, request, world);
  }
}

/** The day that was said, as one that is still to come. */
function momentOf(said: Said, world: World): string | undefined {
  const found = said.take('period', ({ period }) => !/^(?:today|now)$/i.test(period.words))?.period;
  const day = found?.from ?? found?.to;
  if (day === undefined || day >= world.setting.today) return day;
  // A date without a year was read as the latest such day.
  const next = `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;
  return next >= world.setting.today ? next : undefined;
}

function periodOf(said: Said): Json | undefined {
  const found = said.take('period')?.period;
  return found && { ...(found.from && { from: found.from }), ...(found.to && { to: found.to }) };
}

/** The prefix of the ids an input takes, as its description writes it: `("qt_…")`. */
export function idPrefix(schema: JsonObject): string | undefined {
  return /"([a-z]+(?:_[a-z]+)*_)…"/.exec(String(schema.description ?? ''))?.[1];
}

/** An input for ids takes a name or a number only where it says so. */
function fitsIdInput(value: string, schema: JsonObject): boolean {
  const description = String(schema.description ?? '');
  if (/\b(?:names?|type it|address)\b/.test(description)) return true;
  if (/\bnumber\b/.test(description)) return /\d/.test(value);
  return value.startsWith(idPrefix(schema) ?? '');
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
  const prefix = idPrefix(schema);
  const fits = (id: string, object: string) =>
    object === kind || (prefix !== undefined && id.startsWith(prefix));
  const named = said.take('id', ({ id, object }) => fits(id, object));
  if (named) return named.id;
  const raw = prefix && said.tokens.find((token) => !said.used.has(token) && token.text.startsWith(prefix));
  if (raw) {
    said.used.add(raw);
    return raw.text;
  }
  const newest = world.focus.newestOfAll()?.object === kind;
  const pointed = request.slots.pronoun !== undefined && (newest || request.slots.customers === undefined);
  if (pointed && newest) return world.focus.id(kind);
  return pointed ? idRef(request, [kind], world)?.id : undefined;
}

/** What was quoted, else what was given as a name. */
function freeText(said: Said): string | undefined {
  const quoted = said.take('quoted')?.text;
  return (
    quoted ??
    said.take('name', ({ announced }) => announced)?.text ??
    said.take(
      'name',
      ({ possessive, text }) => !possessive && text !== text.toLowerCase() && countryIn(text) === undefined,
    )?.text
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
    const found = known(field, value, said, request, world) ?? plainValue(field, value, said, request);
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
