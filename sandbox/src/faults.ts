import { type ErrorCode, lockTimeout, StripeFault } from './wire/errors.ts';
import { boolean, integer, type Parsed, required, text } from './wire/params.ts';

/** What `POST /_sandbox/faults` takes. `drop` closes the connection instead of answering. */
export const faultFields = {
  path: required(text(500)),
  method: text(10),
  status: integer(400, 599),
  times: integer(1, 1_000_000),
  latency_ms: integer(0, 60_000),
  after_effect: boolean(),
  drop: boolean(),
  should_retry: boolean(),
  code: text(100),
  message: text(500),
} as const;
export type Fault = Parsed<typeof faultFields>;

/** The faults waiting in each account, in memory only. `path` may end in `*` and may hold `:id` for any segment. */
export function createFaults() {
  const byAccount = new Map<string, { fault: Fault; left: number }[]>();
  return {
    add(accountId: string, fault: Fault): void {
      const waiting = byAccount.get(accountId) ?? [];
      byAccount.set(accountId, [...waiting, { fault, left: fault.times ?? 1 }].slice(-1000));
    },
    clear(accountId: string): void {
      byAccount.delete(accountId);
    },
    /** The first fault for this request; taking it uses up one of its times. */
    take(accountId: string, method: string, path: string): Fault | null {
      const waiting = byAccount.get(accountId);
      const hit = waiting?.find(({ fault }) => matches(fault, method, path));
      if (!waiting || !hit) return null;
      hit.left--;
      if (hit.left === 0)
        byAccount.set(
          accountId,
          waiting.filter((other) => other !== hit),
        );
      return hit.fault;
    },
  };
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path.endsWith('*')) return path.startsWith(fault.path.slice(0, -1));
  if (fault.path === path) return true;
  const steps = fault.path.split('/');
  const actual = path.split('/');
  return (
    steps.length === actual.length && steps.every((step, at) => step.startsWith(':') || step === actual[at])
  );
}

/** A fault told the sandbox to close the connection before doing anything. */
export class DroppedConnection extends Error {}

/** Waits and fails as a fault says it should before the effect. Throws a DroppedConnection where it closes the connection. */
export async function failBefore(fault: Fault): Promise<void> {
  const { latency_ms: latency, status, code } = fault;
  if (latency !== undefined) await new Promise((resolve) => setTimeout(resolve, latency));
  if (fault.after_effect) return;
  if (fault.drop) throw new DroppedConnection();
  if (latency !== undefined && status === undefined && code === undefined) return;
  throw faultError(fault);
}

/**
 * What an idempotency key keeps and answers from then on, as Stripe's do: a 500 that came after the work had begun.
 * Anything else that comes after the effect is lost on the way, and the key answers with what was really done.
 */
export function savedFault(fault: Fault | null): StripeFault | null {
  if (!fault?.after_effect || fault.drop || (fault.status ?? 500) !== 500 || fault.code === 'lock_timeout')
    return null;
  return faultError({ ...fault, should_retry: fault.should_retry ?? false });
}

/** The error a fault answers with. */
export function faultError(fault: Fault): StripeFault {
  if (fault.code === 'lock_timeout' && fault.status === undefined && fault.message === undefined)
    return lockTimeout();
  const status = fault.status ?? 500;
  const code = fault.code ?? (status === 429 ? 'rate_limit' : status === 409 ? 'lock_timeout' : undefined);
  const body = {
    type: status < 500 ? 'invalid_request_error' : 'api_error',
    message: fault.message ?? faultMessage(status),
    // Whatever code the fault names, documented or not.
    ...(code ? { code: code as ErrorCode } : {}),
  } as const;
  // Whoever meets a conflict is told to try again, as with Stripe, unless the fault says otherwise.
  const retry = fault.should_retry ?? (status === 409 ? true : undefined);
  const headers = {
    ...(retry === undefined ? {} : { 'stripe-should-retry': String(retry) }),
    ...(code === 'rate_limit' ? { 'stripe-rate-limited-reason': 'global-rate' } : {}),
  };
  return new StripeFault(status, body, { headers });
}

function faultMessage(status: number): string {
  if (status === 429)
    return 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
  if (status === 409) return lockTimeout().message;
  if (status >= 500) return 'An unknown error occurred';
  return `The sandbox was told to answer ${status} here.`;
}
