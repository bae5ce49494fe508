import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { createRandom } from '../seeds/random.ts';

const day = 86_400_000;
const key = 'sk_test_histories';

/** Whatever people do, in any order: refusals are fine, broken books are not. */
test.each([[1], [2], [3], [4]])('the books are in order after random billing, story %i', async (seed) => {
  let now = Date.UTC(2026, 0, 30, 8);
  const troubles: string[] = [];
  const sandbox = createSandbox({ clock: { now: () => now }, log: (message) => troubles.push(message) });
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const random = createRandom(seed);
  const product = (await stripe.products.create({ name: 'Plan' })).id;
  const price = async (unit_amount: number, interval: 'month' | 'week' | 'year') =>
    (await stripe.prices.create({ product, currency: 'eur', unit_amount, recurring: { interval } })).id;
  const prices = [
    await price(1999, 'month'),
    await price(777, 'month'),
    await price(350, 'week'),
    await price(25_000, 'year'),
  ];
  const coupon = (
    await stripe.coupons.create({ percent_off: 33.33, duration: 'repeating', duration_in_months: 2 })
  ).id;
  const tax = (await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 21 })).id;
  const customers = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => (await stripe.customers.create({ email: `${name}@example.com` })).id),
  );
  const anyOf = <T>(list: readonly T[]) => list[random.between(0, list.length - 1)];

  const acts: ((customer: string) => Promise<unknown>)[] = [
    async (customer) => {
      const card = random.chance(0.7) ? 'pm_card_visa' : 'pm_card_chargeCustomerFail';
      const method = await stripe.paymentMethods.attach(card, { customer });
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    },
    (customer) =>
      stripe.subscriptions.create({
        customer,
        items: [{ price: anyOf(prices), quantity: random.between(0, 5) }],
        ...(random.chance(0.3) ? { trial_period_days: random.between(1, 20) } : {}),
        ...(random.chance(0.4) ? { discounts: [{ coupon }] } : {}),
        ...(random.chance(0.4) ? { default_tax_rates: [tax] } : {}),
        ...(random.chance(0.2) ? { collection_method: 'send_invoice', days_until_due: 5 } : {}),
      }),
    async (customer) => {
      const found = anyOf((await stripe.subscriptions.list({ customer })).data);
      const item = found?.items.data[0];
      if (!found || !item) return;
      await stripe.subscriptions.update(found.id, {
        items: [{ id: item.id, price: anyOf(prices), quantity: random.between(0, 6) }],
        proration_behavior: anyOf(['always_invoice', 'create_prorations', 'none']),
      });
    },
    async (customer) => {
      const found = anyOf((await stripe.subscriptions.list({ customer })).data);
      if (found && random.chance(0.5))
        await stripe.subscriptions.cancel(found.id, { prorate: true, invoice_now: random.chance(0.5) });
      else if (found)
        await stripe.subscriptions.update(found.id, { cancel_at_period_end: random.chance(0.5) });
    },
    async (customer) => {
      const invoice = anyOf((await stripe.invoices.list({ customer, status: 'open' })).data);
      if (!invoice) return;
      const end = random.between(0, 2);
      if (end === 0) await stripe.invoices.voidInvoice(invoice.id);
      else if (end === 1) await stripe.invoices.pay(invoice.id, { paid_out_of_band: random.chance(0.3) });
      else await stripe.invoices.markUncollectible(invoice.id);
    },
    (customer) =>
      stripe.invoiceItems.create({ customer, amount: random.between(-900, 3000), currency: 'eur' }),
    async () => {
      const charge = anyOf((await stripe.charges.list()).data);
      if (charge)
        await stripe.refunds.create({ charge: charge.id, amount: random.between(1, charge.amount) });
    },
  ];

  for (let step = 0; step < 120; step++) {
    now += random.between(0, 4) * day;
    const customer = anyOf(customers) ?? '';
    await anyOf(acts)?.(customer).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Stripe.errors.StripeError);
      expect((error as { statusCode?: number }).statusCode).toBeLessThan(500);
    });
  }

  expect(troubles).toEqual([]);
  const headers = { authorization: `Bearer ${key}` };
  expect(await (await sandbox.fetch('http://sandbox/_sandbox/audit', { headers })).json()).toMatchObject({
    problems: [],
  });
  const credits = new Map<string, number>();
  for await (const invoice of stripe.invoices.list({ limit: 100 })) {
    const sum = (amounts: readonly { amount: number }[] | null) =>
      (amounts ?? []).reduce((total, { amount }) => total + amount, 0);
    expect(invoice.total).toBe(
      sum(invoice.lines.data) - sum(invoice.total_discount_amounts) + sum(invoice.total_taxes),
    );
    expect(invoice.amount_due).toBe(invoice.amount_paid + invoice.amount_remaining);
    if (invoice.status === 'paid') expect(invoice.amount_remaining).toBe(0);
    if (invoice.status === 'draft' || invoice.status === 'void') continue;
    const change = (invoice.ending_balance ?? 0) - invoice.starting_balance;
    expect(invoice.amount_due).toBe(invoice.total - change);
    credits.set(String(invoice.customer), (credits.get(String(invoice.customer)) ?? 0) + change);
  }
  for (const id of customers) {
    const customer = (await stripe.customers.retrieve(id)) as Stripe.Customer;
    expect(customer.balance).toBe(credits.get(id) ?? 0);
  }
  await sandbox.close();
});
