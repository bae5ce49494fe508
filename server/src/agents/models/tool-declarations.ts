import { type JSONSchema7, jsonSchema, type ToolSet, tool } from 'ai';
import { z } from 'zod';
import type { Tool } from '../../tools/tool.ts';

/**
 * Tools as a model sees them. They have no `execute`: a model proposes, the run executes. Inputs are not validated here
 * either, so that a call keeps what the model wrote; see `tool-calls.ts`.
 */
export function declareTools(tools: readonly Tool[]): ToolSet {
  return Object.fromEntries(tools.map((each) => [each.name, declare(each)]));
}

function declare({ description, title, input, words, effect }: Tool): ToolSet[string] {
  const { action, object } = words;
  const synonyms = [...(words.synonyms ?? [])];
  return tool({
    description,
    inputSchema: jsonSchema(inputSchema(input)),
    providerOptions: { builtin: { action, object, synonyms, effect, title } },
  });
}

const known = new WeakMap<z.ZodType, JSONSchema7>();

/** What may be written, not what comes out of parsing it. Made once for each tool: a turn declares dozens. */
export function inputSchema(input: z.ZodType): JSONSchema7 {
  const made = known.get(input);
  if (made !== undefined) return made;
  const { $schema, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  known.set(input, schema as JSONSchema7);
  return schema as JSONSchema7;
}
