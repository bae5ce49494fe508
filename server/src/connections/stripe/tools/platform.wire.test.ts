import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { type TestAccount, testAccount, verifiedSeller } from '../testing.ts';

let account: TestAccount;
let seller: Stripe.Account;
beforeAll(async () => {
  account = await testAccount('sk_test_platform');
  const { stripe } = account;
  seller = await stripe.accounts.create(verifiedSeller);
  await stripe.charges.create({ amount: 100_000, currency: 'usd', source: 'tok_bypassPending' });
});
afterAll(() => account.close());

const transfer = (amount: number) =>
  account.stripe.transfers.create({ amount, currency: 'usd', destination: seller.id });

describe('a platform’s accounts and transfers', () => {
  test('accounts are listed with what they may do and what is missing', async () => {
    const { view } = await account.call('list_connected_accounts', {});
    expect(view).toMatchObject({
      data: [{ id: seller.id, name: 'Pottery', country: 'US', charges_enabled: expect.any(Boolean) }],
      complete: true,
      seen: 1,
    });
  });

  test('transfers are listed with sums only when all were seen', async () => {
    await transfer(1000);
    await transfer(2500);
    const part = await account.call('list_transfers', { limit: 1 });
    expect(part.view).toMatchObject({ complete: false, data: [{ amount: '25.00 USD' }] });
    expect(part.view).not.toHaveProperty('totals');
    const all = await account.call('list_transfers', { destination: seller.id, count_all: true });
    expect(all.view).toMatchObject({ complete: true, seen: 2, totals: { amount: ['35.00 USD'] } });
  });

  test('a reversal takes back what was said and no more, and can be looked up', async () => {
    const made = await transfer(4000);
    const plan = await account.plan('reverse_transfer', { transfer: made.id, amount: '15' });
    expect(plan.preview).toMatchObject({
      summary: `Take $15.00 of $40.00 back from ${seller.id}, transfer ${made.id}`,
      amount: { decimal: '15.00', currency: 'usd' },
    });
    const { before, said, after } = await account.traced('reverse_transfer', {
      transfer: made.id,
      amount: '15',
    });
    expect(before).toBeNull();
    expect(said).toMatchObject({ summary: `Took $15.00 back from ${seller.id}` });
    expect(after).toMatchObject({ view: (said as { view: unknown }).view });
    expect((await account.stripe.transfers.retrieve(made.id)).amount_reversed).toBe(1500);
    const tooMuch = await account.refusal('reverse_transfer', { transfer: made.id, amount: '25.01' });
    expect(tooMuch).toMatchObject({ code: 'amount_too_large', next: 'Reverse at most $25.00.' });
    const other = { transfer: made.id, amount: '10', currency: 'eur' };
    expect(await account.refusal('reverse_transfer', other)).toMatchObject({ code: 'wrong_currency' });
    await account.call('reverse_transfer', { transfer: made.id, full: true });
    expect((await account.stripe.transfers.retrieve(made.id)).reversed).toBe(true);
    const again = await account.refusal('reverse_transfer', { transfer: made.id, full: true });
    expect(again.code).toBe('already_reversed');
  });

  test('neither an amount nor "full" is no amount', () => {
    const { input } = account.tool('reverse_transfer');
    expect(input.safeParse({ transfer: 'tr_1' }).success).toBe(false);
    expect(input.safeParse({ transfer: 'tr_1', amount: '1', full: true }).success).toBe(false);
  });
});

describe('Stripe’s own approvals', () => {
  test('are listed, and one that waits is withdrawn', async () => {
    await account.control('approval_rules', { action: 'refund.create', name: 'All refunds' });
    const charge = await account.stripe.charges.create({
      ...{ amount: 5000, currency: 'usd', source: 'tok_visa' },
    });
    const refused = account.stripe.refunds.create({ charge: charge.id });
    await expect(refused).rejects.toMatchObject({ code: 'approval_required' });
    const { view } = await account.call('list_stripe_approvals', { status: 'requires_review' });
    expect(view).toMatchObject({
      complete: true,
      data: [{ action: 'refund.create', status: 'requires_review', rule: 'All refunds' }],
    });
    const { id } = (view as { data: { id: string }[] }).data[0] ?? { id: '' };
    const { before, said, after } = await account.traced('cancel_stripe_approval', { approval_request: id });
    expect(before).toBeNull();
    expect(said).toMatchObject({ view: { status: 'canceled' } });
    expect(after).toEqual({ ...said, requestIds: expect.any(Array) });
    expect((await account.stripe.refunds.list({ charge: charge.id })).data).toEqual([]);
    const again = await account.refusal('cancel_stripe_approval', { approval_request: id });
    expect(again).toBeInstanceOf(ToolError);
    expect(again.code).toBe('already_decided');
  });
});
