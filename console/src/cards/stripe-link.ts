import type { Connection } from '@purser/server/api';

const places: Record<string, string> = {
  customer: 'customers',
  payment_intent: 'payments',
  charge: 'payments',
  refund: 'refunds',
  invoice: 'invoices',
  subscription: 'subscriptions',
  product: 'products',
  price: 'prices',
  dispute: 'disputes',
  payout: 'payouts',
  coupon: 'coupons',
  payment_link: 'payment-links',
};

/** Where Stripe's Dashboard shows an object; null for accounts that are not at Stripe, and for what has no page. */
export function stripeLink(
  connection: Pick<Connection, 'baseUrl' | 'mode' | 'account' | 'demo'> | undefined,
  type: string,
  id: string,
): string | null {
  const place = places[type];
  if (!connection || connection.baseUrl || connection.demo || !place) return null;
  const mode = connection.mode === 'test' ? '/test' : '';
  return `https://dashboard.stripe.com/${encodeURIComponent(connection.account.id)}${mode}/${place}/${encodeURIComponent(id)}`;
}
