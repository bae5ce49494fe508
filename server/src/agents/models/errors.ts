import { readFailure } from './failure.ts';
import { type AskedModel, answers, rules, speakOf, unexpected } from './failure-words.ts';
import { ModelUnavailable } from './models.ts';
import type { RunError } from './types.ts';

/** A model call that failed, explained. It carries no request, header or key, and may be logged. */
export class ModelError extends Error {
  readonly runError: RunError;
  /** The provider's HTTP status, where it gave one. */
  readonly status: number | undefined;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(runError: RunError, more: { status?: number; retryAfterMs?: number } = {}) {
    super(runError.message);
    this.name = 'ModelError';
    this.runError = runError;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** Says in plain words why a model call failed and what a person can do about it. Never throws. */
export function explainModelError(error: unknown, asked?: AskedModel): RunError {
  return toModelError(error, asked).runError;
}

/** The same, with what a retry needs to know. */
export function toModelError(error: unknown, asked?: AskedModel): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof ModelUnavailable) {
    return new ModelError({ code: error.code, message: error.message, retryable: false });
  }
  const failure = readFailure(error);
  const rule = rules.find((candidate) => candidate.when(failure)) ?? unexpected;
  const runError = rule.say(speakOf(asked), failure);
  return new ModelError(runError, { status: failure.status, retryAfterMs: failure.retryAfterMs });
}

/** The answer itself was the failure: nothing was wrong on the wire. */
export function answerError(kind: keyof typeof answers, asked: AskedModel): ModelError {
  return new ModelError(answers[kind](speakOf(asked)));
}
