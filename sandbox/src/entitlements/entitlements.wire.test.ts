import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 0, 1) / 1000;
let now = start;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  now = start;
  const key = `sk_test_entitlements${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  /** A product with a monthly price and features of these lookup keys. */
  const sell = async (name: string, ...lookupKeys: string[]) => {
    const product = (await stripe.products.create({ name })).id;
    for (const key of lookupKeys) await attach(product, key);
    const recurring = { interval: 'month' } as const;
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 1000, recurring });
    return { product, price: price.id };
  };
  const feature = async (lookup_key: string) => {
    const [known] = (await stripe.entitlements.features.list({ lookup_key })).data;
    return known ?? (await stripe.entitlements.features.create({ lookup_key, name: lookup_key }));
  };
  const attach = async (product: string, lookupKey: string) =>
    stripe.products.createFeature(product, { entitlement_feature: (await feature(lookupKey)).id });
  const subscribe = (price: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price }], ...more });
  const active = async () => {
    const { data } = await stripe.entitlements.activeEntitlements.list({ customer });
    return data.map((one) => one.lookup_key).sort();
  };
  const told = async () => {
    const type = 'entitlements.active_entitlement_summary.updated' as const;
    const { data } = await stripe.events.list({ type });
    return data.flatMap((event) => (event.type === type ? [event.data] : []));
  };
  const wait = (days: number) => {
    now += days * day;
  };
  return { stripe, customer, sell, feature, attach, subscribe, active, told, wait };
}

describe('a feature', () => {
  test('has a lookup key no other feature in use has, and is archived for good', async () => {
    const { stripe } = await shop();
    const made = await stripe.entitlements.features.create({
      lookup_key: 'sso',
      name: 'Single sign-on',
      metadata: { team: 'identity' },
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^feat_test_\w{32}$/),
      object: 'entitlements.feature',
      active: true,
      livemode: false,
      lookup_key: 'sso',
      metadata: { team: 'identity' },
      name: 'Single sign-on',
    });
    await expect(stripe.entitlements.features.create({ lookup_key: 'sso', name: 'Twin' })).rejects.toThrow(
      'A feature with lookup_key `sso` already exists.',
    );
    const renamed = await stripe.entitlements.features.update(made.id, {
      name: 'SSO',
      metadata: { team: '' },
    });
    expect(renamed).toMatchObject({ name: 'SSO', metadata: {} });

    await stripe.entitlements.features.update(made.id, { active: false });
    await expect(stripe.entitlements.features.update(made.id, { active: true })).rejects.toThrow('Archived');
    expect((await stripe.entitlements.features.list()).data).toEqual([]);
    expect((await stripe.entitlements.features.list({ archived: true })).data).toHaveLength(1);
    const heir = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'Heir' });
    expect((await stripe.entitlements.features.list({ lookup_key: 'sso' })).data).toMatchObject([
      { id: heir.id },
    ]);
  });

  test('is attached to a product once, shown there as it is now, and detached', async () => {
    const { stripe, sell, feature } = await shop();
    const { product } = await sell('Pro');
    const { id } = await feature('sso');
    const attached = await stripe.products.createFeature(product, { entitlement_feature: id });
    expect(attached).toMatchObject({
      object: 'product_feature',
      entitlement_feature: { id, lookup_key: 'sso' },
    });
    await expect(stripe.products.createFeature(product, { entitlement_feature: id })).rejects.toThrow(
      'already attached',
    );
    await expect(
      stripe.products.createFeature(product, { entitlement_feature: 'feat_none' }),
    ).rejects.toMatchObject({ code: 'resource_missing', param: 'entitlement_feature' });

    await stripe.entitlements.features.update(id, { name: 'Log in once' });
    const { data } = await stripe.products.listFeatures(product);
    expect(data).toMatchObject([{ id: attached.id, entitlement_feature: { name: 'Log in once' } }]);
    const other = (await sell('Basic')).product;
    await expect(stripe.products.retrieveFeature(other, attached.id)).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(await stripe.products.deleteFeature(product, attached.id)).toMatchObject({ deleted: true });
    await expect(stripe.products.retrieveFeature(product, attached.id)).rejects.toMatchObject({
      statusCode: 404,
    });

    await stripe.entitlements.features.update(id, { active: false });
    await expect(stripe.products.createFeature(product, { entitlement_feature: id })).rejects.toThrow(
      'Inactive',
    );
  });
});

describe('a customer is entitled', () => {
  test('to what they subscribe to while the subscription lives, and is told of each change', async () => {
    const { stripe, customer, sell, subscribe, active, told } = await shop();
    const pro = await sell('Pro', 'sso', 'audit');
    const extra = await sell('Extra', 'audit', 'export');
    const first = await subscribe(pro.price);
    expect(await active()).toEqual(['audit', 'sso']);
    const second = await subscribe(extra.price);
    expect(await active()).toEqual(['audit', 'export', 'sso']);
    const [latest] = await told();
    expect(latest).toMatchObject({
      object: {
        object: 'entitlements.active_entitlement_summary',
        customer,
        entitlements: { object: 'list', has_more: false },
      },
    });
    expect(latest?.object.entitlements.data).toHaveLength(3);
    expect(latest?.previous_attributes?.entitlements?.data).toHaveLength(2);

    const kept = (await stripe.entitlements.activeEntitlements.list({ customer })).data;
    await stripe.subscriptions.cancel(first.id);
    expect(await active()).toEqual(['audit', 'export']);
    const left = (await stripe.entitlements.activeEntitlements.list({ customer })).data;
    expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(left.map(({ id }) => id)));
    await stripe.subscriptions.cancel(second.id);
    expect(await active()).toEqual([]);
    expect(await told()).toHaveLength(4);

    const [one] = kept;
    if (!one) throw new Error('no entitlement');
    await expect(stripe.entitlements.activeEntitlements.retrieve(one.id)).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('once per feature, which can be expanded', async () => {
    const { stripe, customer, sell, subscribe } = await shop();
    const { price } = await sell('Pro', 'sso');
    await subscribe(price);
    await subscribe(price);
    const { data } = await stripe.entitlements.activeEntitlements.list({
      customer,
      expand: ['data.feature'],
    });
    expect(data).toMatchObject([
      { lookup_key: 'sso', feature: { object: 'entitlements.feature', name: 'sso' } },
    ]);
    const [one] = data;
    if (!one) throw new Error('no entitlement');
    expect(await stripe.entitlements.activeEntitlements.retrieve(one.id)).toMatchObject({ id: one.id });
    await expect(stripe.entitlements.activeEntitlements.list({ customer: 'cus_none' })).rejects.toMatchObject(
      { code: 'resource_missing', param: 'customer' },
    );
  });

  test('to other things when an item’s price is swapped for another product’s', async () => {
    const { stripe, sell, subscribe, active } = await shop();
    const basic = await sell('Basic', 'export');
    const pro = await sell('Pro', 'sso');
    const { id, items } = await subscribe(basic.price);
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', price: pro.price }],
    });
    expect(await active()).toEqual(['sso']);
  });

  test('to features attached or detached later, from the next billing period on', async () => {
    const { stripe, sell, attach, subscribe, active, told, wait } = await shop();
    const { product, price } = await sell('Pro', 'sso');
    const { id } = await subscribe(price);
    await attach(product, 'audit');
    const [sso] = (await stripe.products.listFeatures(product)).data.slice(-1);
    await stripe.products.deleteFeature(product, sso?.id ?? '');
    await stripe.subscriptions.update(id, { metadata: { seen: 'yes' } });
    expect(await active()).toEqual(['sso']);
    const before = await told();
    expect(before).toHaveLength(1);
    wait(32);
    expect(await active()).toEqual(['audit']);
    // The first is older than events are kept.
    const after = await told();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });

  test('to nothing before a first payment, and to everything after it', async () => {
    const { stripe, customer, sell, subscribe, active } = await shop();
    const { price } = await sell('Pro', 'sso');
    const { id, latest_invoice } = await subscribe(price, { payment_behavior: 'default_incomplete' });
    expect(await active()).toEqual([]);
    const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
    await stripe.invoices.pay(String(latest_invoice), { payment_method: card?.id ?? '' });
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    expect(await active()).toEqual(['sso']);
  });
});
