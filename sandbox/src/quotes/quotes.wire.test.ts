import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
let now = Date.UTC(2026, 0, 1) / 1000;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_quotes${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = await stripe.customers.create({ name: 'Bea', email: 'bea@example.com' });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  const { id: product } = await stripe.products.create({ name: 'Premium' });
  const once = (await stripe.prices.create({ product, currency: 'usd', unit_amount: 10_000 })).id;
  const recurring = { interval: 'month' as const };
  const monthly = (await stripe.prices.create({ product, currency: 'usd', unit_amount: 2000, recurring })).id;
  const types = async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
  return { stripe, customer, product, once, monthly, types };
}

test('a one-time quote becomes a draft invoice with the same lines, discounts and tax', async () => {
  const { stripe, customer, product, once, types } = await shop();
  const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
  const off = await stripe.coupons.create({ percent_off: 10 });
  const fixed = await stripe.coupons.create({ amount_off: 500, currency: 'usd' });
  const draft = await stripe.quotes.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    invoice_settings: { days_until_due: 14, footer: 'Thank you', description: 'As agreed' },
    default_tax_rates: [rate.id],
    discounts: [{ coupon: off.id }],
    line_items: [
      { price: once, discounts: [{ coupon: fixed.id }] },
      { price_data: { currency: 'usd', product, unit_amount: 250 }, quantity: 4 },
    ],
    metadata: { deal: '7' },
    expand: ['line_items', 'total_details.breakdown', 'computed.upfront.line_items'],
  });
  // 10000 − 500 = 9500 and 1000; a tenth off each: 8550 and 900; a fifth on top.
  expect(draft).toMatchObject({
    object: 'quote',
    status: 'draft',
    number: null,
    currency: 'usd',
    amount_subtotal: 11_000,
    amount_total: 11_340,
    total_details: {
      amount_discount: 1550,
      amount_tax: 1890,
      breakdown: { taxes: [{ amount: 1890, rate: { id: rate.id } }] },
    },
    computed: { recurring: null, upfront: { amount_total: 11_340 } },
    expires_at: now + 30 * day,
    line_items: {
      data: [
        { object: 'item', amount_subtotal: 10_000, amount_total: 10_260, quantity: 1 },
        { amount_subtotal: 1000, amount_total: 1080, quantity: 4, description: 'Premium' },
      ],
    },
  });
  expect(draft.computed.upfront.line_items?.data).toHaveLength(2);
  expect((await stripe.coupons.retrieve(off.id)).times_redeemed).toBe(0);
  const open = await stripe.quotes.finalizeQuote(draft.id);
  expect(open.number).toBe(`QT-${customer.invoice_prefix}-0001-1`);
  const accepted = await stripe.quotes.accept(draft.id, { expand: ['invoice'] });
  expect(accepted).toMatchObject({
    status: 'accepted',
    subscription: null,
    status_transitions: { accepted_at: now, finalized_at: now, canceled_at: null },
    invoice: {
      status: 'draft',
      auto_advance: false,
      billing_reason: 'quote_accept',
      collection_method: 'send_invoice',
      due_date: now + 14 * day,
      description: 'As agreed',
      footer: 'Thank you',
      subtotal: 11_000,
      total: 11_340,
      parent: { type: 'quote_details', quote_details: { quote: draft.id } },
    },
  });
  expect((await stripe.coupons.retrieve(off.id)).times_redeemed).toBe(1);
  expect((await types()).filter((type) => type.startsWith('quote.'))).toEqual([
    'quote.accepted',
    'quote.finalized',
    'quote.created',
  ]);
});

