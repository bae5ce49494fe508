import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Delivery, deliveries, newDelivery } from './delivery.ts';
import { endpointPrivacy, standingEndpoints } from './endpoint.ts';

/**
 * Puts an event on its way to every endpoint that wants it; in the same change as the event. What happens on a connected
 * account goes to the endpoints that its platform made for that (`connect`).
 */
export function planDeliveries(
  account: Account,
  event: { readonly id: string; readonly type: string; readonly account?: string },
): void {
  const home = homeOf(account);
  for (const endpoint of standingEndpoints(home)) {
    if (endpoint.status !== 'enabled' || !wants(endpoint, event.type)) continue;
    if (hearsConnected(home, endpoint.id) !== (home !== account)) continue;
    home.of(deliveries).put(newDelivery(event, endpoint.id, account.ownNow(), 'automatic'));
  }
}

/** The account that keeps endpoints and deliveries: a connected account's are with its platform. */
export function homeOf(account: Account): Account {
  return account.platform ?? account;
}

/** Whether an endpoint hears of connected accounts instead of the account itself. */
export function hearsConnected(home: Account, endpointId: string): boolean {
  return home.of(endpointPrivacy).get(endpointId)?.connect ?? false;
}

export function wants(endpoint: Stripe.WebhookEndpoint, type: string): boolean {
  return endpoint.enabled_events.some((enabled) => enabled === '*' || enabled === type);
}

/** How many endpoints have not taken an event yet. */
export function pendingWebhooks(account: Account, eventId: string): number {
  const all = homeOf(account).of(deliveries);
  if (all.size === 0) return 0;
  return all.by('event', eventId).filter((delivery) => delivery.status !== 'succeeded').length;
}

/** The delivery of an event to an endpoint, if there is one. */
export function deliveryOf(account: Account, eventId: string, endpointId: string): Delivery | undefined {
  return homeOf(account)
    .of(deliveries)
    .by('event', eventId)
    .find((delivery) => delivery.endpoint === endpointId);
}
