import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const webhooks: { body: Stripe.Event }[] = [];
const sandbox = createSandbox({
  async receiveWebhook(request) {
    webhooks.push({ body: (await request.json()) as Stripe.Event });
    return new Response();
  },
});
afterAll(() => sandbox.close());

type Json = Record<string, unknown>;

/** One account seen through two clients: of today and of an API version. */
function world(key: string, version: string) {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  async function old(method: string, path: string, params: Record<string, string> = {}): Promise<Json> {
    const query = new URLSearchParams(params).toString();
    const url = `http://sandbox${path}${method === 'GET' && query ? `?${query}` : ''}`;
    const response = await sandbox.fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'stripe-version': version },
      ...(method === 'POST' ? { body: new URLSearchParams(params) } : {}),
    });
    expect(response.headers.get('stripe-version')).toBe(version);
    return (await response.json()) as Json;
  }
  return { stripe, old };
}

/** A monthly subscription at $30 with 10 % tax and a coupon of 20 %, paid. */
async function subscribed(stripe: Stripe) {
  const product = await stripe.products.create({ name: 'Pro', marketing_features: [{ name: 'Fast' }] });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 3000,
    recurring: { interval: 'month' },
  });
  const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 10, inclusive: false });
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id, tax_rates: [rate.id] }],
    discounts: [{ coupon: coupon.id }],
  });
  return { product, price, rate, coupon, customer, subscription };
}

test.each(['yesterday', '2019-01-01', '2025-03-31', '2025-03-31.acacia', '2024-06-20; nonsense', '', ' '])(
  'the version "%s" does not exist and is refused',
  async (version) => {
    const response = await sandbox.fetch('http://sandbox/v1/customers', {
      headers: { authorization: 'Bearer sk_test_versions', 'stripe-version': version },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: `Invalid Stripe API version: ${version.trim()}` },
    });
  },
);

test.each([
  '2026-10-28.endive',
  '2026-08-26.dahlia',
  '2025-03-31.preview',
  '2024-06-20; feature_beta=v1',
  '2011-01-01',
])('the version %s is honoured and echoed', async (version) => {
  await world('sk_test_versions', version).old('GET', '/v1/customers');
});

test('a subscription before basil has its period, discount and plan itself', async () => {
  const { stripe, old } = world('sk_test_old_subscription', '2024-06-20');
  const { subscription, coupon, price } = await subscribed(stripe);
  const now = await stripe.subscriptions.retrieve(subscription.id);
  for (const gone of ['current_period_end', 'discount', 'plan']) expect(now).not.toHaveProperty(gone);
  const item = now.items.data[0];
  expect(await old('GET', `/v1/subscriptions/${subscription.id}`)).toMatchObject({
    current_period_start: item?.current_period_start,
    current_period_end: item?.current_period_end,
    plan: { id: price.id, object: 'plan', aggregate_usage: null, amount: 3000 },
    quantity: 1,
    discount: { object: 'discount', coupon: { id: coupon.id, object: 'coupon', percent_off: 20 } },
    items: { data: [{ price: { recurring: { aggregate_usage: null } } }] },
  });
});

test('an invoice before basil names its payment, subscription and tax, and expands them', async () => {
  const { stripe, old } = world('sk_test_old_invoice', '2025-02-24.acacia');
  const { subscription, coupon, price, rate } = await subscribed(stripe);
  const id = String(subscription.latest_invoice);
  const today = await stripe.invoices.retrieve(id, { expand: ['payments'] });
  for (const gone of ['payment_intent', 'charge', 'paid', 'subscription', 'tax', 'discount'])
    expect(today).not.toHaveProperty(gone);
  const intent = String(today.payments?.data[0]?.payment.payment_intent);
  const charge = (await stripe.paymentIntents.retrieve(intent)).latest_charge;
  const invoice = await old('GET', `/v1/invoices/${id}`);
  expect(invoice).toMatchObject({
    total: 2640,
    tax: 240,
    total_tax_amounts: [{ amount: 240, inclusive: false, tax_rate: rate.id, taxable_amount: 2400 }],
    paid: true,
    paid_out_of_band: false,
    payment_intent: intent,
    charge,
    subscription: subscription.id,
    subscription_details: { metadata: {} },
    quote: null,
    discount: { coupon: { id: coupon.id } },
    lines: {
      data: [
        {
          type: 'subscription',
          price: { id: price.id, object: 'price' },
          plan: { id: price.id, object: 'plan' },
          proration: false,
          subscription_item: subscription.items.data[0]?.id,
          amount_excluding_tax: 3000,
          unit_amount_excluding_tax: '3000',
          tax_amounts: [{ amount: 240, tax_rate: rate.id }],
          tax_rates: [{ id: rate.id, object: 'tax_rate' }],
        },
      ],
    },
  });
  const expanded = await old('GET', '/v1/subscriptions', {
    'expand[]': 'data.latest_invoice.payment_intent',
  });
  expect(expanded).toMatchObject({
    data: [{ current_period_end: expect.any(Number), latest_invoice: { payment_intent: { id: intent } } }],
  });
  expect(expanded).toMatchObject({
    data: [{ latest_invoice: { payment_intent: { invoice: id, object: 'payment_intent' } } }],
  });
  await expect(stripe.invoices.retrieve(id, { expand: ['payment_intent'] })).rejects.toThrow(
    /cannot be expanded/,
  );
});

