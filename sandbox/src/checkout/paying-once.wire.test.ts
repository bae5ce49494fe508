import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { openShop } from './test-shop.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function newShop() {
  const key = `sk_test_paying_once${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const shop = await openShop(new Stripe(key, { httpClient, maxNetworkRetries: 0 }));
  const headers = { authorization: `Bearer ${key}` };
  const audit = async () => (await sandbox.fetch('http://x/_sandbox/audit', { headers })).json();
  return { ...shop, audit };
}

/** Lives through 3D Secure: the page's own button. */
function authenticate(url: string, outcome: 'succeed' | 'fail') {
  const body = new URLSearchParams({ outcome });
  return sandbox.fetch(url, { method: 'POST', body, redirect: 'manual' });
}

describe('a single payment', () => {
  test('completes the session, for a guest, once', async () => {
    const { stripe, open, once, pay, types } = await newShop();
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 2 }],
      payment_intent_data: {
        description: 'Order 1',
        metadata: { order: '1' },
        receipt_email: 'r@example.com',
      },
    });
    const session = await pay(id);
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer: null,
      customer_details: { email: 'jenny@example.com' },
      payment_intent: {
        status: 'succeeded',
        amount: 3000,
        description: 'Order 1',
        metadata: { order: '1' },
        receipt_email: 'r@example.com',
      },
    });
    expect((await types()).filter((type) => type.startsWith('checkout'))).toEqual([
      'checkout.session.completed',
    ]);
    await expect(pay(id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.checkout.sessions.expire(id)).rejects.toMatchObject({
      message:
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `complete`.',
    });
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  test('that is declined leaves the session open for another card, with one payment intent', async () => {
    const { stripe, open, once, pay } = await newShop();
    const { id } = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
    await expect(pay(id, 'pm_card_chargeDeclined')).rejects.toMatchObject({ code: 'card_declined' });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: expect.stringMatching(/^pi_/),
    });
    expect(await pay(id)).toMatchObject({ status: 'complete', payment_status: 'paid' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    expect((await stripe.charges.list()).data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
  });

  test('waits for 3D Secure, which may fail before it succeeds', async () => {
    const { open, once, pay } = await newShop();
    const { id } = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
    const url = async () => {
      const { status, payment_intent: intent } = await pay(id, 'pm_card_authenticationRequired');
      expect(status).toBe('open');
      if (typeof intent !== 'object') throw new Error('no payment intent');
      return intent?.next_action?.redirect_to_url?.url ?? '';
    };
    expect((await authenticate(await url(), 'fail')).headers.get('location')).toContain(`${id}/return`);
    expect((await authenticate(await url(), 'succeed')).headers.get('location')).toContain(`${id}/return`);
  });

  test('that is only held completes unpaid, and is paid once captured', async () => {
    const { stripe, open, once, pay } = await newShop();
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      payment_intent_data: { capture_method: 'manual' },
    });
    const held = await pay(id);
    expect(held).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    if (typeof held.payment_intent !== 'object') throw new Error('not expanded');
    await stripe.paymentIntents.capture(held.payment_intent?.id ?? '');
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
  });

  test('makes a customer when asked to, and keeps the card where that was agreed', async () => {
    const { stripe, open, once, pay } = await newShop();
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      customer_creation: 'always',
      payment_intent_data: { setup_future_usage: 'off_session' },
    });
    const { customer } = await pay(id);
    const made = await stripe.customers.retrieve(String(customer));
    expect(made).toMatchObject({ email: 'jenny@example.com' });
    expect((await stripe.customers.listPaymentMethods(made.id)).data).toHaveLength(1);
  });

  test('makes an invoice when asked to, paid by the same payment', async () => {
    const { stripe, open, once, pay, types, audit } = await newShop();
    const coupon = (await stripe.coupons.create({ amount_off: 300, currency: 'usd' })).id;
    const tax = (await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 10 })).id;
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 2, tax_rates: [tax] }],
      discounts: [{ coupon }],
      shipping_options: [
        { shipping_rate_data: { display_name: 'Air', fixed_amount: { amount: 500, currency: 'usd' } } },
      ],
      invoice_creation: { enabled: true, invoice_data: { footer: 'Bye', metadata: { a: '1' } } },
    });
    const session = await pay(id);
    expect(session).toMatchObject({
      amount_total: 2700 + 270 + 500,
      invoice: {
        status: 'paid',
        total: 3470,
        amount_paid: 3470,
        amount_remaining: 0,
        footer: 'Bye',
        metadata: { a: '1' },
        shipping_cost: { amount_total: 500 },
      },
    });
    expect(await types()).toEqual(expect.arrayContaining(['invoice.paid', 'invoice_payment.paid']));
    expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(1);
    expect((await stripe.charges.list()).data).toHaveLength(1);
    expect(await audit()).toMatchObject({ ok: true });
  });

  test('of nothing needs no card', async () => {
    const { stripe, open, once } = await newShop();
    const coupon = (await stripe.coupons.create({ percent_off: 100 })).id;
    const { id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      discounts: [{ coupon }],
      customer_email: 'free@example.com',
    });
    await stripe.rawRequest('POST', `/v1/payment_pages/${id}/confirm`, { payment_method: 'pm_card_visa' });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    });
  });

  test('is not called off by its intent, but by the session', async () => {
    const { stripe, open, once, pay } = await newShop();
    const { id } = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
    await expect(pay(id, 'pm_card_chargeDeclined')).rejects.toThrow();
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(id);
    await expect(stripe.paymentIntents.cancel(String(intent))).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: expect.stringContaining('Expire the Checkout Session instead'),
    });
    const setup = await open({ mode: 'setup', currency: 'usd' });
    await expect(stripe.setupIntents.cancel(String(setup.setup_intent))).rejects.toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
    await stripe.checkout.sessions.expire(id);
    expect((await stripe.paymentIntents.retrieve(String(intent))).status).toBe('canceled');
  });
});
