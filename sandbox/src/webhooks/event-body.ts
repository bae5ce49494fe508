import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { StoredEvent } from '../events.ts';
import { pendingWebhooks } from './plan.ts';

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