test('charges and payment intents name their invoice before basil, and list within themselves before 2022-11-15', async () => {
  const { stripe, old } = world('sk_test_old_payment', '2022-08-01');
  const { subscription } = await subscribed(stripe);
  const [charge] = (await stripe.charges.list()).data;
  expect(charge).not.toHaveProperty('refunds');
  await stripe.refunds.create({ charge: charge?.id ?? '', amount: 100 });
  expect(await old('GET', `/v1/payment_intents/${charge?.payment_intent}`)).toMatchObject({
    invoice: subscription.latest_invoice,
    charges: {
      object: 'list',
      total_count: 1,
      data: [{ id: charge?.id, invoice: subscription.latest_invoice, refunds: { data: [{ amount: 100 }] } }],
    },
  });
  const later = world('sk_test_old_payment', '2022-11-15');
  const intent = await later.old('GET', `/v1/payment_intents/${charge?.payment_intent}`);
  expect(intent).toMatchObject({ invoice: subscription.latest_invoice, latest_charge: charge?.id });
  expect(intent).not.toHaveProperty('charges');
});

test('before clover promotion codes and discounts have their coupon whole', async () => {
  const { stripe, old } = world('sk_test_old_code', '2025-08-27.basil');
  const coupon = await stripe.coupons.create({ percent_off: 5 });
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } });
  expect(code).not.toHaveProperty('coupon');
  expect(await old('GET', `/v1/promotion_codes/${code.id}`)).toMatchObject({ coupon: { percent_off: 5 } });
});

test('products have features before 2024-04-10, and take them', async () => {
  const { old } = world('sk_test_old_product', '2023-10-16');
  const made = await old('POST', '/v1/products', { name: 'Pro', 'features[0][name]': 'Fast' });
  expect(made).toMatchObject({ features: [{ name: 'Fast' }] });
});

test('older names of parameters are taken by versions that had them, and by no other', async () => {
  const { stripe, old } = world('sk_test_old_params', '2024-06-20');
  const { customer, price, coupon } = await subscribed(stripe);
  const params = { customer: customer.id, 'items[0][price]': price.id, coupon: coupon.id };
  expect(await old('POST', '/v1/subscriptions', params)).toMatchObject({
    discount: { coupon: { id: coupon.id } },
  });
  await expect(
    stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      ...({ coupon: coupon.id } as object),
    }),
  ).rejects.toThrow('Received unknown parameter: coupon');
  const oneOff = await stripe.prices.create({
    product: String(price.product),
    currency: 'usd',
    unit_amount: 700,
  });
  expect(
    await old('POST', '/v1/invoiceitems', { customer: customer.id, price: oneOff.id, quantity: '2' }),
  ).toMatchObject({ amount: 1400, price: { id: oneOff.id }, unit_amount: 700, unit_amount_decimal: '700' });
});

test('payments default to what their version defaulted to', async () => {
  const pay = (version: string) =>
    world('sk_test_old_defaults', version).old('POST', '/v1/payment_intents', {
      amount: '500',
      currency: 'usd',
    });
  expect(await pay('2024-06-20')).toMatchObject({ capture_method: 'automatic_async' });
  expect(await pay('2023-10-16')).toMatchObject({
    capture_method: 'automatic',
    automatic_payment_methods: { enabled: true },
  });
  expect(await pay('2022-11-15')).toMatchObject({
    automatic_payment_methods: null,
    payment_method_types: ['card'],
  });
});

