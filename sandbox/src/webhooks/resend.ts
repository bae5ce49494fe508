import type { Account } from '../account.ts';
import type { StoredEvent } from '../events.ts';
import { invalidRequest, noSuch } from '../wire/errors.ts';
import { deliveries, newDelivery, resent } from './delivery.ts';
import { enabledEndpoint, standingEndpoints } from './endpoint.ts';
import { deliveryOf, hearsConnected, homeOf, wants } from './plan.ts';

/** Sends an event to one endpoint once more, whether or not it got there before and whether or not it asked for it. */
export function resendTo(account: Account, event: StoredEvent, endpointId: string): void {
  const home = homeOf(account);
  if (!enabledEndpoint(home, endpointId)) throw noSuch('webhook endpoint', endpointId, 'webhook_endpoint');
  const before = deliveryOf(account, event.id, endpointId);
  const next = before ? resent(before) : newDelivery(event, endpointId, account.ownNow(), 'manual');
  home.of(deliveries).put(next);
}

/**
 * What the CLI asks for when it names no endpoint: with Stripe the event then goes to `stripe listen`. The sandbox has
 * no such listeners; it sends to every enabled endpoint that wants the event, and where none does it says what Stripe says.
 */
export function resendToAll(account: Account, event: StoredEvent): void {
  const home = homeOf(account);
  const takers = standingEndpoints(home).filter(
    (endpoint) =>
      endpoint.status === 'enabled' &&
      wants(endpoint, event.type) &&
      hearsConnected(home, endpoint.id) === (home !== account),
  );
  if (takers.length === 0) {
    throw invalidRequest(
      "No CLI endpoints found to retry delivery. Run 'stripe listen' and retry the request to see the event in the CLI, or provide a specific webhook endpoint.",
      { param: 'for_stripecli' },
    );
  }
  for (const endpoint of takers) resendTo(account, event, endpoint.id);
}
