import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { events, type StoredEvent } from '../events.ts';
import type { Delivery } from './delivery.ts';
import { pendingWebhooks } from './plan.ts';

/** The account whose event a delivery carries, and the event while it is kept. `home` is the account of the endpoint. */
export function deliveredEvent(
  home: Account,
  delivery: Delivery,
): { account: Account; event: StoredEvent | undefined } {
  const account = delivery.account === undefined ? home : home.connected(delivery.account);
  return { account, event: account.of(events).get(delivery.event) };
}

/** An event as the API answers it now. */
export function eventObject(account: Account, event: StoredEvent): StoredEvent {
  return { ...event, pending_webhooks: pendingWebhooks(account, event.id) };
}

/** An event as an endpoint gets it: in the API version it was created for. */
export function eventFor(
  account: Account,
  event: StoredEvent,
  endpoint: Stripe.WebhookEndpoint,
): StoredEvent {
  return { ...eventObject(account, event), api_version: endpoint.api_version ?? event.api_version };
}
