import type { Limits } from './options.ts';
import { StripeFault } from './wire/errors.ts';

export const noLimits: Limits = {
  requestsPerSecond: null,
  endpointRequestsPerSecond: null,
  concurrentRequests: null,
  endpointConcurrentRequests: null,
  resources: false,
};

/** What docs.stripe.com/rate-limits says; of concurrency it gives no numbers. */
export function stripeLimits(livemode: boolean): Limits {
  return {
    requestsPerSecond: livemode ? 100 : 25,
    endpointRequestsPerSecond: 25,
    concurrentRequests: null,
    endpointConcurrentRequests: null,
    resources: true,
  };
}

/** Searches, reads of files and writes of files, each per second. */
const resourcePerSecond = 20;
/** Updates of one payment intent. */
const updatesPerHour = 1000;
const hourMs = 3_600_000;

interface Asking {
  readonly account: { readonly id: string; readonly livemode: boolean };
  readonly method: string;
  /** As the route declares it. */
  readonly route: string;
  readonly path: string;
}

type Reason =
  | 'endpoint-concurrency'
  | 'endpoint-rate'
  | 'global-concurrency'
  | 'global-rate'
  | 'resource-specific';

/** Counts requests against the limits of each account. Off until switched on, so that tests run at full speed. */
export function createLimiter(standard: (livemode: boolean) => Limits, nowMs: () => number) {
  const chosen = new Map<string, Limits>();
  const buckets = new Map<string, Bucket>();
  const underWay = new Map<string, number>();
  let updates = { hour: 0, byIntent: new Map<string, number>() };

  function checkRate(name: string, perSecond: number | null, reason: Reason): void {
    if (perSecond === null) return;
    const bucket = buckets.get(name) ?? new Bucket(perSecond, nowMs());
    buckets.set(name, bucket);
    if (!bucket.take(nowMs())) throw tooMany(reason);
  }

  function checkResources({ account, method, route, path }: Asking): void {
    const kind = method === 'GET' ? 'reads' : 'writes';
    if (route.endsWith('/search'))
      checkRate(`${account.id} searches`, resourcePerSecond, 'resource-specific');
    if (/^\/v1\/files\b/.test(route))
      checkRate(`${account.id} files ${kind}`, resourcePerSecond, 'resource-specific');
    if (method !== 'POST' || !route.startsWith('/v1/payment_intents/:')) return;
    const hour = Math.floor(nowMs() / hourMs);
    if (updates.hour !== hour) updates = { hour, byIntent: new Map() };
    const intent = path.split('/', 4).join('/');
    const count = (updates.byIntent.get(intent) ?? 0) + 1;
    if (count > updatesPerHour) throw tooMany('resource-specific');
    updates.byIntent.set(intent, count);
  }

  function checkConcurrency(name: string, most: number | null, reason: Reason): void {
    if (most !== null && (underWay.get(name) ?? 0) >= most) throw tooMany(reason);
  }

  function count(name: string, by: 1 | -1): void {
    const next = (underWay.get(name) ?? 0) + by;
    if (next === 0) underWay.delete(name);
    else underWay.set(name, next);
  }

  return {
    /** Sets the limits of one account and starts its counts over. */
    set(accountId: string, limits: Limits): void {
      chosen.set(accountId, limits);
      for (const name of buckets.keys()) if (name.startsWith(accountId)) buckets.delete(name);
    },
    /** Counts a request in; call what it answers when the request is over. Throws Stripe's 429 when there are too many. */
    enter(asking: Asking): () => void {
      const { account, method, route } = asking;
      const limits = chosen.get(account.id) ?? standard(account.livemode);
      if (limits === noLimits) return nothing;
      const endpoint = `${account.id} ${method} ${route}`;
      checkConcurrency(account.id, limits.concurrentRequests, 'global-concurrency');
      checkConcurrency(endpoint, limits.endpointConcurrentRequests, 'endpoint-concurrency');
      checkRate(account.id, limits.requestsPerSecond, 'global-rate');
      checkRate(endpoint, limits.endpointRequestsPerSecond, 'endpoint-rate');
      if (limits.resources) checkResources(asking);
      count(account.id, 1);
      count(endpoint, 1);
      return () => {
        count(account.id, -1);
        count(endpoint, -1);
      };
    },
  };
}

function nothing(): void {}

/** Holds one second's worth of requests and fills up as time goes by. */
class Bucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#at = nowMs;
  }

  take(nowMs: number): boolean {
    const filled = this.#tokens + ((nowMs - this.#at) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, filled);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

function tooMany(reason: Reason): StripeFault {
  return new StripeFault(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message:
        'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    },
    { headers: { 'stripe-rate-limited-reason': reason } },
  );
}
