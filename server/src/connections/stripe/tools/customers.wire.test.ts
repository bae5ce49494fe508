import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tool } from '../../../tools/tool.ts';
import { operation, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_customer_tools');
});
afterAll(() => account.close());

function writeOf(tool: Tool): Exclude<Tool, { effect: 'read' }> {
  if (tool.effect === 'read') throw new Error(`${tool.name} only reads.`);
  return tool;
}

describe('customers', () => {
  test('one is created as said, marked with the operation, and found by e-mail and by name at once', async () => {
    const made = await account.call('create_customer', {
      name: 'Bob Loblaw',
      email: 'bob.loblaw@example.com',
    });
    expect(made.summary).toBe('Created customer Bob Loblaw (bob.loblaw@example.com)');
    expect(made.requestIds).toEqual([expect.stringMatching(/^req_/)]);
    const [bob] = (await account.stripe.customers.list()).data;
    expect(bob).toMatchObject({
      name: 'Bob Loblaw',
      email: 'bob.loblaw@example.com',
      metadata: { purser_op: expect.stringMatching(/^op_/) },
    });
    for (const customer of ['BOB.loblaw@example.com', 'bob loblaw', 'Loblaw', bob?.id]) {
      expect((await account.call('get_customer', { customer })).view).toMatchObject({
        id: bob?.id,
        email: 'bob.loblaw@example.com',
      });
    }
  });

  test('a second one with the same e-mail is refused until it is wanted', async () => {
    const error = await account.refusal('create_customer', {
      name: 'Robert',
      email: 'bob.loblaw@example.com',
    });
    expect(error).toMatchObject({
      code: 'already_exists',
      next: 'Use that one, or say that you want a second one.',
      details: { second_one_with: { allow_duplicate: true } },
    });
    const twin = await account.call('create_customer', {
      name: 'Robert',
      email: 'bob.loblaw@example.com',
      allow_duplicate: true,
    });
    await account.call('delete_customer', { customer: twin.objects[0]?.id });
    expect((await account.stripe.customers.list()).data).toHaveLength(1);
  });

  test('several of a name come back as candidates, and a misspelt one with near names', async () => {
    await account.stripe.customers.create({ name: 'Bob Smith', email: 'smith@example.com' });
    const ambiguous = await account.refusal('get_customer', { customer: 'Bob' });
    expect(ambiguous.code).toBe('ambiguous');
    expect(ambiguous.details.candidates).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ email: 'smith@example.com' }),
        expect.objectContaining({ name: 'Bob Loblaw' }),
      ]),
    );
    const near = await account.refusal('update_customer', { customer: 'Bob Loblow', phone: '1' });
    expect(near).toMatchObject({
      code: 'not_found',
      details: { candidates: [expect.objectContaining({ name: 'Bob Loblaw' }), expect.anything()] },
    });
  });

  test('only the given field changes, and undo sets it back', async () => {
    const before = await account.plan('update_customer', {
      customer: 'Bob Loblaw',
      phone: '+1 202 555 0170',
    });
    expect(before.preview.facts).toEqual([
      { label: 'Phone', value: 'none → +1 202 555 0170' },
      { label: 'Can be undone', value: 'yes' },
    ]);
    expect(
      await account.plan('update_customer', { customer: 'Bob Loblaw', phone: '+1 202 555 0170' }),
    ).toEqual(before);
    const changed = await account.call('update_customer', {
      customer: 'Bob Loblaw',
      phone: '+1 202 555 0170',
    });
    expect(changed.view).toMatchObject({
      phone: '+1 202 555 0170',
      name: 'Bob Loblaw',
      email: 'bob.loblaw@example.com',
    });
    if (!changed.undo) throw new Error('There is no undo.');
    expect((await account.call(changed.undo.tool, changed.undo.input)).view).not.toHaveProperty('phone');
  });

  test('an act that is sent again does nothing twice, deletion included', async () => {
    const create = writeOf(account.tool('create_customer'));
    const { sealed } = await create.plan({ name: 'Once Only' }, {});
    const first = await create.act(sealed, operation('op_once'));
    expect((await create.act(sealed, operation('op_once'))).objects).toEqual(first.objects);
    const remove = writeOf(account.tool('delete_customer'));
    const gone = await remove.plan({ customer: 'Once Only' }, {});
    expect(gone.preview.summary).toMatch(/^Delete customer Once Only \(cus_\w+\) for good$/);
    await remove.act(gone.sealed, operation('op_gone'));
    expect((await remove.act(gone.sealed, operation('op_gone'))).view).toMatchObject({ deleted: true });
    expect((await account.refusal('get_customer', { customer: first.objects[0]?.id })).code).toBe(
      'not_found',
    );
  });

  test('a list says whether it is all, and counts beyond one page when asked', async () => {
    const others = account.withKey('sk_test_many_customers');
    for (let n = 0; n < 113; n += 1) await others.stripe.customers.create({ name: `Customer ${n}` });
    const some = (await others.call('list_customers', {})).view;
    expect(some).toMatchObject({ complete: false, seen: 10, stopped: expect.any(String) });
    const all = await others.call('list_customers', { count_all: true });
    expect(all.view).toMatchObject({ complete: true, seen: 113, data: { length: 10 } });
    expect(all.requestIds).toHaveLength(2);
  });

  test('a missing permission is named as the Dashboard names it, with where to add it', async () => {
    const { secret } = await account.control('restricted_keys', { permissions: { customers: 'read' } });
    const limited = account.withKey(secret);
    expect((await limited.call('get_customer', { customer: 'Loblaw' })).view).not.toHaveProperty(
      'subscriptions',
    );
    const error = await limited.refusal('create_customer', { name: 'Nobody' });
    expect(error).toMatchObject({
      code: 'permission_missing',
      message: 'The Stripe key lacks the permission Customers (write).',
      details: {
        permission: 'Customers (write)',
        dashboard_url: 'https://dashboard.stripe.com/test/apikeys',
      },
    });
    expect((await limited.refusal('list_products', {})).details.permission).toBe('Products (read)');
  });
});

