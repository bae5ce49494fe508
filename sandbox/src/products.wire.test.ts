import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

let now = Date.UTC(2026, 2, 1, 9);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
function client(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_products${accounts++}`, { httpClient, maxNetworkRetries: 0 });
}

test('a product keeps all that is said about it, and lets it go again', async () => {
  const stripe = client();
  const product = await stripe.products.create({
    name: 'Full',
    description: 'All of it',
    images: ['https://example.test/i.png'],
    marketing_features: [{ name: 'one' }, { name: 'two' }],
    package_dimensions: { height: 1.5, length: 2, weight: 3, width: 4 },
    shippable: true,
    statement_descriptor: 'FULL DESC',
    tax_code: 'txcd_10103000',
    unit_label: 'seat',
    url: 'https://example.test/full',
  });
  expect(product).toMatchObject({
    images: ['https://example.test/i.png'],
    marketing_features: [{ name: 'one' }, { name: 'two' }],
    package_dimensions: { height: 1.5, length: 2, weight: 3, width: 4 },
    tax_code: 'txcd_10103000',
    unit_label: 'seat',
  });
  now += 1000;
  const bare = await stripe.products.update(product.id, {
    images: '',
    marketing_features: '',
    package_dimensions: '',
    description: '',
    unit_label: '',
  });
  expect(bare).toMatchObject({
    images: [],
    marketing_features: [],
    package_dimensions: null,
    description: null,
  });
  expect(bare.updated).toBe(product.updated + 1);
  const [event] = (await stripe.events.list({ type: 'product.updated' })).data;
  expect(event?.data.previous_attributes).toMatchObject({ unit_label: 'seat', updated: product.updated });
  now += 1000;
  expect((await stripe.products.update(product.id, { name: 'Full' })).updated).toBe(bare.updated);
  expect((await stripe.events.list({ type: 'product.updated' })).data).toHaveLength(1);
});

test('a default price is announced with its product, and has to be an active one of its own', async () => {
  const stripe = client();
  const product = await stripe.products.create({
    name: 'Priced',
    default_price_data: { currency: 'usd', unit_amount: 1500, recurring: { interval: 'month' } },
    expand: ['default_price'],
  });
  expect(product.default_price).toMatchObject({ unit_amount: 1500, product: product.id });
  const types = (await stripe.events.list()).data.map((event) => event.type);
  expect(types).toEqual(['price.created', 'plan.created', 'product.created']);
  const [announced] = (await stripe.events.list({ type: 'product.created' })).data;
  expect(announced?.data.object).toMatchObject({ default_price: (product.default_price as Stripe.Price).id });
  const other = await stripe.products.create({ name: 'Other' });
  const price = await stripe.prices.create({
    product: other.id,
    currency: 'usd',
    unit_amount: 5,
    active: false,
  });
  for (const [owner, id, status] of [
    [product.id, price.id, 400],
    [other.id, price.id, 400],
    [other.id, 'price_none', 400],
  ] as const)
    await expect(stripe.products.update(owner, { default_price: id })).rejects.toMatchObject({
      statusCode: status,
      param: 'default_price',
    });
});

test('only a product without prices is deleted, and is gone then', async () => {
  const stripe = client();
  const { id } = await stripe.products.create({ id: 'widget', name: 'Widget' });
  await expect(stripe.products.create({ id: 'widget', name: 'Again' })).rejects.toMatchObject({
    code: 'resource_already_exists',
  });
  const sold = await stripe.products.create({ name: 'Sold' });
  await stripe.prices.create({ product: sold.id, currency: 'usd', unit_amount: 100 });
  await expect(stripe.products.del(sold.id)).rejects.toMatchObject({
    statusCode: 400,
    message: 'This product cannot be deleted because it has one or more user-created prices.',
    param: undefined,
  });
  expect(await stripe.products.del(id)).toMatchObject({ id, deleted: true });
  const [event] = (await stripe.events.list({ type: 'product.deleted' })).data;
  expect(event?.data.object).toMatchObject({ id, active: false });
  await expect(stripe.products.retrieve(id)).rejects.toMatchObject({ statusCode: 404, param: 'id' });
  await expect(stripe.products.update(id, { name: 'x' })).rejects.toMatchObject({ statusCode: 404 });
  expect((await stripe.products.list({ ids: [id, sold.id] })).data.map((product) => product.id)).toEqual([
    sold.id,
  ]);
});

test('a statement descriptor has none of the letters that banks refuse', async () => {
  await expect(client().products.create({ name: 'x', statement_descriptor: 'A<B' })).rejects.toMatchObject({
    param: 'statement_descriptor',
  });
});

test('search and lists find products by what they are', async () => {
  const stripe = client();
  const { id } = await stripe.products.create({
    name: 'Blue lamp',
    shippable: true,
    url: 'https://example.test/lamp',
  });
  await stripe.products.create({ name: 'Red chair', active: false });
  for (const query of ['name:"lamp"', 'name~"blu"', 'active:"true"', 'shippable:"true"'])
    expect((await stripe.products.search({ query })).data.map((product) => product.id)).toEqual([id]);
  for (const filter of [{ active: true }, { shippable: true }, { url: 'https://example.test/lamp' }])
    expect((await stripe.products.list(filter)).data.map((product) => product.id)).toEqual([id]);
});