test('a quote with something that recurs becomes a subscription that begins with what was quoted', async () => {
  const { stripe, customer, once, monthly } = await shop();
  const forever = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
  const firstTime = await stripe.coupons.create({ percent_off: 10, duration: 'once' });
  const quote = await stripe.quotes.create({
    customer: customer.id,
    discounts: [{ coupon: forever.id }, { coupon: firstTime.id }],
    line_items: [{ price: once }, { price: monthly, quantity: 3 }],
    subscription_data: { description: 'Three seats', metadata: { seats: '3' } },
  });
  expect(quote.computed).toMatchObject({
    recurring: { amount_subtotal: 6000, amount_total: 3000, interval: 'month', interval_count: 1 },
    upfront: { amount_subtotal: 16_000, amount_total: 7200 },
  });
  await stripe.quotes.finalizeQuote(quote.id);
  const { subscription } = await stripe.quotes.accept(quote.id, { expand: ['subscription.latest_invoice'] });
  expect(subscription).toMatchObject({
    status: 'active',
    description: 'Three seats',
    metadata: { seats: '3' },
    items: { data: [{ price: { id: monthly }, quantity: 3 }] },
    latest_invoice: { status: 'paid', total: 7200, billing_reason: 'subscription_create' },
  });
  const next = await stripe.invoices.createPreview({
    subscription: (subscription as Stripe.Subscription).id,
  });
  expect(next.total).toBe(quote.computed.recurring?.amount_total);
});

test('with a trial nothing that recurs is due at first', async () => {
  const { stripe, customer, once, monthly } = await shop();
  const quote = await stripe.quotes.create({
    customer: customer.id,
    line_items: [{ price: once }, { price: monthly }],
    subscription_data: { trial_period_days: 7 },
  });
  expect(quote).toMatchObject({
    amount_total: 12_000,
    computed: { upfront: { amount_total: 10_000 }, recurring: { amount_total: 2000 } },
  });
  const upfront = await stripe.quotes.listComputedUpfrontLineItems(quote.id);
  expect(upfront.data.map((item) => item.amount_total)).toEqual([10_000, 0]);
  await stripe.quotes.finalizeQuote(quote.id);
  const { subscription } = await stripe.quotes.accept(quote.id, { expand: ['subscription.latest_invoice'] });
  expect(subscription).toMatchObject({
    status: 'trialing',
    trial_end: now + 7 * day,
    latest_invoice: { total: 10_000 },
  });
});

test('a quote that takes effect later becomes a schedule that begins then', async () => {
  const { stripe, customer, once, monthly } = await shop();
  const later = now + 20 * day;
  const quote = await stripe.quotes.create({
    customer: customer.id,
    line_items: [{ price: once }, { price: monthly, quantity: 2 }],
    subscription_data: { effective_date: later, metadata: { deal: '9' }, trial_period_days: 40 },
  });
  await stripe.quotes.finalizeQuote(quote.id);
  const expand = ['subscription_schedule'];
  const { subscription, subscription_schedule: made } = await stripe.quotes.accept(quote.id, { expand });
  expect(subscription).toBeNull();
  expect(made).toMatchObject({
    status: 'not_started',
    end_behavior: 'release',
    phases: [
      {
        start_date: later,
        trial_end: later + 40 * day,
        items: [{ price: monthly, quantity: 2 }],
        add_invoice_items: [{ price: once, quantity: 1 }],
        metadata: { deal: '9' },
      },
    ],
  });
  const { id } = made as Stripe.SubscriptionSchedule;
  now = later + 3700;
  const begun = await stripe.subscriptionSchedules.retrieve(id, {
    expand: ['subscription.latest_invoice'],
  });
  expect(begun.subscription).toMatchObject({
    status: 'trialing',
    latest_invoice: { status: 'paid', total: quote.computed.upfront.amount_total },
  });
});

test('a revision gets the next number of its quote and takes its place', async () => {
  const { stripe, customer, once } = await shop();
  const line_items = [{ price: once }];
  const first = await stripe.quotes.create({ customer: customer.id, line_items, header: 'Offer' });
  await stripe.quotes.finalizeQuote(first.id);
  const revision = await stripe.quotes.create({ from_quote: { quote: first.id, is_revision: true } });
  expect(revision).toMatchObject({
    status: 'draft',
    number: null,
    header: 'Offer',
    amount_total: 10_000,
    from_quote: { is_revision: true, quote: first.id },
  });
  const [item] = (await stripe.quotes.listLineItems(revision.id)).data;
  await stripe.quotes.update(revision.id, { line_items: [{ id: item?.id ?? '', quantity: 2 }] });
  expect((await stripe.quotes.retrieve(first.id)).status).toBe('open');
  const open = await stripe.quotes.finalizeQuote(revision.id);
  expect(open).toMatchObject({ number: `QT-${customer.invoice_prefix}-0001-2`, amount_total: 20_000 });
  expect((await stripe.quotes.retrieve(first.id)).status).toBe('canceled');
  const copy = await stripe.quotes.create({ from_quote: { quote: first.id } });
  expect((await stripe.quotes.finalizeQuote(copy.id)).number).toBe(`QT-${customer.invoice_prefix}-0002-1`);
  expect((await stripe.quotes.retrieve(revision.id)).status).toBe('open');
});

