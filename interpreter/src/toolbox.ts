import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { stemOf } from './normalise/stem.ts';
import { canonicalAction } from './normalise/vocabulary.ts';
import { type Places, placesOf } from './places.ts';

/** A tool as this model sees it: its name, its words, its inputs. */
export interface ToolSpec {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly action: string;
  /** The action in the tool's own word: `pause`, `write_off`. */
  readonly verb: string;
  readonly object: string;
  readonly synonyms: readonly string[];
  readonly effect: string;
  /** JSON schemas by property. */
  readonly properties: ReadonlyMap<string, JsonObject>;
  readonly required: readonly string[];
}

/** A phrase of a tool: what it is done to, its verb, one of the ways it goes, or what else people call it. In stems. */
export interface ToolPhrase {
  readonly tool: ToolSpec;
  readonly role: 'object' | 'action' | 'choice' | 'synonym';
  readonly stems: readonly string[];
  /** Its first word as written: "credits" is no verb, "credit" may be one. */
  readonly opens: string;
}

/** The tools on offer, by name and by what they do. */
export interface Toolbox {
  readonly tools: readonly ToolSpec[];
  /** Every phrase by which the tools are called, by the stem it opens with. */
  readonly phrases: ReadonlyMap<string, readonly ToolPhrase[]>;
  /** Every word the tools use of themselves, lower case: none of them is a slip or a name. */
  readonly words: ReadonlySet<string>;
  /** Where tools reach beside the account, by what it is called. */
  readonly places: Places;
  named(name: string): ToolSpec | undefined;
  /** The tools for an action on an object, in the order given. */
  doing(action: string, object: string): ToolSpec[];
}

/** The toolbox read last: the tools of a conversation are the same from step to step. */
let latest: { declared: string; toolbox: Toolbox } | undefined;

/** Reads tool declarations. Tools without words of their own are read from their names: `create_customer`. */
export function readToolbox(declared: LanguageModelV4CallOptions['tools']): Toolbox {
  const written = JSON.stringify(declared ?? []);
  if (latest?.declared !== written) latest = { declared: written, toolbox: toolboxOf(declared) };
  return latest.toolbox;
}

function toolboxOf(declared: LanguageModelV4CallOptions['tools']): Toolbox {
  const tools: ToolSpec[] = [];
  for (const tool of declared ?? []) {
    if (tool.type === 'function') tools.push(readTool(tool));
  }
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return {
    tools,
    phrases: Map.groupBy(tools.flatMap(phrasesOf), ({ stems }) => stems[0] ?? ''),
    words: new Set(tools.flatMap(wordsOf)),
    places: placesOf(tools),
    named: (name) => byName.get(name),
    doing: (action, object) => tools.filter((tool) => tool.action === action && tool.object === object),
  };
}

function phrasesOf(tool: ToolSpec): ToolPhrase[] {
  const phrase = (role: ToolPhrase['role'], words: string): ToolPhrase => {
    const said = words
      .toLowerCase()
      .split(' ')
      .filter((word) => !/^(?:an?|the)$/.test(word));
    return { tool, role, stems: said.map(stemOf), opens: said[0] ?? '' };
  };
  return [
    phrase('object', tool.object.replaceAll('_', ' ')),
    phrase('action', tool.verb),
    ...choicesOf(tool).map((words) => phrase('choice', words)),
    ...tool.synonyms.map((words) => phrase('synonym', words)),
  ];
}

/** A tool that does one thing or its opposite names both in an input of its own: add or remove, credit or debit. */
function choicesOf({ properties }: ToolSpec): string[] {
  const options = ['action', 'direction'].map((name) => properties.get(name)?.enum).find(Array.isArray);
  return (options ?? []).filter((option): option is string => typeof option === 'string');
}

function wordsOf({ action, verb, object, synonyms }: ToolSpec): string[] {
  const words = [action, verb, object.replaceAll('_', ' '), ...synonyms]
    .join(' ')
    .toLowerCase()
    .split(/[ -]/);
  return words.flatMap((word) => [word, `${word}s`]);
}

type DeclaredTool = Extract<NonNullable<LanguageModelV4CallOptions['tools']>[number], { type: 'function' }>;

function readTool(tool: DeclaredTool): ToolSpec {
  const schema = tool.inputSchema as unknown as Json;
  const words = (tool.providerOptions?.builtin ?? {}) as JsonObject;
  const [verb = '', ...rest] = tool.name.split('_');
  return {
    name: tool.name,
    title: textAt(words, 'title') ?? tool.name.replaceAll('_', ' '),
    description: tool.description ?? '',
    action: canonicalAction(textAt(words, 'action') ?? verb),
    verb: (textAt(words, 'action') ?? verb).replaceAll('_', ' ').toLowerCase(),
    object: textAt(words, 'object') ?? rest.join('_').replace(/s$/, ''),
    synonyms: synonymsOf(words),
    effect: textAt(words, 'effect') ?? 'write',
    properties: propertiesOf(schema),
    required: requiredOf(schema),
  };
}

function synonymsOf(words: JsonObject): string[] {
  const given = words.synonyms;
  return Array.isArray(given) ? given.filter((word): word is string => typeof word === 'string') : [];
}

function propertiesOf(schema: Json): Map<string, JsonObject> {
  const properties = isJsonObject(schema) && isJsonObject(schema.properties) ? schema.properties : {};
  const found = new Map<string, JsonObject>();
  for (const [name, property] of Object.entries(properties)) {
    if (isJsonObject(property)) found.set(name, property);
  }
  return found;
}

function requiredOf(schema: Json): string[] {
  if (!isJsonObject(schema) || !Array.isArray(schema.required)) return [];
  return schema.required.filter((name): name is string => typeof name === 'string');
}

/** True for an input that is a day or a moment, by its name. */
export function isMoment(name: string): boolean {
  return /(?:_at|_by|_date)$|^(?:starts?|at|until)$/.test(name);
}
