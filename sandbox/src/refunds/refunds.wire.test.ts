import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day, hour } from '../clock.ts';
import { createSandbox } from '../index.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  now = start;
  stripe = new Stripe(`sk_test_refunds${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});
const pass = (seconds: number) => {
  now += seconds * 1000;
};

async function pay(method: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}): Promise<string> {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
  return String(intent.latest_charge);
}
async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
async function eventsSince(before: number): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data
    .map(({ type }) => type)
    .reverse()
    .slice(before);
}
const eventCount = async () => (await eventsSince(0)).length;

describe('a refund', () => {
  test('of a part and of the rest says so on the charge and in the balance', async () => {
    const charge = await pay('pm_card_visa', { description: 'Hat' });
    const before = await eventCount();
    const part = await stripe.refunds.create({
      charge,
      amount: 2000,
      reason: 'requested_by_customer',
      metadata: { why: 'too small' },
      expand: ['balance_transaction'],
    });
    expect(part).toMatchObject({
      id: expect.stringMatching(/^re_/),
      status: 'succeeded',
      reason: 'requested_by_customer',
      destination_details: { type: 'card', card: { reference_status: 'pending', type: 'refund' } },
      balance_transaction: { amount: -2000, fee: 0, type: 'refund', description: 'REFUND FOR CHARGE (Hat)' },
    });
    expect(await eventsSince(before)).toEqual(['refund.created', 'charge.refunded']);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 2000, refunded: false });
    const more = await refusal(stripe.refunds.create({ charge, amount: 4000 }));
    expect(more).toMatchObject({ param: 'amount', code: undefined });
    expect(more.message).toBe('Refund amount ($40.00) is greater than unrefunded amount on charge ($30.00)');
    expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 3000 });
    expect(await stripe.charges.retrieve(charge, { expand: ['refunds'] })).toMatchObject({
      amount_refunded: 5000,
      refunded: true,
      refunds: { data: [{ amount: 3000 }, { amount: 2000 }] },
    });
    expect(await refusal(stripe.refunds.create({ charge }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });

  test('is refused in Stripe’s words where there is nothing to give back', async () => {
    expect((await refusal(stripe.refunds.create({}))).message).toBe(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
    expect(await refusal(stripe.refunds.create({ charge: 'ch_none' }))).toMatchObject({
      statusCode: 404,
      param: 'id',
    });
    const held = await pay('pm_card_visa', { capture_method: 'manual' });
    expect((await refusal(stripe.refunds.create({ charge: held }))).message).toMatch(
      /must cancel the PaymentIntent to reverse the authorization/,
    );
    const declined = await refusal(pay('pm_card_chargeDeclined'));
    const intent = declined.payment_intent?.id ?? '';
    for (const params of [{ payment_intent: intent }, { charge: String(declined.charge) }])
      expect((await refusal(stripe.refunds.create(params))).message).toBe(
        `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
      );
    const unpaid = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    await expect(stripe.refunds.create({ payment_intent: unpaid.id })).rejects.toThrow(/successful charge/);
  });

  test('that is fraudulent says so on the charge', async () => {
    const charge = await pay('pm_card_visa');
    await stripe.refunds.create({ charge, reason: 'fraudulent' });
    expect((await stripe.charges.retrieve(charge)).fraud_details).toEqual({ user_report: 'fraudulent' });
  });

  test('keeps its metadata, is listed and found, and cannot be taken back once done', async () => {
    const [charge, other] = [await pay('pm_card_visa'), await pay('pm_card_visa')];
    const { id } = await stripe.refunds.create({ charge });
    await stripe.refunds.create({ charge: other });
    const before = await eventCount();
    await stripe.refunds.update(id, { metadata: { why: 'late' } });
    expect(await eventsSince(before)).toEqual(['refund.updated', 'charge.refund.updated']);
    expect((await stripe.refunds.list({ charge })).data).toMatchObject([{ id, metadata: { why: 'late' } }]);
    expect((await refusal(stripe.refunds.cancel(id))).message).toBe('Canceling this refund is unsupported.');
    await expect(stripe.testHelpers.refunds.expire(id)).rejects.toThrow(/requires_action/);
    const path = `/v1/charges/${other}/refunds/${id}`;
    expect(await refusal(stripe.rawRequest('GET', path))).toMatchObject({ statusCode: 404, param: 'refund' });
  });

  test('can be made by the addresses of old', async () => {
    const charge = await pay('pm_card_visa');
    expect(await stripe.rawRequest('POST', `/v1/charges/${charge}/refund`, { amount: 100 })).toMatchObject({
      object: 'charge',
      amount_refunded: 100,
    });
    expect(await stripe.rawRequest('POST', `/v1/charges/${charge}/refunds`, { amount: 200 })).toMatchObject({
      object: 'refund',
      amount: 200,
    });
  });
});

