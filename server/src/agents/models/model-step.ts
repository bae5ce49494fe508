import { setTimeout as wait } from 'node:timers/promises';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { LanguageModelUsage, ModelMessage } from 'ai';
import { cleanOwnWords } from '../../secrets/clean.ts';
import type { Tool } from '../../tools/tool.ts';
import { type ModelError, toModelError } from './errors.ts';
import { forProvider, signThoughts } from './own-words.ts';
import { type Answer, streamAnswer } from './stream-answer.ts';
import { readCalls } from './tool-calls.ts';
import { declareTools } from './tool-declarations.ts';
import type { ModelCall, ModelStep, ModelUsage } from './types.ts';

/** What one model call needs. */
export interface ModelStepRequest {
  readonly model: LanguageModelV4;
  /** The system text. */
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly Tool[];
  /** Those that are called by their name although the model was not told of them; absent: none. */
  readonly alsoCallable?: readonly Tool[];
  readonly signal: AbortSignal;
  onText(delta: string): void | Promise<void>;
  /** All text of this step so far is void, the model starts over. Without it, a failure after the first text is final. */
  onReset?(): void | Promise<void>;
  readonly limits?: Partial<ModelStepLimits>;
}

interface ModelStepLimits {
  /** Attempts in all. */
  readonly tries: number;
  /** The wait before the second attempt; doubles each time, with some chance in it. */
  readonly backOffMs: number;
  /** A provider that asks to wait longer than this is not waited for. */
  readonly maxWaitMs: number;
  /** Silence after which the provider counts as hanging. */
  readonly idleMs: number;
}

const defaults: ModelStepLimits = { tries: 3, backOffMs: 1000, maxWaitMs: 20_000, idleMs: 180_000 };

/** Failures that may be gone a moment later. A model that was silent for minutes is not asked to be so again. */
const passing: ReadonlySet<string> = new Set([
  'rate_limited',
  'overloaded',
  'provider_failed',
  'unreachable',
  'connection_lost',
  'malformed_answer',
  'empty_answer',
]);

/**
 * Asks the model once, with bounded retries where another try may help.
 * @throws ModelError in plain words; the signal's reason when it was aborted; what `onText` threw.
 */
export async function modelStep(request: ModelStepRequest): Promise<ModelStep> {
  const { model, messages, tools, alsoCallable = [], signal } = request;
  const answer = await answerWithRetries(request, { ...defaults, ...request.limits });
  signal.throwIfAborted();
  const read = await readCalls(answer.messages, {
    ...{ tools, alsoCallable, earlier: messages, unread: answer.unread },
  });
  const wasCut = answer.finishReason === 'length';
  const step: ModelStep = {
    messages: signThoughts(read.messages, model.provider),
    text: cleanOwnWords(answer.text),
    calls: wasCut ? withoutTheLast(read.calls) : read.calls,
    usage: countTokens(answer.usage),
    finishReason: read.calls.length > 0 && !wasCut ? 'tool-calls' : answer.finishReason,
  };
  if (step.messages.length === 0) throw toModelError(new Error('The answer held no message.'), model);
  return JSON.parse(JSON.stringify(step));
}

/** The call at which the answer was cut may be missing arguments, even where it reads as whole. */
function withoutTheLast(calls: readonly ModelCall[]): ModelCall[] {
  const invalid =
    'The answer was cut at its length limit before this call was complete. Make it again, shorter.';
  return calls.map((call, i) => (i === calls.length - 1 ? { invalid, ...call } : call));
}

async function answerWithRetries(request: ModelStepRequest, limits: ModelStepLimits): Promise<Answer> {
  const { model, signal } = request;
  const tools = declareTools(request.tools);
  const messages = forProvider(request.messages, model.provider);
  for (let attempt = 1; ; attempt++) {
    let spoke = false;
    let listenerFailed: { error: unknown } | undefined;
    const onText = async (delta: string) => {
      spoke = true;
      try {
        await request.onText(delta);
      } catch (error) {
        listenerFailed = { error };
        throw error;
      }
    };
    signal.throwIfAborted();
    try {
      return await streamAnswer({ ...request, messages, tools, idleMs: limits.idleMs, onText });
    } catch (error) {
      signal.throwIfAborted();
      if (listenerFailed !== undefined) throw listenerFailed.error;
      const failure = toModelError(error, model);
      const waitMs = waitBefore(attempt + 1, failure, limits);
      if (waitMs === undefined || (spoke && request.onReset === undefined)) throw failure;
      if (spoke) await request.onReset?.();
      await wait(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** How long to wait before this attempt; undefined when there should be none. */
function waitBefore(attempt: number, failure: ModelError, limits: ModelStepLimits): number | undefined {
  if (attempt > limits.tries || !passing.has(failure.runError.code)) return undefined;
  const asked = failure.retryAfterMs;
  if (asked !== undefined) return asked <= limits.maxWaitMs ? asked : undefined;
  const backOff = limits.backOffMs * 2 ** (attempt - 2);
  return Math.min(limits.maxWaitMs, backOff * (0.75 + Math.random() / 2));
}

function countTokens(usage: LanguageModelUsage): ModelUsage {
  return {
    inputTokens: usage.inputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens ?? 0,
    reasoningTokens: usage.outputTokenDetails.reasoningTokens ?? 0,
  };
}
