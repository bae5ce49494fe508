import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 2, 1, 9);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
function client(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_discounts${accounts++}`, { httpClient, maxNetworkRetries: 0 });
}

/** A new account with two monthly plans at $30 and $50, and a customer who pays by card. */
async function shop() {
  const stripe = client();
  const plan = async (name: string, unit_amount: number) => {
    const product = (await stripe.products.create({ name })).id;
    const recurring = { interval: 'month' } as const;
    const price = (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring })).id;
    return { product, price };
  };
  const small = await plan('Small', 3000);
  const large = await plan('Large', 5000);
  const buyer = async () => {
    const customer = (await stripe.customers.create()).id;
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    return customer;
  };
  const customer = await buyer();
  const totals = async (subscription: string) =>
    (await stripe.invoices.list({ subscription })).data.map((invoice) => invoice.total);
  return { stripe, small, large, customer, buyer, totals };
}

const soon = () => Math.floor(now / 1000) + 86_400;

describe('coupons', () => {
  test.each<[string, Stripe.CouponCreateParams, string | undefined, string | undefined]>([
    ['Must provide percent_off or amount_off.', {}, undefined, 'parameter_missing'],
    [
      'Received both percent_off and amount_off parameters. Please pass in only one.',
      { percent_off: 10, amount_off: 5, currency: 'usd' },
      undefined,
      undefined,
    ],
    ['You must pass currency when passing amount_off', { amount_off: 5 }, 'currency', undefined],
    [
      'The duration_in_months param must be set when creating a coupon with a repeating duration',
      { percent_off: 10, duration: 'repeating' },
      'duration',
      undefined,
    ],
    [
      "This value must be greater than or equal to 0.01 (it currently is '0.0').",
      { percent_off: 0 },
      'percent_off',
      undefined,
    ],
    [
      'The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You specified the value `1000` which is in the past.',
      { percent_off: 10, redeem_by: 1000 },
      'redeem_by',
      undefined,
    ],
    [
      'You may only specify one of these parameters: currency_options, percent_off.',
      { percent_off: 10, currency_options: { eur: { amount_off: 4 } } },
      'currency_options',
      undefined,
    ],
    [
      "No such product: 'prod_none'",
      { percent_off: 10, applies_to: { products: ['prod_none'] } },
      'applies_to[products]',
      'resource_missing',
    ],
  ])('are refused: %s', async (message, params, param, code) => {
    const made = client().coupons.create({ duration: 'once', ...params });
    await expect(made).rejects.toMatchObject({ statusCode: 400, message, param, code });
  });

  test('show products and further currencies only when asked, and work by them', async () => {
    const { stripe, small, large, customer, totals } = await shop();
    const { id, ...plain } = await stripe.coupons.create({
      amount_off: 1000,
      currency: 'usd',
      duration: 'forever',
      applies_to: { products: [large.product] },
      currency_options: { eur: { amount_off: 900 } },
    });
    expect(plain).not.toHaveProperty('applies_to');
    expect(plain).not.toHaveProperty('currency_options');
    expect(await stripe.coupons.retrieve(id, { expand: ['applies_to', 'currency_options'] })).toMatchObject({
      applies_to: { products: [large.product] },
      currency_options: { eur: { amount_off: 900 } },
    });
    const items = [{ price: small.price }, { price: large.price }];
    const both = await stripe.subscriptions.create({ customer, items, discounts: [{ coupon: id }] });
    expect(await totals(both.id)).toEqual([7000]);
    const item = await stripe.invoiceItems.create({
      customer: (await stripe.customers.create()).id,
      amount: 5000,
      currency: 'eur',
    });
    const invoice = await stripe.invoices.create({
      customer: String(item.customer),
      currency: 'eur',
      pending_invoice_items_behavior: 'include',
      discounts: [
        {
          coupon: (
            await stripe.coupons.create({
              amount_off: 1000,
              currency: 'usd',
              duration: 'once',
              currency_options: { eur: { amount_off: 900 } },
            })
          ).id,
        },
      ],
    });
    expect(invoice.total).toBe(4100);
  });

  test('once deleted give no new discounts, but the old go on; their ids stay taken', async () => {
    const { stripe, small, customer, totals } = await shop();
    const coupon = await stripe.coupons.create({ id: 'TENOFF', percent_off: 10, duration: 'forever' });
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: small.price }],
      discounts: [{ coupon: coupon.id }],
    });
    expect(await stripe.coupons.del('TENOFF')).toMatchObject({ id: 'TENOFF', deleted: true });
    const [event] = (await stripe.events.list({ type: 'coupon.deleted' })).data;
    expect(event?.data.object).toMatchObject({ id: 'TENOFF', valid: false });
    now += 32 * day;
    expect(await totals(id)).toEqual([2700, 2700]);
    const seen = await stripe.subscriptions.retrieve(id, { expand: ['discounts.source.coupon'] });
    expect(seen.discounts[0]).toMatchObject({ source: { coupon: { percent_off: 10, valid: false } } });
    await expect(stripe.coupons.retrieve('TENOFF')).rejects.toMatchObject({
      statusCode: 404,
      param: 'coupon',
    });
    await expect(
      stripe.coupons.create({ id: 'TENOFF', percent_off: 5, duration: 'once' }),
    ).rejects.toMatchObject({
      code: 'resource_already_exists',
    });
    expect((await stripe.coupons.list()).data).toEqual([]);
  });

  test('for some months lower as many invoices; used up or late they are refused', async () => {
    const { stripe, small, customer, buyer, totals } = await shop();
    const coupon = await stripe.coupons.create({
      percent_off: 50,
      duration: 'repeating',
      duration_in_months: 2,
      max_redemptions: 1,
    });
    const subscribe = (who: string) =>
      stripe.subscriptions.create({
        customer: who,
        items: [{ price: small.price }],
        discounts: [{ coupon: coupon.id }],
      });
    const { id } = await subscribe(customer);
    expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ times_redeemed: 1, valid: false });
    await expect(subscribe(await buyer())).rejects.toMatchObject({ code: 'coupon_expired' });
    now += 70 * day;
    expect(await totals(id)).toEqual([3000, 1500, 1500]);
    const late = await stripe.coupons.create({ percent_off: 5, duration: 'once', redeem_by: soon() });
    now += 2 * day;
    expect((await stripe.coupons.retrieve(late.id)).valid).toBe(false);
  });
});

describe('promotion codes', () => {
  test.each<[string, object, string | undefined]>([
    [
      'You must pass promotion.coupon when passing promotion',
      { promotion: { type: 'coupon' } },
      'promotion.coupon',
    ],
    ["No such coupon: 'NOPE'", { promotion: { type: 'coupon', coupon: 'NOPE' } }, 'promotion[coupon]'],
    ['This value must match the regex pattern.', { code: 'has spaces!' }, 'code'],
    ["No such customer: 'cus_none'", { customer: 'cus_none' }, 'customer'],
    ['which is in the past.', { expires_at: 2000 }, 'expires_at'],
    [
      'Invalid timestamp: can be no more than five years in the future.',
      { expires_at: 4_102_444_800 },
      'expires_at',
    ],
    [
      'Missing required param: restrictions[minimum_amount_currency].',
      { restrictions: { minimum_amount: 5 } },
      'restrictions[minimum_amount_currency]',
    ],
  ])('are refused: %s', async (message, params, param) => {
    const stripe = client();
    const coupon = (await stripe.coupons.create({ percent_off: 10, duration: 'once' })).id;
    await expect(
      stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, ...params }),
    ).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining(message), param });
  });

  /** A code for 10 % off, and a subscription with it by some customer. */
  async function offer(params: Omit<Stripe.PromotionCodeCreateParams, 'promotion'>) {
    const made = await shop();
    const coupon = (await made.stripe.coupons.create({ percent_off: 10, duration: 'once' })).id;
    const code = await made.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon },
      ...params,
    });
    const use = (customer: string, price = made.small.price) =>
      made.stripe.subscriptions.create({
        customer,
        items: [{ price }],
        discounts: [{ promotion_code: code.id }],
      });
    return { ...made, coupon, code, use };
  }

  test('a minimum amount is asked for', async () => {
    const { stripe, code, use, customer, large } = await offer({
      restrictions: {
        minimum_amount: 4000,
        minimum_amount_currency: 'usd',
        currency_options: { eur: { minimum_amount: 3500 } },
      },
    });
    expect(code.restrictions).not.toHaveProperty('currency_options');
    await expect(use(customer)).rejects.toThrow(/does not meet its minimum amount/);
    expect((await use(customer, large.price)).status).toBe('active');
    const seen = await stripe.promotionCodes.retrieve(code.id, { expand: ['restrictions.currency_options'] });
    expect(seen.restrictions.currency_options).toEqual({ eur: { minimum_amount: 3500 } });
    expect(seen.times_redeemed).toBe(1);
  });

  test('for the first purchase only, or for one customer only', async () => {
    const { customer, use, buyer, stripe } = await offer({ restrictions: { first_time_transaction: true } });
    expect((await use(customer)).status).toBe('active');
    await expect(use(customer)).rejects.toThrow(/has prior transactions/);
    const own = (await stripe.coupons.create({ percent_off: 20, duration: 'once' })).id;
    const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: own }, customer });
    await expect(
      stripe.invoices.create({ customer: await buyer(), discounts: [{ promotion_code: code.id }] }),
    ).rejects.toThrow(/cannot be redeemed by this customer/);
  });

  test('end by use, by time and with their coupon', async () => {
    const { stripe, customer, buyer, use, code } = await offer({ max_redemptions: 1, code: 'ONCE' });
    await use(customer);
    expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ active: false, times_redeemed: 1 });
    await expect(use(await buyer())).rejects.toThrow(/expired or inactive/);
    await expect(stripe.promotionCodes.update(code.id, { active: true })).rejects.toMatchObject({
      param: 'active',
    });

    const coupon = (await stripe.coupons.create({ percent_off: 10, duration: 'once' })).id;
    const make = (params: object = {}) =>
      stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, ...params });
    const timed = await make({ expires_at: soon() });
    const other = await make();
    now += 2 * day;
    expect((await stripe.promotionCodes.retrieve(timed.id)).active).toBe(false);
    expect((await stripe.promotionCodes.list({ coupon, active: true })).data.map(({ id }) => id)).toEqual([
      other.id,
    ]);
    await stripe.coupons.del(coupon);
    expect((await stripe.promotionCodes.retrieve(other.id)).active).toBe(false);
  });

  test('a text is one active code’s, except for different customers', async () => {
    const { stripe, coupon, customer, buyer } = await offer({ code: 'SPRING' });
    const make = (params: object) =>
      stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, ...params });
    await expect(make({ code: 'spring' })).rejects.toThrow(
      'An active promotion code with `code: spring` already exists.',
    );
    await make({ code: 'MINE', customer });
    await make({ code: 'mine', customer: await buyer() });
    await expect(make({ code: 'MINE' })).rejects.toThrow(/already exists/);
  });
});