describe('a refund that takes a while', () => {
  test('counts at once against what is left, and on the charge when it has succeeded', async () => {
    const charge = await pay('pm_card_pendingRefund');
    const before = await eventCount();
    const pending = await stripe.refunds.create({ charge, amount: 3000 });
    expect(pending).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    expect(await eventsSince(before)).toEqual(['refund.created']);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0 });
    await expect(stripe.refunds.create({ charge, amount: 3000 })).rejects.toThrow(
      /unrefunded amount on charge \(\$20/,
    );
    pass(hour);
    const done = await stripe.refunds.retrieve(pending.id);
    expect(done).toMatchObject({
      status: 'succeeded',
      destination_details: { card: { reference_status: 'available' } },
    });
    expect(done).not.toHaveProperty('pending_reason');
    expect(await eventsSince(before + 1)).toEqual([
      'refund.updated',
      'charge.refund.updated',
      'charge.refunded',
    ]);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 3000 });
  });

  test('can be taken back until then: the money returns', async () => {
    const charge = await pay('pm_card_pendingRefund');
    const { id } = await stripe.refunds.create({ charge });
    const canceled = await stripe.refunds.cancel(id, { expand: ['failure_balance_transaction'] });
    expect(canceled).toMatchObject({
      status: 'canceled',
      failure_balance_transaction: { amount: 5000, type: 'refund_failure' },
    });
    pass(hour);
    expect(await stripe.refunds.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 5000 });
  });

  test('may come back from the bank, and be tried again', async () => {
    const charge = await pay('pm_card_refundFail');
    const { id } = await stripe.refunds.create({ charge });
    const before = await eventCount();
    pass(hour);
    const failed = await stripe.refunds.retrieve(id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { amount: 5000, description: 'REFUND FAILURE FOR CHARGE' },
    });
    expect(await eventsSince(before)).toEqual([
      'refund.updated',
      'charge.refund.updated',
      'refund.failed',
      'charge.updated',
    ]);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(await stripe.refunds.create({ charge, amount: 100 })).toMatchObject({ status: 'succeeded' });
  });
});

describe('a refund of other methods', () => {
  const billing = { name: 'Jenny Rosen', email: 'jenny@example.com' };

  test('of a debit is sent by bank transfer', async () => {
    const charge = await pay('pm_usBankAccount_success', {
      allowed_payment_method_types: ['us_bank_account'],
      mandate_data: { customer_acceptance: { type: 'offline' } },
    });
    await expect(stripe.refunds.create({ charge })).rejects.toThrow(/successful charge to refund/);
    pass(2);
    const refund = await stripe.refunds.create({ charge, expand: ['balance_transaction'] });
    expect(refund).toMatchObject({
      id: expect.stringMatching(/^pyr_/),
      status: 'pending',
      destination_details: { type: 'us_bank_transfer' },
      balance_transaction: { type: 'payment_refund', description: 'REFUND FOR PAYMENT' },
    });
  });

  async function payAtStore(): Promise<string> {
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'jpy',
      confirm: true,
      allowed_payment_method_types: ['konbini'],
      payment_method_data: { type: 'konbini', billing_details: billing },
    });
    const url = intent.next_action?.konbini_display_details?.hosted_voucher_url ?? '';
    await sandbox.fetch(
      new Request(url, {
        method: 'POST',
        body: new URLSearchParams({ outcome: 'succeed' }),
        redirect: 'manual',
      }),
    );
    return String((await stripe.paymentIntents.retrieve(intent.id)).latest_charge);
  }

  test('of cash asks the customer for a bank account, for 45 days', async () => {
    const charge = await payAtStore();
    const asked = await stripe.refunds.create({
      charge,
      amount: 1000,
      instructions_email: 'jenny@test.example',
    });
    expect(asked).toMatchObject({
      status: 'requires_action',
      instructions_email: 'jenny@test.example',
      next_action: { display_details: { expires_at: now / 1000 + 45 * day } },
    });
    const another = await stripe.refunds.create({ charge, amount: 1000 });
    expect(another.instructions_email).toBe(billing.email);
    expect(await stripe.refunds.cancel(another.id)).toMatchObject({ status: 'canceled' });
    const third = await stripe.refunds.create({ charge, amount: 1000 });
    expect(await stripe.testHelpers.refunds.expire(third.id)).toMatchObject({ status: 'failed' });
    pass(45 * day);
    expect(await stripe.refunds.retrieve(asked.id)).toMatchObject({ status: 'failed' });
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0 });
  });

  test('of a voucher that cannot be refunded is refused', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'mxn',
      confirm: true,
      allowed_payment_method_types: ['oxxo'],
      payment_method_data: { type: 'oxxo', billing_details: billing },
    });
    const url = intent.next_action?.oxxo_display_details?.hosted_voucher_url ?? '';
    await sandbox.fetch(
      new Request(url, {
        method: 'POST',
        body: new URLSearchParams({ outcome: 'succeed' }),
        redirect: 'manual',
      }),
    );
    expect(await refusal(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      code: 'charge_not_refundable',
    });
  });
});
