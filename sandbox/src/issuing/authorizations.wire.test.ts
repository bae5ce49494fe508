import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox } from '../index.ts';
import {
  cardholderParams,
  cardMoney,
  clientOf,
  eventTypes,
  fundCards,
  issueCard,
} from '../testing/issuer.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
let count = 0;
let stripe: Stripe;
beforeEach(() => {
  now = start;
  stripe = clientOf(sandbox, `sk_test_issuing_auth${count++}`);
});
/** More than there is. */
const unlimited = { spending_limits: [{ amount: 9_000_000, interval: 'daily' as const }] };
const helper = () => stripe.testHelpers.issuing.authorizations;

describe('a purchase that is approved', () => {
  test('holds the money until it is captured', async () => {
    const card = await issueCard(stripe);
    const made = await helper().create({
      card: card.id,
      amount: 1000,
      merchant_data: { category: 'bakeries', name: 'Buns' },
    });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^iauth_/),
      amount: 1000,
      approved: true,
      status: 'pending',
      authorization_method: 'online',
      card_presence: 'not_present',
      card: { id: card.id },
      cardholder: card.cardholder.id,
      merchant_data: { category: 'bakeries', category_code: '5462', name: 'Buns', country: 'US' },
      pending_request: null,
      request_history: [
        {
          amount: 1000,
          approved: true,
          reason: 'card_active',
          authorization_code: expect.stringMatching(/^S\d{6}$/),
        },
      ],
      balance_transactions: [
        { amount: -1000, type: 'issuing_authorization_hold', balance_type: 'issuing', source: made.id },
      ],
    });
    expect(await cardMoney(stripe)).toBe(499_000);
    const taken = await helper().capture(made.id);
    expect(taken).toMatchObject({
      status: 'closed',
      amount: 1000,
      balance_transactions: [{ amount: -1000 }, { amount: 1000, type: 'issuing_authorization_release' }],
      transactions: [{ amount: -1000, type: 'capture', authorization: made.id, merchant_amount: -1000 }],
    });
    expect(await cardMoney(stripe)).toBe(499_000);
    const [event] = (await stripe.events.list({ type: 'issuing_authorization.updated' })).data;
    expect(event?.data.previous_attributes).toMatchObject({ status: 'pending', transactions: [] });
    await expect(helper().capture(made.id)).rejects.toThrow('This authorization is closed.');
    expect((await eventTypes(stripe)).slice(-3)).toEqual([
      'issuing_authorization.created',
      'issuing_transaction.created',
      'issuing_authorization.updated',
    ]);
    const [first] = (await stripe.issuing.transactions.list({ card: card.id })).data;
    expect(
      await stripe.issuing.transactions.retrieve(first?.id ?? '', { expand: ['balance_transaction.source'] }),
    ).toMatchObject({
      balance_transaction: { net: -1000, type: 'issuing_transaction', source: { id: first?.id } },
    });
  });

  test('is captured in parts, and what is left is given up', async () => {
    const card = await issueCard(stripe);
    const { id } = await helper().create({ card: card.id, amount: 1000 });
    const part = await helper().capture(id, { capture_amount: 400, close_authorization: false });
    expect(part.status).toBe('pending');
    expect(await cardMoney(stripe)).toBe(499_000);
    expect(await helper().reverse(id)).toMatchObject({ status: 'closed', amount: 400 });
    expect(await cardMoney(stripe)).toBe(499_600);
  });

  test('is reversed in part and then wholly', async () => {
    const card = await issueCard(stripe);
    const { id } = await helper().create({ card: card.id, amount: 1000 });
    await expect(helper().reverse(id, { reverse_amount: 1001 })).rejects.toMatchObject({
      param: 'reverse_amount',
    });
    expect(await helper().reverse(id, { reverse_amount: 300 })).toMatchObject({
      status: 'pending',
      amount: 700,
    });
    expect(await helper().reverse(id)).toMatchObject({ status: 'reversed', amount: 0 });
    expect(await cardMoney(stripe)).toBe(500_000);
    expect((await stripe.issuing.authorizations.list({ status: 'reversed' })).data).toMatchObject([{ id }]);
  });

  test('grows by what the seller asks for in addition, as far as there is money', async () => {
    const card = await issueCard(stripe, { spending_controls: unlimited });
    const { id } = await helper().create({ card: card.id, amount: 1000 });
    expect(await helper().increment(id, { increment_amount: 500 })).toMatchObject({
      amount: 1500,
      request_history: [{ amount: 1000 }, { amount: 500, approved: true }],
      balance_transactions: [{ amount: -1000 }, { amount: -500 }],
    });
    expect(await helper().increment(id, { increment_amount: 500_000 })).toMatchObject({
      amount: 1500,
      approved: true,
      status: 'pending',
      request_history: [{}, {}, { approved: false, reason: 'insufficient_funds', authorization_code: null }],
    });
    expect(await cardMoney(stripe)).toBe(498_500);
  });

  test('at a pump comes to what was filled in', async () => {
    const card = await issueCard(stripe);
    const { id } = await helper().create({ card: card.id, amount: 10_000, authorization_method: 'chip' });
    expect(
      await helper().finalizeAmount(id, { final_amount: 4200, fuel: { type: 'diesel', unit: 'liter' } }),
    ).toMatchObject({ amount: 4200, fuel: { type: 'diesel' }, card_presence: 'present' });
    expect(await cardMoney(stripe)).toBe(495_800);
  });

  test('expires when it is never captured: after a week, or a month at a hotel', async () => {
    const card = await issueCard(stripe);
    const { id } = await helper().create({ card: card.id, amount: 1000 });
    const hotel = await helper().create({
      card: card.id,
      amount: 2000,
      merchant_data: { category: 'hotels_motels_and_resorts' },
    });
    now += 7 * day * 1000;
    expect(await stripe.issuing.authorizations.retrieve(id)).toMatchObject({ status: 'expired', amount: 0 });
    expect(await cardMoney(stripe)).toBe(498_000);
    expect(await helper().expire(hotel.id)).toMatchObject({ status: 'expired' });
    expect(await cardMoney(stripe)).toBe(500_000);
  });

  test('in another currency is held in the card’s own', async () => {
    const card = await issueCard(stripe);
    const made = await helper().create({ card: card.id, merchant_amount: 10_000, merchant_currency: 'jpy' });
    expect(made).toMatchObject({
      amount: 6410,
      currency: 'usd',
      merchant_amount: 10_000,
      merchant_currency: 'jpy',
    });
    const { transactions } = await helper().capture(made.id);
    expect(transactions).toMatchObject([
      { amount: -6410, merchant_amount: -10_000, merchant_currency: 'jpy' },
    ]);
  });

  test('may cost more in the end than there is: the rest is fetched from the bank', async () => {
    const card = await issueCard(stripe);
    const { id } = await helper().create({ card: card.id, amount: 1000 });
    await helper().capture(id, { capture_amount: 500_100 });
    expect(await cardMoney(stripe)).toBe(0);
    expect((await stripe.topups.list()).data).toMatchObject([{ amount: 100, status: 'succeeded' }, {}]);
  });
});

