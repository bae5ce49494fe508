import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, openShops, type Shop } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());

/** A subscription that asks for a dearer price in mid-period, with a card that is declined. */
async function declined(shop: Shop) {
  const [small, large] = [await shop.price(3000), await shop.price(9000)];
  const before = await shop.subscribe(small);
  await shop.use('pm_card_chargeCustomerFail');
  shops.go('2026-04-16');
  const ask = () =>
    shop.stripe.subscriptions.update(before.id, {
      items: [{ id: itemOf(before).id, price: large }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    });
  return { small, large, ask, waiting: await ask() };
}
const priceOf = (subscription: Stripe.Subscription) => itemOf(subscription).price.id;

describe('a change that waits for its payment', () => {
  test('is shown while it waits and made when it is paid', async () => {
    const shop = await shops.open('2026-04-01');
    const { small, large, waiting } = await declined(shop);
    expect(priceOf(waiting)).toBe(small);
    expect(waiting).toMatchObject({
      status: 'active',
      pending_update: {
        expires_at: at('2026-04-16T23:00'),
        subscription_items: [{ price: { id: large }, quantity: 1 }],
      },
    });
    const invoice = await shop.newest();
    expect(invoice).toMatchObject({
      id: waiting.latest_invoice,
      status: 'open',
      total: 3000,
      billing_reason: 'subscription_update',
    });
    await shop.use('pm_card_visa');
    await shop.stripe.invoices.pay(invoice.id ?? '');
    const made = await shop.subscription(waiting.id);
    expect(made).toMatchObject({ status: 'active', pending_update: null });
    expect(priceOf(made)).toBe(large);
    expect(await shop.types()).toContain('customer.subscription.pending_update_applied');
    shops.go('2026-05-01T02:00');
    expect((await shop.newest()).total).toBe(9000);
    expect(await shop.problems()).toEqual([]);
  });

  test('expires after 23 hours: its invoice is void, and what it would have credited is still there', async () => {
    const shop = await shops.open('2026-04-01');
    const { small, waiting } = await declined(shop);
    shops.go('2026-04-16T23:00');
    const expired = await shop.subscription(waiting.id);
    expect(expired).toMatchObject({ status: 'active', pending_update: null });
    expect(priceOf(expired)).toBe(small);
    expect((await shop.newest()).status).toBe('void');
    expect(await shop.types()).toContain('customer.subscription.pending_update_expired');
    await shop.use('pm_card_visa');
    shops.go('2026-04-21');
    await shop.stripe.subscriptions.cancel(waiting.id, { prorate: true, invoice_now: true });
    // 10 of April's 30 days are left.
    expect((await shop.newest()).total).toBe(-1000);
  });

  test('is given up when its invoice is voided, and when another change takes its place', async () => {
    const shop = await shops.open('2026-04-01');
    const { ask, waiting } = await declined(shop);
    await shop.stripe.invoices.voidInvoice(String(waiting.latest_invoice));
    expect((await shop.subscription(waiting.id)).pending_update).toBeNull();
    const again = await ask();
    expect(again.pending_update).not.toBeNull();
    await shop.stripe.subscriptions.update(waiting.id, {
      items: [{ id: itemOf(again).id, quantity: 2 }],
      proration_behavior: 'none',
    });
    const other = await shop.subscription(waiting.id);
    expect([other.pending_update, itemOf(other).quantity]).toEqual([null, 2]);
    expect((await shop.stripe.invoices.retrieve(String(again.latest_invoice))).status).toBe('void');
  });

  test('leaves alone what is changed about the subscription meanwhile', async () => {
    const shop = await shops.open('2026-04-01');
    const once = (await shop.stripe.coupons.create({ amount_off: 100, currency: 'usd', duration: 'once' }))
      .id;
    const always = (await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })).id;
    const { large, ask, waiting } = await declined(shop);
    await shop.stripe.invoices.voidInvoice(String(waiting.latest_invoice));
    await shop.stripe.subscriptions.update(waiting.id, {
      discounts: [{ coupon: once }, { coupon: always }],
    });
    await ask();
    await shop.stripe.subscriptions.deleteDiscount(waiting.id);
    await shop.stripe.subscriptions.update(waiting.id, { metadata: { seen: 'yes' } });
    const still = await shop.subscription(waiting.id);
    expect(still.pending_update).not.toBeNull();
    await shop.stripe.invoices.pay(String(still.latest_invoice), {
      payment_method: await shop.use('pm_card_visa'),
    });
    const made = await shop.subscription(waiting.id);
    expect([priceOf(made), made.metadata]).toEqual([large, { seen: 'yes' }]);
    expect(made.discounts).toEqual([still.discounts[0]]);
  });

  test('goes with a subscription that ends', async () => {
    const shop = await shops.open('2026-04-01');
    const { waiting } = await declined(shop);
    const ended = await shop.stripe.subscriptions.cancel(waiting.id);
    expect(ended).toMatchObject({ status: 'canceled', pending_update: null });
    expect((await shop.newest()).status).toBe('void');
    shops.go('2026-04-20');
    expect(await shop.types()).not.toContain('customer.subscription.pending_update_expired');
    expect(await shop.problems()).toEqual([]);
  });

  test('that can be paid, or costs nothing now, does not wait', async () => {
    const shop = await shops.open('2026-04-01');
    const [small, large] = [await shop.price(3000), await shop.price(9000)];
    const before = await shop.subscribe(small);
    shops.go('2026-04-16');
    const change = (price: string, proration_behavior: 'always_invoice' | 'create_prorations') =>
      shop.stripe.subscriptions.update(before.id, {
        items: [{ id: itemOf(before).id, price }],
        payment_behavior: 'pending_if_incomplete',
        proration_behavior,
      });
    const paid = await change(large, 'always_invoice');
    expect([priceOf(paid), paid.pending_update]).toEqual([large, null]);
    expect(await shop.newest()).toMatchObject({ total: 3000, status: 'paid' });
    expect(priceOf(await change(small, 'create_prorations'))).toBe(small);
    expect(await shop.types()).not.toContain('customer.subscription.pending_update_applied');
  });

  test('takes only what can wait', async () => {
    const shop = await shops.open('2026-04-01');
    const { id } = await shop.subscribe(await shop.price(3000));
    const update = (params: Stripe.SubscriptionUpdateParams) =>
      shop.stripe.subscriptions.update(id, { payment_behavior: 'pending_if_incomplete', ...params });
    await expect(update({ metadata: { a: 'b' } })).rejects.toThrow(
      /pending_if_incomplete`, the following parameters cannot be passed: metadata/,
    );
    await expect(update({ cancel_at_period_end: true })).rejects.toThrow(/cannot be passed/);
    await expect(
      shop.subscribe(await shop.price(100), { payment_behavior: 'pending_if_incomplete' }),
    ).rejects.toThrow(/cannot be `pending_if_incomplete`/);
  });

  test('is refused, left open or taken back as payment_behavior says', async () => {
    const shop = await shops.open('2026-04-01');
    const { small, large, waiting } = await declined(shop);
    const update = (payment_behavior: Stripe.SubscriptionUpdateParams.PaymentBehavior) =>
      shop.stripe.subscriptions.update(waiting.id, {
        items: [{ id: itemOf(waiting).id, price: large }],
        payment_behavior,
        proration_behavior: 'always_invoice',
      });
    await expect(update('error_if_incomplete')).rejects.toMatchObject({ statusCode: 402 });
    expect(priceOf(await shop.subscription(waiting.id))).toBe(small);
    const late = await update('allow_incomplete');
    expect([priceOf(late), late.status]).toEqual([large, 'past_due']);
  });

  test('default_incomplete leaves the invoice to the customer', async () => {
    const shop = await shops.open('2026-04-01');
    const before = await shop.subscribe(await shop.price(3000));
    shops.go('2026-04-16');
    const changed = await shop.stripe.subscriptions.update(before.id, {
      items: [{ id: itemOf(before).id, quantity: 3 }],
      payment_behavior: 'default_incomplete',
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice.confirmation_secret'],
    });
    const invoice = changed.latest_invoice as Stripe.Invoice;
    expect(changed.status).toBe('past_due');
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 0, total: 3000 });
    const [intent = ''] = invoice.confirmation_secret?.client_secret.split('_secret') ?? [];
    await shop.stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    expect((await shop.subscription(before.id)).status).toBe('active');
  });
});
