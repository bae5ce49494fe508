import type { Account } from '../account.ts';
import { invalidRequest, noSuch } from '../wire/errors.ts';
import { deliveries, newDelivery, resent } from './delivery.ts';
import { destinationsOf, enabledDestination, type Sendable, wants } from './destination.ts';
import { deliveryOf, homeOf } from './plan.ts';

/** Sends an event to one destination once more, whether or not it got there before and whether or not it asked for it. */
export function resendTo(account: Account, event: Sendable, destinationId: string): void {
  const home = homeOf(account);
  if (!enabledDestination(home, destinationId))
    throw noSuch('webhook endpoint', destinationId, 'webhook_endpoint');
  const before = deliveryOf(account, event.id, destinationId);
  const next = before ? resent(before) : newDelivery(event, destinationId, account.ownNow(), 'manual');
  home.of(deliveries).put(next);
}

/**
 * What the CLI asks for when it names no endpoint: with Stripe the event then goes to `stripe listen`. The sandbox has
 * no such listeners; it sends to every enabled one that wants the event, and where none does it says what Stripe says.
 */
export function resendToAll(account: Account, event: Sendable): void {
  const takers = destinationsOf(homeOf(account)).filter((one) => one.isEnabled && wants(one, event));
  if (takers.length === 0) {
    throw invalidRequest(
      "No CLI endpoints found to retry delivery. Run 'stripe listen' and retry the request to see the event in the CLI, or provide a specific webhook endpoint.",
      { param: 'for_stripecli' },
    );
  }
  for (const destination of takers) resendTo(account, event, destination.id);
}
