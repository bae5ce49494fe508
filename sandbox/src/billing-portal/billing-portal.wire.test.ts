import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function newBusiness() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_portal${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const product = (await stripe.products.create({ name: 'Plan' })).id;
  const price = async (unit_amount: number, interval: 'month' | 'year' = 'month') =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval } })).id;
  const [small, large] = [await price(1000), await price(3000)];
  const customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
  return { stripe, product, small, large, customer };
}

describe('a configuration', () => {
  test('allows what it is told to, completed by Stripe’s defaults', async () => {
    const { stripe, product, small, large } = await newBusiness();
    const made = await stripe.billingPortal.configurations.create({
      business_profile: { headline: 'Welcome', privacy_policy_url: 'https://shop.example/privacy' },
      default_return_url: 'https://shop.example',
      features: {
        customer_update: { enabled: true, allowed_updates: ['email'] },
        invoice_history: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price', 'quantity'],
          proration_behavior: 'always_invoice',
          products: [{ product, prices: [small, large], adjustable_quantity: { enabled: true, maximum: 5 } }],
        },
      },
    });
    expect(made).toMatchObject({
      object: 'billing_portal.configuration',
      active: true,
      is_default: false,
      features: {
        customer_update: { enabled: true, allowed_updates: ['email'] },
        payment_method_update: { enabled: false },
        subscription_cancel: { enabled: false, mode: 'at_period_end', proration_behavior: 'none' },
        subscription_update: { enabled: true, proration_behavior: 'always_invoice' },
      },
      login_page: { enabled: false, url: null },
    });
    expect(made.features.subscription_update.products).toBeUndefined();
    const expanded = await stripe.billingPortal.configurations.retrieve(made.id, {
      expand: ['features.subscription_update.products'],
    });
    expect(expanded.features.subscription_update.products).toEqual([
      { product, prices: [small, large], adjustable_quantity: { enabled: true, maximum: 5, minimum: 1 } },
    ]);
    const changed = await stripe.billingPortal.configurations.update(made.id, {
      active: false,
      features: {
        subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'create_prorations' },
      },
      metadata: { a: '1' },
    });
    expect(changed).toMatchObject({
      active: false,
      features: { subscription_cancel: { mode: 'immediately' }, customer_update: { enabled: true } },
      metadata: { a: '1' },
    });
    expect((await stripe.billingPortal.configurations.list({ active: false })).data).toHaveLength(1);
    const types = (await stripe.events.list({ limit: 5 })).data.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual([
      'billing_portal.configuration.updated',
      'billing_portal.configuration.created',
    ]);
  });

  test('that is not complete is refused', async () => {
    const { stripe, product, small } = await newBusiness();
    const once = (await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 })).id;
    const create = (features: Stripe.BillingPortal.ConfigurationCreateParams.Features) =>
      stripe.billingPortal.configurations.create({ features });
    const update = (
      more: Partial<Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionUpdate>,
    ) => create({ subscription_update: { enabled: true, default_allowed_updates: ['price'], ...more } });
    await expect(create({ customer_update: { enabled: true } })).rejects.toMatchObject({
      param: 'features[customer_update][allowed_updates]',
    });
    await expect(update({})).rejects.toMatchObject({ param: 'features[subscription_update][products]' });
    await expect(update({ products: [{ product, prices: [once] }] })).rejects.toMatchObject({
      param: 'features[subscription_update][products][0][prices][0]',
    });
    await expect(update({ products: [{ product: 'prod_x', prices: [small] }] })).rejects.toMatchObject({
      code: 'resource_missing',
    });
    await expect(
      create({ subscription_cancel: { enabled: true, proration_behavior: 'always_invoice' } }),
    ).rejects.toMatchObject({ param: 'features[subscription_cancel][proration_behavior]' });
    await expect(create({ subscription_pause: { enabled: true } })).rejects.toMatchObject({
      statusCode: 501,
    });
  });
});

describe('a session', () => {
  test('takes the default configuration, and is announced', async () => {
    const { stripe, customer } = await newBusiness();
    const session = await stripe.billingPortal.sessions.create({
      customer,
      return_url: 'https://shop.example',
    });
    expect(session).toMatchObject({
      object: 'billing_portal.session',
      customer,
      flow: null,
      return_url: 'https://shop.example',
    });
    const [standard] = (await stripe.billingPortal.configurations.list({ is_default: true })).data;
    expect(session.configuration).toBe(standard?.id);
    expect((await stripe.events.list({ type: 'billing_portal.session.created' })).data).toHaveLength(1);
    await expect(
      stripe.billingPortal.configurations.update(String(standard?.id), { active: false }),
    ).rejects.toMatchObject({ param: 'active' });
  });

  test('for one thing is refused when that is not allowed, not the customer’s, or not there', async () => {
    const { stripe, customer, small } = await newBusiness();
    const other = (await stripe.customers.create({ payment_method: 'pm_card_visa' })).id;
    const [method] = (await stripe.customers.listPaymentMethods(other)).data;
    const theirs = await stripe.subscriptions.create({
      customer: other,
      items: [{ price: small }],
      default_payment_method: method?.id,
    });
    type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData;
    const session = (flow_data: Flow, who = customer) =>
      stripe.billingPortal.sessions.create({ customer: who, flow_data });
    const subscription = theirs.id;
    await expect(session({ type: 'subscription_cancel' })).rejects.toMatchObject({
      param: 'flow_data[subscription_cancel]',
    });
    await expect(
      session({ type: 'subscription_cancel', subscription_cancel: { subscription } }),
    ).rejects.toThrow('does not belong to the customer');
    await expect(
      session({ type: 'subscription_update', subscription_update: { subscription } }, other),
    ).rejects.toThrow('the subscription update feature in the portal configuration is disabled');
    await expect(stripe.billingPortal.sessions.create({ customer: 'cus_x' })).rejects.toMatchObject({
      code: 'resource_missing',
    });
    const cancel = await session(
      { type: 'subscription_cancel', subscription_cancel: { subscription } },
      other,
    );
    expect(cancel.flow).toMatchObject({
      type: 'subscription_cancel',
      subscription_cancel: { subscription, retention: null },
      after_completion: { type: 'portal_homepage' },
    });
    await stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
    await expect(
      session({ type: 'subscription_cancel', subscription_cancel: { subscription } }, other),
    ).rejects.toThrow('is already set to be canceled');
  });
});
