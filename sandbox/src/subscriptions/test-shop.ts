import type Stripe from 'stripe';
import { createSandbox } from '../index.ts';

/** Seconds of a moment in UTC: `2026-01-31` or `2026-01-31T12:00`. */
export const at = (text: string): number => Date.parse(text.includes('T') ? `${text}Z` : text) / 1000;

type Recurring = Stripe.PriceCreateParams.Recurring;
const monthly: Recurring = { interval: 'month' };

/** Shops of one sandbox, each an account of its own that is called with this SDK, and the time they are all in. */
export function openShops(Sdk: typeof Stripe) {
  let now = 0;
  const troubles: string[] = [];
  const sandbox = createSandbox({
    clock: { now: () => now * 1000 },
    log: (message) => troubles.push(message),
  });
  let accounts = 0;

  /** A shop that opens at a moment, with a customer who pays with this card. */
  async function open(opening: string, card: string | null = 'pm_card_visa') {
    now = at(opening);
    const key = `sk_test_shop${accounts++}`;
    const httpClient = Sdk.createFetchHttpClient(sandbox.fetch);
    const stripe = new Sdk(key, { httpClient, maxNetworkRetries: 0 });
    const product = (await stripe.products.create({ name: 'Premium' })).id;
    const customer = (await stripe.customers.create({ name: 'Ann', email: 'ann@example.com' })).id;
    const shop = {
      stripe,
      customer,
      product,
      price: async (unit_amount: number, recurring: Recurring = monthly, currency = 'usd') =>
        (await stripe.prices.create({ product, currency, unit_amount, recurring })).id,
      /** The customer pays with this card from now on. */
      async use(token: string) {
        const method = await stripe.paymentMethods.attach(token, { customer });
        await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
        return method.id;
      },
      subscribe: (price: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
        stripe.subscriptions.create({ customer, items: [{ price }], ...more }),
      subscription: (id: string) => stripe.subscriptions.retrieve(id),
      /** All invoices of the customer, newest first. */
      invoices: async () => (await stripe.invoices.list({ customer, limit: 100 })).data,
      async newest() {
        const [invoice] = await shop.invoices();
        if (!invoice) throw new Error('no invoice');
        return invoice;
      },
      pending: async () => (await stripe.invoiceItems.list({ customer, pending: true, limit: 100 })).data,
      types: async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type),
      /** Says how a dashboard is set about billing. */
      async setBilling(settings: Readonly<Record<string, unknown>>) {
        const answer = await sandbox.fetch('http://sandbox/_sandbox/billing', {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(settings),
        });
        if (!answer.ok) throw new Error(await answer.text());
      },
      /** What does not add up, or went wrong unseen. */
      async problems(): Promise<unknown[]> {
        const headers = { authorization: `Bearer ${key}` };
        const answer = await sandbox.fetch('http://sandbox/_sandbox/audit', { headers });
        const { problems } = (await answer.json()) as { problems: unknown[] };
        return [...problems, ...troubles];
      },
    };
    if (card) await shop.use(card);
    return shop;
  }

  return {
    open,
    /** Goes to a moment. */
    go(to: string | number) {
      now = typeof to === 'number' ? to : at(to);
    },
    now: () => now,
    close: () => sandbox.close(),
  };
}

export type Shop = Awaited<ReturnType<ReturnType<typeof openShops>['open']>>;

export function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data;
  if (!item) throw new Error('no item');
  return item;
}

/** What an invoice's lines are for and come to, in order. */
export const linesOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => [line.description, line.amount]);
