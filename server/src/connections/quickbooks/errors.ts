import { explaining, type FarSideFailure } from '../far-side.ts';

export const keyPage = 'https://developer.intuit.com, your app, Keys & credentials';
export const timeoutMs = 20_000;

/** An answer that is no 2xx. */
export class QuickbooksError extends Error {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  constructor(status: number, message: string, requestId?: string, retryAfter?: number) {
    super(message);
    this.name = 'QuickbooksError';
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

export function failureOf(cause: unknown): FarSideFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const base = { service: 'QuickBooks', keyPage, cause, message };
  if (!(cause instanceof QuickbooksError)) return base;
  const { status, requestId, retryAfter } = cause;
  return { ...base, status, requestId, retryAfter };
}

export const { reading, writing } = explaining(failureOf);
