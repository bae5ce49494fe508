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
  stripe = new Stripe(`sk_test_intents${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});
const pass = (seconds: number) => {
  now += seconds * 1000;
};

type Params = Partial<Stripe.PaymentIntentCreateParams>;
/** An intent with a card, by default confirmed at once. */
function pay(method: string, params: Params = {}) {
  return stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
}
const hold = (params: Params = {}) => pay('pm_card_visa', { capture_method: 'manual', ...params });
async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
const chargeOf = async (intent: Stripe.PaymentIntent) =>
  stripe.charges.retrieve(String(intent.latest_charge));
async function eventTypes(): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}
/** What the customer does on the page that the intent leads to. */
async function act(intent: Stripe.PaymentIntent, outcome: 'succeed' | 'fail'): Promise<Stripe.PaymentIntent> {
  const action = intent.next_action;
  const sdk = action?.use_stripe_sdk as { stripe_js?: string } | undefined;
  const url = action?.redirect_to_url?.url ?? sdk?.stripe_js ?? '';
  await sandbox.fetch(
    new Request(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' }),
  );
  return stripe.paymentIntents.retrieve(intent.id);
}

describe('an authorisation', () => {
  test('holds for seven days, then is let go by itself', async () => {
    const intent = await hold();
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5000 });
    const card = (await chargeOf(intent)).payment_method_details?.card;
    expect(card).toMatchObject({ capture_before: start / 1000 + 7 * day, amount_authorized: 5000 });
    pass(7 * day);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect((await eventTypes()).slice(-2)).toEqual(['charge.expired', 'payment_intent.canceled']);
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
  });

  test('holds for thirty where that was asked for', async () => {
    const { id } = await hold({
      payment_method_options: { card: { request_extended_authorization: 'if_available' } },
    });
    pass(29 * day);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
    pass(day);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'canceled' });
  });

  test('captured in part lets the rest go', async () => {
    const intent = await hold();
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2000 });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount: 5000,
      amount_received: 2000,
      amount_capturable: 0,
    });
    expect(await chargeOf(captured)).toMatchObject({
      amount_captured: 2000,
      amount_refunded: 0,
      captured: true,
    });
    expect((await eventTypes()).slice(-2)).toEqual(['charge.captured', 'payment_intent.succeeded']);
    await expect(stripe.paymentIntents.capture(intent.id)).rejects.toThrow(
      /remainder of the authorized amount/,
    );
  });

  test('is never captured beyond itself, unless overcapture was granted', async () => {
    const plain = await hold();
    await expect(stripe.paymentIntents.capture(plain.id, { amount_to_capture: 5001 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    const wide = await hold({ payment_method_options: { card: { request_overcapture: 'if_available' } } });
    const card = (await chargeOf(wide)).payment_method_details?.card;
    expect(card?.overcapture).toEqual({ maximum_amount_capturable: 6000, status: 'available' });
    await expect(stripe.paymentIntents.capture(wide.id, { amount_to_capture: 6001 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    const over = await stripe.paymentIntents.capture(wide.id, { amount_to_capture: 6000 });
    expect(over).toMatchObject({ status: 'succeeded', amount_received: 6000 });
    expect(await chargeOf(over)).toMatchObject({ amount_captured: 6000 });
  });

  test('is captured many times where that was granted, and booked each time', async () => {
    const plain = await hold();
    await expect(
      stripe.paymentIntents.capture(plain.id, { amount_to_capture: 1000, final_capture: false }),
    ).rejects.toThrow(/not eligible for multicapture/);
    const { id } = await hold({ payment_method_options: { card: { request_multicapture: 'if_available' } } });
    const first = await stripe.paymentIntents.capture(id, { amount_to_capture: 1000, final_capture: false });
    expect(first).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 4000,
      amount_received: 1000,
    });
    const last = await stripe.paymentIntents.capture(id, { amount_to_capture: 2000 });
    expect(last).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 3000 });
    expect((await stripe.balanceTransactions.list()).data.map(({ amount }) => amount)).toEqual([2000, 1000]);
    const other = await hold({ payment_method_options: { card: { request_multicapture: 'if_available' } } });
    await stripe.paymentIntents.capture(other.id, { amount_to_capture: 1000, final_capture: false });
    pass(7 * day);
    expect(await stripe.paymentIntents.retrieve(other.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 1000,
    });
  });

  test('is raised step by step where that was granted', async () => {
    const plain = await hold();
    await expect(stripe.paymentIntents.incrementAuthorization(plain.id, { amount: 6000 })).rejects.toThrow(
      /not eligible for incremental authorization/,
    );
    const { id } = await hold({
      payment_method_options: { card: { request_incremental_authorization: 'if_available' } },
    });
    await expect(stripe.paymentIntents.incrementAuthorization(id, { amount: 5000 })).rejects.toThrow(
      /must be greater than/,
    );
    for (let step = 1; step <= 10; step++) {
      const amount = 5000 + step * 100;
      const raised = await stripe.paymentIntents.incrementAuthorization(id, { amount });
      expect(raised).toMatchObject({ status: 'requires_capture', amount, amount_capturable: amount });
    }
    await expect(stripe.paymentIntents.incrementAuthorization(id, { amount: 9000 })).rejects.toThrow(
      /at most 10/,
    );
    expect(await stripe.paymentIntents.capture(id)).toMatchObject({ amount_received: 6000 });
  });

  test('can be asked for one kind of method only', async () => {
    const options = { payment_method_options: { card: { capture_method: 'manual' } } } as const;
    expect(await pay('pm_card_visa', options)).toMatchObject({
      capture_method: 'automatic_async',
      status: 'requires_capture',
    });
  });
});

describe('confirmation', () => {
  test('by hand asks for a second one after the customer has acted', async () => {
    const asked = await pay('pm_card_authenticationRequired', { confirmation_method: 'manual' });
    expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    const ready = await act(asked, 'succeed');
    expect(ready).toMatchObject({ status: 'requires_confirmation', latest_charge: null });
    const paid = await stripe.paymentIntents.confirm(asked.id);
    expect(paid.status).toBe('succeeded');
    const secure = (await chargeOf(paid)).payment_method_details?.card?.three_d_secure;
    expect(secure).toMatchObject({ result: 'authenticated', version: '2.2.0' });
  });

  test('that leads away needs an address to come back to', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    const error = await refusal(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }));
    expect(error).toMatchObject({ param: 'return_url' });
    expect(
      await stripe.paymentIntents.confirm(id, {
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.test',
      }),
    ).toMatchObject({ status: 'succeeded' });
  });

  test('refuses what needs the customer when told that nobody is there', async () => {
    const error = await refusal(pay('pm_card_authenticationRequired', { off_session: true }));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', latest_charge: null });
    const unwanted = await refusal(pay('pm_card_authenticationRequired', { error_on_requires_action: true }));
    expect(unwanted.message).toMatch(/`error_on_requires_action` was set/);
    expect(unwanted.payment_intent).toMatchObject({ status: 'requires_payment_method', next_action: null });
  });

  test('keeps a card for the customer when that was asked for', async () => {
    const customer = await stripe.customers.create();
    const kept = await pay('pm_card_visa', { customer: customer.id, setup_future_usage: 'off_session' });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    expect(method?.id).toBe(kept.payment_method);
    const once = await pay('pm_card_visa');
    await expect(pay(String(once.payment_method))).rejects.toThrow(/may not be used again/);
  });

  test('falls back to the customer’s default card', async () => {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const paid = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer: customer.id,
      confirm: true,
      allowed_payment_method_types: ['card'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      payment_method: customer.invoice_settings.default_payment_method,
    });
  });

  test('without any method says so', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    const error = await refusal(stripe.paymentIntents.confirm(id, { return_url: 'https://shop.test' }));
    expect(error).toMatchObject({ code: 'payment_intent_unexpected_state', payment_intent: { id } });
    expect(error.message).toMatch(/missing a payment method/);
  });
});

describe('a confirmation token', () => {
  const params = {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.test/back',
    setup_future_usage: 'off_session',
    shipping: { name: 'Jenny', address: { line1: 'Main Street 1', country: 'US' } },
  } as const;

  test('brings everything that was entered, once', async () => {
    const customer = await stripe.customers.create();
    const token = await stripe.testHelpers.confirmationTokens.create(params);
    expect(token).toMatchObject({
      payment_method_preview: { type: 'card', card: { last4: '4242' } },
      expires_at: start / 1000 + day / 2,
      payment_intent: null,
    });
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer: customer.id,
    });
    const paid = await stripe.paymentIntents.confirm(intent.id, { confirmation_token: token.id });
    expect(paid).toMatchObject({
      status: 'succeeded',
      setup_future_usage: 'off_session',
      shipping: { name: 'Jenny', address: { line1: 'Main Street 1' } },
    });
    expect(await stripe.confirmationTokens.retrieve(token.id)).toMatchObject({ payment_intent: intent.id });
    const other = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    await expect(stripe.paymentIntents.confirm(other.id, { confirmation_token: token.id })).rejects.toThrow(
      /has already been used to confirm a previous PaymentIntent/,
    );
  });

  test('does not last', async () => {
    const token = await stripe.testHelpers.confirmationTokens.create(params);
    pass(day / 2);
    const intent = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    await expect(stripe.paymentIntents.confirm(intent.id, { confirmation_token: token.id })).rejects.toThrow(
      /has expired/,
    );
  });
});

describe('other ways to pay', () => {
  const data = (type: Stripe.PaymentIntentCreateParams.PaymentMethodData.Type, more: object = {}) => ({
    type,
    ...more,
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  });
  const payBy = (currency: string, method: ReturnType<typeof data>, more: Params = {}) =>
    stripe.paymentIntents.create({
      amount: 5000,
      currency,
      confirm: true,
      allowed_payment_method_types: [method.type],
      payment_method_data: method,
      return_url: 'https://shop.test/back',
      ...more,
    });

  test.each(['succeed', 'fail'] as const)('are approved or declined elsewhere: %s', async (what) => {
    const asked = await payBy('eur', data('klarna'));
    expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    const done = await act(asked, what);
    if (what === 'succeed') {
      expect(done).toMatchObject({ status: 'succeeded', amount_received: 5000 });
      expect(await chargeOf(done)).toMatchObject({ payment_method_details: { type: 'klarna' } });
      return;
    }
    expect(done).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_method_customer_decline', payment_method_type: 'klarna' },
    });
  });

  test('hold where they can: klarna, not ideal', async () => {
    const klarna = await act(await payBy('eur', data('klarna'), { capture_method: 'manual' }), 'succeed');
    expect(klarna.status).toBe('requires_capture');
    const ideal = await act(await payBy('eur', data('ideal'), { capture_method: 'manual' }), 'succeed');
    expect(ideal.status).toBe('succeeded');
  });

  test('pay only in their currencies', async () => {
    await expect(payBy('usd', data('ideal'))).rejects.toThrow(/No valid payment method types/);
    await expect(pay('pm_card_visa', { allowed_payment_method_types: ['klarna'] })).rejects.toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
  });

  test('a voucher nobody pays is over after three days', async () => {
    const asked = await payBy('mxn', data('oxxo'));
    expect(asked.next_action?.oxxo_display_details).toMatchObject({ expires_after: start / 1000 + 3 * day });
    pass(3 * day);
    expect(await stripe.paymentIntents.retrieve(asked.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_payment_attempt_expired' },
    });
  });

  test('a debit needs the customer’s agreement, which then lasts', async () => {
    const sepa = data('sepa_debit', { sepa_debit: { iban: 'AT611904300234573201' } });
    expect(await refusal(payBy('eur', sepa))).toMatchObject({ code: 'payment_intent_mandate_invalid' });
    const customer = await stripe.customers.create();
    const first = await payBy('eur', sepa, {
      customer: customer.id,
      setup_future_usage: 'off_session',
      mandate_data: {
        customer_acceptance: { type: 'online', online: { ip_address: '10.0.0.1', user_agent: 'test' } },
      },
    });
    expect(first.status).toBe('processing');
    pass(1);
    expect(await stripe.paymentIntents.retrieve(first.id)).toMatchObject({ status: 'succeeded' });
    const [charge] = (await stripe.charges.list()).data;
    const mandate = charge?.payment_method_details?.sepa_debit?.mandate ?? '';
    expect(await stripe.mandates.retrieve(mandate)).toMatchObject({ status: 'active', type: 'multi_use' });
    const again = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'eur',
      customer: customer.id,
      payment_method: String(first.payment_method),
      allowed_payment_method_types: ['sepa_debit'],
      off_session: true,
      confirm: true,
    });
    expect(again.status).toBe('processing');
  });

  test('deposits prove an account within ten guesses', async () => {
    const bank = data('us_bank_account', {
      us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
    });
    const mandate = { mandate_data: { customer_acceptance: { type: 'offline' } } } as const;
    const asked = await payBy('usd', bank, mandate);
    expect(asked.next_action).toMatchObject({ type: 'verify_with_microdeposits' });
    await expect(
      stripe.paymentIntents.verifyMicrodeposits(asked.id, { amounts: [1, 2] }),
    ).rejects.toMatchObject({
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
      message: expect.stringContaining('9 verification attempts remaining'),
    });
    const verified = await stripe.paymentIntents.verifyMicrodeposits(asked.id, { amounts: [32, 45] });
    expect(verified.status).toBe('processing');
    const tired = await payBy('usd', bank, mandate);
    for (let guess = 1; guess < 10; guess++)
      await refusal(stripe.paymentIntents.verifyMicrodeposits(tired.id, { amounts: [1, guess] }));
    const over = await stripe.paymentIntents.verifyMicrodeposits(tired.id, { amounts: [1, 10] });
    expect(over).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_method_microdeposit_verification_attempts_exceeded' },
    });
  });
});

describe('an intent', () => {
  test('is changed before it is paid, and hardly after', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    const changed = await stripe.paymentIntents.update(id, {
      amount: 7000,
      currency: 'eur',
      description: 'Hat',
      payment_method: 'pm_card_visa',
      allowed_payment_method_types: ['card'],
    });
    expect(changed).toMatchObject({ amount: 7000, currency: 'eur', status: 'requires_confirmation' });
    await stripe.paymentIntents.confirm(id);
    const error = await refusal(stripe.paymentIntents.update(id, { amount: 8000 }));
    expect(error).toMatchObject({ code: 'payment_intent_unexpected_state', param: 'amount' });
    expect(error.message).toMatch(/amount could not be updated because it has a status of succeeded/);
    expect(await stripe.paymentIntents.update(id, { metadata: { order: '7' } })).toMatchObject({
      metadata: { order: '7' },
    });
  });

  test('tells what its amount is made of', async () => {
    const line = { product_name: 'Hat', quantity: 2, unit_cost: 2000, tax: { total_tax_amount: 500 } };
    const details = { line_items: [line], shipping: { amount: 500, to_postal_code: '94110' } };
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      amount_details: details,
      payment_details: { order_reference: 'order 7' },
      expand: ['amount_details.line_items'],
    });
    expect(intent).toMatchObject({
      amount_details: { shipping: { amount: 500 }, line_items: { data: [line] } },
      payment_details: { order_reference: 'order 7' },
    });
    const { data } = await stripe.paymentIntents.listAmountDetailsLineItems(intent.id);
    expect(data).toMatchObject([{ ...line, discount_amount: null }]);
    const wrong = { amount: 5001, currency: 'usd', amount_details: details };
    expect(await refusal(stripe.paymentIntents.create(wrong))).toMatchObject({ param: 'amount_details' });
    const tolerated = await stripe.paymentIntents.create({
      ...wrong,
      amount_details: { ...details, enforce_arithmetic_validation: false },
    });
    expect(tolerated.amount_details?.error).toMatchObject({ code: 'amount_details_amount_mismatch' });
  });

  test('is found by what is asked of it', async () => {
    const paid = await pay('pm_card_visa', { metadata: { order: '7' } });
    await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
    const { data } = await stripe.paymentIntents.search({
      query: "status:'succeeded' AND metadata['order']:'7'",
    });
    expect(data.map(({ id }) => id)).toEqual([paid.id]);
    await expect(stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject({
      statusCode: 404,
      param: 'intent',
    });
    await expect(stripe.paymentIntents.retrieve(paid.id, { client_secret: 'wrong' })).rejects.toThrow(
      /No such/,
    );
  });

  test('a refused payment tells the whole story in its last error', async () => {
    const error = await refusal(pay('pm_card_chargeDeclinedInsufficientFunds'));
    const { payment_intent: intent } = error;
    expect(intent?.last_payment_error).toMatchObject({
      advice_code: 'try_again_later',
      charge: intent?.latest_charge,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
      message: 'Your card has insufficient funds.',
      network_decline_code: '51',
      payment_method: { card: { last4: '9995' } },
      payment_method_type: 'card',
      type: 'card_error',
    });
  });
});

test('a statement descriptor of its own is not for payments that cards can make', async () => {
  const create = (
    allowed_payment_method_types: Stripe.PaymentIntentCreateParams.AllowedPaymentMethodType[],
  ) =>
    stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      allowed_payment_method_types,
      statement_descriptor: 'SHOP',
    });
  await expect(create(['us_bank_account', 'card'])).rejects.toMatchObject({
    param: 'statement_descriptor',
    message: expect.stringContaining('please pass in `statement_descriptor_suffix`'),
  });
  expect((await create(['us_bank_account'])).statement_descriptor).toBe('SHOP');
});
