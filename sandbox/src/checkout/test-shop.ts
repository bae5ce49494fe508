import type Stripe from 'stripe';

export const success_url = 'https://shop.example/thanks';

/** What a shop needs for tests: a shirt to sell, once or every month, and somebody to pay for it. */
export async function openShop(stripe: Stripe) {
  const product = (await stripe.products.create({ name: 'Shirt' })).id;
  const price = (unit_amount: number, recurring?: Stripe.PriceCreateParams.Recurring) =>
    stripe.prices.create({ product, currency: 'usd', unit_amount, recurring }).then(({ id }) => id);
  const open = (params: Stripe.Checkout.SessionCreateParams) =>
    stripe.checkout.sessions.create({ success_url, ...params });
  return {
    stripe,
    open,
    once: await price(1500),
    monthly: await price(1000, { interval: 'month' }),
    /** Pays as Stripe's own page would. */
    async pay(id: string, card = 'pm_card_visa', billing_details = { email: 'jenny@example.com' }) {
      const method = await stripe.paymentMethods.create({
        type: 'card',
        card: { token: card.replace('pm_card_', 'tok_') },
        billing_details,
      });
      await stripe.rawRequest('POST', `/v1/payment_pages/${id}/confirm`, { payment_method: method.id });
      return stripe.checkout.sessions.retrieve(id, {
        expand: ['payment_intent', 'subscription', 'invoice', 'setup_intent'],
      });
    },
    types: async () => (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type),
  };
}
