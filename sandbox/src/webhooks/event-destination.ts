import type Stripe from 'stripe';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';

/** A destination as stored: without its address and secrets, which Stripe shows only on request. */
export type StoredDestination = Wire<Stripe.V2.Core.EventDestination> & { readonly type: 'webhook_endpoint' };

export const eventDestinations: CollectionSpec<StoredDestination> = {
  name: 'event_destinations',
  indexes: {},
};
