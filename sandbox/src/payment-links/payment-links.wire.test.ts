import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { openShop } from '../checkout/test-shop.ts';
import { cardOf, createVisitor } from '../hosted-pages/visitor.ts';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let accounts = 0;
function newShop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return openShop(new Stripe(`sk_test_links${accounts++}`, { httpClient, maxNetworkRetries: 0 }));
}
const paying = (number = '4242424242424242') => ({
  action: 'pay',
  email: 'ada@example.com',
  ...cardOf(number),
});

describe('a payment link', () => {
  test('is made, listed, changed and switched off', async () => {
    const { stripe, once } = await newShop();
    const link = await stripe.paymentLinks.create({
      line_items: [{ price: once, quantity: 2, adjustable_quantity: { enabled: true, maximum: 5 } }],
      after_completion: { type: 'redirect', redirect: { url: 'https://shop.example/done' } },
      custom_fields: [
        { key: 'note', label: { type: 'custom', custom: 'Note' }, type: 'text', optional: true },
      ],
      phone_number_collection: { enabled: true },
      payment_intent_data: { description: 'By link', capture_method: 'manual' },
      metadata: { a: '1' },
      expand: ['line_items'],
    });
    expect(link).toMatchObject({
      active: true,
      currency: 'usd',
      after_completion: { type: 'redirect', redirect: { url: 'https://shop.example/done' } },
      custom_fields: [{ key: 'note', optional: true, text: { maximum_length: null } }],
      customer_creation: 'if_required',
      invoice_creation: { enabled: false },
      payment_intent_data: { description: 'By link', capture_method: 'manual', metadata: {} },
      phone_number_collection: { enabled: true },
      subscription_data: null,
      line_items: { data: [{ amount_total: 3000, adjustable_quantity: { maximum: 5, minimum: 0 } }] },
    });
    const [item] = link.line_items?.data ?? [];
    const changed = await stripe.paymentLinks.update(link.id, {
      active: false,
      line_items: [{ id: item?.id ?? '', quantity: 3 }],
      payment_intent_data: { description: '', statement_descriptor: 'LINK' },
      custom_fields: '',
      expand: ['line_items'],
    });
    expect(changed).toMatchObject({
      active: false,
      custom_fields: [],
      payment_intent_data: { description: null, statement_descriptor: 'LINK', capture_method: 'manual' },
      line_items: { data: [{ id: item?.id, quantity: 3, amount_total: 4500 }] },
    });
    expect((await stripe.paymentLinks.list({ active: true })).data).toEqual([]);
    expect((await stripe.paymentLinks.listLineItems(link.id)).data[0]?.price?.id).toBe(once);
    expect((await visit(link.url)).text).toContain('This link is no longer active');
  });

  test('opens a checkout session for each visit, with what the address brings along', async () => {
    const { stripe, once } = await newShop();
    await stripe.promotionCodes.create({
      code: 'HALF',
      promotion: { type: 'coupon', coupon: (await stripe.coupons.create({ percent_off: 50 })).id },
    });
    const link = await stripe.paymentLinks.create({
      line_items: [{ price: once, quantity: 2 }],
      allow_promotion_codes: true,
      metadata: { campaign: 'x' },
    });
    const query = '?client_reference_id=order_1&prefilled_email=ada%40example.com&prefilled_promo_code=HALF';
    const { location } = await visit(link.url + query);
    const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data;
    expect(session).toMatchObject({
      amount_total: 1500,
      client_reference_id: 'order_1',
      customer_email: 'ada@example.com',
      metadata: { campaign: 'x' },
      payment_link: link.id,
      success_url: null,
      url: location,
    });
    expect((await send(location, paying('4000000000000002'))).status).toBe(402);
    const paid = await send(location, paying());
    expect([paid.status, paid.location]).toEqual([303, location]);
    expect((await visit(location)).text).toContain('Thanks for your payment');
    const charges = (await stripe.charges.list()).data.map((charge) => [charge.amount, charge.status]);
    expect(charges).toEqual([
      [1500, 'succeeded'],
      [1500, 'failed'],
    ]);
    const strange = await visit(
      `${link.url}?client_reference_id=<x>&prefilled_email=no&prefilled_promo_code=no`,
    );
    expect(strange.status).toBe(303);
  });

  test('with a recurring price starts a subscription with a trial, and says what it was told to', async () => {
    const { stripe, monthly, once } = await newShop();
    const link = await stripe.paymentLinks.create({
      line_items: [
        { price: monthly, quantity: 1 },
        { price: once, quantity: 1 },
      ],
      subscription_data: { trial_period_days: 14, metadata: { plan: 'pro' } },
      after_completion: {
        type: 'hosted_confirmation',
        hosted_confirmation: { custom_message: 'Welcome aboard' },
      },
    });
    const { location } = await visit(link.url);
    expect((await send(location, paying())).status).toBe(303);
    expect((await visit(location)).text).toContain('Welcome aboard');
    const [subscription] = (await stripe.subscriptions.list({ expand: ['data.latest_invoice'] })).data;
    expect(subscription).toMatchObject({
      status: 'trialing',
      metadata: { plan: 'pro' },
      latest_invoice: { total: 1500, status: 'paid' },
    });
  });

  test('sells what was described on the way, again and again', async () => {
    const { stripe } = await newShop();
    const link = await stripe.paymentLinks.create({
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 700, product_data: { name: 'Ticket' } }, quantity: 1 },
      ],
      invoice_creation: { enabled: true },
    });
    for (const _visitor of [1, 2]) {
      const { location } = await visit(link.url);
      expect((await send(location, paying())).status).toBe(303);
    }
    const sessions = await stripe.checkout.sessions.list({ payment_link: link.id, expand: ['data.invoice'] });
    expect(sessions.data).toMatchObject([1, 2].map(() => ({ invoice: { status: 'paid', total: 700 } })));
  });

  test('closes after as many payments as it allows; who was slower is not charged', async () => {
    const { stripe, once } = await newShop();
    const link = await stripe.paymentLinks.create({
      line_items: [{ price: once, quantity: 1 }],
      restrictions: { completed_sessions: { limit: 1 } },
      inactive_message: 'Sold out',
    });
    const [first, second] = [await visit(link.url), await visit(link.url)];
    expect((await send(first.location, paying())).status).toBe(303);
    expect((await send(second.location, paying())).text).toContain('This page has expired');
    expect((await visit(link.url)).text).toContain('Sold out');
    expect(await stripe.paymentLinks.retrieve(link.id)).toMatchObject({
      active: false,
      restrictions: { completed_sessions: { count: 1, limit: 1 } },
    });
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  test('is refused with terms that do not go together', async () => {
    const { stripe, once, monthly } = await newShop();
    const link = (more: Partial<Stripe.PaymentLinkCreateParams>) =>
      stripe.paymentLinks.create({ line_items: [{ price: once, quantity: 1 }], ...more });
    await expect(link({ line_items: [] })).rejects.toMatchObject({ param: 'line_items' });
    await expect(link({ subscription_data: { trial_period_days: 3 } })).rejects.toMatchObject({
      param: 'subscription_data',
    });
    await expect(
      link({ line_items: [{ price: monthly, quantity: 1 }], invoice_creation: { enabled: true } }),
    ).rejects.toMatchObject({ param: 'invoice_creation' });
    await expect(
      link({ after_completion: { type: 'redirect', redirect: { url: 'nowhere' } } }),
    ).rejects.toMatchObject({ code: 'url_invalid' });
    await expect(link({ automatic_tax: { enabled: true } })).rejects.toMatchObject({ statusCode: 501 });
  });
});
