import type { LanguageModelV4 } from '@ai-sdk/provider';
import {
  type LanguageModelUsage,
  type ModelMessage,
  type SystemModelMessage,
  streamText,
  type ToolSet,
} from 'ai';
import { answerError } from './errors.ts';
import type { UnreadInputs } from './tool-calls.ts';

export interface AnswerRequest {
  readonly model: LanguageModelV4;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: ToolSet;
  readonly signal: AbortSignal;
  /** Silence after which the provider counts as hanging. */
  readonly idleMs: number;
  onText(delta: string): void | Promise<void>;
}

/** An answer as it came, complete. */
export interface Answer {
  readonly messages: readonly ModelMessage[];
  readonly text: string;
  /** Arguments that were not JSON, by the call's place in the answer. */
  readonly unread: UnreadInputs;
  readonly usage: LanguageModelUsage;
  readonly finishReason: 'stop' | 'tool-calls' | 'length' | 'other';
}

// What a provider ignores of a request is no news for whoever runs the server.
globalThis.AI_SDK_LOG_WARNINGS = false;

/**
 * One request, one streamed answer, no retries.
 * @throws whatever the provider's library threw, a ModelError when the answer itself is no answer, or the signal's
 * reason when it was aborted.
 */
export async function streamAnswer(request: AnswerRequest): Promise<Answer> {
  const { model, signal } = request;
  const watch = watchSilence(request.idleMs);
  try {
    return await collect(request, AbortSignal.any([signal, watch.signal]), watch.heard);
  } catch (error) {
    const silent = watch.signal.aborted;
    watch.hangUp();
    signal.throwIfAborted();
    throw silent ? answerError('silent', model) : error;
  } finally {
    watch.stop();
  }
}

async function collect(request: AnswerRequest, abortSignal: AbortSignal, heard: () => void): Promise<Answer> {
  const { model, messages, tools } = request;
  const result = streamText({
    model,
    instructions: cachedInstructions(request.instructions),
    messages: [...messages],
    tools,
    maxRetries: 0,
    abortSignal,
    // Raw chunks count as signs of life: a model may reason for minutes before its first word.
    include: { rawChunks: true },
    // What a conversation needs is kept here, in its transcript, not at the provider.
    providerOptions: { openai: { store: false } },
    onError: () => {},
  });
  let text = '';
  let calls = 0;
  const unread = new Map<number, string>();
  for await (const part of result.stream) {
    heard();
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') abortSignal.throwIfAborted();
    if (part.type === 'text-delta' && part.text !== '') {
      text += part.text;
      await request.onText(part.text);
    }
    if (part.type === 'tool-call') {
      if (typeof part.input === 'string') unread.set(calls, part.input);
      calls++;
    }
  }
  abortSignal.throwIfAborted();
  const finishReason = judgeEnd(await result.finishReason, {
    model,
    empty: text.trim() === '' && calls === 0,
  });
  return { messages: await result.responseMessages, text, unread, usage: await result.usage, finishReason };
}

/** Instructions and tools are the same in every step: providers that cache on request are asked to. */
function cachedInstructions(content: string): SystemModelMessage {
  return { role: 'system', content, providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } };
}

function judgeEnd(
  reason: string,
  answer: { model: LanguageModelV4; empty: boolean },
): Answer['finishReason'] {
  const { model, empty } = answer;
  if (reason === 'content-filter') throw answerError('refused', model);
  if (reason === 'interrupted') throw answerError('cut', model);
  if (reason === 'error') throw answerError('malformed', model);
  if (empty) throw answerError(reason === 'length' ? 'too_long' : 'empty_answer', model);
  return reason === 'stop' || reason === 'tool-calls' || reason === 'length' ? reason : 'other';
}

/** Aborts its signal once nothing was heard for `idleMs`, or at once to hang up. */
function watchSilence(idleMs: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), idleMs);
  return {
    signal: controller.signal,
    heard: () => void timer.refresh(),
    hangUp: () => controller.abort(),
    stop: () => clearTimeout(timer),
  };
}
