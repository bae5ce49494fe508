import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let stripe: Stripe;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_suspicion_tools');
  stripe = account.stripe;
  bob = (await stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
});
afterAll(() => account.close());

const pay = (card: string, amount = 5000) =>
  stripe.paymentIntents.create({
    ...{ amount, currency: 'usd', customer: bob, payment_method: card, confirm: true },
    allowed_payment_method_types: ['card'],
  });

const limited = async (permissions: Record<string, string>) =>
  account.withKey((await account.control('restricted_keys', { permissions })).secret);

describe('suspected fraud', () => {
  test('a bank’s warning is listed while a refund still helps, and not after it', async () => {
    const { latest_charge: charge } = await pay('pm_card_createIssuerFraudRecord');
    const warnings = async () => (await account.call('list_early_fraud_warnings', { actionable: true })).view;
    expect(await warnings()).toMatchObject({
      ...{ complete: true, seen: 1 },
      data: [
        {
          charge,
          amount: '50.00 USD',
          customer: bob,
          customer_name: 'Bob',
          note: expect.stringContaining('refund'),
        },
      ],
    });
    await account.call('create_refund', { charge, full: true, reason: 'fraudulent' });
    expect(await warnings()).toMatchObject({ seen: 0 });
    const blind = await (await limited({})).refusal('list_early_fraud_warnings', {});
    expect(blind.message).toContain('Early fraud warnings (read)');
  });

  test('a payment in review is approved once, with its amount and payer shown before', async () => {
    const { latest_charge: charge } = await pay('pm_card_riskLevelElevated', 7000);
    const queue = (await account.call('list_reviews', {})).view as { data: { id: string }[] };
    expect(queue.data).toMatchObject([{ charge, amount: '70.00 USD', risk_level: 'elevated', open: true }]);
    const review = queue.data[0]?.id;
    const { preview } = await account.plan('approve_review', { review });
    expect(preview).toMatchObject({
      summary: 'Approve the payment of $70.00 from Bob that is in review',
      facts: expect.arrayContaining([{ label: 'Risk', value: 'elevated' }]),
      objects: [{ id: review }, { id: charge }, { id: bob }],
    });
    await foundAgain(account, 'approve_review', { review });
    expect(await stripe.reviews.retrieve(review ?? '')).toMatchObject({
      open: false,
      closed_reason: 'approved',
    });
    expect((await account.refusal('approve_review', { review })).code).toBe('review_closed');
    const { review: another } = await pay('pm_card_riskLevelElevated', 100);
    const reader = await limited({ reviews: 'read', charges: 'read' });
    const refused = await reader.refusal('approve_review', { review: another });
    expect(refused.message).toContain('Reviews (write)');
  });
});

describe('refunds', () => {
  test('one is read with its payment and customer; money on its way is not called back', async () => {
    const { id } = await pay('pm_card_visa');
    const refund = (await account.call('create_refund', { payment_intent: id, amount: '20' })).objects[0]?.id;
    const read = await account.call('get_refund', { refund });
    expect(read.view).toMatchObject({
      amount: '20.00 USD',
      status: 'succeeded',
      customer: bob,
      customer_name: 'Bob',
    });
    expect((await account.refusal('cancel_refund', { refund })).code).toBe('refund_unexpected_state');
  });

  test('one that waits for the customer is canceled by undo, and the money can be refunded anew', async () => {
    const billing = { name: 'Jenny', email: 'jenny@example.com' };
    const intent = await stripe.paymentIntents.create({
      ...{ amount: 5000, currency: 'jpy', confirm: true, allowed_payment_method_types: ['konbini'] },
      payment_method_data: { type: 'konbini', billing_details: billing },
    });
    const page = intent.next_action?.konbini_display_details?.hosted_voucher_url ?? '';
    await fetch(page, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    const asked = await foundAgain(account, 'create_refund', { payment_intent: intent.id, amount: '1000' });
    expect(asked.view).toMatchObject({
      amount: '1000 JPY',
      status: 'requires_action',
      note: expect.any(String),
    });
    const canceled = await account.undo(asked);
    expect(canceled.summary).toBe('Canceled the refund of ¥1,000');
    const again = await account.call('create_refund', { payment_intent: intent.id, full: true });
    expect(again.view).toMatchObject({ amount: '5000 JPY' });
    await foundAgain(account, 'cancel_refund', { refund: again.objects[0]?.id });
  });
});

describe('money of the business', () => {
  test('no more than is available goes to the bank, and comes back while it is pending', async () => {
    const nothing = await account.refusal('create_payout', { amount: '1', currency: 'usd' });
    expect(nothing.message).toBe('Nothing is available in USD.');
    await pay('pm_card_bypassPending', 100_000);
    const tooMuch = await account.refusal('create_payout', { amount: '99999', currency: 'usd' });
    expect(tooMuch).toMatchObject({
      code: 'balance_insufficient',
      details: { available: expect.stringMatching(/^\$/) },
    });
    const { preview } = await account.plan('create_payout', { amount: '500', currency: 'usd' });
    expect(preview).toMatchObject({
      summary: 'Pay out $500.00 to the bank account of the business',
      amount: { decimal: '500.00', currency: 'usd' },
    });
    const sent = await foundAgain(account, 'create_payout', { amount: '500', currency: 'usd' });
    const id = sent.objects[0]?.id ?? '';
    expect((await account.call('get_payout', { payout: id })).view).toMatchObject({
      ...{ id, amount: '500.00 USD', status: 'pending', automatic: false },
    });
    await account.undo(sent);
    expect((await stripe.payouts.retrieve(id)).status).toBe('canceled');
    expect((await account.refusal('cancel_payout', { payout: id })).code).toBe('payout_unexpected_state');
    const next = await account.call('create_payout', { amount: '5', currency: 'usd' });
    await foundAgain(account, 'cancel_payout', { payout: next.objects[0]?.id });
    const write = account.tool('create_payout');
    if (write.effect === 'read') throw new Error('It only reads.');
    expect(write.withAmount?.({ amount: '5', currency: 'usd' }, '4.00')).toMatchObject({ amount: '4.00' });
  });

  test('movements are told by what they came of', async () => {
    const { latest_charge: source } = await pay('pm_card_visa', 1234);
    const { view } = await account.call('list_balance_transactions', { source });
    expect(view).toMatchObject({
      complete: true,
      data: [{ source, amount: '12.34 USD' }],
      totals: { amount: ['12.34 USD'] },
    });
  });
});
