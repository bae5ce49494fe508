import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox } from '../index.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  now = start;
  stripe = new Stripe(`sk_test_charges${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const charge = (source: string, params: Stripe.ChargeCreateParams = {}) =>
  stripe.charges.create({ amount: 5000, currency: 'usd', source, ...params });
async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
async function paid(method: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
  return stripe.charges.retrieve(String(intent.latest_charge));
}

describe('charging a source', () => {
  test('takes the money at once and tells everything of the card', async () => {
    const made = await charge('tok_visa', {
      description: 'Hat',
      statement_descriptor_suffix: 'hats',
      receipt_email: 'jenny@example.com',
      metadata: { order: '7' },
      transfer_group: 'ORDER7',
    });
    expect(made).toMatchObject({
      object: 'charge',
      paid: true,
      captured: true,
      amount_captured: 5000,
      source: { object: 'card', brand: 'Visa', last4: '4242' },
      payment_method_details: {
        type: 'card',
        card: {
          amount_authorized: 5000,
          network: 'visa',
          three_d_secure: null,
          electronic_commerce_indicator: '07',
        },
      },
      outcome: {
        network_status: 'approved_by_network',
        risk_level: 'normal',
        risk_score: expect.any(Number),
        seller_message: 'Payment complete.',
        type: 'authorized',
      },
      receipt_email: 'jenny@example.com',
      transfer_group: 'ORDER7',
    });
    expect(made.calculated_statement_descriptor).toMatch(/\* HATS$/);
    expect((await stripe.charges.list({ transfer_group: 'ORDER7' })).data.map(({ id }) => id)).toEqual([
      made.id,
    ]);
  });

  test('is refused in Stripe’s words', async () => {
    const declined = await refusal(charge('tok_chargeDeclinedInsufficientFunds'));
    expect(declined).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      charge: expect.stringMatching(/^ch_/),
    });
    expect(await stripe.charges.retrieve(String(declined.charge))).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      amount_captured: 0,
      failure_code: 'card_declined',
      receipt_url: null,
      outcome: { type: 'issuer_declined', reason: 'insufficient_funds', network_decline_code: '51' },
    });
    expect(await refusal(stripe.charges.create({ amount: 500, currency: 'usd' }))).toMatchObject({
      message: 'Must provide source or customer.',
      code: 'parameter_missing',
    });
    const { id } = await stripe.customers.create();
    expect(
      (await refusal(stripe.charges.create({ amount: 500, currency: 'usd', customer: id }))).message,
    ).toBe('Cannot charge a customer that has no active card');
    const other = await stripe.customers.create({ source: 'tok_visa' });
    const theirs = String(other.default_source);
    await expect(charge(theirs)).rejects.toThrow(/belongs to a customer/);
    await expect(charge(theirs, { customer: id })).rejects.toThrow(/does not have a linked source/);
    await expect(charge('tok_visa', { statement_descriptor_suffix: '12345' })).rejects.toThrow(/alphabetic/);
  });

  test('cannot ask for 3D Secure: who needs it refuses', async () => {
    expect(await refusal(charge('tok_threeDSecure2Required'))).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
    });
    const [failed] = (await stripe.charges.list()).data;
    expect(failed?.outcome).toMatchObject({ type: 'issuer_declined', reason: 'authentication_required' });
  });
});

describe('a held charge', () => {
  test('is captured once, in part, by its own endpoint or its intent’s', async () => {
    const held = await charge('tok_visa', { capture: false });
    expect(held).toMatchObject({ captured: false, amount_captured: 0, balance_transaction: null });
    expect(await refusal(stripe.charges.capture(held.id, { amount: 5001 }))).toMatchObject({
      code: 'amount_too_large',
    });
    expect(
      await stripe.charges.capture(held.id, { amount: 2000, receipt_email: 'jenny@example.com' }),
    ).toMatchObject({
      captured: true,
      amount_captured: 2000,
      amount_refunded: 0,
      receipt_email: 'jenny@example.com',
    });
    expect(await refusal(stripe.charges.capture(held.id))).toMatchObject({ code: 'charge_already_captured' });
    const ofIntent = await paid('pm_card_visa', { capture_method: 'manual' });
    await expect(stripe.charges.capture(ofIntent.id)).rejects.toThrow(/must capture the PaymentIntent/);
  });

  test('is let go after seven days', async () => {
    const { id } = await charge('tok_visa', { capture: false });
    now += 7 * day * 1000;
    expect(await stripe.charges.retrieve(id)).toMatchObject({ refunded: true, captured: false });
    expect(await refusal(stripe.charges.capture(id))).toMatchObject({ code: 'charge_expired_for_capture' });
    expect((await stripe.events.list({ type: 'charge.expired' })).data).toHaveLength(1);
  });
});

describe('a charge', () => {
  test('is described anew, and reported as fraud or not', async () => {
    const { id } = await charge('tok_visa');
    const customer = await stripe.customers.create();
    const changed = await stripe.charges.update(id, {
      customer: customer.id,
      description: 'Hat',
      fraud_details: { user_report: 'fraudulent' },
      metadata: { order: '7' },
      shipping: { name: 'Jenny', address: { line1: 'Main Street 1' } },
      transfer_group: 'ORDER7',
    });
    expect(changed).toMatchObject({
      customer: customer.id,
      description: 'Hat',
      fraud_details: { user_report: 'fraudulent' },
      shipping: { name: 'Jenny', address: { line1: 'Main Street 1' } },
      transfer_group: 'ORDER7',
    });
    expect((await stripe.charges.update(id, { fraud_details: { user_report: '' } })).fraud_details).toEqual(
      {},
    );
    await expect(stripe.charges.update(id, { transfer_group: 'ORDER8' })).rejects.toThrow(/only be set once/);
    const other = await stripe.customers.create();
    await expect(stripe.charges.update(id, { customer: other.id })).rejects.toThrow(/cannot be changed/);
  });

  test('is found by its card and its metadata', async () => {
    const found = await charge('tok_mastercard', { metadata: { order: '7' } });
    await charge('tok_visa', { metadata: { order: '8' } });
    const search = async (query: string) => (await stripe.charges.search({ query })).data.map(({ id }) => id);
    expect(await search("payment_method_details.card.brand:'mastercard'")).toEqual([found.id]);
    expect(await search("metadata['order']:'7' AND amount>4999")).toEqual([found.id]);
  });

  test('has a receipt for whoever has its address', async () => {
    const made = await charge('tok_visa', { description: 'Hat & scarf' });
    await stripe.refunds.create({ charge: made.id, amount: 1000 });
    const page = await (await sandbox.fetch(new Request(made.receipt_url ?? ''))).text();
    for (const words of ['Receipt', '$50.00', 'visa ending in 4242', 'Hat &amp; scarf', '−$10.00', '$40.00'])
      expect(page).toContain(words);
    const guessed = await sandbox.fetch(new Request(`${made.receipt_url}x`));
    expect(guessed.status).toBe(404);
  });
});

describe('what the issuer checks', () => {
  const pay = async (number: string, cvc?: string) => {
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2030, ...(cvc ? { cvc } : {}) },
      billing_details: { address: { line1: 'Main Street 1', postal_code: '94110' } },
    });
    return paid(method.id);
  };

  test.each([
    ['4242424242424242', 'pass', 'pass', 'pass'],
    ['4000000000000010', 'fail', 'fail', 'pass'],
    ['4000000000000028', 'fail', 'pass', 'pass'],
    ['4000000000000036', 'pass', 'fail', 'pass'],
    ['4000000000000044', 'unavailable', 'unavailable', 'pass'],
  ])('of %s: line %s, postal code %s, CVC %s', async (number, line1, postal, cvc) => {
    const account = await stripe.accounts.retrieveCurrent();
    expect(account.settings?.card_payments?.decline_on).toEqual({ avs_failure: false, cvc_failure: false });
    expect((await pay(number, '123')).payment_method_details?.card?.checks).toEqual({
      address_line1_check: line1,
      address_postal_code_check: postal,
      cvc_check: cvc,
    });
  });

  test('a wrong CVC is told, and nothing that was not given is checked', async () => {
    expect((await pay('4000000000000101', '123')).payment_method_details?.card?.checks?.cvc_check).toBe(
      'fail',
    );
    expect((await pay('4000000000000101')).payment_method_details?.card?.checks?.cvc_check).toBeNull();
  });
});
