import Stripe from 'stripe';
import { type Endpoint, parseBaseUrl } from './base-url.ts';
import { createTransport, type Exchange, type RetryLimits } from './transport.ts';

/** The API version every request is pinned to, whatever the account's own default. */
const apiVersion = '2026-10-28.endive';

/** A Stripe account as the tools reach it. */
export interface StripeClient {
  /**
   * Runs `work` with the SDK and notes the request ids. Errors come out as the SDK threw them, in `error`, so that
   * the caller can say what they mean for a read or a write. With a signal, the wait ends when it does: pass one for
   * reads only.
   */
  run<T>(work: (api: Stripe) => Promise<T>, signal?: AbortSignal): Promise<Ran<T>>;
}

/** The end of a run: a value or an error, and what happened on the wire. */
type Ran<T> = { readonly exchange: Exchange } & (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }
);

export interface StripeClientOptions {
  readonly apiKey: string;
  /** null: Stripe itself. */
  readonly baseUrl: string | null;
  /** Per request; money calls at real Stripe may take tens of seconds. */
  readonly timeoutMs?: number;
  /** Repetitions after dropped connections and 5xx, always with the same idempotency key. */
  readonly maxNetworkRetries?: number;
  readonly retry?: Partial<RetryLimits>;
}

const defaultRetry: RetryLimits = { deadlineMs: 30_000, firstPauseMs: 250, longestPauseMs: 4_000 };

function connect(endpoint: Endpoint, options: StripeClientOptions, httpClient: Stripe.HttpClient): Stripe {
  return new Stripe(options.apiKey, {
    apiVersion,
    ...endpoint,
    httpClient,
    timeout: options.timeoutMs ?? 60_000,
    maxNetworkRetries: options.maxNetworkRetries ?? 2,
    telemetry: false,
    appInfo: { name: 'Purser' },
  });
}

/** Ends the wait when the signal does; what is on the wire is left to end by itself. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The only place the Stripe SDK is made. Pinned version, no telemetry; 429 and `lock_timeout` are repeated within a
 * deadline, dropped connections and 5xx by the SDK.
 * @throws ConnectionProblem when the address cannot be used.
 */
export function createStripeClient(options: StripeClientOptions): StripeClient {
  const mode = options.apiKey.includes('_live_') ? 'live' : 'test';
  const endpoint = parseBaseUrl(options.baseUrl, mode);
  const transport = createTransport(Stripe.createNodeHttpClient(), { ...defaultRetry, ...options.retry });
  const api = connect(endpoint, options, transport.client);
  return {
    async run(work, signal) {
      const exchange: Exchange = { requestIds: [], unsettled: false, signal };
      try {
        const value = await unlessAborted(
          transport.during(exchange, () => work(api)),
          signal,
        );
        return { ok: true, value, exchange };
      } catch (error) {
        return { ok: false, error, exchange };
      }
    },
  };
}

/** Tells Stripe's own errors from everything else, and narrows to their fields. */
export function isStripeError(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeError;
}