test('lists are counted on request before basil, searches always', async () => {
  const { stripe, old } = world('sk_test_old_counts', '2025-02-24.acacia');
  for (const name of ['Ada', 'Ada', 'Bob']) await stripe.customers.create({ name });
  expect(await old('GET', '/v1/customers', { limit: '1', 'expand[]': 'total_count' })).toMatchObject({
    total_count: 3,
    has_more: true,
  });
  await expect(stripe.customers.list({ expand: ['total_count'] })).rejects.toMatchObject({
    code: 'property_forbidden',
    statusCode: 400,
  });
  const search = { query: 'name:"Ada"', limit: 1 };
  expect(await stripe.customers.search({ ...search, expand: ['total_count'] })).toMatchObject({
    total_count: 2,
    data: [{ name: 'Ada' }],
  });
  expect(await stripe.customers.search(search)).not.toHaveProperty('total_count');
});

test('a declined payment shows its intent in the version of the request', async () => {
  const { old } = world('sk_test_old_decline', '2022-08-01');
  const answer = await old('POST', '/v1/payment_intents', {
    amount: '1000',
    currency: 'usd',
    confirm: 'true',
    payment_method: 'pm_card_chargeDeclined',
    return_url: 'https://shop.example/',
  });
  expect(answer).toMatchObject({
    error: { code: 'card_declined', payment_intent: { charges: { data: [{ status: 'failed' }] } } },
  });
});

test('an account answers in its own version where a request names none, and its events are of that version', async () => {
  const key = 'sk_test_version_of_account';
  const { stripe } = world(key, '2024-06-20');
  const choose = (version: string) =>
    sandbox.fetch('http://sandbox/_sandbox/api_version', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ version }),
    });
  expect((await choose('2024-06-21')).status).toBe(400);
  expect((await choose('2024-06-20')).status).toBe(200);
  await stripe.webhookEndpoints.create({
    url: 'https://today.example/',
    enabled_events: ['customer.subscription.updated'],
    api_version: '2026-10-28.endive',
  });
  await stripe.webhookEndpoints.create({
    url: 'https://account.example/',
    enabled_events: ['customer.subscription.updated'],
  });
  const { subscription } = await subscribed(stripe);
  const unversioned = await sandbox.fetch(`http://sandbox/v1/subscriptions/${subscription.id}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(unversioned.headers.get('stripe-version')).toBe('2024-06-20');
  expect(await unversioned.json()).toHaveProperty('current_period_end');

  webhooks.length = 0;
  await stripe.subscriptions.update(subscription.id, { trial_end: subscription.billing_cycle_anchor + 1000 });
  const [event] = (await stripe.events.list({ type: 'customer.subscription.updated' })).data;
  // Asked for with today's version, an event is still of the version it was made in.
  expect(event?.api_version).toBe('2024-06-20');
  expect(event?.data.object).toHaveProperty('current_period_end');
  expect(event?.data.previous_attributes).toHaveProperty('current_period_end');
  await sandbox.delivered();
  const [older, newer] = webhooks
    .map(({ body }) => body)
    .sort((a, b) => String(a.api_version).localeCompare(String(b.api_version)));
  expect(older?.data.previous_attributes).toMatchObject({ current_period_end: expect.any(Number) });
  expect(newer?.api_version).toBe('2026-10-28.endive');
  expect(newer?.data.object).not.toHaveProperty('current_period_end');
  expect(newer?.data.previous_attributes).not.toHaveProperty('current_period_end');
  expect(newer?.data.previous_attributes).toHaveProperty('items');
});

test('a request that names no version may use the words of any, and is answered in the account’s own', async () => {
  const key = 'sk_test_no_version';
  const { stripe, old } = world(key, '2026-10-28.endive');
  async function bare(path: string, params: Record<string, string> = {}): Promise<Json> {
    const asked = { method: 'POST', headers: { authorization: `Bearer ${key}` } };
    const body = new URLSearchParams(params);
    return (await (await sandbox.fetch(`http://sandbox${path}`, { ...asked, body })).json()) as Json;
  }
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
  expect(await bare('/v1/customers', { coupon: coupon.id })).toMatchObject({
    discount: { source: { coupon: coupon.id } },
  });
  const pay = { amount: '500', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' };
  expect(await bare('/v1/payment_intents', pay)).toMatchObject({
    status: 'succeeded',
    automatic_payment_methods: { allow_redirects: 'never', enabled: true },
  });
  expect(await old('POST', '/v1/payment_intents', pay)).toMatchObject({ error: { param: 'return_url' } });
  const unasked = await bare('/v1/accounts');
  expect(unasked).toMatchObject({ type: 'standard', capabilities: { legacy_payments: 'active' } });
  expect(await old('POST', '/v1/accounts')).toMatchObject({ capabilities: {} });
  expect(await bare('/v1/accounts', { type: 'express' })).toMatchObject({ capabilities: {} });
});
