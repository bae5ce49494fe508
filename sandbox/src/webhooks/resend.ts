import type { Account } from '../account.ts';
import type { StoredEvent } from '../events.ts';
import { invalidRequest, noSuch } from '../wire/errors.ts';
import { deliveries, newDelivery, resent } from './delivery.ts';
import { enabledEndpoint, standingEndpoints } from './endpoint.ts';
import { deliveryOf, wants } from './plan.ts';

/** Sends an event to one endpoint once more, whether or not it got there before and whether or not it asked for it. */
export function resendTo(account: Account, event: StoredEvent, endpointId: string): void {
  if (!enabledEndpoint(account, endpointId)) throw noSuch('webhook endpoint', endpointId, 'webhook_endpoint');
  const before = deliveryOf(account, event.id, endpointId);
  const next = before ? resent(before) : newDelivery(event.id, endpointId, account.now(), 'manual');
  account.of(deliveries).put(next);
}

/**
 * What the CLI asks for when it names no endpoint: with Stripe the event then goes to `stripe listen`. The sandbox has
 * no such listeners; it sends to every enabled endpoint that wants the event, and where none does it says what Stripe says.
 */
export function resendToAll(account: Account, event: StoredEvent): void {
  const takers = standingEndpoints(account).filter(
    (endpoint) => endpoint.status === 'enabled' && wants(endpoint, event.type),
  );
  if (takers.length === 0) {
    throw invalidRequest(
      "No CLI endpoints found to retry delivery. Run 'stripe listen' and retry the request to see the event in the CLI, or provide a specific webhook endpoint.",
      { param: 'for_stripecli' },
    );
  }
  for (const endpoint of takers) resendTo(account, event, endpoint.id);
}
