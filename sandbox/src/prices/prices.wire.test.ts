import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_prices${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const product = (await stripe.products.create({ name: 'API' })).id;
  const meter = (
    await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    })
  ).id;
  return { stripe, product, meter };
}

const month = { interval: 'month' } as const;
const tiers: Stripe.PriceCreateParams.Tier[] = [
  { up_to: 1000, unit_amount: 0, flat_amount: 900 },
  { up_to: 'inf', unit_amount_decimal: Stripe.Decimal.from('3.6') },
];
const tiered = { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers } as const;

describe('tiered and metered prices', () => {
  test('keep their tiers out of sight until asked', async () => {
    const { stripe, product, meter } = await shop();
    const { id, ...plain } = await stripe.prices.create({
      product,
      currency: 'usd',
      recurring: { ...month, usage_type: 'metered', meter },
      ...tiered,
    });
    expect(plain).toMatchObject({
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      unit_amount: null,
      unit_amount_decimal: null,
      recurring: { usage_type: 'metered', meter },
    });
    expect(plain).not.toHaveProperty('tiers');
    const seen = await stripe.prices.retrieve(id, { expand: ['tiers'] });
    expect(JSON.parse(JSON.stringify(seen.tiers))).toEqual([
      { up_to: 1000, unit_amount: 0, unit_amount_decimal: '0', flat_amount: 900, flat_amount_decimal: '900' },
      {
        up_to: null,
        unit_amount: null,
        unit_amount_decimal: '3.6',
        flat_amount: null,
        flat_amount_decimal: null,
      },
    ]);
    expect((await stripe.prices.list({ recurring: { meter } })).data.map((price) => price.id)).toEqual([id]);
  });

  const licensed = { recurring: month };
  const ladder = [
    { up_to: 1000, unit_amount: 0 },
    { up_to: 'inf', unit_amount: 3 },
  ];
  const stepped = { ...tiered, tiers: ladder };
  test.each<[string, object, string | undefined]>([
    ['Prices with `type=one_time` are not supported with tiered billing.', { ...stepped }, 'interval'],
    ['Missing required param: tiers.', { ...licensed, ...stepped, tiers: undefined }, 'tiers'],
    ['Missing required param: tiers_mode.', { ...licensed, ...stepped, tiers_mode: undefined }, 'tiers_mode'],
    [
      'The last tier must have',
      { ...licensed, ...stepped, tiers: [{ up_to: 5, unit_amount: 1 }] },
      'tiers[0][up_to]',
    ],
    [
      'ascending order',
      { ...licensed, ...stepped, tiers: [5, 5, 'inf'].map((up_to) => ({ up_to, unit_amount: 1 })) },
      'tiers[1][up_to]',
    ],
    [
      'Only the last tier',
      { ...licensed, ...stepped, tiers: ['inf', 'inf'].map((up_to) => ({ up_to, unit_amount: 1 })) },
      'tiers[0][up_to]',
    ],
    [
      'An entry in the tiers array is missing an amount.',
      { ...licensed, ...stepped, tiers: [{ up_to: 'inf' }] },
      'tiers',
    ],
    [
      'Missing required param: tiers[0][up_to].',
      { ...licensed, ...stepped, tiers: [{ unit_amount: 5 }] },
      'tiers[0][up_to]',
    ],
    [
      'You may only specify one of these parameters: tiers, transform_quantity.',
      { ...licensed, ...stepped, transform_quantity: { divide_by: 5, round: 'up' } },
      'tiers',
    ],
    [
      'You may only specify one of these parameters: tiers, unit_amount.',
      { ...licensed, ...stepped, unit_amount: 5 },
      'tiers',
    ],
    ['requires `billing_scheme`', { ...licensed, tiers: ladder }, 'tiers'],
    [
      'Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.',
      { unit_amount: 5, recurring: { ...month, usage_type: 'metered' } },
      undefined,
    ],
    [
      "No such meter: 'mtr_none'",
      { unit_amount: 5, recurring: { ...month, usage_type: 'metered', meter: 'mtr_none' } },
      'recurring[meter]',
    ],
    [
      'You can only specify `recurring[meter]`',
      { unit_amount: 5, recurring: { ...month, meter: 'mtr_none' } },
      'recurring[meter]',
    ],
    ['Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.', licensed, undefined],
    [
      "The interval_count for monthly prices can't be greater than 36",
      { unit_amount: 5, recurring: { ...month, interval_count: 37 } },
      'recurring[interval_count]',
    ],
    [
      'Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.',
      { unit_amount: 5, currency_options: { EUR: { unit_amount: 4 } } },
      undefined,
    ],
    ['Invalid currency: zzz.', { unit_amount: 5, currency_options: { zzz: { unit_amount: 4 } } }, undefined],
    [
      'The tiers of every currency',
      { ...licensed, ...stepped, currency_options: { eur: { tiers: [{ up_to: 'inf', unit_amount: 4 }] } } },
      'currency_options[eur][tiers]',
    ],
    [
      'only supported for prices with `type=one_time`',
      { ...licensed, custom_unit_amount: { enabled: true } },
      'custom_unit_amount',
    ],
    [
      'must be between the minimum and the maximum',
      { custom_unit_amount: { enabled: true, minimum: 100, maximum: 200, preset: 50 } },
      'custom_unit_amount[preset]',
    ],
  ])('are refused: %s', async (message, params, param) => {
    const { stripe, product } = await shop();
    const made = stripe.rawRequest('POST', '/v1/prices', { product, currency: 'usd', ...params });
    await expect(made).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(message),
      param,
    });
    expect((await stripe.prices.list({ product })).data).toEqual([]);
  });

  test('an inactive meter backs no price', async () => {
    const { stripe, product, meter } = await shop();
    await stripe.billing.meters.deactivate(meter);
    const recurring = { ...month, usage_type: 'metered', meter } as const;
    await expect(
      stripe.prices.create({ product, currency: 'usd', unit_amount: 1, recurring }),
    ).rejects.toMatchObject({ param: 'recurring[meter]' });
  });
});

