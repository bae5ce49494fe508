import type { RunError } from './types.ts';

/** A model call that failed, explained. It carries no request, header or key, and may be logged. */
export class ModelError extends Error {
  readonly runError: RunError;
  constructor(runError: RunError) {
    super(runError.message);
    this.name = 'ModelError';
    this.runError = runError;
  }
}

/** Says in plain words why a model call failed and what a person can do about it. */
export function explainModelError(error: unknown): RunError {
  if (error instanceof ModelError) return error.runError;
  return { code: 'model_failed', message: 'The model failed unexpectedly.', retryable: true };
}
