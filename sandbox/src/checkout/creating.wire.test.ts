import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const now = Date.UTC(2026, 0, 15, 12);
const clock = { now: () => now };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_checkout', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});
const success_url = 'https://shop.example/thanks?id={CHECKOUT_SESSION_ID}';
type Params = Stripe.Checkout.SessionCreateParams;

let once: string;
let monthly: string;
beforeAll(async () => {
  const product = (await stripe.products.create({ name: 'Shirt' })).id;
  const price = (unit_amount: number, interval?: 'month') =>
    stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount,
      ...(interval ? { recurring: { interval } } : {}),
    });
  once = (await price(1500)).id;
  monthly = (await price(1000, 'month')).id;
});
const payment = (more: Params = {}): Params => ({
  mode: 'payment',
  success_url,
  line_items: [{ price: once, quantity: 2 }],
  ...more,
});

describe('a session', () => {
  test('has what Stripe gives it when little is said', async () => {
    const session = await stripe.checkout.sessions.create(payment());
    expect(session.id).toMatch(/^cs_test_a1\w{56}$/);
    expect(session).toMatchObject({
      object: 'checkout.session',
      amount_subtotal: 3000,
      amount_total: 3000,
      cancel_url: null,
      created: now / 1000,
      currency: 'usd',
      customer: null,
      customer_creation: 'if_required',
      customer_details: null,
      expires_at: now / 1000 + 86_400,
      invoice_creation: { enabled: false, invoice_data: { metadata: {} } },
      mode: 'payment',
      payment_intent: null,
      payment_method_configuration_details: { parent: null },
      payment_method_types: ['card', 'klarna', 'link', 'amazon_pay'],
      payment_status: 'unpaid',
      status: 'open',
      success_url,
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
      ui_mode: 'hosted_page',
    });
    expect(session.url).toContain(session.id);
    expect(session.line_items).toBeUndefined();
  });

  test('makes prices and products on the way, and mixes what recurs with what does not', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url,
      line_items: [
        { price: monthly, quantity: 3 },
        {
          price_data: {
            currency: 'usd',
            unit_amount: 2500,
            product_data: { name: 'Setup', description: 'By hand' },
          },
          quantity: 1,
        },
      ],
      expand: ['line_items.data.price.product'],
    });
    expect(session).toMatchObject({ amount_total: 5500, customer_creation: 'always' });
    expect(session.line_items?.data).toMatchObject([
      { description: 'Shirt', amount_total: 3000, quantity: 3, price: { id: monthly } },
      {
        description: 'Setup',
        amount_total: 2500,
        price: { active: false, unit_amount: 2500, product: { name: 'Setup', description: 'By hand' } },
      },
    ]);
  });

  test('adds discount, tax and shipping up exactly, and says how', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 33 });
    const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19 });
    const session = await stripe.checkout.sessions.create(
      payment({
        line_items: [{ price: once, quantity: 3, tax_rates: [rate.id] }],
        discounts: [{ coupon: coupon.id }],
        shipping_options: [
          {
            shipping_rate_data: {
              display_name: 'Ground',
              type: 'fixed_amount',
              fixed_amount: { amount: 700, currency: 'usd' },
            },
          },
        ],
        expand: [
          'total_details.breakdown',
          'line_items.data.taxes',
          'line_items.data.discounts',
          'discounts.coupon',
          'shipping_cost.shipping_rate',
        ],
      }),
    );
    // 4500 − 33 % = 3015; 19 % of that are 572.85.
    expect(session).toMatchObject({
      amount_subtotal: 4500,
      amount_total: 3015 + 573 + 700,
      discounts: [{ coupon: { id: coupon.id, percent_off: 33 }, promotion_code: null }],
      shipping_cost: { amount_total: 700, shipping_rate: { display_name: 'Ground' } },
      total_details: {
        amount_discount: 1485,
        amount_shipping: 700,
        amount_tax: 573,
        breakdown: {
          discounts: [{ amount: 1485, discount: { checkout_session: session.id } }],
          taxes: [{ amount: 573, rate: { id: rate.id }, taxable_amount: 3015 }],
        },
      },
    });
    expect(session.line_items?.data[0]).toMatchObject({
      amount_discount: 1485,
      amount_tax: 573,
      amount_total: 3588,
      taxes: [{ amount: 573 }],
      discounts: [{ amount: 1485 }],
    });
    expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(0);
  });

  test('asks nothing for a trial, and a part for a billing date that comes sooner', async () => {
    const subscription = (subscription_data: Params['subscription_data']) =>
      stripe.checkout.sessions.create({
        mode: 'subscription',
        success_url,
        line_items: [{ price: monthly, quantity: 1 }],
        subscription_data,
      });
    expect((await subscription({ trial_period_days: 14 })).amount_total).toBe(0);
    const anchor = Date.UTC(2026, 0, 22, 12) / 1000;
    // 7 of the 31 days from 22 December to 22 January.
    expect((await subscription({ billing_cycle_anchor: anchor })).amount_total).toBe(226);
    const free = await subscription({ billing_cycle_anchor: anchor, proration_behavior: 'none' });
    expect(free.amount_total).toBe(0);
  });

  test('keeps what it is to collect, with Stripe’s defaults', async () => {
    const session = await stripe.checkout.sessions.create(
      payment({
        custom_fields: [
          {
            key: 'size',
            label: { type: 'custom', custom: 'Size' },
            type: 'dropdown',
            dropdown: { options: [{ label: 'Large', value: 'l' }] },
          },
          {
            key: 'note',
            label: { type: 'custom', custom: 'Note' },
            type: 'text',
            optional: true,
            text: { maximum_length: 20 },
          },
        ],
        custom_text: { submit: { message: 'Thank you' } },
        consent_collection: { terms_of_service: 'required' },
        phone_number_collection: { enabled: true },
        shipping_address_collection: { allowed_countries: ['US', 'CA'] },
        billing_address_collection: 'required',
        client_reference_id: 'order_7',
        customer_email: 'ada@example.com',
        after_expiration: { recovery: { enabled: true } },
        metadata: { a: '1' },
      }),
    );
    expect(session).toMatchObject({
      custom_fields: [
        { key: 'size', type: 'dropdown', optional: false, dropdown: { value: null, default_value: null } },
        { key: 'note', type: 'text', optional: true, text: { maximum_length: 20, value: null } },
      ],
      custom_text: { submit: { message: 'Thank you' }, after_submit: null },
      consent_collection: { terms_of_service: 'required', promotions: 'none' },
      phone_number_collection: { enabled: true },
      client_reference_id: 'order_7',
      customer_email: 'ada@example.com',
      customer_details: { email: 'ada@example.com', name: null },
      after_expiration: { recovery: { enabled: true, allow_promotion_codes: false, url: null } },
    });
  });

  test('in setup mode has a setup intent and no amounts', async () => {
    const session = await stripe.checkout.sessions.create({ mode: 'setup', currency: 'usd', success_url });
    expect(session).toMatchObject({
      amount_total: null,
      payment_status: 'no_payment_required',
      total_details: null,
    });
    expect(session.setup_intent).toMatch(/^seti_/);
  });
});

