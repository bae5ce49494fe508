import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { foundAgain, operation, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_catalogue_tools');
});
afterAll(() => account.close());

const product = (id: string | undefined) => account.stripe.products.retrieve(id ?? '');

describe('products', () => {
  test('one without a price is found by its mark and deleted again', async () => {
    const made = await foundAgain(account, 'create_product', { name: 'Stickers' });
    expect(made.undo).toMatchObject({ tool: 'delete_product' });
    expect((await account.undo(made)).view).toMatchObject({ object: 'product', deleted: true });
    await expect(product(made.objects[0]?.id)).rejects.toMatchObject({ code: 'resource_missing' });
  });

  test('of one made by half nobody says that it was not made', async () => {
    await account.control('faults', { path: '/v1/prices', status: 400, times: 1 });
    const tool = account.tool('create_product');
    if (tool.effect === 'read') throw new Error('It only reads.');
    const { sealed } = await tool.plan({ name: 'Half', amount: '2', currency: 'usd' }, {});
    await expect(tool.act(sealed, operation('op_half'))).rejects.toThrow(ToolError);
    const look = { operationId: 'op_half', since: new Date() };
    await expect(tool.find?.(sealed, look)).rejects.toMatchObject({ code: 'unclear' });
    expect((await tool.act(sealed, operation('op_half'))).summary).toBe('Created product Half at $2.00 once');
    expect(await tool.find?.(sealed, look)).toMatchObject({ summary: 'Created product Half at $2.00 once' });
  });

  test('deleting is found by its being gone', async () => {
    await account.call('create_product', { name: 'Posters' });
    const gone = await foundAgain(account, 'delete_product', { product: 'Posters' });
    expect(gone.summary).toBe('Deleted the product Posters');
  });

  test('one with prices is not deleted, and the way out is named', async () => {
    const input = { name: 'Mugs', amount: '12', currency: 'usd' };
    const made = await foundAgain(account, 'create_product', input);
    expect(await account.refusal('delete_product', { product: 'Mugs' })).toMatchObject({
      code: 'product_has_prices',
      next: expect.stringContaining('update_product'),
    });
    await account.undo(made);
    expect(await product(made.objects[0]?.id)).toMatchObject({ active: false });
  });

  test('a change is found by its mark and set back', async () => {
    await account.call('create_product', { name: 'Pens', description: 'Blue', amount: '1', currency: 'usd' });
    const changed = await foundAgain(account, 'update_product', {
      product: 'Pens',
      name: 'Ink',
      active: false,
    });
    await account.undo(changed);
    expect(await product(changed.objects[0]?.id)).toMatchObject({ name: 'Pens', active: true });
  });
});

