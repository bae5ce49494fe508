import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const now = Date.UTC(2026, 0, 15, 12);
const clock = { now: () => now };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_refusals', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});
const success_url = 'https://shop.example/thanks?id={CHECKOUT_SESSION_ID}';
type Params = Stripe.Checkout.SessionCreateParams;

let once: string;
let monthly: string;
let yearly: string;
let metered: string;
beforeAll(async () => {
  const product = (await stripe.products.create({ name: 'Shirt' })).id;
  const price = (unit_amount: number, interval?: 'month' | 'year') =>
    stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount,
      ...(interval ? { recurring: { interval } } : {}),
    });
  once = (await price(1500)).id;
  monthly = (await price(1000, 'month')).id;
  yearly = (await price(9000, 'year')).id;
  const { id: meter } = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  const usage = { interval: 'month', usage_type: 'metered', meter } as const;
  metered = (await stripe.prices.create({ product, currency: 'usd', unit_amount: 5, recurring: usage })).id;
});
const payment = (more: Params = {}): Params => ({
  mode: 'payment',
  success_url,
  line_items: [{ price: once, quantity: 2 }],
  ...more,
});

describe('Stripe refuses', () => {
  const line = { quantity: 1 };
  const at = (minutes: number) => now / 1000 + minutes * 60;
  const cases: readonly [string, () => Params, string | RegExp, string?][] = [
    ['no mode', () => ({ success_url }), 'Missing required param: mode.', 'mode'],
    ['no success_url', () => payment({ success_url: undefined }), /success_url/, 'success_url'],
    [
      'an address without a scheme',
      () => payment({ success_url: 'shop.example' }),
      /explicit scheme/,
      'success_url',
    ],
    [
      'an address that runs',
      () => payment({ cancel_url: 'javascript:alert(1)' }),
      'Not a valid URL',
      'cancel_url',
    ],
    ['no items', () => payment({ line_items: [] }), 'Missing required param: line_items.'],
    ['an item without price', () => payment({ line_items: [line] }), /either price or price_data/],
    [
      'an item without quantity',
      () => payment({ line_items: [{ price: once }] }),
      'Quantity is required. Add `quantity` to `line_items[0]`',
    ],
    [
      'an unknown price',
      () => payment({ line_items: [{ price: 'price_x', ...line }] }),
      "No such price: 'price_x'",
    ],
    [
      'a recurring price in payment mode',
      () => payment({ line_items: [{ price: monthly, ...line }] }),
      /You specified `payment` mode but passed a recurring price/,
    ],
    [
      'one-off prices only in subscription mode',
      () => payment({ mode: 'subscription' }),
      /at least one recurring price/,
    ],
    [
      'several intervals',
      () => ({
        mode: 'subscription',
        success_url,
        line_items: [
          { price: monthly, ...line },
          { price: yearly, ...line },
        ],
      }),
      'Checkout does not support multiple prices with different billing intervals.',
    ],
    [
      'line items in setup mode',
      () => payment({ mode: 'setup', currency: 'usd' }),
      'You can not pass `line_items` in `setup` mode.',
    ],
    [
      'payment_intent_data in subscription mode',
      () => ({
        mode: 'subscription',
        success_url,
        line_items: [{ price: monthly, ...line }],
        payment_intent_data: { description: 'x' },
      }),
      'You can not pass `payment_intent_data` in `subscription` mode.',
    ],
    [
      'subscription_data in payment mode',
      () => payment({ subscription_data: { description: 'x' } }),
      'You can not pass `subscription_data` in `payment` mode.',
    ],
    [
      'invoices made in subscription mode',
      () => ({
        mode: 'subscription',
        success_url,
        line_items: [{ price: monthly, ...line }],
        invoice_creation: { enabled: true },
      }),
      /Invoices are created automatically/,
    ],
    [
      'a customer twice',
      () => payment({ customer: 'cus_x', customer_email: 'a@b.c' }),
      'You may only specify one of these parameters: customer, customer_email.',
    ],
    ['an unknown customer', () => payment({ customer: 'cus_x' }), "No such customer: 'cus_x'", 'customer'],
    [
      'codes and discounts at once',
      () => payment({ allow_promotion_codes: true, discounts: [{ coupon: 'x' }] }),
      /allow_promotion_codes, discounts/,
    ],
    ['an unknown coupon', () => payment({ discounts: [{ coupon: 'nope' }] }), "No such coupon: 'nope'"],
    [
      'closing too soon',
      () => payment({ expires_at: at(29) }),
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
    ],
    ['closing too late', () => payment({ expires_at: at(24 * 60 + 1) }), /less than 24 hours/],
    [
      'too small a total',
      () =>
        payment({
          line_items: [
            { price_data: { currency: 'usd', unit_amount: 20, product_data: { name: 'x' } }, quantity: 1 },
          ],
        }),
      "The Checkout Session's total amount due must add up to at least $0.50 usd",
    ],
    ['another currency', () => payment({ currency: 'eur' }), /only supports `usd`/],
    [
      'a mistyped e-mail address',
      () => payment({ customer_email: 'nobody' }),
      'Invalid email address: nobody',
      'customer_email',
    ],
    [
      'the same key for two fields',
      () =>
        payment({
          custom_fields: [1, 2].map(() => ({
            key: 'k',
            label: { type: 'custom', custom: 'K' },
            type: 'text',
          })),
        }),
      /unique/,
    ],
    [
      'a quantity out of its bounds',
      () =>
        payment({
          line_items: [{ price: once, quantity: 9, adjustable_quantity: { enabled: true, maximum: 5 } }],
        }),
      /must be between/,
    ],
    [
      'a trial that ends tomorrow',
      () => ({
        mode: 'subscription',
        success_url,
        line_items: [{ price: monthly, ...line }],
        subscription_data: { trial_end: at(24 * 60) },
      }),
      /at least 2 days/,
    ],
    [
      'a billing date later than the natural one',
      () => ({
        mode: 'subscription',
        success_url,
        line_items: [{ price: monthly, ...line }],
        subscription_data: { billing_cycle_anchor: at(40 * 24 * 60) },
      }),
      /cannot be later than next natural billing date/,
      'subscription_data[billing_cycle_anchor]',
    ],
    [
      'a quantity of what is metered',
      () => ({ mode: 'subscription', success_url, line_items: [{ price: metered, ...line }] }),
      /Quantity should not be specified/,
      'line_items[0][quantity]',
    ],
  ];
  test.each(cases)('%s', async (_name, params, message, param) => {
    await expect(stripe.checkout.sessions.create(params())).rejects.toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      ...(param ? { param } : {}),
    });
  });

  test('what is not simulated answers 501, never as if it were', async () => {
    for (const more of [{ automatic_tax: { enabled: true } }, { ui_mode: 'form' as const }])
      await expect(stripe.checkout.sessions.create(payment(more))).rejects.toMatchObject({ statusCode: 501 });
  });
});
