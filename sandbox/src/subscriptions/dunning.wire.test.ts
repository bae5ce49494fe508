import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { at, itemOf, openShops, type Shop } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());
const day = 86_400;

/** A subscription whose first renewal is not paid, and when that was tried first. */
async function failing(shop: Shop, card = 'pm_card_chargeCustomerFail') {
  const { id, items } = await shop.subscribe(await shop.price(3000));
  await shop.use(card);
  const renewal = items.data[0]?.current_period_end ?? 0;
  const first = renewal + 3600;
  shops.go(first);
  return { id, first };
}

describe('a renewal that fails', () => {
  test.each([
    ['cancel', 'canceled'],
    ['unpaid', 'unpaid'],
    ['past_due', 'past_due'],
  ] as const)('is tried again on the days that were set, and then: %s', async (after_last_retry, status) => {
    const shop = await shops.open('2026-01-31');
    await shop.setBilling({ retries: [1, 4], after_last_retry });
    const { id, first } = await failing(shop);
    for (const [attempts, next] of [
      [1, first + day],
      [2, first + 4 * day],
    ] as const) {
      expect((await shop.subscription(id)).status).toBe('past_due');
      expect(await shop.newest()).toMatchObject({ attempt_count: attempts, next_payment_attempt: next });
      shops.go(next);
    }
    expect(await shop.newest()).toMatchObject({
      status: 'open',
      attempt_count: 3,
      next_payment_attempt: null,
    });
    expect((await shop.subscription(id)).status).toBe(status);
    const types = await shop.types();
    expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(3);
    expect(types.includes('customer.subscription.deleted')).toBe(status === 'canceled');
    expect(await shop.problems()).toEqual([]);
  });

  test('leaves what is unpaid with drafts that are not collected, until the newest invoice is paid', async () => {
    const shop = await shops.open('2026-01-31');
    await shop.setBilling({ retries: [1], after_last_retry: 'unpaid' });
    const { id } = await failing(shop);
    shops.go('2026-03-31T02:00');
    const draft = await shop.newest();
    expect(draft).toMatchObject({ status: 'draft', auto_advance: false, total: 3000 });
    expect((await shop.subscription(id)).status).toBe('unpaid');
    await shop.use('pm_card_visa');
    await shop.stripe.invoices.finalizeInvoice(draft.id ?? '');
    await shop.stripe.invoices.pay(draft.id ?? '');
    expect((await shop.subscription(id)).status).toBe('active');
    shops.go('2026-04-30T02:00');
    expect(await shop.newest()).toMatchObject({ status: 'paid' });
  });

  test('that goes on past due makes the next invoice, which recovers it when it is paid', async () => {
    const shop = await shops.open('2026-01-31');
    await shop.setBilling({ retries: [], after_last_retry: 'past_due' });
    const { id } = await failing(shop);
    expect((await shop.subscription(id)).status).toBe('past_due');
    await shop.use('pm_card_visa');
    shops.go('2026-03-31T02:00');
    expect((await shop.invoices()).map(({ status }) => status)).toEqual(['paid', 'open', 'paid']);
    expect((await shop.subscription(id)).status).toBe('active');
  });

  test('is given up although there is always a newer one', async () => {
    const shop = await shops.open('2026-03-01');
    const { id } = await shop.subscribe(await shop.price(100, { interval: 'day' }));
    await shop.use('pm_card_chargeCustomerFail');
    shops.go('2026-03-09T00:30');
    expect((await shop.subscription(id)).status).toBe('past_due');
    shops.go('2026-03-09T01:00');
    expect((await shop.subscription(id)).status).toBe('canceled');
  });

  test('does not hold back one whose latest invoice is paid', async () => {
    const shop = await shops.open('2026-01-31');
    await shop.setBilling({ retries: [40] });
    const { id } = await failing(shop);
    const old = (await shop.newest()).id ?? '';
    await shop.use('pm_card_visa');
    shops.go('2026-03-31T02:00');
    expect((await shop.subscription(id)).status).toBe('active');
    await shop.use('pm_card_chargeCustomerFail');
    await expect(shop.stripe.invoices.pay(old)).rejects.toThrow(/declined/);
    shops.go('2026-04-10');
    expect(await shop.stripe.invoices.retrieve(old)).toMatchObject({
      status: 'open',
      next_payment_attempt: null,
    });
    expect((await shop.subscription(id)).status).toBe('active');
  });

  test('because the bank wants the customer there is announced, and recovers when they authenticate', async () => {
    const shop = await shops.open('2026-01-31');
    const { id } = await failing(shop, 'pm_card_authenticationRequired');
    expect((await shop.subscription(id)).status).toBe('past_due');
    expect(await shop.types()).toEqual(
      expect.arrayContaining(['invoice.payment_failed', 'invoice.payment_action_required']),
    );
    const invoice = await shop.newest();
    const { data } = await shop.stripe.invoicePayments.list({ invoice: invoice.id });
    const intent = String(data[0]?.payment.payment_intent);
    const confirmed = await shop.stripe.paymentIntents.confirm(intent, {
      payment_method: 'pm_card_visa',
    });
    expect(confirmed.status).toBe('succeeded');
    expect((await shop.subscription(id)).status).toBe('active');
  });

  test('settings that make no sense are refused, and hold for one account only', async () => {
    const shop = await shops.open('2026-01-31');
    await expect(shop.setBilling({ retries: [5, 3] })).rejects.toThrow(/one after the other/);
    await expect(shop.setBilling({ after_last_retry: 'pray' })).rejects.toThrow(/after_last_retry/);
    await shop.setBilling({ after_last_retry: 'unpaid' });
    const other = await shops.open('2026-01-31');
    const { id, first } = await failing(other);
    shops.go(first + 8 * day);
    expect((await other.subscription(id)).status).toBe('canceled');
  });
});

