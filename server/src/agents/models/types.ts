import type { ModelMessage } from 'ai';
import type { Json } from '../../tools/tool.ts';

/** A model as people choose it. */
export interface ModelInfo {
  /** `builtin` or `provider/model`. */
  id: string;
  name: string;
  provider: string;
  available: boolean;
  /** Why it is not available and what to set. */
  reason?: string;
  /** The environment variable that has to be set for it. */
  variable?: string;
}

/** Why a turn failed, in words; `retryable` says whether asking again may help. */
export interface RunError {
  /** Stable, snake_case: `bad_key`, `rate_limited`, `context_too_long`, … */
  code: string;
  message: string;
  /** What a person can do about it. */
  next?: string;
  retryable: boolean;
}

/** A tool call as the model made it. */
export interface ModelCall {
  /** Unique in the conversation and accepted by every provider: letters, digits, `_` and `-`, at most 64. */
  readonly id: string;
  readonly name: string;
  /** Always a JSON object; what a broken call tried to say stands in `invalid`. */
  readonly input: { [key: string]: Json };
  /** The call must not be executed: answer the model with this text as the tool's error. */
  readonly invalid?: string;
}

/** Tokens as the provider counts them; 0 where it does not say. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of `inputTokens`, read from the provider's cache. */
  readonly cachedInputTokens: number;
  /** Of `outputTokens`, spent on reasoning. */
  readonly reasoningTokens: number;
}

/** One answer of a model, made of JSON alone: this is what the journal keeps. */
export interface ModelStep {
  /**
   * To be appended verbatim, before the tool results: they carry the signatures and item ids that a provider wants
   * back. Assistant messages only; every call in `calls` needs a tool result.
   */
  readonly messages: ModelMessage[];
  /** All text of the answer. */
  readonly text: string;
  readonly calls: readonly ModelCall[];
  readonly usage: ModelUsage;
  /** `length`: the answer was cut at the provider's limit. */
  readonly finishReason: 'stop' | 'tool-calls' | 'length' | 'other';
}
