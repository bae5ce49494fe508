import type { Context, Hono } from 'hono';
import type { Account } from './account.ts';
import { type createFaults, faultFields } from './faults.ts';
import { type createLimiter, noLimits, stripeLimits } from './limits.ts';
import type { FormMap } from './wire/form.ts';
import { emptyable, integer, oneOf, parseFields } from './wire/params.ts';

interface Control {
  readonly faults: ReturnType<typeof createFaults>;
  readonly limits: ReturnType<typeof createLimiter>;
  readonly accountOf: (context: Context) => Promise<Account>;
  readonly bodyOf: (context: Context) => Promise<FormMap>;
}

const limit = emptyable(integer(1, 1_000_000));
const limitFields = {
  concurrent_requests: limit,
  endpoint_concurrent_requests: limit,
  endpoint_requests_per_second: limit,
  preset: oneOf('none', 'stripe'),
  requests_per_second: limit,
} as const;

/** Faults and limits: what makes a client's retries worth testing. */
export function addTroubleControl(app: Hono, { faults, limits, accountOf, bodyOf }: Control): void {
  app.post('/_sandbox/faults', async (context) => {
    const account = await accountOf(context);
    const fault = parseFields(faultFields, await bodyOf(context));
    faults.add(account.id, fault);
    return context.json({ account: account.id, ...fault });
  });

  app.delete('/_sandbox/faults', async (context) => {
    faults.clear((await accountOf(context)).id);
    return context.json({ cleared: true });
  });

  app.post('/_sandbox/limits', async (context) => {
    const account = await accountOf(context);
    const given = parseFields(limitFields, await bodyOf(context));
    const base = given.preset === 'stripe' ? stripeLimits(account.livemode) : noLimits;
    const {
      concurrent_requests: concurrentRequests = base.concurrentRequests,
      endpoint_concurrent_requests: endpointConcurrentRequests = base.endpointConcurrentRequests,
      endpoint_requests_per_second: endpointRequestsPerSecond = base.endpointRequestsPerSecond,
      requests_per_second: requestsPerSecond = base.requestsPerSecond,
    } = given;
    const chosen = {
      requestsPerSecond,
      endpointRequestsPerSecond,
      concurrentRequests,
      endpointConcurrentRequests,
      resources: base.resources,
    };
    limits.set(account.id, chosen);
    return context.json({
      account: account.id,
      concurrent_requests: concurrentRequests,
      endpoint_concurrent_requests: endpointConcurrentRequests,
      endpoint_requests_per_second: endpointRequestsPerSecond,
      preset: given.preset ?? 'none',
      requests_per_second: requestsPerSecond,
    });
  });
}
