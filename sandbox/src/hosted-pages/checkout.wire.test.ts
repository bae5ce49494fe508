import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { openShop } from '../checkout/test-shop.ts';
import { createSandbox } from '../index.ts';
import { cardOf, createVisitor } from './visitor.ts';

let now = Date.UTC(2026, 0, 15, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let accounts = 0;
function newShop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return openShop(new Stripe(`sk_test_pages${accounts++}`, { httpClient, maxNetworkRetries: 0 }));
}
const email = 'ada@example.com';
const paying = (number: string, more: Record<string, string> = {}) => ({
  action: 'pay',
  email,
  ...cardOf(number),
  ...more,
});

describe('the checkout page', () => {
  test('shows the order, is paid with a test card, and leads back with the session’s id', async () => {
    const { stripe, open, once } = await newShop();
    const session = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 2 }],
      success_url: 'https://shop.example/thanks?id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/cart',
    });
    const url = session.url ?? '';
    const page = await visit(url);
    expect(page.status).toBe(200);
    for (const text of ['Pay $30.00', 'Shirt', 'Quantity 2', 'https://shop.example/cart', 'Test mode'])
      expect(page.text).toContain(text);
    const paid = await send(url, paying('4242 4242 4242 4242'));
    expect([paid.status, paid.location]).toEqual([303, `https://shop.example/thanks?id=${session.id}`]);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      customer_details: { email, name: 'Ada', address: { country: 'US', postal_code: '94107' } },
    });
    expect((await visit(url)).text).toContain('Thanks for your payment');
    const again = await send(url, paying('4242 4242 4242 4242'));
    expect(again.text).toContain('Thanks for your payment');
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  test.each([
    ['4000 0000 0000 0002', 'number', 'Your card was declined.'],
    ['4000 0000 0000 9995', 'number', 'Your card has insufficient funds.'],
    ['4000 0000 0000 0127', 'cvc', 'Your card&#39;s security code is incorrect.'],
    ['4000 0000 0000 0069', 'expiry', 'Your card has expired.'],
    ['4242 4242 4242 4241', 'number', 'Your card number is incorrect.'],
  ])(
    'tells why %s is refused, beside the %s, and never sends the number back',
    async (card, field, message) => {
      const { open, once } = await newShop();
      const { url } = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
      const refused = await send(url ?? '', paying(card));
      expect(refused.status).toBe(402);
      expect(refused.text).toContain(`<p class="problem" id="${field}-problem" role="alert">${message}</p>`);
      expect(refused.text).toContain('name="number" type="text" value=""');
      expect(refused.text).toContain(`value="${email}"`);
      expect((await send(url ?? '', paying('4242424242424242'))).status).toBe(303);
    },
  );

  test('says what is missing, field by field, and charges nothing', async () => {
    const { stripe, open, once } = await newShop();
    const { url, id } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['DE'] },
      consent_collection: { terms_of_service: 'required' },
      custom_fields: [
        {
          key: 'size',
          label: { type: 'custom', custom: 'Size' },
          type: 'numeric',
          numeric: { minimum_length: 2 },
        },
      ],
    });
    const empty = await send(url ?? '', { action: 'pay' });
    expect(empty.status).toBe(400);
    for (const field of ['email', 'phone', 'shipping_name', 'shipping_line1', 'terms', 'field_size'])
      expect(empty.text).toContain(`id="${field}-problem"`);
    const answers = {
      phone: '+49 30 123456',
      shipping_name: 'Ada L.',
      shipping_line1: 'Unter den Linden 1',
      shipping_city: 'Berlin',
      shipping_country: 'DE',
      terms: 'yes',
      field_size: '42',
    };
    const card = await send(url ?? '', { ...paying(''), ...answers });
    expect(card.text).toContain('Your card number is incomplete.');
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await send(url ?? '', { ...paying('4242424242424242'), ...answers })).status).toBe(303);
    expect(await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })).toMatchObject({
      customer_details: { phone: '+49 30 123456' },
      collected_information: { shipping_details: { name: 'Ada L.', address: { city: 'Berlin' } } },
      consent: { terms_of_service: 'accepted' },
      custom_fields: [{ numeric: { value: '42' } }],
      payment_intent: { shipping: { name: 'Ada L.', address: { country: 'DE' } } },
    });
  });

  test('takes 3D Secure to the end: failed, it says so and stays; complete, it leads on', async () => {
    const { stripe, open, once } = await newShop();
    const session = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
    const url = session.url ?? '';
    const bank = await send(url, paying('4000 0027 6000 3184'));
    expect((await visit(bank.location)).text).toContain('Complete authentication');
    const failed = await send(bank.location, { outcome: 'fail' });
    const back = await visit((await visit(failed.location)).location);
    expect(back.status).toBe(402);
    expect(back.text).toContain('We are unable to authenticate your payment method.');
    const second = await send(url, paying('4000 0027 6000 3184'));
    const done = await send(second.location, { outcome: 'succeed' });
    expect((await visit(done.location)).location).toBe('https://shop.example/thanks');
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid');
    expect((await send(second.location, { outcome: 'succeed' })).status).toBe(400);
  });

  test('changes quantity, shipping, extras and promotion codes before anything is paid', async () => {
    const { stripe, open, once } = await newShop();
    const extra = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 250,
      product_data: { name: 'Gift wrap' },
    });
    const rate = (display_name: string, amount: number) => ({
      shipping_rate_data: { display_name, fixed_amount: { amount, currency: 'usd' } },
    });
    const promotion = await stripe.promotionCodes.create({
      code: 'SPRING',
      promotion: { type: 'coupon', coupon: (await stripe.coupons.create({ percent_off: 10 })).id },
      restrictions: { minimum_amount: 4000, minimum_amount_currency: 'usd' },
    });
    const session = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1, adjustable_quantity: { enabled: true, maximum: 3 } }],
      optional_items: [{ price: extra.id, quantity: 1 }],
      shipping_options: [rate('Ground', 500), rate('Air', 900)],
      allow_promotion_codes: true,
    });
    const url = session.url ?? '';
    const total = async () => (await stripe.checkout.sessions.retrieve(session.id)).amount_total;
    const item = (await stripe.checkout.sessions.listLineItems(session.id)).data[0]?.id ?? '';
    const early = await send(url, { action: 'code', promotion_code: 'spring' });
    expect(early.text).toContain('does not meet its minimum amount');
    const many = await send(url, { action: 'order', [`quantity_${item}`]: '4' });
    expect(many.text).toContain('Choose a quantity from 1 to 3.');
    await send(url, { action: 'order', [`quantity_${item}`]: '3' });
    await send(url, { action: 'order', shipping_rate: session.shipping_options[1]?.shipping_rate as string });
    await send(url, { action: 'order', add: extra.id });
    expect(await total()).toBe(4500 + 900 + 250);
    expect((await send(url, { action: 'code', promotion_code: 'nonsense' })).text).toContain(
      'This code is invalid.',
    );
    expect((await send(url, { action: 'code', promotion_code: 'spring' })).status).toBe(303);
    expect((await visit(url)).text).toContain('SPRING (10% off)');
    expect(await total()).toBe(4750 - 475 + 900);
    const stale = await send(url, paying('4242424242424242', { expected_amount: '5650' }));
    expect(stale.text).toContain('The total has changed');
    await send(url, { action: 'remove_code' });
    const added = (await stripe.checkout.sessions.listLineItems(session.id)).data[1]?.id ?? '';
    await send(url, { action: 'order', remove: added });
    await send(url, { action: 'code', promotion_code: 'SPRING' });
    expect((await send(url, paying('4242424242424242', { expected_amount: '4950' }))).status).toBe(303);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      amount_total: 4950,
      payment_status: 'paid',
    });
    expect((await stripe.promotionCodes.retrieve(promotion.id)).times_redeemed).toBe(1);
  });

  test('offers the customer’s saved cards, and keeps one they want kept', async () => {
    const { stripe, open, once } = await newShop();
    const customer = (await stripe.customers.create({ email })).id;
    const buy = () =>
      open({
        mode: 'payment',
        customer,
        line_items: [{ price: once, quantity: 1 }],
        saved_payment_method_options: { payment_method_save: 'enabled' },
      });
    const first = await buy();
    expect((await send(first.url ?? '', paying('4242424242424242', { save: 'yes' }))).status).toBe(303);
    const second = await buy();
    const [saved] = (await stripe.customers.listPaymentMethods(customer)).data;
    expect(saved).toMatchObject({ allow_redisplay: 'always', card: { last4: '4242' } });
    expect((await visit(second.url ?? '')).text).toContain('Visa •••• 4242');
    expect((await send(second.url ?? '', { action: 'pay', saved: saved?.id ?? '' })).status).toBe(303);
    const others = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const third = await buy();
    expect((await send(third.url ?? '', { action: 'pay', saved: others.id })).status).toBe(400);
  });

  test('starts a trial without a card where none is needed', async () => {
    const { stripe, open, monthly } = await newShop();
    const session = await open({
      mode: 'subscription',
      line_items: [{ price: monthly, quantity: 1 }],
      subscription_data: { trial_period_days: 7 },
      payment_method_collection: 'if_required',
    });
    const page = await visit(session.url ?? '');
    expect(page.text).toContain('Free until 22 January 2026, then $10.00 per month');
    expect(page.text).not.toContain('Card number');
    expect((await send(session.url ?? '', { action: 'pay', email })).status).toBe(303);
    expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })).toMatchObject({
      payment_status: 'no_payment_required',
      subscription: { status: 'trialing' },
    });
  });

  test('closes when its time is over, and begins anew where that is offered', async () => {
    const { stripe, open, once } = await newShop();
    const session = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 2 }],
      after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
    });
    now += 25 * 3_600_000;
    const late = await send(session.url ?? '', paying('4242424242424242'));
    expect(late.text).toContain('This page has expired');
    const url = (await stripe.checkout.sessions.retrieve(session.id)).after_expiration?.recovery?.url ?? '';
    const again = await visit(url);
    expect((await visit(url)).location).toBe(again.location);
    expect((await visit(again.location)).text).toContain('Pay $30.00');
    const [fresh] = (await stripe.checkout.sessions.list({ status: 'open' })).data;
    expect(fresh).toMatchObject({ recovered_from: session.id, allow_promotion_codes: true });
  });
});
