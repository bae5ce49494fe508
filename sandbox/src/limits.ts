import { StripeFault } from './wire/errors.ts';

/**
 * How many requests a second each account may make, as a bucket that holds one second's worth. Unlimited until told
 * otherwise, so that tests run at full speed; Stripe's own limits are about 100 in live and 25 in test mode.
 */
export function createRateLimits(defaultPerSecond: number | null, nowMs: () => number) {
  const buckets = new Map<string, { perSecond: number; tokens: number; at: number }>();

  return {
    set(accountId: string, perSecond: number | null): void {
      if (perSecond === null) buckets.delete(accountId);
      else buckets.set(accountId, { perSecond, tokens: perSecond, at: nowMs() });
    },
    /** Counts one request. Throws Stripe's 429 when there were too many. */
    take(accountId: string): void {
      const bucket = buckets.get(accountId) ?? fresh(accountId);
      if (!bucket) return;
      const now = nowMs();
      bucket.tokens = Math.min(
        bucket.perSecond,
        bucket.tokens + ((now - bucket.at) * bucket.perSecond) / 1000,
      );
      bucket.at = now;
      if (bucket.tokens < 1) throw tooMany();
      bucket.tokens--;
    },
  };

  function fresh(accountId: string) {
    if (defaultPerSecond === null) return null;
    const bucket = { perSecond: defaultPerSecond, tokens: defaultPerSecond, at: nowMs() };
    buckets.set(accountId, bucket);
    return bucket;
  }
}

function tooMany(): StripeFault {
  const fault = new StripeFault(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  });
  return Object.assign(fault, { headers: { 'stripe-rate-limited-reason': 'global-rate' } });
}
