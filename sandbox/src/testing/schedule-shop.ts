import Stripe from 'stripe';
import { createSandbox } from '../index.ts';

/** The first of a month of 2026, in seconds. */
export const first = (month: number) => Date.UTC(2026, month - 1, 1) / 1000;
export const start = first(1);

/** A sandbox whose time tests move, and in it shops with plans to put subscriptions under schedules with. */
export function createShops(name: string) {
  let now = start;
  const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
  let accounts = 0;
  /** Another account, at the beginning of 2026. */
  async function shop() {
    now = start;
    const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
    const stripe = new Stripe(`sk_test_${name}${accounts++}`, { httpClient, maxNetworkRetries: 0 });
    const customer = (await stripe.customers.create({ email: 'bea@example.com' })).id;
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    const { id: product } = await stripe.products.create({ name: 'Premium' });
    const price = async (unit_amount: number, interval: 'month' | 'year' = 'month') =>
      (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval } })).id;
    const [small, large] = [await price(1000), await price(3000)];
    const types = async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    const totals = async () =>
      (await stripe.invoices.list({ customer })).data
        .map(({ total, billing_reason: reason }) => `${total} ${reason}`)
        .reverse();
    const to = (at: number) => {
      now = at;
    };
    return { stripe, customer, product, price, small, large, types, totals, to, method: method.id };
  }
  return { sandbox, shop };
}

export function idOf(value: string | { id: string } | null): string {
  if (value === null) throw new Error('nothing there');
  return typeof value === 'string' ? value : value.id;
}
