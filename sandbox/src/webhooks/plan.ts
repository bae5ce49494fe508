import type { Account } from '../account.ts';
import { type Delivery, deliveries, newDelivery } from './delivery.ts';
import { destinationsOf, type Sendable, wants } from './destination.ts';

/**
 * Puts an event on its way to every destination that wants it; in the same change as the event. What happens on a
 * connected account goes to the destinations that its platform made for that.
 */
export function planDeliveries(account: Account, event: Sendable): void {
  const home = homeOf(account);
  for (const destination of destinationsOf(home)) {
    if (!destination.isEnabled || !wants(destination, event)) continue;
    home.of(deliveries).put(newDelivery(event, destination.id, account.ownNow(), 'automatic'));
  }
}

/** The account that keeps destinations and deliveries: a connected account's are with its platform. */
export function homeOf(account: Account): Account {
  return account.platform ?? account;
}

/** How many destinations have not taken an event yet. */
export function pendingWebhooks(account: Account, eventId: string): number {
  const all = homeOf(account).of(deliveries);
  if (all.size === 0) return 0;
  return all.by('event', eventId).filter((delivery) => delivery.status !== 'succeeded').length;
}

/** The delivery of an event to a destination, if there is one. */
export function deliveryOf(account: Account, eventId: string, destinationId: string): Delivery | undefined {
  return homeOf(account)
    .of(deliveries)
    .by('event', eventId)
    .find((delivery) => delivery.endpoint === destinationId);
}
