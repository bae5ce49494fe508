import type { Connection } from '@purser/server/api';
import { kinds } from './object-shapes.ts';

/** Where the Dashboard has a page for each of a kind. */
const places: Record<string, string> = {
  customer: 'customers',
  payment_intent: 'payments',
  charge: 'payments',
  refund: 'refunds',
  invoice: 'invoices',
  subscription: 'subscriptions',
  subscription_schedule: 'subscription_schedules',
  product: 'products',
  price: 'prices',
  dispute: 'disputes',
  payout: 'payouts',
  coupon: 'coupons',
  payment_link: 'payment-links',
  quote: 'quotes',
  event: 'events',
};

/**
 * Where Stripe's Dashboard shows an object: its page, or what a search for its id finds. null for accounts that are not
 * at Stripe, and for what is not Stripe's.
 */
export function stripeLink(
  connection: Pick<Connection, 'baseUrl' | 'mode' | 'account' | 'demo'> | undefined,
  type: string,
  id: string,
): string | null {
  if (!connection || connection.baseUrl || connection.demo || !Object.hasOwn(kinds, type)) return null;
  const mode = connection.mode === 'test' ? '/test' : '';
  const account = `https://dashboard.stripe.com/${encodeURIComponent(connection.account.id)}${mode}`;
  const place = places[type];
  return place
    ? `${account}/${place}/${encodeURIComponent(id)}`
    : `${account}/search?query=${encodeURIComponent(id)}`;
}
