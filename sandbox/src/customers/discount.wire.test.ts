import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
/** An account with a coupon, through the SDK of today and by hand in an older API version, which gives customers discounts. */
async function world(params: Stripe.CouponCreateParams) {
  const key = `sk_test_customer_discount${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const coupon = await stripe.coupons.create(params);
  async function old<T = Stripe.Customer>(path: string, body: Record<string, string>): Promise<T> {
    const headers = { authorization: `Bearer ${key}`, 'stripe-version': '2022-11-15' };
    const asked = { method: 'POST', headers, body: new URLSearchParams(body) };
    return (await (await sandbox.fetch(`http://sandbox${path}`, asked)).json()) as T;
  }
  const happened = async () =>
    (await stripe.events.list({ limit: 100 })).data
      .map(({ type }) => type)
      .filter((type) => type.startsWith('customer.discount.'))
      .reverse();
  const withCard = async () => {
    const card = 'pm_card_visa';
    const method = { payment_method: card, 'invoice_settings[default_payment_method]': card };
    return (await old('/v1/customers', { coupon: coupon.id, ...method })).id;
  };
  return { stripe, coupon, old, happened, withCard };
}

async function monthly(stripe: Stripe): Promise<string> {
  const recurring = { interval: 'month' as const };
  const product_data = { name: 'Plan' };
  return (await stripe.prices.create({ currency: 'usd', unit_amount: 1000, recurring, product_data })).id;
}

test('a customer of an older version gets a discount, another in its place, and none', async () => {
  const { stripe, coupon, old, happened } = await world({ percent_off: 20, duration: 'forever' });
  const made = await old('/v1/customers', { coupon: coupon.id });
  expect(made.discount).toMatchObject({ object: 'discount', customer: made.id, coupon: { id: coupon.id } });
  const more = await stripe.coupons.create({ percent_off: 30, duration: 'forever' });
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: more.id } });
  await old(`/v1/customers/${made.id}`, { promotion_code: code.id });
  const changed = (await stripe.customers.retrieve(made.id)) as Stripe.Customer;
  expect(changed.discount).toMatchObject({ promotion_code: code.id, source: { coupon: more.id } });
  expect((await stripe.coupons.retrieve(more.id)).times_redeemed).toBe(1);
  await old(`/v1/customers/${made.id}`, { coupon: '' });
  expect(await stripe.customers.retrieve(made.id)).toMatchObject({ discount: null });
  await old(`/v1/customers/${made.id}`, { coupon: coupon.id });
  expect(await stripe.customers.deleteDiscount(made.id)).toMatchObject({
    deleted: true,
    customer: made.id,
    source: { coupon: coupon.id },
  });
  expect(await stripe.customers.retrieve(made.id)).toMatchObject({ discount: null });
  const [created, updated, deleted] = ['created', 'updated', 'deleted'].map(
    (it) => `customer.discount.${it}`,
  );
  expect(await happened()).toEqual([created, updated, deleted, created, deleted]);
});

test('today’s version does not give customers discounts, and an older one refuses what cannot be used', async () => {
  const { stripe, coupon, old } = await world({ percent_off: 20, duration: 'forever' });
  const params = { coupon: coupon.id } as Stripe.CustomerCreateParams;
  await expect(stripe.customers.create(params)).rejects.toMatchObject({ code: 'parameter_unknown' });
  expect(await old('/v1/customers', { coupon: 'none' })).toMatchObject({
    error: { code: 'resource_missing', param: 'coupon', message: "No such coupon: 'none'" },
  });
  expect(await old('/v1/customers', { coupon: coupon.id, promotion_code: 'promo_1' })).toMatchObject({
    error: { param: 'coupon' },
  });
  expect((await stripe.customers.list()).data).toEqual([]);
});

test('its invoices get the discount, unless they or their subscription have their own', async () => {
  const { stripe, withCard } = await world({ percent_off: 20, duration: 'forever' });
  const customer = await withCard();
  const own = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
  const discounts = [{ coupon: own.id }];
  const price = await monthly(stripe);
  const total = async (more: Partial<Stripe.SubscriptionCreateParams>) => {
    const items = [{ price }];
    const expand = ['latest_invoice'];
    const { latest_invoice } = await stripe.subscriptions.create({ customer, items, expand, ...more });
    return (latest_invoice as Stripe.Invoice).total;
  };
  expect(await total({})).toBe(800);
  expect(await total({ discounts })).toBe(500);
  const invoiced = async (more: Partial<Stripe.InvoiceCreateParams>) => {
    const { id = '' } = await stripe.invoices.create({ customer, ...more });
    await stripe.invoices.addLines(id, { lines: [{ amount: 1000, description: 'Work' }] });
    return (await stripe.invoices.retrieve(id)).total;
  };
  expect(await invoiced({})).toBe(800);
  expect(await invoiced({ discounts })).toBe(500);
  expect(await invoiced({ discounts: '' })).toBe(1000);
});

test('what is taken off once is gone with the first invoice it lowers', async () => {
  const { stripe, happened, withCard } = await world({ amount_off: 300, currency: 'usd', duration: 'once' });
  const customer = await withCard();
  const price = await monthly(stripe);
  const totals = [];
  for (let count = 0; count < 2; count++) {
    const items = [{ price }];
    const made = await stripe.subscriptions.create({ customer, items, expand: ['latest_invoice'] });
    totals.push((made.latest_invoice as Stripe.Invoice).total);
  }
  expect(totals).toEqual([700, 1000]);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ discount: null });
  expect((await happened()).at(-1)).toBe('customer.discount.deleted');
});
