import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_invoice_tools');
  bob = (await account.stripe.customers.create({ name: 'Bob Loblaw', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
});
afterAll(() => account.close());

describe('invoices', () => {
  test('a draft with one line, finalized, sent and paid', async () => {
    const drafted = await account.call('create_invoice', {
      customer: 'Bob Loblaw',
      amount: '300',
      currency: 'usd',
      description: 'design work',
    });
    expect(drafted.view).toMatchObject({
      status: 'draft',
      total: '300.00 USD',
      lines: [{ description: 'design work', amount: '300.00 USD' }],
    });
    const id = drafted.objects[0]?.id;
    await account.call('create_invoice_item', {
      customer: bob,
      invoice: id,
      amount: '0.5',
      currency: 'usd',
      description: 'stamps',
    });
    expect((await account.call('get_invoice', { invoice: id })).view).toMatchObject({ total: '300.50 USD' });
    expect((await account.refusal('pay_invoice', { invoice: id })).code).toBe('invoice_unexpected_state');
    expect((await account.call('finalize_invoice', { invoice: id })).view).toMatchObject({
      status: 'open',
      number: expect.any(String),
    });
    expect((await account.call('send_invoice', { invoice: id })).summary).toContain('to bob@example.com');
    expect((await account.call('pay_invoice', { invoice: id })).view).toMatchObject({
      status: 'paid',
      amount_paid: '300.50 USD',
    });
    expect((await account.refusal('void_invoice', { invoice: id })).code).toBe('invoice_unexpected_state');
  });

  test('overdue ones and no others, with what remains', async () => {
    const due = await account.call('create_invoice', {
      customer: bob,
      amount: '40',
      currency: 'usd',
      description: 'late',
    });
    await account.call('finalize_invoice', { invoice: due.objects[0]?.id });
    expect((await account.call('list_invoices', { overdue: true })).view).toMatchObject({
      complete: true,
      seen: 0,
      data: [],
    });
    const inTwoMonths = account.at(new Date(Date.now() + 60 * 86_400_000));
    expect((await inTwoMonths.call('list_invoices', { overdue: true })).view).toMatchObject({
      complete: true,
      data: [{ id: due.objects[0]?.id, customer_name: 'Bob Loblaw', amount_remaining: '40.00 USD' }],
      totals: { remaining: ['40.00 USD'] },
    });
    expect(
      (await account.call('list_invoices', { status: 'open', customer: bob, count_all: true })).view,
    ).toMatchObject({ totals: { remaining: expect.arrayContaining([expect.stringContaining('USD')]) } });
    expect((await account.call('void_invoice', { invoice: due.objects[0]?.id })).view).toMatchObject({
      status: 'void',
    });
  });
});

describe('coupons and links', () => {
  test('20% off, once', async () => {
    const made = await account.call('create_coupon', { percent_off: 20, duration: 'once' });
    expect(made.view).toMatchObject({ percent_off: 20, duration: 'once' });
    expect((await account.stripe.coupons.list()).data).toEqual([
      expect.objectContaining({ percent_off: 20, duration: 'once' }),
    ]);
  });
});