describe('further currencies', () => {
  test('are shown with the price’s own, and their tiers only when asked', async () => {
    const { stripe, product } = await shop();
    const { id } = await stripe.prices.create({
      product,
      currency: 'usd',
      recurring: month,
      ...tiered,
      currency_options: {
        eur: {
          tiers: [
            { up_to: 1000, unit_amount: 0 },
            { up_to: 'inf', unit_amount: 3 },
          ],
        },
      },
    });
    const shown = (await stripe.prices.retrieve(id, { expand: ['currency_options'] })).currency_options;
    expect(Object.keys(shown ?? {}).sort()).toEqual(['eur', 'usd']);
    expect(shown?.eur).not.toHaveProperty('tiers');
    const deep = await stripe.prices.retrieve(id, {
      expand: ['currency_options.eur.tiers', 'currency_options.usd.tiers', 'currency_options'],
    });
    expect(deep.currency_options?.eur?.tiers?.map((tier) => tier.unit_amount)).toEqual([0, 3]);
    expect(deep.currency_options?.usd?.tiers?.[0]?.flat_amount).toBe(900);
    expect(deep).not.toHaveProperty('tiers');
    await stripe.prices.update(id, { currency_options: '' });
    const cleared = await stripe.prices.retrieve(id, { expand: ['currency_options'] });
    expect(Object.keys(cleared.currency_options ?? {})).toEqual(['usd']);
  });

  test('what cannot be expanded is refused', async () => {
    const { stripe, product } = await shop();
    const { id } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
    await expect(stripe.prices.retrieve(id, { expand: ['currency_options.usd.nothing'] })).rejects.toThrow(
      /cannot be expanded/,
    );
  });
});

