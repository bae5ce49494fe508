/** What an MCP server says it offers, cut down to what may be shown to a model. Every word of it is a claim. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Json } from '../../tools/tool.ts';

const offered = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** JSON schema of its arguments, pruned. */
  schema: z.record(z.string(), z.json()),
  claims: z.object({ readsOnly: z.boolean(), destroys: z.boolean() }),
});
export type OfferedTool = z.infer<typeof offered>;

export const offerSchema = z.object({
  server: z.object({ name: z.string(), version: z.string() }),
  tools: z.array(offered),
  /** Names of those that are left out. */
  leftOut: z.array(z.string()),
});
export type Offer = z.infer<typeof offerSchema>;

const mostTools = 100;
const mostPages = 10;
const longestDescription = 1_000;
const largestSchema = 20_000;
const deepest = 6;

/** Asks for its tools, a page at a time and not for ever. */
export async function offerOf(client: Client): Promise<Offer> {
  const tools: OfferedTool[] = [];
  const leftOut: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor });
    for (const each of answer.tools) {
      const tool = read(each);
      const isNew = tool && tools.length < mostTools && !tools.some(({ name }) => name === tool.name);
      if (isNew) tools.push(tool);
      else leftOut.push(each.name.slice(0, 80));
    }
    cursor = answer.nextCursor;
    if (cursor === undefined || tools.length >= mostTools) break;
  }
  const { name = 'unnamed', version = '' } = client.getServerVersion() ?? {};
  const server = { name: plain(name).slice(0, 80), version: plain(version).slice(0, 40) };
  return cleanForeignStrings({ server, tools, leftOut: leftOut.slice(0, 100).map(plain) });
}

type Listed = Awaited<ReturnType<Client['listTools']>>['tools'][number];

function read({ name, title, description = '', inputSchema, annotations }: Listed): OfferedTool | null {
  if (!/^[A-Za-z0-9_.-]{1,50}$/.test(name)) return null;
  const schema = prunedSchema(inputSchema as Json);
  if (JSON.stringify(schema).length > largestSchema) return null;
  return {
    name,
    title: plain(annotations?.title ?? title ?? name).slice(0, 80) || name,
    description: plain(description).slice(0, longestDescription),
    schema,
    // What says nothing of itself may do the worst.
    claims: {
      readsOnly: annotations?.readOnlyHint === true,
      destroys: annotations?.readOnlyHint !== true && annotations?.destructiveHint !== false,
    },
  };
}

/** On one line, without what could pass for a tag of ours or turn the reading direction. */
const plain = (text: string): string =>
  text
    .replace(/[\p{C}<>]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const kept = new Set([
  'type',
  'description',
  'enum',
  'const',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
]);
const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/**
 * A JSON schema without references, patterns and formats: a hostile one cannot keep us busy, and what it no longer
 * says the server checks itself.
 */
export function prunedSchema(schema: Json): { [key: string]: Json } {
  const pruned = prune(schema, 0);
  return pruned.type === 'object' ? pruned : { type: 'object', properties: {} };
}

function prune(schema: Json, depth: number): { [key: string]: Json } {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > deepest) return {};
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!kept.has(key)) continue;
    if (key === 'description') result.description = plain(String(value)).slice(0, 300);
    else if (key !== 'type' || isType(value)) result[key] = value;
  }
  const { properties, items, required, anyOf, oneOf } = schema;
  if (isObject(properties)) {
    const entries = Object.entries(properties).slice(0, 60);
    result.properties = Object.fromEntries(
      entries.map(([name, each]) => [name.slice(0, 80), prune(each, depth + 1)]),
    );
    const names = new Set(entries.map(([name]) => name));
    if (Array.isArray(required)) result.required = required.filter((name) => names.has(String(name)));
  }
  if (items !== undefined) result.items = prune(items, depth + 1);
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined;
  if (choices) result.anyOf = choices.slice(0, 10).map((each) => prune(each, depth + 1));
  return result;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isType = (value: Json): boolean =>
  (Array.isArray(value) ? value : [value]).every((each) => typeof each === 'string' && types.has(each));