describe('prices', () => {
  const plan = async (name: string) => {
    const input = { name, amount: '10', currency: 'usd', interval: 'month' };
    const made = await account.call('create_product', input);
    return { id: made.objects[0]?.id ?? '', price: made.objects[1]?.id ?? '' };
  };

  test('a new default is found by its mark, and the old one made the default again', async () => {
    const { id, price } = await plan('Starter');
    const made = await foundAgain(account, 'create_price', {
      product: 'Starter',
      amount: '12',
      currency: 'usd',
      interval: 'month',
    });
    expect((await product(id)).default_price).toBe(made.objects[0]?.id);
    await account.undo(made);
    expect((await product(id)).default_price).toBe(price);
    const change = await foundAgain(account, 'update_price', { price: made.objects[0]?.id, active: false });
    await account.undo(change);
    expect((await account.call('get_price', { price: made.objects[0]?.id })).view).toMatchObject({
      active: true,
      amount: '12.00 USD',
      product_name: 'Starter',
    });
  });

  test('only an active price of the product becomes its default', async () => {
    const one = await plan('One');
    const other = await plan('Other');
    const input = { product: 'One', default_price: other.price };
    expect(await account.refusal('update_product', input)).toMatchObject({
      code: 'invalid_price',
      message: expect.stringContaining('does not belong to One'),
      details: { product: one.id },
    });
  });

  test('tiers are previewed one by one and kept exactly', async () => {
    await plan('Seats');
    const tiers = [{ up_to: 10, amount: '5', flat: '20' }, { up_to: 100, amount: '4' }, { amount: '2.5' }];
    const input = { product: 'Seats', currency: 'usd', interval: 'month', tiers };
    const { preview } = await account.plan('create_price', input);
    expect(preview.summary).toBe('Add the price tiered monthly to Seats');
    expect(preview.facts).toEqual(
      expect.arrayContaining([
        { label: 'Units 1 to 10', value: '$5.00 each, $20.00 at once' },
        { label: 'Units 11 to 100', value: '$4.00 each' },
        { label: 'Units from 101', value: '$2.50 each' },
        { label: 'Tiers', value: 'graduated' },
      ]),
    );
    const made = await account.call('create_price', input);
    const price = await account.stripe.prices.retrieve(made.objects[0]?.id ?? '', { expand: ['tiers'] });
    expect(price).toMatchObject({
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 10, unit_amount: 500, flat_amount: 2000 },
        { up_to: 100, unit_amount: 400 },
        { up_to: null, unit_amount: 250 },
      ],
    });
    expect((await account.call('get_price', { price: price.id })).view).toMatchObject({
      tiers: [{ up_to: 10, unit: '$5.00', flat: '$20.00' }, { up_to: 100 }, { up_to: 'and more' }],
    });
  });

  test('tiers out of order are refused before anything is sent', async () => {
    await plan('Steps');
    for (const tiers of [
      [{ amount: '1' }, { up_to: 5, amount: '2' }],
      [{ up_to: 5, amount: '1' }, { up_to: 5, amount: '2' }, { amount: '3' }],
      [{ up_to: 5, amount: '1' }],
    ]) {
      const input = { product: 'Steps', currency: 'usd', interval: 'month', tiers };
      expect((await account.refusal('create_price', input)).code).toBe('invalid_tiers');
    }
  });

  test('usage is billed by a meter, a quarter of a cent a unit', async () => {
    await plan('API');
    const meter = await account.stripe.billing.meters.create({
      display_name: 'API calls',
      event_name: 'api_call',
      default_aggregation: { formula: 'sum' },
    });
    const input = {
      product: 'API',
      currency: 'usd',
      interval: 'month',
      amount: '0.0025',
      meter: 'api calls',
    };
    const made = await foundAgain(account, 'create_price', input);
    expect(made.summary).toBe('Created the price $0.0025 per unit used, monthly of API');
    const price = await account.stripe.prices.retrieve(made.objects[0]?.id ?? '');
    expect(price.unit_amount_decimal?.toString()).toBe('0.25');
    expect(price.recurring).toMatchObject({ usage_type: 'metered', meter: meter.id });
    expect(await account.refusal('create_price', { ...input, meter: 'API cals' })).toMatchObject({
      code: 'not_found',
      details: { candidates: [{ id: meter.id }] },
    });
  });
});

