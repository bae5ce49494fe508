import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_traces');
  bob = (await account.stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
});
afterAll(() => account.close());

const pay = async () => {
  const paid = await account.call('charge_customer', { customer: bob, amount: '29.99', currency: 'usd' });
  return paid.objects[0]?.id ?? '';
};

test('a customer that was made is found by its mark', async () => {
  await foundAgain(account, 'create_customer', { name: 'Dora', email: 'dora@example.com' });
  await foundAgain(account, 'create_customer', { name: 'Nobody with a mail' });
});

test('a refund is found among those of its charge, and not another of the same amount', async () => {
  const payment = await pay();
  await foundAgain(account, 'create_refund', { payment_intent: payment, amount: '10' });
  await foundAgain(account, 'create_refund', { payment_intent: payment, amount: '10' });
});

test('every field of a customer that was changed is found changed, and undone to the letter', async () => {
  const before = await account.stripe.customers.update(bob, {
    ...{ phone: '+1 202 555 0170', metadata: { tier: 'gold', seat: '4' } },
    address: { line1: '1 Main St', line2: 'Flat 2', city: 'Springfield', country: 'US' },
  });
  const changed = await foundAgain(account, 'update_customer', {
    ...{ customer: bob, name: 'Robert', phone: '', tax_exempt: 'reverse' },
    ...{ address: { line1: 'Hauptstr. 1', country: 'DE' }, metadata: { tier: '', note: 'new' } },
  });
  expect(await account.stripe.customers.retrieve(bob)).toMatchObject({
    ...{ name: 'Robert', phone: null, tax_exempt: 'reverse' },
    address: { line1: 'Hauptstr. 1', line2: null, city: null, country: 'DE' },
    metadata: { seat: '4', note: 'new', purser_op: expect.any(String) },
  });
  await account.undo(changed);
  const { metadata, ...after } = (await account.stripe.customers.retrieve(bob)) as Stripe.Customer;
  expect(after).toMatchObject({
    name: 'Bob',
    phone: before.phone,
    tax_exempt: 'none',
    address: before.address,
  });
  expect(metadata).toEqual({ tier: 'gold', seat: '4', purser_op: expect.any(String) });
});

test('where another operation has put its mark since, what the object is now tells', async () => {
  const write = account.tool('update_customer');
  if (write.effect === 'read' || !write.find) throw new Error('It cannot be looked up.');
  const since = new Date();
  const { sealed } = await write.plan({ customer: bob, phone: '+1 202 555 0199' }, {});
  await account.call('update_customer', { customer: bob, description: 'Marked by another' });
  const look = () => write.find?.(sealed, { operationId: 'op_lost', since });
  expect(await look()).toBeNull();
  await account.call('update_customer', { customer: bob, phone: '+1 202 555 0199' });
  expect(await look()).toMatchObject({ summary: expect.stringContaining('Changed phone') });
  await account.call('update_customer', { customer: bob, phone: '+1 202 555 0111' });
  await expect(look()).rejects.toMatchObject({ code: 'unclear' });
});

test('a deleted customer is found gone', async () => {
  const gone = await account.stripe.customers.create({ name: 'Gone' });
  await foundAgain(account, 'delete_customer', { customer: gone.id });
});

describe('saved payment methods', () => {
  test('a saved test card is found, and removed again by undo', async () => {
    const saved = await foundAgain(account, 'attach_test_payment_method', {
      customer: bob,
      card: 'pm_card_amex',
    });
    const method = saved.objects[1]?.id ?? '';
    await account.undo(saved);
    expect((await account.stripe.paymentMethods.retrieve(method)).customer).toBeNull();
  });

  test('the default is set, set back, and set back to none', async () => {
    const zoe = (await account.stripe.customers.create({ name: 'Zoe' })).id;
    const [first, second] = await Promise.all([
      account.stripe.paymentMethods.attach('pm_card_visa', { customer: zoe }),
      account.stripe.paymentMethods.attach('pm_card_mastercard', { customer: zoe }),
    ]);
    const isDefault = async () => {
      const { invoice_settings: settings } = (await account.stripe.customers.retrieve(
        zoe,
      )) as Stripe.Customer;
      return settings.default_payment_method;
    };
    const once = await foundAgain(account, 'set_default_payment_method', {
      customer: zoe,
      payment_method: first.id,
    });
    const twice = await foundAgain(account, 'set_default_payment_method', {
      customer: zoe,
      payment_method: second.id,
    });
    expect(await isDefault()).toBe(second.id);
    await account.undo(twice);
    expect(await isDefault()).toBe(first.id);
    await account.undo(once);
    expect(await isDefault()).toBeNull();
  });

  test('one that is removed is found removed; nobody else’s can be', async () => {
    const zoe = (await account.stripe.customers.create({ name: 'Zoe Two' })).id;
    const method = await account.stripe.paymentMethods.attach('pm_card_visa', { customer: zoe });
    const { preview } = await account.plan('detach_payment_method', {
      customer: zoe,
      payment_method: method.id,
    });
    expect(preview).toMatchObject({
      summary: expect.stringMatching(/^Remove visa ending in 4242, .* from Zoe Two/),
      facts: [
        { label: 'Default for invoices', value: 'no' },
        { label: 'Subscriptions charged to it', value: 'none' },
        { label: 'Can be undone', value: 'no' },
      ],
    });
    const wrong = await account.refusal('detach_payment_method', {
      customer: bob,
      payment_method: method.id,
    });
    expect(wrong.code).toBe('wrong_customer');
    await foundAgain(account, 'detach_payment_method', { customer: zoe, payment_method: method.id });
  });
});