test('older API versions say where a session is shown in their own words', async () => {
  const apiVersion = '2025-09-30.clover';
  const ui_mode = 'hosted';
  const older = await stripe.checkout.sessions.create(payment({ ui_mode }), { apiVersion });
  expect(older.ui_mode).toBe('hosted');
  expect((await stripe.checkout.sessions.retrieve(older.id)).ui_mode).toBe('hosted_page');
  await expect(stripe.checkout.sessions.create(payment({ ui_mode }))).rejects.toMatchObject({
    param: 'ui_mode',
  });
});

test('sessions are listed, and their items paged', async () => {
  const customer = (await stripe.customers.create({ email: 'list@example.com' })).id;
  const item = { price: once, quantity: 1 };
  const { id } = await stripe.checkout.sessions.create(payment({ customer, line_items: [item, item, item] }));
  await stripe.checkout.sessions.expire((await stripe.checkout.sessions.create(payment({ customer }))).id);
  const listed = (filter: Stripe.Checkout.SessionListParams) =>
    stripe.checkout.sessions.list(filter).then(({ data }) => data.map((session) => session.id));
  expect(await listed({ customer, status: 'open' })).toEqual([id]);
  expect(await listed({ customer_details: { email: 'list@example.com' }, status: 'open' })).toEqual([id]);
  expect(await listed({ customer })).toHaveLength(2);
  expect(await listed({ payment_intent: 'pi_none' })).toEqual([]);
  const first = await stripe.checkout.sessions.listLineItems(id, { limit: 2 });
  expect(first).toMatchObject({ has_more: true, url: `/v1/checkout/sessions/${id}/line_items` });
  const rest = await stripe.checkout.sessions.listLineItems(id, { starting_after: first.data[1]?.id });
  expect(rest).toMatchObject({ has_more: false, data: [{ quantity: 1 }] });
});

test('an open session is changed: items, shipping, what the payment will say', async () => {
  const { id } = await stripe.checkout.sessions.create(payment());
  const items = await stripe.checkout.sessions.listLineItems(id);
  const changed = await stripe.checkout.sessions.update(id, {
    line_items: [
      { id: items.data[0]?.id, quantity: 5, adjustable_quantity: { enabled: true, minimum: 2, maximum: 8 } },
      { price: once, quantity: 1 },
    ],
    shipping_options: [
      { shipping_rate_data: { display_name: 'Air', fixed_amount: { amount: 900, currency: 'usd' } } },
    ],
    payment_intent_data: { description: 'Order 9' },
    metadata: { b: '2' },
    expand: ['line_items'],
  });
  expect(changed).toMatchObject({ amount_total: 6 * 1500 + 900, metadata: { b: '2' } });
  expect(changed.line_items?.data.map((item) => [item.id === items.data[0]?.id, item.quantity])).toEqual([
    [true, 5],
    [false, 1],
  ]);
  expect(changed.line_items?.data[0]?.adjustable_quantity).toMatchObject({ minimum: 2, maximum: 8 });
  await expect(
    stripe.checkout.sessions.update(id, { line_items: [{ id: items.data[0]?.id, quantity: 9 }] }),
  ).rejects.toMatchObject({ param: 'line_items[0][quantity]' });
  expect((await stripe.checkout.sessions.update(id, { shipping_options: '' })).amount_total).toBe(9000);
  await stripe.checkout.sessions.expire(id);
  await expect(stripe.checkout.sessions.update(id, { shipping_options: '' })).rejects.toMatchObject({
    statusCode: 400,
  });
  expect((await stripe.checkout.sessions.update(id, { metadata: '' })).metadata).toEqual({});
});
