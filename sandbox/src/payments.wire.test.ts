import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from './clock.ts';
import { createSandbox } from './index.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  now = start;
  stripe = new Stripe(`sk_test_payments${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});
const pass = (days: number) => {
  now += days * day * 1000;
};

/** A payment made and confirmed at once with a card. */
function pay(card: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  return stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: card,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
}
async function refusal(promise: Promise<unknown>) {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}

describe('a payment', () => {
  test('that succeeds is charged, its fee taken, and available two days on', async () => {
    const intent = await pay('pm_card_visa', { expand: ['latest_charge.balance_transaction'] });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 5000 });
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge).toMatchObject({
      paid: true,
      captured: true,
      outcome: { type: 'authorized' },
      payment_method_details: { card: { last4: '4242' } },
    });
    expect(charge.balance_transaction).toMatchObject({
      amount: 5000,
      fee: 175,
      net: 4825,
      status: 'pending',
      type: 'charge',
    });
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 4825, currency: 'usd' }]);
    pass(2);
    expect(await stripe.balance.retrieve()).toMatchObject({
      available: [{ amount: 4825 }],
      pending: [{ amount: 0 }],
    });
    expect((await stripe.events.list({ type: 'balance.available' })).data).toHaveLength(1);
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
  ])('with %s is refused and leaves its trace', async (card, code, declineCode) => {
    const error = await refusal(pay(card));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ code, decline_code: declineCode });
    const intent = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: declineCode },
    });
    expect((await stripe.charges.list()).data).toMatchObject([{ status: 'failed', failure_code: code }]);
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    const [event] = (await stripe.events.list({ type: 'payment_intent.payment_failed' })).data;
    expect(event?.data.object).toMatchObject({ id: intent.id });
  });

  test('takes test numbers, refuses others without repeating them', async () => {
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4000056655665556', exp_month: 12, exp_year: 2030, cvc: '123' },
    });
    expect(method.card).toMatchObject({ funding: 'debit', last4: '5556' });
    const wrong = await refusal(
      stripe.paymentMethods.create({
        type: 'card',
        card: { number: '4242424242424241', exp_month: 12, exp_year: 2030 },
      }),
    );
    expect(wrong).toMatchObject({ code: 'incorrect_number' });
    const live = await refusal(
      stripe.paymentMethods.create({
        type: 'card',
        card: { number: '4111111111111111', exp_month: 12, exp_year: 2030 },
      }),
    );
    expect(live).toMatchObject({ decline_code: 'test_mode_live_card' });
    expect(JSON.stringify([wrong.raw, live.raw])).not.toMatch(/4242424242424241|4111111111111111/);
  });

  test('goes through 3DS on the hosted page', async () => {
    const intent = await pay('pm_card_authenticationRequired', { return_url: 'https://shop.example/done' });
    expect(intent.status).toBe('requires_action');
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    expect(await (await sandbox.fetch(url)).text()).toContain('3D Secure');
    const done = await sandbox.fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
    });
    expect(done.status).toBe(303);
    expect(done.headers.get('location')).toContain('redirect_status=succeeded');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    const second = await pay('pm_card_authenticationRequired', { return_url: 'https://shop.example/done' });
    await sandbox.fetch(second.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'fail' }),
    });
    expect(await stripe.paymentIntents.retrieve(second.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  test('off session: a card that needs the customer is refused, one that was set up is not', async () => {
    const customer = await stripe.customers.create({});
    expect(await refusal(pay('pm_card_authenticationRequired', { off_session: true }))).toMatchObject({
      code: 'authentication_required',
    });
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      confirm: true,
      allowed_payment_method_types: ['card'],
      return_url: 'https://shop.example',
    });
    expect(setup.status).toBe('requires_action');
    await sandbox.fetch(setup.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
    });
    const done = await stripe.setupIntents.retrieve(setup.id);
    expect(done.status).toBe('succeeded');
    const later = await pay(done.payment_method as string, { customer: customer.id, off_session: true });
    expect(later.status).toBe('succeeded');
  });

  test('is held, captured in part, or let go', async () => {
    const held = await pay('pm_card_visa', { capture_method: 'manual' });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 5000 });
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    await expect(stripe.paymentIntents.capture(held.id, { amount_to_capture: 5001 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    expect(await stripe.paymentIntents.capture(held.id, { amount_to_capture: 3000 })).toMatchObject({
      status: 'succeeded',
      amount_received: 3000,
    });
    await expect(stripe.refunds.create({ payment_intent: held.id, amount: 3001 })).rejects.toThrow(
      /greater than/,
    );
    const other = await pay('pm_card_visa', { capture_method: 'manual' });
    expect(await stripe.paymentIntents.cancel(other.id, { cancellation_reason: 'abandoned' })).toMatchObject({
      status: 'canceled',
    });
    const forgotten = await pay('pm_card_visa', { capture_method: 'manual' });
    pass(8);
    expect(await stripe.paymentIntents.retrieve(forgotten.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
  });

  test('cannot be confirmed, captured or cancelled out of turn', async () => {
    const bare = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      allowed_payment_method_types: ['card'],
    });
    await expect(stripe.paymentIntents.confirm(bare.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await expect(stripe.paymentIntents.capture(bare.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const done = await pay('pm_card_visa');
    await expect(stripe.paymentIntents.cancel(done.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await expect(stripe.paymentIntents.create({ amount: 49, currency: 'usd' })).rejects.toMatchObject({
      code: 'amount_too_small',
    });
    await expect(
      stripe.paymentIntents.create({
        amount: 5000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
      }),
    ).rejects.toMatchObject({ param: 'return_url' });
  });
});

describe('a customer’s card', () => {
  test('is attached, becomes the default, and fails only when charged', async () => {
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    const settled = await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: card?.id ?? '' },
      expand: ['invoice_settings.default_payment_method'],
    });
    expect(settled.invoice_settings.default_payment_method).toMatchObject({ id: card?.id });
    expect(
      await refusal(stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer: customer.id })),
    ).toMatchObject({ code: 'card_declined' });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    expect(await refusal(pay(bad.id, { customer: customer.id }))).toMatchObject({ code: 'card_declined' });
    await expect(pay(card?.id ?? '')).rejects.toThrow(/belongs to the Customer/);
    await stripe.paymentMethods.detach(bad.id);
    await expect(stripe.paymentMethods.attach(bad.id, { customer: customer.id })).rejects.toThrow(
      /may not be used again/,
    );
  });

  test('a refused card leaves no half-made customer', async () => {
    await expect(
      stripe.customers.create({ payment_method: 'pm_card_visa_chargeDeclined' }),
    ).rejects.toMatchObject({ code: 'card_declined' });
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});

describe('afterwards', () => {
  test('refunds add up to the charge and no further', async () => {
    const intent = await pay('pm_card_visa');
    await stripe.refunds.create({ payment_intent: intent.id, amount: 2000, reason: 'requested_by_customer' });
    const last = await stripe.refunds.create({
      charge: intent.latest_charge as string,
      expand: ['charge.refunds'],
    });
    expect(last).toMatchObject({
      amount: 3000,
      status: 'succeeded',
      charge: { refunded: true, amount_refunded: 5000 },
    });
    expect((last.charge as Stripe.Charge).refunds?.data).toHaveLength(2);
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: -175 }]);
  });

  test('a refund the bank rejects comes back', async () => {
    const intent = await pay('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    pass(1);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed' });
    expect(await stripe.charges.retrieve(intent.latest_charge as string)).toMatchObject({
      refunded: false,
      amount_refunded: 0,
    });
  });

  test.each([
    ['winning_evidence', 'won', 5000 - 175 - 1500],
    ['losing_evidence', 'lost', -175 - 1500],
  ])('a dispute answered with %s is %s', async (evidence, status, left) => {
    const intent = await pay('pm_card_createDispute');
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
    expect(dispute).toMatchObject({ amount: 5000, reason: 'fraudulent', status: 'needs_response' });
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
    const staged = await stripe.disputes.update(dispute?.id ?? '', {
      evidence: { uncategorized_text: evidence },
      submit: false,
    });
    expect(staged.status).toBe('needs_response');
    expect((await stripe.disputes.update(dispute?.id ?? '', { submit: true })).status).toBe(status);
    await expect(
      stripe.disputes.update(dispute?.id ?? '', { evidence: { uncategorized_text: 'more' } }),
    ).rejects.toThrow(/closed/);
    pass(3);
    expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: left }]);
  });

  test('a dispute nobody answers is lost at its deadline', async () => {
    await pay('pm_card_createDisputeProductNotReceived');
    pass(12);
    expect((await stripe.disputes.list()).data).toMatchObject([
      { status: 'lost', evidence_details: { past_due: true } },
    ]);
  });

  test('payouts send what is available and no more', async () => {
    await pay('pm_card_bypassPending');
    await expect(stripe.payouts.create({ amount: 4826, currency: 'usd' })).rejects.toMatchObject({
      code: 'balance_insufficient',
    });
    const payout = await stripe.payouts.create({ amount: 4000, currency: 'usd' });
    expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 825 }]);
    pass(5);
    expect((await stripe.payouts.retrieve(payout.id)).status).toBe('paid');
  });

  test('payouts happen by themselves once a schedule is set', async () => {
    await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: 'daily' } } } });
    await pay('pm_card_visa');
    pass(3);
    expect((await stripe.payouts.list()).data).toMatchObject([{ amount: 4825, automatic: true }]);
    expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 0 }]);
    await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: 'manual' } } } });
    await pay('pm_card_visa');
    pass(10);
    expect((await stripe.payouts.list()).data).toHaveLength(1);
  });

  test('expanding needs permission to read what is expanded', async () => {
    const key = `sk_test_payments${count - 1}`;
    const customer = await stripe.customers.create({ name: 'Secret' });
    await pay('pm_card_visa', { customer: customer.id });
    const response = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ permissions: { charges: 'read' } }),
    });
    const { secret } = (await response.json()) as { secret: string };
    const limited = new Stripe(secret, {
      httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
      maxNetworkRetries: 0,
    });
    expect((await limited.charges.list()).data).toHaveLength(1);
    await expect(limited.charges.list({ expand: ['data.customer'] })).rejects.toThrow(/rak_customer_read/);
  });

  test('the old way: tokens and charges', async () => {
    const token = await stripe.tokens.create({
      card: { number: '4242424242424242', exp_month: '12', exp_year: '2030', cvc: '123' },
    });
    expect(await stripe.charges.create({ amount: 1000, currency: 'usd', source: token.id })).toMatchObject({
      paid: true,
    });
    await expect(
      stripe.charges.create({ amount: 1000, currency: 'usd', source: token.id }),
    ).rejects.toMatchObject({ code: 'token_already_used' });
    const error = await refusal(
      stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_chargeDeclined' }),
    );
    expect(error).toMatchObject({ code: 'card_declined', charge: expect.stringMatching(/^ch_/) });
  });
});
