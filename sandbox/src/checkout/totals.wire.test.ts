import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { openShop } from './test-shop.ts';

const now = Date.UTC(2026, 0, 15, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const day = 86_400;

const items = fc.array(
  fc.record({
    amount: fc.integer({ min: 200, max: 99_999 }),
    quantity: fc.integer({ min: 1, max: 7 }),
    recurs: fc.boolean(),
    tax: fc.constantFrom('none', 'inclusive', 'exclusive'),
  }),
  { minLength: 1, maxLength: 4 },
);
const start = fc.oneof(
  fc.constant<Stripe.Checkout.SessionCreateParams.SubscriptionData>({}),
  fc.record({ trial_period_days: fc.integer({ min: 1, max: 40 }) }),
  fc
    .record({ days: fc.integer({ min: 1, max: 27 }), behavior: fc.constantFrom('none', 'create_prorations') })
    .map(({ days, behavior: proration_behavior }) => ({
      billing_cycle_anchor: now / 1000 + days * day,
      proration_behavior,
    })),
  fc.record({ day_of_month: fc.integer({ min: 1, max: 31 }) }).map((billing_cycle_anchor_config) => ({
    billing_cycle_anchor_config,
  })),
);
const order = fc.record({
  items,
  coupon: fc.constantFrom('none', 'percent', 'amount'),
  start,
  mode: fc.constantFrom('classic', 'flexible'),
});

test('what a session shows as due is what its payment or its first invoice then comes to', {
  timeout: 60_000,
}, async () => {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const shop = await openShop(new Stripe('sk_test_totals', { httpClient, maxNetworkRetries: 0 }));
  const { stripe, open, pay } = shop;
  const rate = (inclusive: boolean) =>
    stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive }).then(({ id }) => id);
  const rates = { none: [], inclusive: [await rate(true)], exclusive: [await rate(false)] };
  const coupons = {
    none: undefined,
    percent: (await stripe.coupons.create({ percent_off: 33.3, duration: 'once' })).id,
    amount: (await stripe.coupons.create({ amount_off: 99, currency: 'usd', duration: 'once' })).id,
  };
  const property = fc.asyncProperty(order, async ({ items, coupon, start, mode }) => {
    const recurs = items.some((item) => item.recurs);
    const session = await open({
      mode: recurs ? 'subscription' : 'payment',
      line_items: items.map(({ amount, quantity, recurs, tax }) => ({
        quantity,
        tax_rates: rates[tax],
        price_data: {
          currency: 'usd',
          unit_amount: amount,
          product_data: { name: 'Thing' },
          recurring: recurs ? { interval: 'month' } : undefined,
        },
      })),
      discounts: coupons[coupon] === undefined ? undefined : [{ coupon: coupons[coupon] }],
      subscription_data: recurs ? { ...start, billing_mode: { type: mode } } : undefined,
      invoice_creation: recurs ? undefined : { enabled: true },
    });
    const lines = (await stripe.checkout.sessions.listLineItems(session.id)).data;
    const sum = (name: 'amount_subtotal' | 'amount_total' | 'amount_discount' | 'amount_tax') =>
      lines.reduce((total, line) => total + line[name], 0);
    expect({
      subtotal: session.amount_subtotal,
      total: session.amount_total,
      off: session.total_details?.amount_discount,
      tax: session.total_details?.amount_tax,
    }).toEqual({
      subtotal: sum('amount_subtotal'),
      total: sum('amount_total'),
      off: sum('amount_discount'),
      tax: sum('amount_tax'),
    });
    const { invoice } = await pay(session.id);
    const made = invoice as Stripe.Invoice | null;
    expect(made?.total ?? 0).toBe(session.amount_total);
    expect(made?.amount_remaining ?? 0).toBe(0);
  });
  await fc.assert(property, {
    numRuns: 40,
    examples: [
      // Eleven cents, which nobody can be charged.
      [
        {
          items: [{ amount: 200, quantity: 1, recurs: true, tax: 'none' }],
          coupon: 'amount',
          start: { billing_cycle_anchor_config: { day_of_month: 1 } },
          mode: 'classic',
        },
      ],
    ],
  });
});
