import type { ModelMessage } from 'ai';
import type { z } from 'zod';
import { cleanOwnWords } from '../../secrets/clean.ts';
import type { Json, Tool } from '../../tools/tool.ts';
import type { ModelCall } from './types.ts';

/** A call that could not be read, by its place among the calls of the answer. */
export type UnreadInputs = ReadonlyMap<number, string>;

export interface ReadCalls {
  readonly messages: ModelMessage[];
  readonly calls: ModelCall[];
}

/**
 * Takes the tool calls out of an answer and repairs, in messages and calls alike, what would break the conversation
 * later: ids that are missing, used before or unacceptable to another provider, names no provider accepts, and inputs
 * that are not objects. A call that must not be executed says why in `invalid`.
 */
export async function readCalls(
  answer: readonly ModelMessage[],
  context: {
    tools: readonly Tool[];
    alsoCallable?: readonly Tool[];
    earlier: readonly ModelMessage[];
    unread: UnreadInputs;
  },
): Promise<ReadCalls> {
  const taken = idsIn(context.earlier);
  const calls: ModelCall[] = [];
  const messages: ModelMessage[] = [];
  for (const message of answer) {
    if (message.role !== 'assistant') continue;
    if (typeof message.content === 'string') {
      messages.push({ ...message, content: cleanOwnWords(message.content) });
      continue;
    }
    const content = [];
    for (const part of message.content) {
      if (part.type !== 'tool-call') {
        content.push(part.type === 'text' ? { ...part, text: cleanOwnWords(part.text) } : part);
        continue;
      }
      const id = freeId(part.toolCallId, taken);
      const name = acceptableName(part.toolName);
      const read = await readInput(part.toolName, part.input, context.unread.get(calls.length), context);
      calls.push({ id, name, ...read });
      content.push({ ...part, toolCallId: id, toolName: name, input: read.input });
    }
    messages.push({ ...message, content });
  }
  return { messages, calls };
}

type ReadInput = Pick<ModelCall, 'input' | 'invalid'>;

/**
 * What a caller wrote as a tool's arguments, or why the call must not be executed. Card numbers in them are neither kept
 * nor sent on: a model that makes them up is as bad as a program that passes them on.
 */
export async function readInput(
  name: string,
  input: unknown,
  unread: string | undefined,
  { tools, alsoCallable = [] }: { tools: readonly Tool[]; alsoCallable?: readonly Tool[] },
): Promise<ReadInput> {
  const tool = [...tools, ...alsoCallable].find((candidate) => candidate.name === name);
  const written = asObject(input);
  const object = cleanOwnWords(written);
  if (tool === undefined) return { input: object ?? {}, invalid: unknownTool(name, tools) };
  if (unread !== undefined || object === undefined) {
    const wrote = cleanOwnWords(unread ?? JSON.stringify(input) ?? '');
    return {
      input: {},
      invalid: `The arguments of ${name} were not a JSON object: ${shortened(wrote)}. Send them again.`,
    };
  }
  if (JSON.stringify(object) !== JSON.stringify(written))
    return {
      input: object,
      invalid: `There is a card number in the arguments of ${name}; it was not sent. Never pass card numbers on: let the customer enter the card on a Stripe payment page.`,
    };
  const parsed = await tool.input.safeParseAsync(object);
  if (parsed.success) return { input: object };
  const spare = withoutNulls(object);
  if ((await tool.input.safeParseAsync(spare)).success) return { input: spare };
  return {
    input: object,
    invalid: `The arguments of ${name} are not right: ${issuesIn(parsed.error)}. Correct them and call again.`,
  };
}

/** Many models write null for an argument they leave out. */
function withoutNulls(object: { [key: string]: Json }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function asObject(input: unknown): { [key: string]: Json } | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return JSON.parse(JSON.stringify(input));
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name).join(', ');
  return `There is no tool called ${shortened(name)}. ${names === '' ? 'There are no tools.' : `The tools are: ${names}.`}`;
}

function issuesIn(error: z.ZodError): string {
  const shown = error.issues.slice(0, 5).map((issue) => {
    const path = issue.path.map(String).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  return shown.join('; ').replace(/\.$/, '');
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Some servers count their calls anew in each answer (`call_0`), and an id is what makes an operation unique. */
function freeId(given: string, taken: Set<string>): string {
  const base = given.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 56) || 'call';
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
  taken.add(id);
  return id;
}

function acceptableName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'unnamed';
}

function idsIn(messages: readonly ModelMessage[]): Set<string> {
  const ids = new Set<string>();
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const part of content) if (part.type === 'tool-call') ids.add(part.toolCallId);
  }
  return ids;
}