describe('all prices', () => {
  test('exact decimals, packages and amounts of the customer’s choosing', async () => {
    const { stripe, product } = await shop();
    const exact = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount_decimal: Stripe.Decimal.from('0.000000000001'),
      recurring: month,
      transform_quantity: { divide_by: 5, round: 'up' },
    });
    expect(exact.unit_amount).toBeNull();
    expect(String(exact.unit_amount_decimal)).toBe('0.000000000001');
    expect(exact.transform_quantity).toEqual({ divide_by: 5, round: 'up' });
    const custom = await stripe.prices.create({
      product,
      currency: 'usd',
      custom_unit_amount: { enabled: true, minimum: 100, maximum: 10_000, preset: 500 },
    });
    expect(custom).toMatchObject({
      unit_amount: null,
      unit_amount_decimal: null,
      custom_unit_amount: { minimum: 100, maximum: 10_000, preset: 500 },
    });
  });

  test('lookup keys are one price’s, until they are transferred or let go', async () => {
    const { stripe, product } = await shop();
    const common = { product, currency: 'usd', unit_amount: 5, lookup_key: 'standard' };
    const holder = await stripe.prices.create(common);
    await expect(stripe.prices.create(common)).rejects.toMatchObject({
      param: 'lookup_key',
      message: `A price (\`${holder.id}\`) already uses that lookup key.`,
    });
    const next = await stripe.prices.create({ ...common, transfer_lookup_key: true });
    expect((await stripe.prices.retrieve(holder.id)).lookup_key).toBeNull();
    const [event] = (await stripe.events.list({ type: 'price.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({ lookup_key: 'standard' });
    expect((await stripe.prices.list({ lookup_keys: ['standard'] })).data.map((price) => price.id)).toEqual([
      next.id,
    ]);
  });

  test('a tax behaviour, once set, stays; a default price is not archived', async () => {
    const { stripe, product } = await shop();
    const { id } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
    await stripe.prices.update(id, { tax_behavior: 'exclusive' });
    await expect(stripe.prices.update(id, { tax_behavior: 'inclusive' })).rejects.toMatchObject({
      param: 'tax_behavior',
    });
    await stripe.products.update(product, { default_price: id });
    await expect(stripe.prices.update(id, { active: false })).rejects.toThrow(/default price of its product/);
    await expect(stripe.prices.retrieve('price_none')).rejects.toMatchObject({
      statusCode: 404,
      param: 'price',
    });
    await expect(stripe.prices.list({ product: 'prod_none' })).rejects.toMatchObject({ statusCode: 400 });
  });

  test('search finds them by their words', async () => {
    const { stripe, product } = await shop();
    const { id } = await stripe.prices.create({
      product,
      currency: 'eur',
      unit_amount: 5,
      lookup_key: 'basic',
      metadata: { team: 'one' },
    });
    await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
    for (const query of [
      'lookup_key:"basic"',
      'currency:"eur"',
      'metadata["team"]:"one"',
      `product:"${product}" AND currency:"eur"`,
    ])
      expect((await stripe.prices.search({ query })).data.map((price) => price.id)).toEqual([id]);
  });
});

describe('plans', () => {
  test('are recurring prices in their older shape', async () => {
    const { stripe } = await shop();
    const plan = await stripe.plans.create({
      id: 'gold',
      amount: 2000,
      currency: 'usd',
      interval: 'month',
      product: { name: 'Gold' },
      trial_period_days: 14,
    });
    expect(plan).toMatchObject({
      id: 'gold',
      object: 'plan',
      amount: 2000,
      interval: 'month',
      usage_type: 'licensed',
    });
    expect(await stripe.prices.retrieve('gold')).toMatchObject({
      object: 'price',
      unit_amount: 2000,
      product: plan.product,
      recurring: { interval: 'month', trial_period_days: 14 },
    });
    await expect(
      stripe.plans.create({
        id: 'gold',
        amount: 1,
        currency: 'usd',
        interval: 'day',
        product: { name: 'x' },
      }),
    ).rejects.toMatchObject({ code: 'resource_already_exists' });
    const renamed = await stripe.plans.update('gold', { nickname: 'Gold', trial_period_days: 7 });
    expect(renamed).toMatchObject({ nickname: 'Gold', trial_period_days: 7 });
    expect((await stripe.plans.list({ product: String(plan.product) })).data.map(({ id }) => id)).toEqual([
      'gold',
    ]);
    expect(await stripe.plans.del('gold')).toEqual(expect.objectContaining({ id: 'gold', deleted: true }));
    await expect(stripe.plans.retrieve('gold')).rejects.toMatchObject({ statusCode: 404, param: 'plan' });
    const types = (await stripe.events.list({ limit: 20 })).data.map((event) => event.type);
    for (const type of ['plan.created', 'plan.updated', 'plan.deleted', 'price.created', 'price.deleted'])
      expect(types).toContain(type);
    expect(await stripe.products.del(String(plan.product))).toMatchObject({ deleted: true });
  });

  test('with tiers show them when asked; one-time prices are none', async () => {
    const { stripe, product } = await shop();
    const { id } = await stripe.plans.create({
      product,
      currency: 'usd',
      interval: 'month',
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers,
    });
    expect((await stripe.plans.retrieve(id, { expand: ['tiers'] })).tiers).toHaveLength(2);
    const once = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
    await expect(stripe.plans.retrieve(once.id)).rejects.toMatchObject({ statusCode: 404 });
    expect((await stripe.plans.list()).data.map((plan) => plan.id)).toEqual([id]);
  });
});