test('a draft can be changed item by item, and it is priced anew', async () => {
  const { stripe, customer, once, monthly, product } = await shop();
  const empty = await stripe.quotes.create();
  expect(empty).toMatchObject({ currency: null, customer: null, amount_total: 0 });
  const filled = await stripe.quotes.update(empty.id, {
    customer: customer.id,
    line_items: [{ price: once }, { price: monthly, quantity: 2 }],
    expand: ['line_items'],
  });
  expect(filled.amount_total).toBe(14_000);
  const [first, second] = filled.line_items?.data ?? [];
  const changed = await stripe.quotes.update(empty.id, {
    line_items: [
      { id: second?.id ?? '', quantity: 5 },
      { price_data: { currency: 'usd', product, unit_amount: 1 } },
    ],
    expand: ['line_items'],
  });
  expect(changed.line_items?.data).toMatchObject([{ id: second?.id, quantity: 5 }, { amount_total: 1 }]);
  expect(changed.amount_total).toBe(10_001);
  await expect(
    stripe.quotes.update(empty.id, { line_items: [{ id: first?.id ?? '' }] }),
  ).rejects.toMatchObject({ param: 'line_items[0][id]', code: 'resource_missing' });
  const other = await stripe.customers.create();
  await expect(stripe.quotes.update(empty.id, { customer: other.id })).rejects.toMatchObject({
    param: 'customer',
  });
});

test('a finalized quote is a PDF file', async () => {
  const { stripe, customer, once } = await shop();
  const { id } = await stripe.quotes.create({ customer: customer.id, line_items: [{ price: once }] });
  const { number } = await stripe.quotes.finalizeQuote(id);
  const stream = (await stripe.quotes.pdf(id)) as AsyncIterable<Uint8Array>;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('latin1');
  expect(text.startsWith('%PDF-')).toBe(true);
  expect(text).toContain(number);
  expect(text).toContain('$100.00');
});

type Shop = Awaited<ReturnType<typeof shop>>;

describe('refusals', () => {
  test.each<[string, (at: Shop) => Stripe.QuoteCreateParams, object]>([
    [
      'two currencies',
      ({ once, product }) => ({
        line_items: [{ price: once }, { price_data: { currency: 'eur', product, unit_amount: 5 } }],
      }),
      { param: 'line_items' },
    ],
    ['a time that is over', () => ({ expires_at: now - 1 }), { param: 'expires_at' }],
    [
      'sending without a time to pay',
      () => ({ collection_method: 'send_invoice' }),
      { param: 'invoice_settings[days_until_due]' },
    ],
    [
      'a time to pay where the card is charged',
      () => ({ invoice_settings: { days_until_due: 3 } }),
      { param: 'invoice_settings[days_until_due]' },
    ],
    ['an unknown coupon', () => ({ discounts: [{ coupon: 'nope' }] }), { code: 'resource_missing' }],
    [
      'a copy with other terms',
      () => ({ from_quote: { quote: 'qt_x' }, header: 'Other' }),
      { param: 'header', message: 'You may only specify one of these parameters: from_quote, header.' },
    ],
    [
      'a price that is not there',
      () => ({ line_items: [{ price: 'price_x' }] }),
      { code: 'resource_missing' },
    ],
  ])('%s', async (_, params, expected) => {
    const at = await shop();
    await expect(at.stripe.quotes.create(params(at))).rejects.toMatchObject({ statusCode: 400, ...expected });
  });

  test('finalizing without a customer or items', async () => {
    const { stripe, customer, once } = await shop();
    const nobody = await stripe.quotes.create({ line_items: [{ price: once }] });
    await expect(stripe.quotes.finalizeQuote(nobody.id)).rejects.toMatchObject({ param: 'customer' });
    const nothing = await stripe.quotes.create({ customer: customer.id });
    await expect(stripe.quotes.finalizeQuote(nothing.id)).rejects.toMatchObject({ param: 'line_items' });
  });

  test('accepting a subscription that nothing can be charged for leaves the quote open', async () => {
    const { stripe, monthly } = await shop();
    const { id: customer } = await stripe.customers.create();
    const { id } = await stripe.quotes.create({ customer, line_items: [{ price: monthly }] });
    await stripe.quotes.finalizeQuote(id);
    await expect(stripe.quotes.accept(id)).rejects.toMatchObject({ code: 'resource_missing' });
    expect(await stripe.quotes.retrieve(id)).toMatchObject({ status: 'open', subscription: null });
  });
});

