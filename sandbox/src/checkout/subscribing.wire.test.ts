import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { openShop } from './test-shop.ts';

let now = Date.UTC(2026, 0, 15, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
async function newShop() {
  const key = `sk_test_subscribing${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const shop = await openShop(new Stripe(key, { httpClient, maxNetworkRetries: 0 }));
  const headers = { authorization: `Bearer ${key}` };
  const audit = async () => (await sandbox.fetch('http://x/_sandbox/audit', { headers })).json();
  return { ...shop, audit };
}

describe('a subscription', () => {
  test('starts with its first payment, one-off items on the first invoice only', async () => {
    const { stripe, open, once, monthly, pay, types, audit } = await newShop();
    const promotion = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: (await stripe.coupons.create({ percent_off: 50 })).id },
    });
    const { id, amount_total } = await open({
      mode: 'subscription',
      line_items: [
        { price: monthly, quantity: 3 },
        { price: once, quantity: 1 },
      ],
      discounts: [{ promotion_code: promotion.id }],
      subscription_data: { metadata: { plan: 'team' }, description: 'Team' },
    });
    expect(amount_total).toBe(2250);
    const session = await pay(id);
    expect(session).toMatchObject({
      payment_status: 'paid',
      payment_intent: null,
      customer: expect.stringMatching(/^cus_/),
      subscription: { status: 'active', metadata: { plan: 'team' }, description: 'Team' },
      invoice: { status: 'paid', total: 2250, billing_reason: 'subscription_create' },
    });
    if (typeof session.subscription !== 'object') throw new Error('not expanded');
    const items = session.subscription?.items.data.map((item) => [item.price.id, item.quantity]);
    expect(items).toEqual([[monthly, 3]]);
    expect(session.subscription?.default_payment_method).toMatch(/^pm_/);
    expect((await stripe.promotionCodes.retrieve(promotion.id)).times_redeemed).toBe(1);
    const seen = await types();
    for (const type of [
      'customer.created',
      'customer.subscription.created',
      'invoice.paid',
      'checkout.session.completed',
    ] as const)
      expect(seen.filter((other) => other === type)).toHaveLength(1);
    expect(await stripe.checkout.sessions.list({ subscription: session.subscription?.id })).toMatchObject({
      data: [{ id }],
    });
    expect(await audit()).toMatchObject({ ok: true });
  });

  test('by usage begins with nothing due, on the day of the month and in the mode that were asked for', async () => {
    const { stripe, open, pay } = await newShop();
    const { id: meter } = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 5,
      product_data: { name: 'Calls' },
      recurring: { interval: 'month', usage_type: 'metered', meter },
    });
    const session = await open({
      mode: 'subscription',
      line_items: [{ price: price.id }],
      subscription_data: {
        billing_cycle_anchor_config: { day_of_month: 1 },
        billing_mode: { type: 'classic' },
        invoice_settings: { custom_fields: [{ name: 'PO', value: '7' }] },
      },
    });
    expect(session.amount_total).toBe(0);
    expect((await pay(session.id)).subscription).toMatchObject({
      status: 'active',
      billing_cycle_anchor_config: { day_of_month: 1 },
      billing_mode: { type: 'classic' },
      invoice_settings: { custom_fields: [{ name: 'PO', value: '7' }] },
      items: { data: [{ current_period_end: Date.UTC(2026, 1, 1, 12) / 1000 }] },
    });
  });

  test('is begun once however often a card is declined', async () => {
    const { stripe, open, monthly, pay } = await newShop();
    const { id } = await open({ mode: 'subscription', line_items: [{ price: monthly, quantity: 1 }] });
    for (const card of ['pm_card_chargeDeclined', 'pm_card_chargeDeclinedInsufficientFunds'])
      await expect(pay(id, card)).rejects.toMatchObject({ statusCode: 402 });
    expect((await stripe.checkout.sessions.retrieve(id)).subscription).toBeNull();
    expect(await pay(id)).toMatchObject({ payment_status: 'paid', subscription: { status: 'active' } });
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toHaveLength(1);
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('with a trial saves the card, charges nothing, and is billed when the trial ends', async () => {
    const { stripe, open, monthly, pay } = await newShop();
    const { id } = await open({
      mode: 'subscription',
      line_items: [{ price: monthly, quantity: 1 }],
      subscription_data: { trial_period_days: 7 },
    });
    const session = await pay(id);
    expect(session).toMatchObject({
      payment_status: 'no_payment_required',
      subscription: { status: 'trialing', default_payment_method: expect.stringMatching(/^pm_/) },
    });
    expect((await stripe.charges.list()).data).toEqual([]);
    now += 8 * 86_400_000;
    expect((await stripe.charges.list()).data).toMatchObject([{ amount: 1000, status: 'succeeded' }]);
  });
});

describe('a subscription by usage', () => {
  async function meteredShop() {
    const shop = await newShop();
    const { stripe } = shop;
    const meter = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    const { id: price } = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Calls' },
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
      unit_amount: 10,
    });
    return { ...shop, price };
  }

  test('is begun without a quantity or a payment, and billed for what was used', async () => {
    const { stripe, open, pay, price } = await meteredShop();
    await expect(open({ mode: 'subscription', line_items: [{ price, quantity: 1 }] })).rejects.toMatchObject({
      message:
        'Quantity should not be specified where usage_type is `metered`. Remove quantity from `line_items[0]`',
    });
    const { id, amount_total } = await open({ mode: 'subscription', line_items: [{ price }] });
    expect(amount_total).toBe(0);
    const session = await pay(id);
    expect(session).toMatchObject({
      payment_status: 'no_payment_required',
      subscription: { status: 'active' },
    });
    const { customer, subscription } = session;
    if (typeof customer !== 'string' || typeof subscription !== 'object') throw new Error('not as expanded');
    expect(subscription?.items.data.map((item) => [item.price.id, item.quantity])).toEqual([
      [price, undefined],
    ]);
    await stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value: '70' },
    });
    now += 32 * 86_400_000;
    expect((await stripe.charges.list()).data).toMatchObject([{ amount: 700, status: 'succeeded' }]);
  });

  test('can come from a link, whose quantity means nothing', async () => {
    const { stripe, price } = await meteredShop();
    const link = await stripe.paymentLinks.create({ line_items: [{ price, quantity: 3 }] });
    const { data } = await stripe.paymentLinks.listLineItems(link.id);
    expect(data).toMatchObject([{ price: { id: price }, quantity: null, amount_total: 0 }]);
  });
});

test('setup mode saves the card for the customer and charges nothing', async () => {
  const { stripe, open, pay } = await newShop();
  const customer = (await stripe.customers.create({ email: 'saved@example.com' })).id;
  const { id } = await open({ mode: 'setup', currency: 'usd', customer });
  const session = await pay(id);
  expect(session).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    setup_intent: { status: 'succeeded' },
  });
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});

test.each([
  ['the customer’s credit covers', -5000, 99],
  ['is too little to be charged', 0, 980],
])(
  'a first invoice that %s asks for no payment; the card is kept for the next',
  async (_why, balance, off) => {
    const { stripe, open, monthly, pay, audit } = await newShop();
    const customer = (await stripe.customers.create({ balance })).id;
    const coupon = (await stripe.coupons.create({ amount_off: off, currency: 'usd' })).id;
    const { id } = await open({
      mode: 'subscription',
      customer,
      line_items: [{ price: monthly, quantity: 1 }],
      discounts: [{ coupon }],
    });
    expect(await pay(id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      invoice: { status: 'paid', total: 1000 - off, amount_due: 0 },
      subscription: { status: 'active', default_payment_method: expect.stringMatching(/^pm_/) },
    });
    expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
    expect((await stripe.charges.list({ customer })).data).toEqual([]);
    expect(await audit()).toMatchObject({ ok: true });
  },
);

describe('a session that nobody pays', () => {
  test('expires by itself after its time, says so once, and lets go of what was begun', async () => {
    const { stripe, open, once, pay, types } = await newShop();
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
    });
    await expect(pay(id, 'pm_card_chargeDeclined')).rejects.toThrow();
    now += 86_400_000;
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(session).toMatchObject({
      status: 'expired',
      url: null,
      after_expiration: { recovery: { url: expect.stringContaining(`${id}/recover`) } },
      payment_intent: { status: 'canceled' },
    });
    expect((await types()).filter((type) => type === 'checkout.session.expired')).toHaveLength(1);
  });

  test('ends the subscription it had begun', async () => {
    const { stripe, open, monthly, pay } = await newShop();
    const { id } = await open({ mode: 'subscription', line_items: [{ price: monthly, quantity: 1 }] });
    await expect(pay(id, 'pm_card_chargeDeclined')).rejects.toThrow();
    expect((await stripe.checkout.sessions.expire(id)).status).toBe('expired');
    const [subscription] = (await stripe.subscriptions.list({ status: 'all' })).data;
    expect(subscription?.status).toBe('canceled');
    expect((await stripe.invoices.list()).data).toMatchObject([{ status: 'void' }]);
  });
});