describe('discounts', () => {
  test('a coupon for one product is found by its mark, and deleted again with its codes', async () => {
    const made = await account.call('create_product', { name: 'Course', amount: '100', currency: 'usd' });
    const coupon = await foundAgain(account, 'create_coupon', {
      percent_off: 20,
      duration: 'once',
      products: ['Course'],
      redeem_by: '2030-01-01',
      name: 'Launch',
    });
    const [ref] = coupon.objects;
    const kept = await account.stripe.coupons.retrieve(ref?.id ?? '', { expand: ['applies_to'] });
    expect(kept.applies_to?.products).toEqual([made.objects[0]?.id]);
    expect(kept.redeem_by).toBe(Date.UTC(2030, 0, 1) / 1000);
    await account.call('create_promotion_code', { coupon: 'Launch', code: 'LAUNCH20' });
    const { preview } = await account.plan('delete_coupon', { coupon: 'launch' });
    expect(preview.facts).toContainEqual({ label: 'Codes that stop working', value: 'LAUNCH20' });
    await account.undo(coupon);
    expect((await account.call('list_coupons', {})).view).toMatchObject({ complete: true, seen: 0 });
    expect(await account.refusal('delete_coupon', { coupon: 'Launch' })).toMatchObject({ code: 'not_found' });
  });

  test('a code is made, found by its mark, switched off and on', async () => {
    await account.call('create_coupon', { percent_off: 10, duration: 'forever', name: 'Friends' });
    const input = {
      coupon: 'Friends',
      code: 'friends10',
      max_redemptions: 5,
      minimum_amount: '50',
      currency: 'usd',
      first_time_only: true,
      expires_at: '2030-06-01T12:00:00Z',
    };
    const { preview } = await account.plan('create_promotion_code', input);
    expect(preview.summary).toBe('Let anyone take 10% off forever with the code FRIENDS10');
    expect(preview.facts).toContainEqual({ label: 'On orders of at least', value: '$50.00' });
    const made = await foundAgain(account, 'create_promotion_code', input);
    const [code] = (await account.stripe.promotionCodes.list()).data;
    expect(code).toMatchObject({
      max_redemptions: 5,
      expires_at: Date.UTC(2030, 5, 1, 12) / 1000,
      restrictions: { minimum_amount: 5000, minimum_amount_currency: 'usd', first_time_transaction: true },
    });
    expect((await account.refusal('create_promotion_code', input)).code).toBe('already_exists');
    await account.undo(made);
    const off = { promotion_code: 'Friends10', active: false };
    expect((await account.refusal('update_promotion_code', off)).code).toBe('nothing_to_change');
    await foundAgain(account, 'update_promotion_code', { ...off, active: true });
    expect((await account.call('list_promotion_codes', { coupon: 'Friends' })).view).toMatchObject({
      data: [{ code: code?.code, active: true, discount: '10% off forever', minimum_amount: '50.00 USD' }],
    });
  });
});

describe('tax rates', () => {
  test('one is made once, found by its mark, and listed', async () => {
    const input = { display_name: 'VAT', percentage: 19, inclusive: true, country: 'de' };
    await foundAgain(account, 'create_tax_rate', input);
    expect((await account.refusal('create_tax_rate', input)).code).toBe('already_exists');
    expect((await account.call('list_tax_rates', { inclusive: true })).view).toMatchObject({
      complete: true,
      data: [{ name: 'VAT', percentage: 19, country: 'DE', inclusive: true }],
    });
  });
});

test('a list that stops says so, and counts all when asked', async () => {
  for (let n = 1; n <= 12; n += 1)
    await account.stripe.coupons.create({ percent_off: n, duration: 'once', name: `C${n}` });
  const some = (await account.call('list_coupons', {})).view;
  expect(some).toMatchObject({
    complete: false,
    seen: 10,
    stopped: expect.any(String),
    data: { length: 10 },
  });
  const all = await account.call('list_coupons', { count_all: true, limit: 3 });
  expect(all.view).toMatchObject({ complete: true, seen: expect.any(Number), data: { length: 3 } });
  expect(all.view).not.toHaveProperty('stopped');
  expect((all.view as { seen: number }).seen).toBeGreaterThanOrEqual(12);
});

test('a key that lacks a row is told which one, by every tool of the catalogue', async () => {
  const { secret } = await account.control('restricted_keys', { permissions: { customer: 'write' } });
  const limited = account.withKey(secret);
  const cases: [string, unknown, string][] = [
    ['get_price', { price: 'price_1' }, 'Prices (read)'],
    ['delete_product', { product: 'prod_1' }, 'Products (write)'],
    ['list_coupons', {}, 'Coupons (read)'],
    ['create_coupon', { percent_off: 5, duration: 'once' }, 'Coupons (write)'],
    ['delete_coupon', { coupon: 'x' }, 'Coupons (write)'],
    ['list_promotion_codes', {}, 'Promotion Codes (read)'],
    ['update_promotion_code', { promotion_code: 'X', active: false }, 'Promotion Codes (write)'],
    ['create_promotion_code', { coupon: 'x' }, 'Coupons (read)'],
    ['list_tax_rates', {}, 'Tax Rates (read)'],
    ['create_tax_rate', { display_name: 'VAT', percentage: 1, inclusive: true }, 'Tax Rates (write)'],
  ];
  for (const [name, input, permission] of cases) {
    const error = await limited.refusal(name, input);
    expect([name, error.code, error.details.permission]).toEqual([name, 'permission_missing', permission]);
  }
});
