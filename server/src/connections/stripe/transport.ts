import { AsyncLocalStorage } from 'node:async_hooks';
import type Stripe from 'stripe';
import { observed } from '../../telemetry.ts';

type HttpClient = Stripe.HttpClient;
type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;

/** What happened on the wire during one tool call. */
export interface Exchange {
  /** Stripe's `req_…`, in order, repeated answers left out. */
  readonly requestIds: string[];
  /**
   * Whether a write went out and nothing came back that says what became of it. From then on only a definite
   * answer to a repetition with the same idempotency key settles it.
   */
  unsettled: boolean;
  readonly signal: AbortSignal | undefined;
  /** Hears of waits that a person would notice. */
  readonly onWait: ((text: string) => void) | undefined;
}

/** What slows requests down before they are sent. */
export interface Pacing {
  /** Resolves when the request may go, with what is to be called once it was answered. */
  before(method: string, path: string, exchange: Exchange | undefined): Promise<() => void>;
  /** The far side said 429: everybody waits so long. */
  refused(ms: number): Promise<void>;
}

/** How long and how often a call may be tried again when Stripe says "too many" or "somebody else holds the lock". */
export interface RetryLimits {
  /** Milliseconds from the first attempt of a request after which no further one is begun. */
  readonly deadlineMs: number;
  /** First pause; doubles each time, with full jitter above the half. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Connection errors that happen before a request can have left. */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** True when the error shows that no request left this machine. */
export function wasNotSent(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    (notSentCodes.has(code) || code.startsWith('ERR_TLS') || code.startsWith('CERT_'))
  );
}

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });

function pauseFor(attempt: number, response: HttpResponse, limits: RetryLimits): number {
  const asked = Number(response.getHeaders()['retry-after']);
  if (Number.isFinite(asked) && asked > 0) return Math.min(asked * 1000, limits.longestPauseMs);
  const grown = Math.min(limits.firstPauseMs * 2 ** attempt, limits.longestPauseMs);
  return grown / 2 + Math.random() * (grown / 2);
}

/** Whether the account as a whole was too fast, and not only an object locked. */
const isRateLimited = (response: HttpResponse): boolean =>
  response.getHeaders()['stripe-rate-limited-reason'] !== undefined;

/** `3 s`, for people. */
export const secondsOf = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;

/** A refusal at the door (401, 403, 429) says nothing of an attempt made before it. */
const settles = (status: number): boolean => status < 500 && ![401, 403, 409, 429].includes(status);

/** `/v1/customers` of `/v1/customers/cus_1?expand[]=…`: few enough to count by, and nothing of anybody. */
const collectionOf = (path: string): string => path.split(/[/?]/, 3).join('/');

/**
 * An HTTP client for the SDK that repeats 429 (rate limit and `lock_timeout`, which the SDK leaves alone) within a
 * deadline, and notes request ids and unsettled writes for whoever opened an exchange around the call.
 */
export function createTransport(
  inner: HttpClient,
  limits: RetryLimits,
  pacing?: Pacing,
): {
  client: HttpClient;
  /** Runs `work`; every request made inside it is noted in the exchange. */
  during<T>(exchange: Exchange, work: () => Promise<T>): Promise<T>;
} {
  const current = new AsyncLocalStorage<Exchange>();

  const note = (method: string, response: HttpResponse): void => {
    const exchange = current.getStore();
    if (!exchange) return;
    const id = response.getHeaders()['request-id'];
    if (typeof id === 'string' && !exchange.requestIds.includes(id)) exchange.requestIds.push(id);
    if (method === 'GET') return;
    const status = response.getStatusCode();
    if (settles(status)) exchange.unsettled = false;
    else if ((status >= 500 && status !== 501) || status === 409) exchange.unsettled = true;
  };

  const makeRequest: HttpClient['makeRequest'] = async (...request) => {
    const [, , path, method] = request;
    const began = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      const exchange = current.getStore();
      exchange?.signal?.throwIfAborted();
      const leave = await pacing?.before(method, path, exchange);
      let response: HttpResponse;
      try {
        response = await observed('stripe', `${method} ${collectionOf(path)}`, {}, () =>
          inner.makeRequest(...request),
        );
      } catch (error) {
        if (exchange && method !== 'GET' && !wasNotSent(error)) exchange.unsettled = true;
        throw error;
      } finally {
        leave?.();
      }
      note(method, response);
      if (response.getStatusCode() !== 429) return response;
      const waitMs = pauseFor(attempt, response, limits);
      if (Date.now() - began + waitMs > limits.deadlineMs) return response;
      await response.toJSON().catch(() => undefined);
      if (isRateLimited(response)) await pacing?.refused(waitMs);
      exchange?.onWait?.(`Stripe asks to wait ${secondsOf(waitMs)}`);
      await pause(waitMs, exchange?.signal);
    }
  };

  return {
    client: { getClientName: () => inner.getClientName(), makeRequest },
    during: (exchange, work) => current.run(exchange, work),
  };
}
