import Stripe from 'stripe';
import type { Mode } from '../../tools/account.ts';
import type { CallContext } from '../../tools/tool.ts';
import type { GuardedAgents } from '../guarded-fetch.ts';
import type { Pace } from '../pace.ts';
import { type Endpoint, parseBaseUrl } from './base-url.ts';
import { accountKey, atOnce, limitsOf } from './limits.ts';
import { createTransport, type Exchange, type Pacing, type RetryLimits, secondsOf } from './transport.ts';

/** The API version every request is pinned to, whatever the account's own default. */
const apiVersion = '2026-10-28.endive';

/** A Stripe account as the tools reach it. */
export interface StripeClient {
  /**
   * Runs `work` with the SDK and notes the request ids. Errors come out as the SDK threw them, in `error`, so that
   * the caller can say what they mean for a read or a write. With a signal in the context, the wait ends when it does:
   * pass one for reads only.
   */
  run<T>(work: (api: Stripe) => Promise<T>, context?: CallContext): Promise<Ran<T>>;
}

/** The end of a run: a value or an error, and what happened on the wire. */
type Ran<T> = { readonly exchange: Exchange } & (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }
);

/** Whose limits requests count under: of the account, and of the platform that acts for it. */
interface PacedFor {
  readonly pace: Pace;
  readonly accountIds: readonly string[];
}

export interface StripeClientOptions {
  readonly apiKey: string;
  /** Acts as this connected account, by the platform's key. */
  readonly stripeAccount?: string | undefined;
  /** null: Stripe itself. */
  readonly baseUrl: string | null;
  /** How an address of one's own is reached; absent: like any. */
  readonly agents?: GuardedAgents | undefined;
  /** Per request; money calls at real Stripe may take tens of seconds. */
  readonly timeoutMs?: number;
  /** Repetitions after dropped connections and 5xx, always with the same idempotency key. */
  readonly maxNetworkRetries?: number;
  readonly retry?: Partial<RetryLimits>;
  /** Room under Stripe's limits, and whose it is. */
  readonly pace?: PacedFor | undefined;
}

/** Of the embedded sandbox: a fuse against loops, no more. */
const localPerSecond = 1_000;
const defaultRetry: RetryLimits = { deadlineMs: 30_000, firstPauseMs: 250, longestPauseMs: 4_000 };

function connect(endpoint: Endpoint, options: StripeClientOptions, httpClient: Stripe.HttpClient): Stripe {
  return new Stripe(options.apiKey, {
    apiVersion,
    ...endpoint,
    httpClient,
    timeout: options.timeoutMs ?? 60_000,
    maxNetworkRetries: options.maxNetworkRetries ?? 2,
    telemetry: false,
    ...(options.stripeAccount !== undefined && { stripeAccount: options.stripeAccount }),
    appInfo: { name: 'Purser' },
  });
}

/** An emulator on this machine has the limits that it is told to have, and says so by 429. */
const isLocal = ({ host }: Endpoint): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(host);

function pacingOf({ pace, accountIds }: PacedFor, mode: Mode, local: boolean): Pacing {
  const [own = ''] = accountIds;
  return {
    async before(method, path, exchange) {
      const limits = accountIds.flatMap((id) =>
        local ? [{ key: accountKey(id, mode), perSecond: localPerSecond }] : limitsOf(id, mode, method, path),
      );
      const signal = exchange?.signal && { signal: exchange.signal };
      const leave = await pace.enter(accountKey(own, mode), atOnce[mode], {
        onWait: () => exchange?.onWait?.('Waiting for other requests to this account to end'),
        ...signal,
      });
      try {
        const onWait = (ms: number) => exchange?.onWait?.(`Waiting ${secondsOf(ms)} for Stripe’s rate limit`);
        await pace.take(limits, { onWait, ...signal });
        return leave;
      } catch (error) {
        leave();
        throw error;
      }
    },
    async refused(ms) {
      for (const id of accountIds) await pace.holdBack(accountKey(id, mode), ms);
    },
  };
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
  const transport = createTransport(
    Stripe.createNodeHttpClient(options.baseUrl === null ? undefined : options.agents?.[endpoint.protocol]),
    { ...defaultRetry, ...options.retry },
    options.pace && pacingOf(options.pace, mode, isLocal(endpoint)),
  );
  const api = connect(endpoint, options, transport.client);
  return {
    async run(work, { signal, onWait } = {}) {
      const exchange: Exchange = { requestIds: [], unsettled: false, signal, onWait };
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
