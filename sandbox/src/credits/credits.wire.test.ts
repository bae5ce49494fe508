import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;
let now = start;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
/** A customer who pays ten cents a call by card, monthly. */
async function shop() {
  now = start;
  const key = `sk_test_credits${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const meter = (
    await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    })
  ).id;
  const product = (await stripe.products.create({ name: 'API' })).id;
  const recurring = { interval: 'month', usage_type: 'metered', meter } as const;
  const metered = async (unit_amount = 10) =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring })).id;
  const licensed = (
    await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 3000,
      recurring: { interval: 'month' },
    })
  ).id;
  const price = await metered();
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const grant = (value: number, more: Partial<Stripe.Billing.CreditGrantCreateParams> = {}) =>
    stripe.billing.creditGrants.create({
      customer,
      amount: { type: 'monetary', monetary: { currency: 'usd', value } },
      applicability_config: { scope: { price_type: 'metered' } },
      ...more,
    });
  const use = (value: number) =>
    stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value: String(value) },
    });
  const subscribe = (prices: string[], more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: prices.map((one) => ({ price: one })), ...more });
  const newest = async () => {
    const [invoice] = (await stripe.invoices.list({ customer })).data;
    if (!invoice) throw new Error('no invoice');
    return invoice;
  };
  const left = async (filter: Stripe.Billing.CreditBalanceSummaryRetrieveParams.Filter) => {
    const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({ customer, filter });
    return balances.map(({ available_balance: own }) => [own.monetary?.currency, own.monetary?.value]);
  };
  const leftOf = async (id: string) => (await left({ type: 'credit_grant', credit_grant: id }))[0]?.[1];
  const entries = async (credit_grant: string) =>
    (await stripe.billing.creditBalanceTransactions.list({ credit_grant })).data.map((entry) => [
      entry.credit?.type ?? entry.debit?.type,
      entry.credit?.amount.monetary?.value ?? entry.debit?.amount.monetary?.value,
    ]);
  const audit = async () => {
    const headers = { authorization: `Bearer ${key}` };
    return (await sandbox.fetch('http://sandbox/_sandbox/audit', { headers })).json();
  };
  return {
    stripe,
    customer,
    price,
    metered,
    licensed,
    grant,
    use,
    subscribe,
    newest,
    left,
    leftOf,
    entries,
    audit,
  };
}

const metered = { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } } as const;

describe('a credit grant', () => {
  test('is credit from when it takes effect until it ends', async () => {
    const { stripe, grant, left, entries } = await shop();
    const made = await grant(500, { effective_at: now + day, expires_at: now + 3 * day, name: 'Welcome' });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^credgr_test_/),
      object: 'billing.credit_grant',
      category: 'paid',
      priority: 50,
      name: 'Welcome',
      voided_at: null,
    });
    expect(await left(metered)).toEqual([['usd', 0]]);
    now += day;
    expect(await left(metered)).toEqual([['usd', 500]]);
    now += 2 * day;
    expect(await left(metered)).toEqual([['usd', 0]]);
    expect(await entries(made.id)).toEqual([
      ['credits_expired', 500],
      ['credits_granted', 500],
    ]);
    const types = (await stripe.events.list()).data.map((event) => event.type);
    expect(types).toEqual(
      expect.arrayContaining(['billing.credit_grant.created', 'billing.credit_balance_transaction.created']),
    );
  });

  test('can be expired, given more time, or voided while untouched', async () => {
    const { stripe, grant, leftOf, entries } = await shop();
    const soon = await grant(100, { expires_at: now + day });
    const later = await stripe.billing.creditGrants.update(soon.id, {
      expires_at: now + 10 * day,
      metadata: { a: '1' },
    });
    expect(later).toMatchObject({ expires_at: now + 10 * day, metadata: { a: '1' } });
    now += 2 * day;
    expect(await leftOf(soon.id)).toBe(100);
    expect((await stripe.billing.creditGrants.expire(soon.id)).expires_at).toBe(now);
    expect(await leftOf(soon.id)).toBe(0);
    await expect(stripe.billing.creditGrants.expire(soon.id)).rejects.toThrow(/has expired/);
    const gone = await grant(70);
    expect((await stripe.billing.creditGrants.voidGrant(gone.id)).voided_at).toBe(now);
    expect(await entries(gone.id)).toEqual([
      ['credits_voided', 70],
      ['credits_granted', 70],
    ]);
    await expect(stripe.billing.creditGrants.voidGrant(gone.id)).rejects.toThrow(/has been voided/);
    const forever = await stripe.billing.creditGrants.update((await grant(5, { expires_at: now + day })).id, {
      expires_at: '',
    });
    expect(forever.expires_at).toBeNull();
  });

  test('is refused for what it is not', async () => {
    const { stripe, grant, licensed, price } = await shop();
    const scope = (scope: object) => ({ applicability_config: { scope } });
    for (const [params, param] of [
      [scope({ price_type: 'metered', prices: [{ id: price }] }), 'applicability_config[scope][price_type]'],
      [scope({ prices: [{ id: licensed }] }), 'applicability_config[scope][prices][0][id]'],
      [scope({ prices: [{ id: 'price_none' }] }), 'applicability_config[scope][prices][0][id]'],
      [{ expires_at: now - 1 }, 'expires_at'],
      [{ effective_at: now + day, expires_at: now + 60 }, 'expires_at'],
      [{ priority: 101 }, 'priority'],
      [{ customer: 'cus_none' }, 'customer'],
      [{ amount: { type: 'monetary', monetary: { currency: 'usd', value: 0 } } }, 'amount[monetary][value]'],
    ] as const)
      await expect(grant(5, params)).rejects.toMatchObject({ statusCode: 400, param });
    await expect(stripe.billing.creditGrants.retrieve('credgr_none')).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});

describe('on an invoice', () => {
  test('credit pays for metered lines only, after discounts and before taxes', async () => {
    const { stripe, grant, licensed, price, use, subscribe, newest, leftOf, audit } = await shop();
    const coupon = (await stripe.coupons.create({ percent_off: 10, duration: 'forever' })).id;
    const tax = (await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false })).id;
    await subscribe([licensed, price], { discounts: [{ coupon }], default_tax_rates: [tax] });
    const { id } = await grant(300);
    await use(100);
    now = start + 31 * day + 60;
    expect(await newest()).toMatchObject({ status: 'draft', total: 4320 });
    expect(await leftOf(id)).toBe(300);
    now += 3600;
    const invoice = await newest();
    // 1000 and 3000 less 10 % are 900 and 2700; 300 of the 900 is credit; tax is on 3300.
    expect(invoice).toMatchObject({ status: 'paid', subtotal: 4000, total_excluding_tax: 3300, total: 3960 });
    const [line, ahead] = invoice.lines.data;
    expect(line?.pretax_credit_amounts).toEqual([
      { amount: 100, discount: expect.any(String), type: 'discount' },
      { amount: 300, credit_balance_transaction: expect.any(String), type: 'credit_balance_transaction' },
    ]);
    expect(ahead?.pretax_credit_amounts?.map(({ type }) => type)).toEqual(['discount']);
    expect(invoice.total_pretax_credit_amounts?.map(({ amount, type }) => [amount, type])).toEqual([
      [400, 'discount'],
      [300, 'credit_balance_transaction'],
    ]);
    const entry = await stripe.billing.creditBalanceTransactions.retrieve(
      String(line?.pretax_credit_amounts?.[1]?.credit_balance_transaction),
    );
    expect(entry.debit).toMatchObject({
      amount: { monetary: { currency: 'usd', value: 300 } },
      credits_applied: { invoice: invoice.id, invoice_line_item: line?.id },
      type: 'credits_applied',
    });
    expect(await leftOf(id)).toBe(0);
    expect(await audit()).toMatchObject({ ok: true, problems: [] });
  });

  test('grants are used by priority, expiry, category and age', async () => {
    const { grant, price, use, subscribe, leftOf } = await shop();
    await subscribe([price]);
    const expected = [
      await grant(100, { priority: 90, expires_at: start + 90 * day }),
      await grant(100, { priority: 10, category: 'paid' }),
      await grant(100, { priority: 10, category: 'promotional' }),
      await grant(100, { priority: 10, expires_at: start + 60 * day }),
      await grant(100, { priority: 10, expires_at: start + 40 * day }),
      await grant(100, { priority: 10, category: 'paid', effective_at: start - 60 }),
    ];
    await use(45);
    now = start + 31 * day + 3660;
    // 450 of usage: first those that expire, soonest first; then the promotional; then the paid, earliest first.
    expect(await Promise.all(expected.map(({ id }) => leftOf(id)))).toEqual([100, 50, 0, 0, 0, 0]);
  });

  test('a grant for some prices, or in another currency, pays for no other', async () => {
    const { grant, price, metered: another, use, subscribe, newest, left, leftOf } = await shop();
    const other = await another(20);
    await subscribe([price]);
    const mine = await grant(100, { applicability_config: { scope: { prices: [{ id: price }] } } });
    const not = await grant(100, { applicability_config: { scope: { prices: [{ id: other }] } } });
    const euros = await grant(100, {
      amount: { type: 'monetary', monetary: { currency: 'eur', value: 100 } },
    });
    const scoped: Stripe.Billing.CreditBalanceSummaryRetrieveParams.Filter = {
      type: 'applicability_scope',
      applicability_scope: { prices: [{ id: price }] },
    };
    expect(await left(scoped)).toEqual([
      ['usd', 100],
      ['eur', 100],
    ]);
    await use(50);
    now = start + 31 * day + 3660;
    expect((await newest()).total).toBe(400);
    expect(await Promise.all([mine, not, euros].map(({ id }) => leftOf(id)))).toEqual([0, 100, 100]);
  });

  test('moves from an invoice to its revision', async () => {
    const { stripe, grant, price, use, subscribe, newest, leftOf, audit } = await shop();
    await subscribe([price], { collection_method: 'send_invoice', days_until_due: 30 });
    const { id } = await grant(300);
    await use(100);
    now = start + 31 * day + 3660;
    const original = await newest();
    const from_invoice = { action: 'revision', invoice: original.id ?? '' } as const;
    const draft = await stripe.invoices.create({ from_invoice });
    expect(draft).toMatchObject({ status: 'draft', total: 1000 });
    expect(await leftOf(id)).toBe(0);
    const revision = await stripe.invoices.finalizeInvoice(draft.id ?? '');
    expect(revision).toMatchObject({ total: 700 });
    expect((await stripe.invoices.retrieve(original.id ?? '')).status).toBe('void');
    expect(await leftOf(id)).toBe(0);
    expect(await audit()).toMatchObject({ ok: true, problems: [] });
  });

  test('is not given away again by a credit note for a line it paid for', async () => {
    const { stripe, grant, price, use, subscribe, newest, leftOf, audit } = await shop();
    await subscribe([price]);
    const { id } = await grant(301);
    await use(100);
    now = start + 31 * day + 3660;
    const invoice = await newest();
    expect(invoice).toMatchObject({ status: 'paid', total: 699 });
    const [line] = invoice.lines.data;
    const credit = (amount: number, refund_amount: number) =>
      stripe.creditNotes.create({
        invoice: invoice.id ?? '',
        lines: [{ type: 'invoice_line_item', invoice_line_item: line?.id ?? '', amount }],
        refund_amount,
      });
    // A third of the line is a third of the 699 that was paid for it, and all parts together are the whole.
    const first = await credit(333, 233);
    expect(first).toMatchObject({ subtotal: 333, discount_amount: 0, total: 233 });
    const used = line?.pretax_credit_amounts?.[0]?.credit_balance_transaction;
    const shares = { amount: 100, credit_balance_transaction: used, type: 'credit_balance_transaction' };
    expect(first.pretax_credit_amounts).toEqual([shares]);
    expect(first.lines.data[0]?.pretax_credit_amounts).toEqual([shares]);
    expect((await credit(667, 466)).total).toBe(466);
    expect(await leftOf(id)).toBe(0);
    expect(await audit()).toMatchObject({ ok: true, problems: [] });
  });

  test('is given back when the invoice is voided, unless its time is over', async () => {
    const { stripe, grant, price, use, subscribe, newest, entries, leftOf, audit } = await shop();
    await subscribe([price], { collection_method: 'send_invoice', days_until_due: 90 });
    const lasting = await grant(100);
    const brief = await grant(50, { expires_at: start + 33 * day });
    await use(40);
    now = start + 31 * day + 3660;
    const invoice = await newest();
    expect(invoice).toMatchObject({ status: 'open', total: 250 });
    expect(await leftOf(lasting.id)).toBe(0);
    await expect(stripe.billing.creditGrants.voidGrant(lasting.id)).rejects.toThrow(/cannot be voided/);
    now = start + 34 * day;
    await stripe.invoices.voidInvoice(invoice.id ?? '');
    expect(await leftOf(lasting.id)).toBe(100);
    expect(await entries(brief.id)).toEqual([
      ['credits_expired', 50],
      ['credits_application_invoice_voided', 50],
      ['credits_applied', 50],
      ['credits_granted', 50],
    ]);
    expect(await audit()).toMatchObject({ ok: true, problems: [] });
  });
});