test('a card number is refused in any field, and not repeated', async () => {
  const number = '4111 1111-1111 1111';
  for (const input of [{ name: `Bob ${number}` }, { name: 'Bob', metadata: { card: 'x', note: number } }]) {
    const error = await account.refusal('create_customer', input);
    expect(error.code).toBe('card_number_refused');
    expect(JSON.stringify([error.message, error.next, error.details])).not.toContain('1111');
  }
  expect((await account.refusal('get_customer', { customer: number })).code).toBe('card_number_refused');
});

describe('products and prices', () => {
  test('a product with a monthly price in one call', async () => {
    const made = await account.call('create_product', {
      name: 'Premium Subscription',
      amount: '29.99',
      currency: 'usd',
      interval: 'month',
    });
    expect(made.summary).toBe('Created product Premium Subscription at $29.99 monthly');
    const [product] = (await account.stripe.products.list()).data;
    const prices = (await account.stripe.prices.list({ product: product?.id ?? '' })).data;
    expect(prices).toEqual([
      expect.objectContaining({ unit_amount: 2999, currency: 'usd', id: product?.default_price }),
    ]);
    expect(prices[0]?.recurring).toMatchObject({ interval: 'month', interval_count: 1 });
    expect((await account.refusal('create_product', { name: 'premium subscription' })).code).toBe(
      'already_exists',
    );
  });

  test('amounts are exact in every currency, and a wrong one is refused before anything is sent', async () => {
    await account.call('create_product', { name: 'Yen thing', amount: '1000', currency: 'jpy' });
    expect((await account.stripe.prices.list({ currency: 'jpy' })).data[0]?.unit_amount).toBe(1000);
    for (const amount of ['10.5', '-1', 'ten', '1e3']) {
      expect((await account.refusal('create_product', { name: 'Wrong', amount, currency: 'jpy' })).code).toBe(
        'invalid_amount',
      );
    }
    expect((await account.stripe.products.list()).data.map(({ name }) => name)).not.toContain('Wrong');
  });

  test('a product gets a new price, the old one is archived, then the product is', async () => {
    const made = await account.call('create_product', {
      name: 'Basic Plan',
      amount: '9.99',
      currency: 'usd',
      interval: 'month',
    });
    const old = made.objects[1]?.id;
    expect((await account.refusal('update_price', { price: old, active: false })).code).toBe('default_price');
    const next = await account.call('create_price', {
      product: 'Basic Plan',
      amount: '12',
      currency: 'usd',
      interval: 'month',
    });
    expect(next.summary).toBe('Created the price $12.00 monthly of Basic Plan');
    expect((await account.call('update_price', { price: old, active: false })).view).toMatchObject({
      active: false,
    });
    expect((await account.call('list_prices', { product: 'basic plan', active: true })).view).toMatchObject({
      complete: true,
      data: [{ amount: '12.00 USD', product_name: 'Basic Plan' }],
    });
    expect((await account.call('update_product', { product: 'Basic Plan', active: false })).summary).toBe(
      'Archived product Basic Plan',
    );
    const active = (await account.stripe.products.list({ active: true })).data.map(({ name }) => name);
    expect(active.sort()).toEqual(['Premium Subscription', 'Yen thing']);
  });
});
