import type { Connection } from '@purser/server/api';
import { stripeLink } from './stripe-link.ts';

/** What an id is of, by how it begins. */
const kinds: Record<string, string> = {
  ch: 'charge',
  cus: 'customer',
  dp: 'dispute',
  du: 'dispute',
  evt: 'event',
  in: 'invoice',
  pi: 'payment_intent',
  plink: 'payment_link',
  po: 'payout',
  price: 'price',
  prod: 'product',
  qt: 'quote',
  re: 'refund',
  sub: 'subscription',
};

/** Where an id that an answer cites is seen: a customer here, all else at Stripe; null where it is nowhere. */
export function idLink(connection: Connection | undefined, id: string): string | null {
  const kind = kinds[id.slice(0, id.indexOf('_'))];
  if (!connection || !kind) return null;
  if (kind === 'customer') return `/customers/${connection.id}/${id}`;
  return stripeLink(connection, kind, id);
}
