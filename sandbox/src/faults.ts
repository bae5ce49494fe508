import { type ErrorCode, StripeFault } from './wire/errors.ts';
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

/** The error a fault answers with. */
export function faultError(fault: Fault): StripeFault {
  const status = fault.status ?? 500;
  const code = fault.code ?? (status === 429 ? 'rate_limit' : status === 409 ? 'lock_timeout' : undefined);
  const body = {
    type: status < 500 ? 'invalid_request_error' : 'api_error',
    message: fault.message ?? faultMessage(status),
    // Whatever code the fault names, documented or not.
    ...(code ? { code: code as ErrorCode } : {}),
  } as const;
  const retry = fault.should_retry;
  return new StripeFault(status, body, {
    headers: retry === undefined ? {} : { 'stripe-should-retry': String(retry) },
  });
}

function faultMessage(status: number): string {
  if (status === 429)
    return 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
  if (status === 409)
    return 'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.';
  if (status >= 500) return 'An unknown error occurred';
  return `The sandbox was told to answer ${status} here.`;
}
