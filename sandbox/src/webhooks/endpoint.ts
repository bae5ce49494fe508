import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { hour } from '../clock.ts';
import { randomText } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';

export type StoredEndpoint = Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint;

export const webhookEndpoints: CollectionSpec<StoredEndpoint, 'standing'> = {
  name: 'webhook_endpoints',
  indexes: { standing: (endpoint) => (endpoint.deleted ? null : 'standing') },
};

/** What a webhook endpoint or an event destination has that Stripe does not show with it. Same id. */
export interface EndpointPrivacy {
  readonly id: string;
  /** An endpoint that hears of connected accounts instead of the account itself. */
  readonly connect?: boolean;
  /** An event destination's address; an endpoint shows its own. */
  readonly url?: string;
  /** The newest last; the others until `expires` (seconds since 1970). */
  readonly secrets: readonly { readonly secret: string; readonly expires: number | null }[];
}

export const endpointPrivacy: CollectionSpec<EndpointPrivacy> = { name: 'webhook_privacy', indexes: {} };

export function newSigningSecret(): string {
  return `whsec_${randomText(32)}`;
}

/** The endpoints that were not deleted, newest first. */
export function standingEndpoints(account: Account): Stripe.WebhookEndpoint[] {
  const endpoints = account.of(webhookEndpoints);
  if (endpoints.size === 0) return [];
  return endpoints.by('standing', 'standing').filter((endpoint) => !endpoint.deleted);
}

/** The secrets that sign what is sent at `now`, the newest first. */
export function signingSecrets(account: Account, endpointId: string, now: number): string[] {
  const secrets = account.of(endpointPrivacy).get(endpointId)?.secrets ?? [];
  const inForce = secrets.filter(({ expires }) => expires === null || expires > now);
  return inForce.map(({ secret }) => secret).reverse();
}

/** Gives an endpoint a new secret; the one before goes on signing for `overlapHours`. Answers the new one. */
export function rotateSecret(account: Account, endpointId: string, overlapHours: number): string {
  const now = account.now();
  const secret = newSigningSecret();
  account.transact(() => {
    const privacy = account.of(endpointPrivacy).get(endpointId);
    if (!privacy) throw new Error(`The webhook endpoint ${endpointId} has no secret to rotate`);
    const expires = now + overlapHours * hour;
    const kept = privacy.secrets
      .map((old) => ({ ...old, expires: Math.min(old.expires ?? expires, expires) }))
      .filter((old) => old.expires > now);
    account.of(endpointPrivacy).put({ ...privacy, secrets: [...kept, { secret, expires: null }] });
  });
  return secret;
}
