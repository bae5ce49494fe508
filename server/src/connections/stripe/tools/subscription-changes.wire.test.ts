import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let ann: string;
/** The middle of a month whose first day the periods begin on. */
const frozen = Date.UTC(2027, 5, 16) / 1000;

beforeAll(async () => {
  account = await testAccount('sk_test_subscription_changes');
  for (const [name, amount] of [
    ['Basic', '10'],
    ['Pro', '40'],
  ])
    await account.call('create_product', { name, amount, currency: 'usd', interval: 'month' });
  await account.call('create_price', { product: 'Pro', amount: '400', currency: 'usd', interval: 'year' });
  const clock = await account.stripe.testHelpers.testClocks.create({
    frozen_time: Date.UTC(2027, 5, 1) / 1000,
  });
  ann = (
    await account.stripe.customers.create({
      ...{ name: 'Ann', email: 'ann@example.com', test_clock: clock.id },
      ...{ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } },
    })
  ).id;
  await account.call('create_subscription', { customer: ann, product: 'Basic' });
  await account.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen });
});
afterAll(() => account.close());

const hers = async () => (await account.stripe.subscriptions.list({ customer: ann })).data[0];

describe('another plan', () => {
  test('its cost is known to the cent before it is asked for, and nothing is changed by looking', async () => {
    const { view } = await account.call('preview_subscription_change', { customer: ann, product: 'Pro' });
    expect(view).toMatchObject({
      object: 'subscription_change',
      customer_name: 'Ann',
      difference: '15.00 USD',
      counted_from: '2027-06-16T00:00:00Z',
      lines: [{ amount: '20.00 USD' }, { amount: '-5.00 USD' }],
      billed_now: '0.00 USD',
      next_bill: '55.00 USD',
    });
    expect((await hers())?.items.data[0]?.price.unit_amount).toBe(1000);
  });

  test('billed at once, the card is charged what the preview said, and it is set back', async () => {
    const input = { customer: ann, product: 'Pro', proration_behavior: 'always_invoice' };
    const { preview } = await account.plan('update_subscription', input);
    expect(preview.amount).toEqual({ decimal: '40.00', currency: 'usd' });
    expect(preview.facts).toEqual(
      expect.arrayContaining([
        { label: 'For the rest of the period', value: '$15.00 more, counted from 2027-06-16T00:00:00Z' },
        { label: 'Billed now', value: '$15.00' },
        { label: 'Next bill', value: '$40.00 on 2027-07-01' },
        { label: 'If the payment fails', value: 'nothing is changed' },
      ]),
    );
    expect(preview.objects).toContainEqual({ type: 'customer', id: ann, label: 'Ann' });
    expect((await account.plan('update_subscription', input)).preview).toEqual(preview);
    const changed = await foundAgain(account, 'update_subscription', input);
    const [invoice] = (await account.stripe.invoices.list({ customer: ann })).data;
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 1500 });
    await account.undo(changed);
    expect((await hers())?.items.data[0]?.price.unit_amount).toBe(1000);
  });

  test('a declined card leaves everything as it was', async () => {
    const bad = await account.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: ann });
    const before = await account.stripe.customers.retrieve(ann);
    const good = before.deleted ? null : before.invoice_settings.default_payment_method;
    await account.call('set_default_payment_method', { customer: ann, payment_method: bad.id });
    const input = { customer: ann, quantity: 30, proration_behavior: 'always_invoice' };
    expect(await account.refusal('update_subscription', input)).toMatchObject({ code: 'card_declined' });
    expect((await hers())?.items.data[0]?.quantity).toBe(1);
    await account.call('set_default_payment_method', { customer: ann, payment_method: good });
  });

  test('another rhythm is billed at once, with what was not used given back', async () => {
    const input = { customer: ann, product: 'Pro', interval: 'year' };
    const { preview } = await account.plan('update_subscription', input);
    expect(preview.facts).toContainEqual({ label: 'Billed now', value: expect.stringMatching(/^\$3\d\d\./) });
    expect(preview.amount).toEqual({ decimal: '400.00', currency: 'usd' });
  });

  test('without the Invoices row the change is planned, and its cost said to be unknown', async () => {
    const permissions = { subscription: 'write', customer: 'read', plan: 'read', product: 'read' };
    const { secret } = await account.control('restricted_keys', { permissions });
    const limited = account.withKey(secret);
    const { preview } = await limited.plan('update_subscription', { customer: ann, quantity: 2 });
    expect(preview.facts).toContainEqual({
      label: 'Costs',
      value: 'unknown: the key may not preview invoices',
    });
    const input = { customer: ann, quantity: 2 };
    expect(await limited.refusal('preview_subscription_change', input)).toMatchObject({
      code: 'permission_missing',
      details: { permission: 'Invoices (write)' },
    });
  });

  test('of several items the one named is changed', async () => {
    const two = (await account.stripe.customers.create({ name: 'Two', email: 'two@example.com' })).id;
    const prices = (await account.stripe.prices.list({ type: 'recurring' })).data;
    const monthly = prices.filter((price) => price.recurring?.interval === 'month').map(({ id }) => id);
    const made = await account.stripe.subscriptions.create({
      customer: two,
      items: monthly.map((price) => ({ price })),
      ...{ collection_method: 'send_invoice', days_until_due: 14 },
    });
    const error = await account.refusal('update_subscription', { customer: 'Two', quantity: 4 });
    expect(error).toMatchObject({ code: 'several_items', details: { items: { length: 2 } } });
    const item = made.items.data[1]?.id;
    await account.call('update_subscription', { customer: 'Two', quantity: 4, item });
    const after = await account.stripe.subscriptions.retrieve(made.id);
    expect(after.items.data.map(({ id, quantity }) => [id, quantity])).toContainEqual([item, 4]);
  });

  test('how it is collected is set back with its days', async () => {
    await account.call('attach_test_payment_method', { customer: 'Two', card: 'pm_card_visa' });
    const input = { customer: 'Two', collection_method: 'charge_automatically' };
    const changed = await foundAgain(account, 'update_subscription', input);
    await account.undo(changed);
    const two = (await account.stripe.subscriptions.list()).data.find(({ days_until_due: days }) => days);
    expect(two).toMatchObject({ collection_method: 'send_invoice', days_until_due: 14 });
  });
});

