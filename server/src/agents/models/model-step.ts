import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelMessage } from 'ai';
import type { Tool } from '../../tools/tool.ts';
import type { ModelStep } from './types.ts';

/** What one model call needs. */
export interface ModelStepRequest {
  readonly model: LanguageModelV4;
  /** The system text. */
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly Tool[];
  readonly signal: AbortSignal;
  onText(delta: string): void | Promise<void>;
  /** All text so far is void, the model starts over. Without it, a failure after the first text is not retried. */
  onReset?(): void | Promise<void>;
  readonly limits?: Partial<ModelStepLimits>;
}

export interface ModelStepLimits {
  /** Attempts in all. */
  readonly tries: number;
  /** The wait before the second attempt; doubles each time. */
  readonly backOffMs: number;
  /** A provider that asks to wait longer than this is not waited for. */
  readonly maxWaitMs: number;
  /** Silence after which the provider counts as hanging. */
  readonly idleMs: number;
}

/**
 * Asks the model once, with bounded retries where another try may help.
 * @throws ModelError in plain words; the signal's reason when it was aborted.
 */
export async function modelStep(_request: ModelStepRequest): Promise<ModelStep> {
  throw new Error('not built yet');
}