describe('payments', () => {
  const intent = async (of: object = {}) =>
    (await account.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...of })).id;

  test('a prepared one is found, with a customer and without, and canceled by undo', async () => {
    await foundAgain(account, 'create_payment_intent', { amount: '20', currency: 'usd', customer: bob });
    const made = await foundAgain(account, 'create_payment_intent', { amount: '20', currency: 'usd' });
    await account.undo(made);
    const { id } = made.objects[0] ?? { id: '' };
    expect((await account.stripe.paymentIntents.retrieve(id)).status).toBe('canceled');
  });

  test('a charge is found paid, and refunded by undo', async () => {
    const paid = await foundAgain(account, 'charge_customer', {
      customer: bob,
      amount: '12',
      currency: 'usd',
    });
    await account.undo(paid);
    const [refund] = (await account.stripe.refunds.list({ payment_intent: paid.objects[0]?.id ?? '' })).data;
    expect(refund).toMatchObject({ amount: 1200, status: 'succeeded' });
  });

  test.each([
    ['charge_customer', 'pm_card_chargeCustomerFail', 'card_declined'],
    ['charge_customer', 'pm_card_authenticationRequired', 'authentication_required'],
  ])('%s that was refused is found refused, with the same words and next step', async (name, card, code) => {
    const ann = (await account.stripe.customers.create({ name: 'Ann' })).id;
    await account.call('attach_test_payment_method', { customer: ann, card });
    const { before, said, after } = await account.traced(name, {
      customer: ann,
      amount: '5',
      currency: 'usd',
    });
    expect(before).toBeNull();
    if (!(said instanceof ToolError && after instanceof ToolError)) throw new Error('It was not refused.');
    expect(said.code).toBe(code);
    const { code: afterwards, message, next } = after;
    expect({ code: afterwards, message, next }).toEqual({ code, message: said.message, next: said.next });
  });

  test('a confirmation is found paid, declined, waiting for the customer, or not made', async () => {
    await foundAgain(account, 'confirm_payment_intent', {
      payment_intent: await intent(),
      payment_method: 'pm_card_visa',
    });
    const waiting = await foundAgain(account, 'confirm_payment_intent', {
      ...{ payment_intent: await intent(), payment_method: 'pm_card_threeDSecure2Required' },
    });
    expect(waiting.undo).toMatchObject({ tool: 'cancel_payment_intent' });
    const payment = await intent();
    const decline = { payment_intent: payment, payment_method: 'pm_card_chargeDeclined' };
    for (const _ of [1, 2]) {
      const { before, after } = await account.traced('confirm_payment_intent', decline);
      expect(before).toBeNull();
      expect(after).toMatchObject({ code: 'card_declined' });
    }
    const write = account.tool('confirm_payment_intent');
    if (write.effect === 'read') throw new Error('It only reads.');
    const { sealed } = await write.plan({ payment_intent: payment, payment_method: 'pm_card_visa' }, {});
    await account.stripe.paymentIntents.update(payment, { metadata: { purser_op: 'op_half' } });
    expect(await write.find?.(sealed, { operationId: 'op_half', since: new Date() })).toBeNull();
  });

  test('a capture is found, a part of the hold too, and a cancellation', async () => {
    const held = () =>
      intent({
        capture_method: 'manual',
        confirm: true,
        payment_method: 'pm_card_visa',
        customer: bob,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      });
    const taken = await foundAgain(account, 'capture_payment_intent', {
      payment_intent: await held(),
      amount: '15',
    });
    expect(taken.summary).toBe('Captured $15.00');
    await account.undo(taken);
    await foundAgain(account, 'cancel_payment_intent', { payment_intent: await held() });
  });

  test.each([
    ['charge_customer', { customer: 'cus_1', amount: '30', currency: 'usd' }],
    ['create_payment_intent', { amount: '30', currency: 'usd' }],
    ['capture_payment_intent', { payment_intent: 'pi_1' }],
    ['create_refund', { charge: 'ch_1', full: true }],
  ])('%s can be asked for less', (name, input) => {
    const write = account.tool(name);
    if (write.effect === 'read') throw new Error('It only reads.');
    const less = write.withAmount?.(input, '20.00');
    expect(write.input.parse(less)).toMatchObject({ amount: '20.00' });
  });
});

describe('payment links', () => {
  test('one is made, listed, switched off by undo, and found each time', async () => {
    const product = await account.stripe.products.create({
      ...{ name: 'Tea', default_price_data: { currency: 'usd', unit_amount: 900 } },
    });
    const made = await foundAgain(account, 'create_payment_link', { product: product.id });
    const id = made.objects[0]?.id;
    const listed = (await account.call('list_payment_links', { active: true })).view;
    expect(listed).toMatchObject({ complete: true, data: [{ id, active: true }] });
    const off = await account.undo(made);
    expect(off.summary).toBe('Switched off the payment link for Tea');
    expect((await account.stripe.paymentLinks.retrieve(id ?? '')).active).toBe(false);
    await account.undo(off);
    await foundAgain(account, 'update_payment_link', { payment_link: id, active: false });
    const again = await account.refusal('update_payment_link', { payment_link: id, active: false });
    expect(again.code).toBe('nothing_to_change');
  });
});