type Wish = Omit<Parameters<Stripe['testHelpers']['issuing']['authorizations']['create']>[0], 'card'>;
describe('a purchase is declined', () => {
  test.each<[reason: string, wish: Wish, change: Stripe.Issuing.CardUpdateParams]>([
    ['card_inactive', {}, { status: 'inactive' }],
    ['card_canceled', {}, { status: 'canceled', cancellation_reason: 'stolen' }],
    ['verification_failed', { verification_data: { cvc_check: 'mismatch' } }, {}],
    ['suspected_fraud', { risk_assessment: { fraud_risk: { level: 'highest' } } }, {}],
    ['spending_controls', { amount: 50_001 }, {}],
    ['spending_controls', {}, { spending_controls: { blocked_categories: ['taxicabs_limousines'] } }],
    ['insufficient_funds', { amount: 500_001 }, { spending_controls: unlimited }],
  ])('with %s', async (reason, wish, change) => {
    const card = await issueCard(stripe);
    await stripe.issuing.cards.update(card.id, change);
    const made = await helper().create({ card: card.id, amount: 1000, ...wish });
    expect(made).toMatchObject({
      approved: false,
      status: 'closed',
      amount: wish.amount ?? 1000,
      balance_transactions: [],
      request_history: [{ approved: false, reason, authorization_code: null }],
    });
    expect(await cardMoney(stripe)).toBe(500_000);
    expect(await eventTypes(stripe)).not.toContain('issuing_authorization.request');
    for (const act of [helper().capture(made.id), helper().increment(made.id, { increment_amount: 1 })])
      await expect(act).rejects.toMatchObject({ statusCode: 400, param: 'authorization' });
  });

  test('for what the cardholder may not, and with an expired card', async () => {
    const card = await issueCard(stripe);
    const reason = async () =>
      (await helper().create({ card: card.id, amount: 5 })).request_history[0]?.reason;
    await stripe.issuing.cardholders.update(card.cardholder.id, {
      spending_controls: { blocked_merchant_countries: ['US'] },
    });
    expect(await reason()).toBe('spending_controls');
    await stripe.issuing.cardholders.update(card.cardholder.id, { status: 'inactive' });
    expect(await reason()).toBe('cardholder_inactive');
    now = Date.UTC(2030, 1, 1);
    expect(await reason()).toBe('card_expired');
  });

  test('when the day’s limit is spent, until the next day begins', async () => {
    const card = await issueCard(stripe);
    const approved = async (amount: number) => (await helper().create({ card: card.id, amount })).approved;
    expect([await approved(30_000), await approved(20_001), await approved(20_000)]).toEqual([
      true,
      false,
      true,
    ]);
    now += 12 * 3600 * 1000;
    expect(await approved(50_000)).toBe(true);
  });

  test('after as many payments as a card was made for', async () => {
    const card = await issueCard(stripe, { lifecycle_controls: { cancel_after: { payment_count: 2 } } });
    await helper().create({ card: card.id, amount: 0 });
    await helper().create({ card: card.id, amount: 10 });
    const second = await helper().create({ card: card.id, amount: 10 });
    expect(second).toMatchObject({ approved: true, card: { status: 'canceled' } });
    expect((await helper().create({ card: card.id, amount: 10 })).request_history[0]?.reason).toBe(
      'card_canceled',
    );
  });
});

