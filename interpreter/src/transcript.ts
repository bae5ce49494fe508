import type { LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider';
import { isJsonObject, type Json, type JsonObject, textAt } from './json.ts';

/** A tool call that was made, and what came back, if anything did yet. */
export interface PastCall {
  readonly id: string;
  readonly tool: string;
  readonly input: JsonObject;
  readonly result?: CallResult;
}

/** What came back from a tool. */
export type CallResult =
  | { readonly status: 'ok'; readonly value: JsonObject }
  | { readonly status: 'error'; readonly error: ToolFailure }
  | { readonly status: 'denied'; readonly reason?: string };

/** A tool's error as the tools word it; `details` holds everything else it said. */
export interface ToolFailure {
  readonly code: string;
  readonly message: string;
  readonly next?: string;
  readonly details: JsonObject;
}

/** One thing a person said, and all that followed it until they spoke again. */
export interface Turn {
  readonly text: string;
  readonly calls: readonly PastCall[];
  /** What the assistant wrote, joined. Empty while the turn is under way. */
  readonly answer: string;
}

/** A prompt, read once: what is known before anyone speaks, and the turns in order. */
export interface Transcript {
  readonly system: string;
  readonly turns: readonly Turn[];
}

interface OpenTurn {
  text: string;
  calls: { id: string; tool: string; input: JsonObject; result?: CallResult }[];
  answer: string;
}

/** Reads a language-model prompt. Text of a person only ever comes from user messages. */
export function readTranscript(prompt: LanguageModelV4Prompt): Transcript {
  const system: string[] = [];
  const turns: OpenTurn[] = [];
  for (const message of prompt) {
    if (message.role === 'system') {
      system.push(message.content);
    } else if (message.role === 'user') {
      addUserText(turns, message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'));
    } else {
      addReply(turns, message);
    }
  }
  return { system: system.join('\n'), turns };
}

function addUserText(turns: OpenTurn[], text: string): void {
  const last = turns.at(-1);
  // Two user messages in a row are one request said in two breaths.
  if (last && last.calls.length === 0 && last.answer === '') last.text = `${last.text}\n${text}`;
  else turns.push({ text, calls: [], answer: '' });
}

function addReply(
  turns: OpenTurn[],
  message: Extract<LanguageModelV4Prompt[number], { role: 'assistant' | 'tool' }>,
): void {
  const turn = turns.at(-1);
  if (!turn) return;
  for (const part of message.content) {
    if (part.type === 'text') turn.answer = turn.answer ? `${turn.answer}\n${part.text}` : part.text;
    else if (part.type === 'tool-call') {
      turn.calls.push({ id: part.toolCallId, tool: part.toolName, input: parsedInput(part.input) });
    } else if (part.type === 'tool-result') {
      const call = turn.calls.find((made) => made.id === part.toolCallId);
      if (call) call.result = readResult(part.output);
    }
  }
}

function parsedInput(input: unknown): JsonObject {
  if (isJsonObject(input)) return input;
  if (typeof input !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(input);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function readResult(output: LanguageModelV4ToolResultPart['output']): CallResult {
  switch (output.type) {
    case 'json':
      return fromJson(output.value as Json);
    case 'error-json':
      return { status: 'error', error: readFailure(output.value as Json) };
    case 'error-text':
      return { status: 'error', error: { code: 'failed', message: output.value, details: {} } };
    case 'execution-denied':
      return { status: 'denied', reason: output.reason };
    case 'text':
      return fromText(output.value);
    default:
      return {
        status: 'error',
        error: { code: 'failed', message: 'The tool gave no readable answer.', details: {} },
      };
  }
}

function fromText(text: string): CallResult {
  try {
    return fromJson(JSON.parse(text) as Json);
  } catch {
    return { status: 'ok', value: { object: 'text', text } };
  }
}

function fromJson(value: Json): CallResult {
  if (!isJsonObject(value)) return { status: 'ok', value: { object: 'value', value } };
  if (isJsonObject(value.error)) return { status: 'error', error: readFailure(value) };
  return { status: 'ok', value };
}

function readFailure(value: Json): ToolFailure {
  const error = isJsonObject(value) && isJsonObject(value.error) ? value.error : value;
  const details = isJsonObject(error) ? error : {};
  return {
    code: textAt(error, 'code') ?? 'failed',
    message: textAt(error, 'message') ?? 'The tool reported an error without saying why.',
    next: textAt(error, 'next'),
    details,
  };
}