describe('pausing', () => {
  test('collection stops until a day, and goes on again', async () => {
    const input = { customer: ann, invoices: 'keep_as_draft', resumes_at: '2027-09-01' };
    const paused = await foundAgain(account, 'pause_collection', input);
    expect((await hers())?.pause_collection).toEqual({
      behavior: 'keep_as_draft',
      resumes_at: Date.UTC(2027, 8, 1) / 1000,
    });
    expect((await account.refusal('pause_collection', { customer: ann })).code).toBe('nothing_to_change');
    const { preview } = await account.plan('resume_subscription', { customer: ann });
    expect(preview.facts).toContainEqual({ label: 'Billed now', value: 'nothing' });
    await account.undo(paused);
    expect((await hers())?.pause_collection).toBeNull();
    expect((await account.refusal('resume_subscription', { customer: ann })).code).toBe('nothing_to_change');
  });

  test('resuming is set back to the pause it was', async () => {
    await account.call('pause_collection', { customer: ann, resumes_at: '2027-09-01' });
    const resumed = await foundAgain(account, 'resume_subscription', { customer: ann });
    await account.undo(resumed);
    expect((await hers())?.pause_collection).toMatchObject({
      behavior: 'void',
      resumes_at: Date.UTC(2027, 8, 1) / 1000,
    });
    await account.call('resume_subscription', { customer: ann });
  });

  test('what stopped after its trial starts a new period', async () => {
    const tim = (await account.stripe.customers.create({ name: 'Tim', email: 'tim@example.com' })).id;
    const { default_price: price } = await account.stripe.products
      .list()
      .then(({ data }) => data.find(({ name }) => name === 'Basic') ?? { default_price: '' });
    const made = await account.stripe.subscriptions.create({
      customer: tim,
      items: [{ price: String(price) }],
      trial_end: Math.floor(Date.now() / 1000) + 86_400,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    await account.stripe.subscriptions.update(made.id, { trial_end: 'now' });
    await account.call('attach_test_payment_method', { customer: 'Tim', card: 'pm_card_visa' });
    expect((await account.stripe.subscriptions.retrieve(made.id)).status).toBe('paused');
    const { preview } = await account.plan('resume_subscription', { customer: 'Tim' });
    expect(preview.facts).toContainEqual({ label: 'Billed now', value: '$10.00' });
    await foundAgain(account, 'resume_subscription', { customer: 'Tim' });
    expect((await account.stripe.subscriptions.retrieve(made.id)).status).toBe('active');
  });
});

describe('discounts', () => {
  test('one is given beside another, shown on the next bill, and taken off again', async () => {
    await account.call('create_coupon', { percent_off: 50, duration: 'forever', name: 'Half' });
    await account.call('create_coupon', {
      amount_off: '1',
      currency: 'usd',
      duration: 'once',
      name: 'Dollar',
    });
    await account.call('apply_discount', { customer: ann, coupon: 'Dollar' });
    const input = { customer: ann, coupon: 'Half' };
    const { preview } = await account.plan('apply_discount', input);
    expect(preview.summary).toBe('Give Ann (ann@example.com) 50% off forever on Basic, $10.00 monthly');
    expect(preview.facts[0]?.value).toMatch(/^\$9\.00 → \$4\.50 on /);
    const given = await foundAgain(account, 'apply_discount', input);
    expect((await hers())?.discounts).toHaveLength(2);
    expect((await account.refusal('apply_discount', input)).code).toBe('nothing_to_change');
    expect((await account.refusal('remove_discount', { customer: ann })).code).toBe('ambiguous');
    expect((await account.call('get_subscription', { customer: ann })).view).toMatchObject({
      discounts: expect.arrayContaining([expect.objectContaining({ discount: '50% off forever' })]),
    });
    await account.undo(given);
    const removed = await foundAgain(account, 'remove_discount', { customer: ann });
    expect(removed.undo).toBeUndefined();
    expect((await hers())?.discounts).toEqual([]);
    expect((await account.refusal('remove_discount', { customer: ann })).code).toBe('not_found');
  });

  test('by its code, and given again after it was taken off', async () => {
    await account.call('create_promotion_code', { coupon: 'Half', code: 'HALF' });
    await account.call('apply_discount', { customer: ann, promotion_code: 'half' });
    const removed = await account.call('remove_discount', { customer: ann, coupon: 'Half' });
    await account.undo(removed);
    expect((await hers())?.discounts).toHaveLength(1);
    await account.call('update_promotion_code', { promotion_code: 'HALF', active: false });
    const again = { customer: 'Two', promotion_code: 'HALF' };
    expect((await account.refusal('apply_discount', again)).code).toBe('inactive');
    await account.call('remove_discount', { customer: ann });
  });
});

describe('ending', () => {
  test('at the end of the period is found by its mark', async () => {
    const ended = await foundAgain(account, 'cancel_subscription_at_period_end', { customer: ann });
    const back = await account.undo(ended);
    await account.undo(back);
    expect((await hers())?.cancel_at_period_end).toBe(true);
  });

  test('now, with the rest credited as previewed, is found by its mark', async () => {
    const input = { customer: ann, prorate: true, invoice_now: true };
    const { preview } = await account.plan('cancel_subscription_now', input);
    expect(preview.facts).toContainEqual({
      label: 'Credited about',
      value: expect.stringMatching(/^\$\d+\.\d\d, counted from 2027-06-16/),
    });
    const id = (await hers())?.id ?? '';
    await foundAgain(account, 'cancel_subscription_now', input);
    const ended = await account.stripe.subscriptions.retrieve(id);
    expect(ended).toMatchObject({ status: 'canceled', metadata: { purser_op: expect.any(String) } });
    expect((await account.refusal('update_subscription', { subscription: id, quantity: 2 })).code).toBe(
      'already_canceled',
    );
  });
});
