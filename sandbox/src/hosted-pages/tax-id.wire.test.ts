import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { openShop } from '../checkout/test-shop.ts';
import { createSandbox } from '../index.ts';
import { cardOf, createVisitor } from './visitor.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let accounts = 0;
function newShop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return openShop(new Stripe(`sk_test_taxids${accounts++}`, { httpClient, maxNetworkRetries: 0 }));
}
const business = (tax_id: string, business_name = 'Boats Ltd') => ({
  action: 'pay',
  email: 'ada@example.com',
  business_name,
  tax_id_type: 'eu_vat',
  tax_id,
  ...cardOf('4242424242424242'),
});

describe('a checkout session that collects tax ids', () => {
  test('keeps them with the customer it makes, and has them on the first invoice', async () => {
    const { stripe, open, monthly } = await newShop();
    const { id, url } = await open({
      mode: 'subscription',
      line_items: [{ price: monthly, quantity: 1 }],
      tax_id_collection: { enabled: true },
    });
    const wrong = await send(url ?? '', business('12'));
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('id="tax_id-problem"')]);
    expect((await send(url ?? '', business('DE123456789', ''))).text).toContain('id="business_name-problem"');
    expect((await send(url ?? '', business('DE123456789'))).status).toBe(303);
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['invoice', 'customer.tax_ids'] });
    const taxIds = [{ type: 'eu_vat', value: 'DE123456789' }];
    expect(session).toMatchObject({
      tax_id_collection: { enabled: true, required: 'never' },
      customer_details: { business_name: 'Boats Ltd', tax_ids: taxIds },
      customer: { name: 'Boats Ltd', tax_ids: { data: taxIds } },
      invoice: { customer_tax_ids: taxIds },
    });
  });

  test('asks for one where it must have it, and tells of a guest’s without keeping it', async () => {
    const { stripe, open, once } = await newShop();
    const { id, url } = await open({
      mode: 'payment',
      line_items: [{ price: once, quantity: 1 }],
      tax_id_collection: { enabled: true, required: 'if_supported' },
    });
    expect((await send(url ?? '', business(''))).text).toContain('Your tax ID is incomplete.');
    expect((await send(url ?? '', business('DE123456789'))).status).toBe(303);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      customer: null,
      customer_details: { name: 'Boats Ltd', tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }] },
    });
  });

  test('must be allowed to name an existing customer', async () => {
    const { stripe, open, once } = await newShop();
    const customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
    const session = (more: Stripe.Checkout.SessionCreateParams = {}) =>
      open({
        mode: 'payment',
        customer,
        line_items: [{ price: once, quantity: 1 }],
        tax_id_collection: { enabled: true },
        ...more,
      });
    await expect(session()).rejects.toThrow('please set `customer_update[name]` to `auto`');
    for (const _time of [1, 2]) {
      const { url } = await session({ customer_update: { name: 'auto' } });
      expect((await send(url ?? '', business('DE123456789'))).status).toBe(303);
    }
    expect((await stripe.customers.listTaxIds(customer)).data).toHaveLength(1);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ name: 'Boats Ltd' });
  });
});

test('a customer adds and removes tax ids at the portal, where they may', async () => {
  const { stripe } = await newShop();
  const customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { customer_update: { enabled: true, allowed_updates: ['tax_id'] } },
  });
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration });
  const details = `${url}/details`;
  expect((await send(details, { tax_id_type: 'eu_vat', tax_id: 'nothing' })).status).toBe(400);
  expect((await send(details, { tax_id_type: 'gb_vat', tax_id: 'GB123456789' })).status).toBe(303);
  const [known] = (await stripe.customers.listTaxIds(customer)).data;
  expect(known).toMatchObject({ type: 'gb_vat', value: 'GB123456789' });
  expect((await visit(details)).text).toContain('GB123456789');
  expect((await send(details, { remove_tax_id: known?.id ?? '' })).status).toBe(303);
  expect((await stripe.customers.listTaxIds(customer)).data).toEqual([]);
});
