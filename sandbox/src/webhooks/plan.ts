import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Delivery, deliveries, newDelivery } from './delivery.ts';
import { endpointPrivacy, standingEndpoints } from './endpoint.ts';

/** Puts an event on its way to every endpoint that wants it; in the same change as the event. */
export function planDeliveries(
  account: Account,
  event: { readonly id: string; readonly type: string },
): void {
  for (const endpoint of standingEndpoints(account)) {
    if (endpoint.status !== 'enabled' || !wants(endpoint, event.type)) continue;
    if (account.of(endpointPrivacy).get(endpoint.id)?.connect) continue;
    account.of(deliveries).put(newDelivery(event.id, endpoint.id, account.ownNow(), 'automatic'));
  }
}

export function wants(endpoint: Stripe.WebhookEndpoint, type: string): boolean {
  return endpoint.enabled_events.some((enabled) => enabled === '*' || enabled === type);
}

/** How many endpoints have not taken an event yet. */
export function pendingWebhooks(account: Account, eventId: string): number {
  const all = account.of(deliveries);
  if (all.size === 0) return 0;
  return all.by('event', eventId).filter((delivery) => delivery.status !== 'succeeded').length;
}

/** The delivery of an event to an endpoint, if there is one. */
export function deliveryOf(account: Account, eventId: string, endpointId: string): Delivery | undefined {
  return account
    .of(deliveries)
    .by('event', eventId)
    .find((delivery) => delivery.endpoint === endpointId);
}
