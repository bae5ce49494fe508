import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
/** Three weeks on, when every grace of two weeks is over. */
let later: TestAccount;

beforeAll(async () => {
  account = await testAccount('sk_test_dunning_tools');
  later = account.at(new Date(Date.now() + 21 * 86_400_000));
  for (const [name, amount] of [
    ['Pro', '40'],
    ['Free', '0'],
  ])
    await account.call('create_product', { name, amount, currency: 'usd', interval: 'month' });
});
afterAll(() => account.close());

/** A customer whose card is declined with the next invoice of a running subscription. */
async function late(name: string, card: string): Promise<{ customer: string; subscription: string }> {
  const customer = (
    await account.stripe.customers.create({ name, email: `${name.toLowerCase()}@example.com` })
  ).id;
  await account.call('attach_test_payment_method', { customer, card: 'pm_card_visa' });
  const made = await account.call('create_subscription', { customer, product: 'Pro' });
  const subscription = made.objects[0]?.id ?? '';
  await account.call('attach_test_payment_method', { customer, card });
  await account.stripe.invoiceItems.create({ customer, subscription, amount: 4000, currency: 'usd' });
  const invoice = await account.stripe.invoices.create({
    customer,
    subscription,
    pending_invoice_items_behavior: 'include',
  });
  await account.stripe.invoices.finalizeInvoice(invoice.id);
  await account.stripe.invoices.pay(invoice.id).catch(() => undefined);
  return { customer, subscription };
}

describe('a message about an unpaid invoice', () => {
  test('says what helps by the class of the decline', async () => {
    const cases = [
      ['Ann', '4000 0000 0000 0341', 'other_method', /declined.*another card/s],
      ['Lee', '4000 0027 6000 3184', 'authenticate', /wants you to confirm/],
    ] as const;
    for (const [name, card, decline, words] of cases) {
      const { customer } = await late(name, card);
      const { view, summary } = await account.call('draft_dunning_message', { customer });
      expect(view).toMatchObject({
        to: `${name.toLowerCase()}@example.com`,
        sent: false,
        subject: expect.stringContaining('$40.00'),
        text: expect.stringMatching(words),
        decline_class: decline,
        attempts: 1,
      });
      expect(summary).toMatch(/it is not sent$/);
    }
  });

  test('links the page to pay on and, where there is one, the portal', async () => {
    const { customer } = await late('Max', '4000 0000 0000 0341');
    const [invoice] = (await account.stripe.invoices.list({ customer, status: 'open' })).data;
    const without = (await account.call('draft_dunning_message', { customer })).view;
    expect(without).toMatchObject({ payment_page: invoice?.hosted_invoice_url });
    expect(without).not.toHaveProperty('portal_page');
    const { secret } = await account.control('restricted_keys', {
      permissions: { invoice: 'read', customer: 'read' },
    });
    const limited = await account.withKey(secret).call('draft_dunning_message', { invoice: invoice?.id });
    expect(limited.view).toMatchObject({
      text: expect.stringContaining(invoice?.hosted_invoice_url ?? 'none'),
    });
  });

  test('about what nobody tried to collect asks to pay, and about what is paid there is none', async () => {
    await account.stripe.customers.create({ name: 'Zoe', email: 'zoe@example.com' });
    const made = await account.call('create_invoice', { customer: 'Zoe', amount: '12', currency: 'usd' });
    const invoice = made.objects[0]?.id;
    await account.call('finalize_invoice', { invoice });
    const { view } = await account.call('draft_dunning_message', { invoice });
    expect(view).toMatchObject({
      text: expect.stringMatching(
        /^Hello Zoe,\n\nthe invoice .* over \$12\.00 is still open; it was due on /,
      ),
    });
    await account.call('pay_invoice', { invoice, paid_out_of_band: true });
    expect((await account.refusal('draft_dunning_message', { invoice })).code).toBe(
      'invoice_unexpected_state',
    );
  });
});

