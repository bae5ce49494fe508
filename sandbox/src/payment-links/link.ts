import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';

export type PaymentLink = Wire<Stripe.PaymentLink>;
export const paymentLinks: CollectionSpec<PaymentLink> = { name: 'payment_links', indexes: {} };

/** Where anybody pays through a link. */
export function linkUrl(account: Account, id: string): string {
  return `${account.origin()}/_sandbox/pay/${account.address}/${id}`;
}