describe('an invoice that is sent', () => {
  test('makes it past due when it is overdue, active when it is paid, and ends it if that was set', async () => {
    const shop = await shops.open('2026-01-31');
    await shop.setBilling({ overdue_days: 10, after_last_retry: 'cancel' });
    const { id, status } = await shop.subscribe(await shop.price(3000), {
      collection_method: 'send_invoice',
      days_until_due: 5,
    });
    expect(status).toBe('active');
    const first = await shop.newest();
    expect(first).toMatchObject({ due_date: at('2026-02-05'), status: 'draft' });
    shops.go('2026-02-01');
    await shop.use('pm_card_chargeCustomerFail');
    await expect(shop.stripe.invoices.pay(first.id ?? '')).rejects.toThrow(/declined/);
    expect((await shop.subscription(id)).status).toBe('active');
    shops.go('2026-02-05T00:00');
    expect((await shop.subscription(id)).status).toBe('past_due');
    await shop.stripe.invoices.pay((await shop.newest()).id ?? '', { paid_out_of_band: true });
    expect((await shop.subscription(id)).status).toBe('active');
    shops.go('2026-03-14T00:00');
    expect((await shop.subscription(id)).status).toBe('past_due');
    shops.go('2026-03-15T00:00');
    expect((await shop.subscription(id)).status).toBe('canceled');
  });

  test('takes its days with it when the way of collecting changes', async () => {
    const shop = await shops.open('2026-01-31');
    const { id } = await shop.subscribe(await shop.price(3000));
    const update = shop.stripe.subscriptions.update.bind(shop.stripe.subscriptions);
    await expect(update(id, { collection_method: 'send_invoice' })).rejects.toThrow(/days_until_due/);
    await expect(update(id, { days_until_due: 3 })).rejects.toThrow(/may only be specified/);
    await update(id, { collection_method: 'send_invoice', days_until_due: 3 });
    shops.go('2026-02-28T02:00');
    expect(await shop.newest()).toMatchObject({
      status: 'open',
      collection_method: 'send_invoice',
      due_date: at('2026-03-03'),
    });
    const back = await update(id, { collection_method: 'charge_automatically' });
    expect(back.days_until_due).toBeNull();
    shops.go('2026-03-31T02:00');
    expect(await shop.newest()).toMatchObject({ status: 'paid' });
  });
});

describe('what is charged', () => {
  test('is its own method before the customer’s, and one that paid is kept where that was asked for', async () => {
    const shop = await shops.open('2026-01-31', null);
    const own = await shop.stripe.paymentMethods.attach('pm_card_mastercard', { customer: shop.customer });
    const { id } = await shop.subscribe(await shop.price(3000), { default_payment_method: own.id });
    await shop.use('pm_card_chargeCustomerFail');
    shops.go('2026-02-28T02:00');
    expect((await shop.newest()).status).toBe('paid');
    await expect(shop.stripe.subscriptions.update(id, { default_payment_method: 'pm_none' })).rejects.toThrow(
      /No such PaymentMethod/,
    );
    const waiting = await shop.subscribe(await shop.price(500), {
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
    });
    const invoice = String(waiting.latest_invoice);
    await shop.stripe.invoices.pay(invoice, { payment_method: own.id });
    expect(await shop.subscription(waiting.id)).toMatchObject({
      status: 'active',
      default_payment_method: own.id,
    });
  });

  test('is asked for by a setup intent while nothing is due', async () => {
    const shop = await shops.open('2026-01-31', null);
    const created = await shop.subscribe(await shop.price(3000), {
      trial_period_days: 5,
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['pending_setup_intent'],
    });
    expect(created.pending_setup_intent).toMatchObject({
      status: 'requires_payment_method',
      usage: 'off_session',
    });
    const intent = (created.pending_setup_intent as { id: string }).id;
    await shop.stripe.setupIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    const kept = await shop.subscription(created.id);
    expect(kept.pending_setup_intent).toBeNull();
    expect(kept.default_payment_method).toMatch(/^pm_/);
    shops.go('2026-02-05T02:00');
    expect(await shop.newest()).toMatchObject({ status: 'paid', total: 3000 });
  });

  test('is told of a week before it renews, with what the invoice will then be', async () => {
    const shop = await shops.open('2026-01-31');
    const { id } = await shop.subscribe(await shop.price(3000), { discounts: [] });
    await shop.stripe.invoiceItems.create({ customer: shop.customer, amount: 250, currency: 'usd' });
    shops.go('2026-02-20T23:00');
    expect(await shop.types()).not.toContain('invoice.upcoming');
    shops.go('2026-02-21T00:00');
    const [event] = (await shop.stripe.events.list({ type: 'invoice.upcoming' })).data;
    expect(event?.data.object).toMatchObject({ total: 3250, billing_reason: 'upcoming' });
    shops.go(itemOf(await shop.subscription(id)).current_period_end);
    expect((await shop.newest()).total).toBe(3250);
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    shops.go('2026-03-25');
    // The one of February is older than events are kept.
    expect(await shop.types()).not.toContain('invoice.upcoming');
    expect(await shop.problems()).toEqual([]);
  });
});