test('quotes are listed by customer and status', async () => {
  const { stripe, customer, once } = await shop();
  const params = { customer: customer.id, line_items: [{ price: once }] };
  const [a, b] = [await stripe.quotes.create(params), await stripe.quotes.create(params)];
  await stripe.quotes.create({ line_items: [{ price: once }] });
  await stripe.quotes.finalizeQuote(b.id);
  const ids = async (filter: Stripe.QuoteListParams) =>
    (await stripe.quotes.list(filter)).data.map(({ id }) => id);
  expect(await ids({ customer: customer.id })).toEqual([b.id, a.id]);
  expect(await ids({ customer: customer.id, status: 'open' })).toEqual([b.id]);
  expect(await ids({ status: 'draft' })).toHaveLength(2);
});

test('whatever is quoted, the first invoice comes to what was quoted upfront, and the next to what recurs', async () => {
  const { stripe, customer, product } = await shop();
  const within = await stripe.taxRates.create({ display_name: 'GST', inclusive: true, percentage: 19 });
  const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 7.7 });
  const duration = 'forever' as const;
  const part = (await stripe.coupons.create({ percent_off: 12.5, duration })).id;
  const fixed = (await stripe.coupons.create({ amount_off: 333, currency: 'usd', duration })).id;
  const item = fc.record({
    amount: fc.integer({ min: 500, max: 9999 }),
    quantity: fc.integer({ min: 1, max: 7 }),
    recurs: fc.boolean(),
    coupon: fc.constantFrom(null, part, fixed),
    rate: fc.constantFrom(null, within.id, vat.id),
  });
  const story = fc.record({
    items: fc.array(item, { minLength: 1, maxLength: 4 }),
    coupon: fc.constantFrom(null, part, fixed),
    rate: fc.constantFrom(null, within.id, vat.id),
    trial: fc.constantFrom(null, 10),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ items, coupon, rate, trial }) => {
      const quote = await stripe.quotes.create({
        customer: customer.id,
        ...(coupon ? { discounts: [{ coupon }] } : {}),
        ...(rate ? { default_tax_rates: [rate] } : {}),
        ...(trial ? { subscription_data: { trial_period_days: trial } } : {}),
        line_items: items.map((one) => ({
          price_data: {
            currency: 'usd',
            product,
            unit_amount: one.amount,
            ...(one.recurs ? { recurring: { interval: 'month' as const } } : {}),
          },
          quantity: one.quantity,
          ...(one.coupon ? { discounts: [{ coupon: one.coupon }] } : {}),
          ...(one.rate ? { tax_rates: [one.rate] } : {}),
        })),
      });
      await stripe.quotes.finalizeQuote(quote.id);
      const expand = ['invoice', 'subscription.latest_invoice'];
      const accepted = await stripe.quotes.accept(quote.id, { expand });
      const subscription = accepted.subscription as Stripe.Subscription | null;
      const first = (subscription?.latest_invoice ?? accepted.invoice) as Stripe.Invoice;
      const { upfront, recurring } = quote.computed;
      expect(first.total).toBe(upfront.amount_total);
      expect(first.subtotal).toBe(upfront.amount_subtotal);
      if (!subscription) return;
      const next = await stripe.invoices.createPreview({ subscription: subscription.id });
      expect(next.total).toBe(recurring?.amount_total);
      await stripe.subscriptions.cancel(subscription.id);
    }),
    { numRuns: 25 },
  );
});
