import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
function newStripe() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_settings${accounts++}`, { httpClient, maxNetworkRetries: 0 });
}
const on = { display_preference: { preference: 'on' } } as const;
const off = { display_preference: { preference: 'off' } } as const;
const payment = { amount: 1000, currency: 'eur' } as const;

describe('a payment method configuration', () => {
  test('is there from the start, and says what payments offer', async () => {
    const stripe = newStripe();
    const [standard, ...more] = (await stripe.paymentMethodConfigurations.list()).data;
    expect(more).toEqual([]);
    expect(standard).toMatchObject({
      active: true,
      is_default: true,
      parent: null,
      card: { available: true, display_preference: { overridable: null, preference: 'on', value: 'on' } },
      sepa_debit: { available: false, display_preference: { preference: 'off', value: 'off' } },
    });
    const id = standard?.id ?? '';
    const before = await stripe.paymentIntents.create(payment);
    expect(before).toMatchObject({
      payment_method_types: ['card', 'klarna', 'link', 'amazon_pay'],
      payment_method_configuration_details: { id, parent: null },
    });
    await stripe.paymentMethodConfigurations.update(id, { klarna: off, amazon_pay: off, sepa_debit: on });
    expect((await stripe.paymentIntents.create(payment)).payment_method_types).toEqual([
      'card',
      'link',
      'sepa_debit',
    ]);
    expect(
      (await stripe.paymentIntents.create({ ...payment, currency: 'usd' })).payment_method_types,
    ).toEqual(['card', 'link']);
    expect((await stripe.setupIntents.create()).payment_method_types).toEqual(['card', 'link', 'sepa_debit']);
    expect((await stripe.paymentIntents.retrieve(before.id)).payment_method_types).toContain('klarna');
    await expect(stripe.paymentMethodConfigurations.update(id, { active: false })).rejects.toMatchObject({
      param: 'active',
    });
  });

  test('of its own is named by payments, set-ups and checkout sessions, and inherits from its parent', async () => {
    const stripe = newStripe();
    const { id: parent } = await stripe.paymentMethodConfigurations.create({ name: 'Europe', ideal: on });
    const { id } = await stripe.paymentMethodConfigurations.create({
      name: 'Shop',
      parent,
      ideal: { display_preference: { preference: 'none' } },
      klarna: off,
      amazon_pay: off,
      link: off,
    });
    const details = { id, parent };
    const expected = {
      payment_method_types: ['card', 'ideal'],
      payment_method_configuration_details: details,
    };
    const intent = await stripe.paymentIntents.create({ ...payment, payment_method_configuration: id });
    expect(intent).toMatchObject(expected);
    expect(
      await stripe.checkout.sessions.create({
        mode: 'payment',
        success_url: 'https://shop.example',
        payment_method_configuration: id,
        line_items: [
          { price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Cup' } }, quantity: 1 },
        ],
      }),
    ).toMatchObject(expected);
    expect(await stripe.setupIntents.create({ payment_method_configuration: id })).toMatchObject({
      ...expected,
      payment_method_types: ['card'],
    });
    const moved = await stripe.paymentIntents.update(intent.id, { payment_method_configuration: parent });
    expect(moved).toMatchObject({
      payment_method_types: ['card', 'klarna', 'link', 'amazon_pay', 'ideal'],
      payment_method_configuration_details: { id: parent, parent: null },
    });
    await stripe.paymentMethodConfigurations.update(id, { active: false, name: 'Old shop' });
    expect(await stripe.paymentMethodConfigurations.retrieve(id)).toMatchObject({
      active: false,
      name: 'Old shop',
    });
    for (const payment_method_configuration of [id, 'pmc_nothing'])
      await expect(
        stripe.paymentIntents.create({ ...payment, payment_method_configuration }),
      ).rejects.toMatchObject({ statusCode: 400, param: 'payment_method_configuration' });
    await expect(stripe.paymentMethodConfigurations.create({ parent: 'pmc_x' })).rejects.toMatchObject({
      param: 'parent',
    });
  });
});

test('domains are registered once, found by name, switched off and validated', async () => {
  const stripe = newStripe();
  const domain = await stripe.paymentMethodDomains.create({ domain_name: 'Shop.Example' });
  expect(domain).toMatchObject({
    domain_name: 'shop.example',
    enabled: true,
    apple_pay: { status: 'active' },
  });
  expect((await stripe.paymentMethodDomains.create({ domain_name: 'shop.example' })).id).toBe(domain.id);
  expect(await stripe.paymentMethodDomains.update(domain.id, { enabled: false })).toMatchObject({
    enabled: false,
  });
  expect((await stripe.paymentMethodDomains.list({ enabled: true })).data).toEqual([]);
  expect((await stripe.paymentMethodDomains.list({ domain_name: 'shop.example' })).data).toMatchObject([
    { id: domain.id },
  ]);
  expect((await stripe.paymentMethodDomains.validate(domain.id)).google_pay.status).toBe('active');
  for (const domain_name of ['https://shop.example', 'shop.example/pay', 'localhost', '-.com'])
    await expect(stripe.paymentMethodDomains.create({ domain_name })).rejects.toMatchObject({
      param: 'domain_name',
    });
});

test('so are the domains of Apple Pay, which can be taken away', async () => {
  const stripe = newStripe();
  const { id } = await stripe.applePayDomains.create({ domain_name: 'shop.example' });
  expect(await stripe.applePayDomains.retrieve(id)).toMatchObject({ domain_name: 'shop.example' });
  expect((await stripe.applePayDomains.list({ domain_name: 'shop.example' })).data).toHaveLength(1);
  expect(await stripe.applePayDomains.del(id)).toEqual(
    expect.objectContaining({ id, object: 'apple_pay_domain', deleted: true }),
  );
  await expect(stripe.applePayDomains.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
});

test('a customer session opens the components that are asked for, for half an hour', async () => {
  const stripe = newStripe();
  const customer = (await stripe.customers.create()).id;
  const session = await stripe.customerSessions.create({
    customer,
    components: {
      payment_element: { enabled: true, features: { payment_method_save: 'enabled' } },
      pricing_table: { enabled: false },
    },
  });
  expect(session).toMatchObject({
    object: 'customer_session',
    customer,
    components: {
      buy_button: { enabled: false },
      customer_sheet: { enabled: false, features: null },
      payment_element: {
        enabled: true,
        features: {
          payment_method_allow_redisplay_filters: ['always'],
          payment_method_redisplay: 'disabled',
          payment_method_redisplay_limit: 3,
          payment_method_save: 'enabled',
          payment_method_save_usage: null,
        },
      },
    },
  });
  expect(session.expires_at - session.created).toBe(1800);
  const components = { buy_button: { enabled: true } };
  await expect(stripe.customerSessions.create({ components })).rejects.toMatchObject({ param: 'customer' });
});
