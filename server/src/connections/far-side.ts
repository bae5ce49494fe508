/** What a far side's failure means: said so that a person knows what to do, and so that no write is sent twice. */
import { cleanForeignStrings } from '../secrets/clean.ts';
import { OutcomeUnknown, ToolError } from '../tools/tool.ts';
import { ConnectionProblem } from './connection.ts';

export interface FarSideFailure {
  /** `GitHub` */
  readonly service: string;
  /** HTTP; absent where no answer came. */
  readonly status?: number;
  /** In the far side's own words. */
  readonly message: string;
  readonly requestId?: string | undefined;
  /** Seconds to wait, where it says so. */
  readonly retryAfter?: number | undefined;
  /** Where its keys are looked after. */
  readonly keyPage: string;
  readonly cause: unknown;
}

/** Errors of a connection that was never made: nothing was sent. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function wasSent(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error.name === 'AddressRefused' || neverSent.has((error as NodeJS.ErrnoException).code ?? ''))
    return false;
  const inner = error.cause ?? (error as { original?: unknown }).original;
  return inner === undefined || wasSent(inner);
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

function told({ service, status, message, retryAfter, keyPage }: FarSideFailure): Told {
  const said = message.slice(0, 300);
  if (status === undefined)
    return {
      code: 'unreachable',
      message: `${service} cannot be reached: ${said}`,
      next: 'Check the network and the address of the connection, then try again.',
    };
  if (status === 401)
    return {
      code: 'key_wrong',
      message: `${service} does not accept the key of this connection.`,
      next: `Make a new one at ${keyPage} and replace it in the connection.`,
    };
  if (status === 429)
    return {
      code: 'rate_limited',
      message: `${service} takes no more requests now.`,
      next: `Try again ${retryAfter ? `in ${retryAfter} seconds` : 'in a minute'}.`,
    };
  if (status === 403)
    return {
      code: 'permission_missing',
      message: `${service} does not allow this: ${said}`,
      next: `Compare what the key may do at ${keyPage} with the scopes that Purser lists for this kind of connection.`,
    };
  if (status === 404)
    return {
      code: 'not_found',
      message: `${service} has no such thing, or the key may not see it: ${said}`,
      next: 'Check the name, and what the key may see.',
    };
  if (status >= 500)
    return {
      code: 'far_side_failed',
      message: `${service} failed (${status}): ${said}`,
      next: 'Try again later.',
    };
  return {
    code: 'refused',
    message: `${service} refused this: ${said}`,
    next: 'Change what was asked, as its words say.',
  };
}

/** What a read that failed is for a model and for people. */
export function readFailure(failure: FarSideFailure): ToolError {
  const { code, message, next } = cleanForeignStrings(told(failure));
  return new ToolError(code, message, {
    next,
    requestIds: failure.requestId ? [failure.requestId] : [],
    cause: failure.cause,
  });
}

/** The same for a write: where it was sent and no clear answer came, nobody can say whether it happened. */
export function writeFailure(failure: FarSideFailure): ToolError | OutcomeUnknown {
  const { status, cause } = failure;
  const isClear = status === undefined ? !wasSent(cause) : status < 500 && status !== 408;
  if (isClear) return readFailure(failure);
  const { message } = cleanForeignStrings(told(failure));
  return new OutcomeUnknown(message, { requestIds: failure.requestId ? [failure.requestId] : [], cause });
}

/** How a far side is spoken to: what it refuses comes out explained. `failureOf` reads its client's errors. */
export function explaining(failureOf: (error: unknown) => FarSideFailure) {
  return {
    /** @throws ToolError, explained */
    async reading<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        throw error instanceof ToolError ? error : readFailure(failureOf(error));
      }
    },
    /** @throws ToolError when refused, OutcomeUnknown when nobody can say */
    async writing<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        throw error instanceof ToolError || error instanceof OutcomeUnknown
          ? error
          : writeFailure(failureOf(error));
      }
    },
  };
}

/** The same while a key is checked. */
export function checkFailure(failure: FarSideFailure): ConnectionProblem {
  const { code, message, next } = cleanForeignStrings(told(failure));
  return new ConnectionProblem(code, message, next, failure.cause);
}
