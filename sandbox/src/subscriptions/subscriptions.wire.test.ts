import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 0, 31, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
function client(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_billing${accounts++}`, { httpClient, maxNetworkRetries: 0 });
}

/** A new account with a monthly plan at $30, one at $90, and a customer who pays with this card. */
async function shop(card: string | null = 'pm_card_visa') {
  const stripe = client();
  const product = await stripe.products.create({ name: 'Premium' });
  const price = async (unit_amount: number, interval: 'month' | 'year' = 'month') =>
    (
      await stripe.prices.create({
        product: product.id,
        currency: 'usd',
        unit_amount,
        recurring: { interval },
      })
    ).id;
  const small = await price(3000);
  const large = await price(9000);
  const customer = (await stripe.customers.create({ email: 'ann@example.com', name: 'Ann' })).id;
  const use = async (token: string) => {
    const method = await stripe.paymentMethods.attach(token, { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  };
  if (card) await use(card);
  const types = async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
  const newest = async () => {
    const [invoice] = (await stripe.invoices.list({ customer, limit: 1 })).data;
    if (!invoice) throw new Error('no invoice');
    return invoice;
  };
  return { stripe, customer, small, large, price, use, types, newest };
}

function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data;
  if (!item) throw new Error('no item');
  return item;
}

describe('starting', () => {
  test('the first invoice is paid at once and the subscription is active', async () => {
    const { stripe, customer, small, types } = await shop();
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price: small, quantity: 2 }],
      expand: ['latest_invoice.payments.data.payment.payment_intent'],
    });
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    const intent = invoice.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
    expect(subscription.status).toBe('active');
    expect(invoice).toMatchObject({ status: 'paid', total: 6000, amount_paid: 6000, amount_remaining: 0 });
    expect(invoice.number).toMatch(/^[A-Z0-9]+-0001$/);
    expect(invoice.lines.data[0]?.description).toBe('2 × Premium (at $30.00 / month)');
    expect(intent).toMatchObject({ status: 'succeeded', amount: 6000, description: 'Subscription creation' });
    expect(itemOf(subscription).current_period_end).toBe(Date.UTC(2026, 1, 28, 12) / 1000);
    expect(await types()).toEqual(
      expect.arrayContaining([
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
      ]),
    );
  });

  test('without anything to charge it is refused in Stripe’s words, and nothing is left behind', async () => {
    const { stripe, customer, small } = await shop(null);
    await expect(stripe.subscriptions.create({ customer, items: [{ price: small }] })).rejects.toMatchObject({
      code: 'resource_missing',
      statusCode: 400,
      message: expect.stringContaining(
        'This customer has no attached payment source or default payment method.',
      ),
    });
    expect((await stripe.invoices.list({ customer })).data).toEqual([]);
    await expect(
      stripe.subscriptions.create({ customer: 'cus_none', items: [{ price: small }] }),
    ).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    });
  });

  test('one-off and inactive prices, two currencies and, in classic mode, two intervals are refused', async () => {
    const { stripe, customer, small, price } = await shop();
    const product = (await stripe.products.create({ name: 'Setup' })).id;
    const once = await stripe.prices.create({ product, currency: 'usd', unit_amount: 100 });
    const gone = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
    });
    await stripe.prices.update(gone.id, { active: false });
    const yearly = await price(100, 'year');
    const euro = await stripe.prices.create({
      product,
      currency: 'eur',
      unit_amount: 100,
      recurring: { interval: 'month' },
    });
    const start = (items: { price: string }[]) => stripe.subscriptions.create({ customer, items });
    await expect(start([{ price: once.id }])).rejects.toThrow(/type=one_time/);
    await expect(start([{ price: gone.id }])).rejects.toThrow(/inactive/);
    await expect(
      stripe.subscriptions.create({
        customer,
        items: [{ price: small }, { price: yearly }],
        billing_mode: { type: 'classic' },
      }),
    ).rejects.toThrow(/recurring.interval/);
    await expect(start([{ price: small }, { price: small }])).rejects.toThrow(/same plan/);
    await start([{ price: small }]);
    await expect(start([{ price: euro.id }])).rejects.toThrow(/cannot combine currencies/);
  });

  test('a declined card leaves it incomplete, another card makes it active', async () => {
    const { stripe, customer, small, newest } = await shop('pm_card_chargeCustomerFail');
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    expect(subscription.status).toBe('incomplete');
    const invoice = await newest();
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1, next_payment_attempt: null });
    await expect(stripe.invoices.pay(invoice.id)).rejects.toBeInstanceOf(Stripe.errors.StripeCardError);
    const visa = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    expect((await stripe.invoices.pay(invoice.id, { payment_method: visa.id })).status).toBe('paid');
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
    const [event] = (await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })).data;
    expect(event?.data.previous_attributes).toMatchObject({ status: 'incomplete' });
  });

  test('error_if_incomplete takes everything back; default_incomplete waits for the customer', async () => {
    const { stripe, customer, small } = await shop('pm_card_chargeCustomerFail');
    const wanted = { customer, items: [{ price: small }] };
    await expect(
      stripe.subscriptions.create({ ...wanted, payment_behavior: 'error_if_incomplete' }),
    ).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
    const waiting = await stripe.subscriptions.create({
      ...wanted,
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret'],
    });
    const secret = (waiting.latest_invoice as Stripe.Invoice).confirmation_secret?.client_secret ?? '';
    expect(waiting.status).toBe('incomplete');
    await stripe.paymentIntents.confirm(secret.split('_secret')[0] ?? '', { payment_method: 'pm_card_visa' });
    expect((await stripe.subscriptions.retrieve(waiting.id)).status).toBe('active');
  });

  test('a card of its own is charged, and kept when it was asked for', async () => {
    const { stripe, customer, small } = await shop(null);
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    const own = await stripe.subscriptions.create({
      customer,
      items: [{ price: small }],
      default_payment_method: method.id,
    });
    expect(own).toMatchObject({ status: 'active', default_payment_method: method.id });
    const waiting = await stripe.subscriptions.create({
      customer,
      items: [{ price: small }],
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['latest_invoice.payments'],
    });
    const intent = (waiting.latest_invoice as Stripe.Invoice).payments?.data[0]?.payment.payment_intent;
    await stripe.paymentIntents.confirm(String(intent), { payment_method: method.id });
    expect(await stripe.subscriptions.retrieve(waiting.id)).toMatchObject({
      status: 'active',
      default_payment_method: method.id,
    });
  });

  test('an unpaid first invoice expires after 23 hours', async () => {
    const { stripe, customer, small, newest } = await shop('pm_card_chargeCustomerFail');
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    now += 0.95 * day;
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete');
    now += 0.05 * day;
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete_expired');
    expect((await newest()).status).toBe('void');
  });
});

describe('living', () => {
  test('a trial costs nothing, is announced to end, then is charged', async () => {
    const { stripe, customer, small, types, newest } = await shop();
    const { id, status } = await stripe.subscriptions.create({
      customer,
      items: [{ price: small }],
      trial_period_days: 14,
    });
    expect(status).toBe('trialing');
    expect(await newest()).toMatchObject({ total: 0, status: 'paid' });
    now += 12 * day;
    expect(await types()).toContain('customer.subscription.trial_will_end');
    now += 3 * day;
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    expect(await newest()).toMatchObject({
      total: 3000,
      status: 'paid',
      billing_reason: 'subscription_cycle',
    });
  });

  test('renewals fail, are retried for a week, recover with a new card or end it', async () => {
    const { stripe, customer, small, use, newest, types } = await shop();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    await use('pm_card_chargeCustomerFail');
    now = Math.max(now, itemOf(await stripe.subscriptions.retrieve(id)).current_period_end * 1000 + day);
    const first = await newest();
    expect(first).toMatchObject({ status: 'open', attempt_count: 1 });
    expect(first.next_payment_attempt).toBe((first.status_transitions.finalized_at ?? 0) + 3 * 86_400);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({
      delinquent: true,
    });
    await use('pm_card_visa');
    now += 3 * day;
    expect(await newest()).toMatchObject({ status: 'paid', attempt_count: 2 });
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    await use('pm_card_chargeCustomerFail');
    now += 45 * day;
    const ended = await stripe.subscriptions.retrieve(id);
    expect(ended).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } });
    expect(await newest()).toMatchObject({ status: 'open', attempt_count: 4, next_payment_attempt: null });
    expect(await types()).toContain('customer.subscription.deleted');
  });

  test.each([['create_prorations'], ['always_invoice'], ['none']] as const)(
    'a change of plan with %s',
    async (proration_behavior) => {
      const { stripe, customer, small, large, newest } = await shop();
      const before = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
      const { current_period_start: start, current_period_end: end, id } = itemOf(before);
      now += 10 * day;
      const preview = await stripe.invoices.createPreview({
        subscription: before.id,
        subscription_details: { items: [{ id, price: large }], proration_behavior },
      });
      await stripe.subscriptions.update(before.id, { items: [{ id, price: large }], proration_behavior });
      const pending = (await stripe.invoiceItems.list({ customer, pending: true })).data;
      const left = (end - Math.floor(now / 1000)) / (end - start);
      const expected = [Math.round(9000 * left), -Math.round(3000 * left)];
      if (proration_behavior === 'create_prorations')
        expect(pending.map((item) => item.amount)).toEqual(expected);
      else expect(pending).toEqual([]);
      if (proration_behavior === 'always_invoice') {
        expect(await newest()).toMatchObject({
          total: (expected[0] ?? 0) + (expected[1] ?? 0),
          status: 'paid',
          billing_reason: 'subscription_update',
        });
        expect(preview.total).toBe((await newest()).total);
      }
      now = end * 1000 + day;
      const next = await newest();
      const prorated =
        proration_behavior === 'create_prorations' ? (expected[0] ?? 0) + (expected[1] ?? 0) : 0;
      expect(next).toMatchObject({ total: 9000 + prorated, billing_reason: 'subscription_cycle' });
      if (proration_behavior !== 'always_invoice') expect(preview.total).toBe(next.total);
    },
  );

  test('another interval begins a new period at once, with credit for the old', async () => {
    const { stripe, customer, small, price, newest } = await shop();
    const yearly = await price(30_000, 'year');
    const before = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    const changed = await stripe.subscriptions.update(before.id, {
      items: [{ id: itemOf(before).id, price: yearly }],
    });
    expect(await newest()).toMatchObject({ total: 27_000, status: 'paid' });
    expect(itemOf(changed).current_period_end - itemOf(changed).current_period_start).toBeGreaterThan(
      364 * 86_400,
    );
  });

  test('cancelled at the end of the period, taken back, cancelled now with credit', async () => {
    const { stripe, customer, small, newest } = await shop();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    const leaving = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(leaving.cancel_at).toBe(itemOf(leaving).current_period_end);
    expect((await stripe.subscriptions.update(id, { cancel_at_period_end: false })).cancel_at).toBeNull();
    await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    now = itemOf(leaving).current_period_end * 1000;
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
    const other = await stripe.subscriptions.create({ customer, items: [{ price: small }] });
    const ended = await stripe.subscriptions.cancel(other.id, { prorate: true, invoice_now: true });
    expect(ended.status).toBe('canceled');
    expect(await newest()).toMatchObject({ total: -3000, amount_due: 0, ending_balance: -3000 });
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: -3000 });
    await expect(stripe.subscriptions.cancel(other.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test('a trial without a card pauses and resumes; deleting the customer ends all', async () => {
    const { stripe, customer, small, use } = await shop(null);
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: small }],
      trial_period_days: 3,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    now += 4 * day;
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('paused');
    await use('pm_card_visa');
    const asked = await stripe.subscriptions.resume(id, { expand: ['latest_invoice'] });
    expect(asked).toMatchObject({ status: 'paused', latest_invoice: { status: 'open', total: 3000 } });
    await stripe.invoices.pay((asked.latest_invoice as Stripe.Invoice).id);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    await expect(stripe.subscriptions.resume(id)).rejects.toThrow(/only resume paused/);
    await stripe.customers.del(customer);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
    now += 40 * day;
    expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(2);
  });

  test('a coupon for once lowers one invoice, a forever one all; a pause collects nothing', async () => {
    const { stripe, customer, small, newest } = await shop();
    const once = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' });
    const always = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: always.id },
      code: 'TEN',
    });
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: small }],
      discounts: [{ coupon: once.id }, { promotion_code: code.id }],
    });
    expect((await newest()).total).toBe(2250);
    now += 32 * day;
    expect((await newest()).total).toBe(2700);
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1);
    await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
    now += 31 * day;
    expect(await newest()).toMatchObject({ status: 'void' });
    expect((await stripe.subscriptions.list({ customer, price: small })).data.map((one) => one.id)).toEqual([
      id,
    ]);
    expect((await stripe.subscriptions.search({ query: 'status:"active"' })).data).toHaveLength(1);
  });
});
