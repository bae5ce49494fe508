import { countryIn } from '../../entities/countries.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { Token } from '../../meaning/tokens.ts';
import { baseForm } from '../../normalise/vocabulary.ts';
import type { ToolSpec } from '../../toolbox.ts';
import type { World } from '../act.ts';
import { idPrefix, known } from './known.ts';
import { codeIn, identifying, isText, plainValue, takesText } from './plain.ts';
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
    if (input[name] === undefined) put(name, nested(name, schema, said, request, world, input));
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

/** An input for ids takes a name or a number only where it says so. */
function fitsIdInput(value: string, schema: JsonObject): boolean {
  const description = String(schema.description ?? '');
  if (/\b(?:names?|type it|address)\b/.test(description)) return true;
  if (/\bnumber\b/.test(description)) return /\d/.test(value);
  return value.startsWith(idPrefix(schema) ?? '');
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
  outer: Filled,
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
  // What the tool takes by itself already says nothing of a further entry.
  if (Object.entries(group).every(([field, found]) => outer[field] === found)) return undefined;
  return list ? [group] : group;
}

function mentions(text: string, field: string): boolean {
  return text.toLowerCase().includes(field.replaceAll('_', ' '));
}