describe('a grace period', () => {
  test('is not over for anybody at first', async () => {
    const input = { grace_days: 14, action: 'cancel' };
    expect((await account.refusal('apply_grace_policy', input)).code).toBe('nothing_to_do');
  });

  test('over, every row is shown, all are moved as one, and the mark finds them', async () => {
    const input = { grace_days: 14, action: 'downgrade', downgrade_to: 'Free' };
    const { preview } = await later.plan('apply_grace_policy', input);
    expect(preview.summary).toBe('Move 3 subscriptions unpaid for 14 days to Free, $0.00 monthly');
    expect(preview.facts).toContainEqual({
      label: 'Ann (ann@example.com)',
      value: expect.stringMatching(
        /^Pro, \$40\.00 monthly; \$40\.00 unpaid since \d{4}-\d\d-\d\d → Free, \$0\.00 monthly$/,
      ),
    });
    expect(
      preview.objects
        .filter(({ type }) => type === 'customer')
        .map(({ label }) => label)
        .sort(),
    ).toEqual(['Ann', 'Lee', 'Max']);
    expect((await later.plan('apply_grace_policy', input)).preview).toEqual(preview);
    const moved = await foundAgain(later, 'apply_grace_policy', input);
    expect(moved.summary).toBe('Moved 3 unpaid subscriptions to Free, $0.00 monthly');
    const all = (await account.stripe.subscriptions.list()).data;
    expect(all.map(({ items }) => items.data[0]?.price.unit_amount)).toEqual([0, 0, 0]);
    expect((await later.refusal('apply_grace_policy', input)).code).toBe('nothing_to_do');
  });

  test('one that cannot be moved is left out and named; one customer alone can be meant', async () => {
    const { customer, subscription } = await late('Two', '4000 0000 0000 0341');
    const extra = (
      await account.call('create_product', { name: 'Extra', amount: '5', currency: 'usd', interval: 'month' })
    ).objects[1];
    await account.stripe.subscriptionItems.create({
      subscription,
      price: extra?.id ?? '',
      proration_behavior: 'none',
    });
    const input = { grace_days: 14, action: 'downgrade', downgrade_to: 'Free', customer };
    expect(await later.refusal('apply_grace_policy', input)).toMatchObject({
      code: 'nothing_to_do',
      details: { left_out: ['Left out: Two (two@example.com): the subscription has 2 items'] },
    });
    await account.call('create_price', { product: 'Free', amount: '0', currency: 'usd', interval: 'year' });
    const [yearly] = (await account.stripe.prices.list({ recurring: { interval: 'year' } })).data;
    const other = await late('Jon', '4000 0000 0000 0341');
    const often = { ...input, downgrade_to: undefined, price: yearly?.id, customer: other.customer };
    expect(await later.refusal('apply_grace_policy', often)).toMatchObject({
      details: { left_out: ['Left out: Jon (jon@example.com): the subscription is billed monthly'] },
    });
    await account.call('cancel_subscription_now', { customer: other.customer });
    const ended = await foundAgain(later, 'apply_grace_policy', {
      grace_days: 14,
      action: 'cancel',
      customer,
    });
    expect(ended.view).toMatchObject({
      done: [{ subscription, status: 'canceled', customer_name: 'Two' }],
      refused: [],
    });
    const [invoice] = (await account.stripe.invoices.list({ customer, status: 'open' })).data;
    expect(invoice).toBeDefined();
  });

  test('a row that Stripe refuses does not hold the others up, and is told', async () => {
    const input = { grace_days: 14, action: 'cancel' };
    const { sealed } = await later.plan('apply_grace_policy', input);
    const gone = (sealed as { rows: { id: string }[] }).rows[0]?.id ?? '';
    await account.control('faults', { path: `/v1/subscriptions/${gone}`, status: 400, times: 2 });
    const tool = later.tool('apply_grace_policy');
    if (tool.effect === 'read') throw new Error('It only reads.');
    const context = {
      operationId: 'op_grace',
      threadId: 'thr_grace',
      idempotencyKey: (part = 0) => `op_grace.${part}`,
    };
    const outcome = await tool.act(sealed, context);
    expect(outcome.summary).toBe('Ended 2 unpaid subscriptions; 1 could not be');
    expect(outcome.view).toMatchObject({ refused: [{ subscription: gone, why: expect.any(String) }] });
    await expect(tool.find?.(sealed, { operationId: 'op_grace', since: new Date() })).rejects.toMatchObject({
      code: 'unclear',
    });
  });

  test('without the rows for it nothing is planned', async () => {
    const { secret } = await account.control('restricted_keys', { permissions: { invoice: 'read' } });
    const limited = account.withKey(secret);
    expect((await limited.refusal('draft_dunning_message', { customer: 'Zoe' })).details.permission).toBe(
      'Customers (read)',
    );
    const none = await account.control('restricted_keys', { permissions: { customer: 'read' } });
    const error = await account
      .withKey(none.secret)
      .refusal('apply_grace_policy', { grace_days: 1, action: 'cancel' });
    expect(error.details.permission).toBe('Invoices (read)');
  });
});