test('a cardholder who says that it was no fraud may try again at the same seller', async () => {
  const card = await issueCard(stripe);
  const wish = { card: card.id, amount: 10, risk_assessment: { fraud_risk: { level: 'highest' as const } } };
  const made = await helper().create(wish);
  expect(made.fraud_challenges).toEqual([{ channel: 'sms', status: 'pending', undeliverable_reason: null }]);
  expect((await helper().respond(made.id, { confirmed: true })).fraud_challenges).toMatchObject([
    { status: 'verified' },
  ]);
  await expect(helper().respond(made.id, { confirmed: true })).rejects.toThrow('no pending fraud challenge');
  expect(await helper().create(wish)).toMatchObject({ approved: true, verified_by_fraud_challenge: true });
  expect((await helper().create({ ...wish, merchant_data: { network_id: '99' } })).approved).toBe(false);
});

test('money for cards is no money for payouts, and comes by top-up or bank transfer', async () => {
  await stripe.topups.create({ amount: 700, currency: 'usd', ...{ destination_balance: 'issuing' } });
  expect((await stripe.balance.retrieve()).issuing).toBeUndefined();
  now += day * 1000;
  expect(await cardMoney(stripe)).toBe(700);
  await fundCards(stripe, 300);
  const balance = await stripe.balance.retrieve();
  expect(balance.issuing?.available).toMatchObject([{ amount: 1000, currency: 'usd' }]);
  expect(balance.available).toMatchObject([{ amount: 0 }]);
  await expect(stripe.payouts.create({ amount: 100, currency: 'usd' })).rejects.toMatchObject({
    code: 'balance_insufficient',
  });
  const bank = await stripe.rawRequest('POST', '/v1/issuing/funding_instructions', {
    currency: 'eur',
    funding_type: 'bank_transfer',
    bank_transfer: { type: 'eu_bank_transfer' },
  });
  expect(bank).toMatchObject({ object: 'funding_instructions', bank_transfer: { type: 'eu_bank_transfer' } });
});

test('a key without the permission neither reads nor expands what is about cards', async () => {
  const card = await issueCard(stripe);
  const { id } = await helper().capture((await helper().create({ card: card.id, amount: 10 })).id);
  const control = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
    method: 'POST',
    headers: { authorization: `Bearer sk_test_issuing_auth${count - 1}` },
    body: JSON.stringify({ permissions: { issuing_authorizations: 'read' } }),
  });
  const { secret } = (await control.json()) as { secret: string };
  const limited = clientOf(sandbox, secret);
  expect(await limited.issuing.authorizations.retrieve(id)).toMatchObject({ id });
  await expect(limited.issuing.cards.list()).rejects.toThrow("'rak_issuing_card_read'");
  await expect(limited.issuing.authorizations.retrieve(id, { expand: ['cardholder'] })).rejects.toThrow(
    "'rak_issuing_cardholder_read'",
  );
  expect((await stripe.issuing.cardholders.list()).data[0]?.name).toBe(cardholderParams.name);
});
