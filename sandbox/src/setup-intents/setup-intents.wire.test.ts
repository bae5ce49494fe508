import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

let now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = new Stripe(`sk_test_setups${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const save = (method: string, params: Partial<Stripe.SetupIntentCreateParams> = {}) =>
  stripe.setupIntents.create({
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
async function attemptsOf(intent: Stripe.SetupIntent): Promise<Stripe.SetupAttempt[]> {
  return (await stripe.setupAttempts.list({ setup_intent: intent.id })).data;
}
async function act(intent: Stripe.SetupIntent, outcome: 'succeed' | 'fail'): Promise<Stripe.SetupIntent> {
  const sdk = intent.next_action?.use_stripe_sdk as { stripe_js?: string } | undefined;
  const url = intent.next_action?.redirect_to_url?.url ?? sdk?.stripe_js ?? '';
  await sandbox.fetch(
    new Request(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' }),
  );
  return stripe.setupIntents.retrieve(intent.id);
}
async function eventTypes(): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}

describe('saving a card', () => {
  test('attaches it, in this order of events, and keeps the attempt', async () => {
    const customer = await stripe.customers.create();
    const intent = await save('pm_card_visa', { customer: customer.id, expand: ['latest_attempt'] });
    expect(intent).toMatchObject({ status: 'succeeded', mandate: null, usage: 'off_session' });
    expect(intent.latest_attempt).toMatchObject({
      status: 'succeeded',
      setup_error: null,
      payment_method_details: { type: 'card', card: { last4: '4242', checks: { cvc_check: 'pass' } } },
    });
    expect((await eventTypes()).slice(1)).toEqual([
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect(await stripe.customers.listPaymentMethods(customer.id)).toMatchObject({
      data: [{ id: intent.payment_method }],
    });
  });

  test('never falls back to the customer’s default', async () => {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const { id } = await stripe.setupIntents.create({ customer: customer.id });
    const error = await refusal(stripe.setupIntents.confirm(id));
    expect(error).toMatchObject({ code: 'setup_intent_unexpected_state', setup_intent: { id } });
    expect(error.message).toMatch(/missing a payment method/);
  });

  test('that is refused keeps the error on the intent and on the attempt', async () => {
    const error = await refusal(save('pm_card_chargeDeclined'));
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });
    const intent = await stripe.setupIntents.retrieve(error.setup_intent?.id ?? '');
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: {
        code: 'card_declined',
        decline_code: 'generic_decline',
        payment_method: { card: { last4: '0002' } },
        payment_method_type: 'card',
      },
    });
    expect(await attemptsOf(intent)).toMatchObject([
      { id: intent.latest_attempt, status: 'failed', setup_error: { code: 'card_declined' } },
    ]);
  });

  test.each(['succeed', 'fail'] as const)('by 3D Secure can %s', async (what) => {
    const asked = await save('pm_card_authenticationRequired', { return_url: 'https://shop.test' });
    expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    expect(await attemptsOf(asked)).toMatchObject([{ status: 'requires_action' }]);
    const done = await act(asked, what);
    const [attempt, ...others] = await attemptsOf(done);
    expect(others).toEqual([]);
    expect(done.latest_attempt).toBe(attempt?.id);
    if (what === 'succeed') {
      expect(done.status).toBe('succeeded');
      expect(attempt).toMatchObject({
        status: 'succeeded',
        payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } },
      });
      return;
    }
    expect(done).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    expect(attempt).toMatchObject({ status: 'failed' });
  });

  test('asked again, gives up the attempt that waits; cancelled, too', async () => {
    const asked = await save('pm_card_authenticationRequired');
    await stripe.setupIntents.confirm(asked.id, { payment_method: 'pm_card_authenticationRequired' });
    await stripe.setupIntents.cancel(asked.id, { cancellation_reason: 'abandoned' });
    expect((await attemptsOf(asked)).map(({ status }) => status)).toEqual(['abandoned', 'abandoned']);
    await expect(stripe.setupIntents.cancel(asked.id)).rejects.toThrow(/already canceled/);
  });

  test('can demand 3D Secure where a payment would not', async () => {
    const options = { card: { request_three_d_secure: 'any' } } as const;
    const asked = await save('pm_card_threeDSecureOptional', { payment_method_options: options });
    expect(asked).toMatchObject({ status: 'requires_action', payment_method_options: options });
    expect(await save('pm_card_threeDSecureOptional')).toMatchObject({ status: 'succeeded' });
  });

  test('of somebody else is refused', async () => {
    const [one, other] = [await stripe.customers.create(), await stripe.customers.create()];
    const { payment_method: card } = await save('pm_card_visa', { customer: one.id });
    await expect(save(String(card))).rejects.toThrow(/customer` parameter on the SetupIntent/);
    await expect(save(String(card), { customer: other.id })).rejects.toThrow(
      /does not belong to the Customer/,
    );
  });
});

describe('saving other methods', () => {
  const billing = { name: 'Jenny Rosen', email: 'jenny@example.com' };
  const agreed = { customer_acceptance: { type: 'offline' } } as const;

  test('a debit needs agreement; its mandate is for good or for one payment', async () => {
    const data = {
      type: 'sepa_debit',
      sepa_debit: { iban: 'DE89370400440532013000' },
      billing_details: billing,
    } as const;
    const params: Stripe.SetupIntentCreateParams = {
      confirm: true,
      allowed_payment_method_types: ['sepa_debit'],
      payment_method_data: data,
    };
    expect(await refusal(stripe.setupIntents.create(params))).toMatchObject({
      code: 'setup_intent_mandate_invalid',
    });
    const lasting = await stripe.setupIntents.create({
      ...params,
      mandate_data: agreed,
      expand: ['mandate'],
    });
    expect(lasting).toMatchObject({ status: 'succeeded', mandate: { type: 'multi_use', status: 'active' } });
    const once = await stripe.setupIntents.create({
      ...params,
      mandate_data: agreed,
      single_use: { amount: 900, currency: 'eur' },
      expand: ['single_use_mandate'],
    });
    expect(once).toMatchObject({
      mandate: null,
      single_use_mandate: { type: 'single_use', single_use: { amount: 900, currency: 'eur' } },
    });
  });

  test('a mandate that the bank refuses ends', async () => {
    const intent = await stripe.setupIntents.create({
      confirm: true,
      allowed_payment_method_types: ['bacs_debit'],
      payment_method_data: {
        type: 'bacs_debit',
        bacs_debit: { account_number: '00033333', sort_code: '108800' },
        billing_details: billing,
      },
      mandate_data: agreed,
    });
    expect(await stripe.mandates.retrieve(String(intent.mandate))).toMatchObject({ status: 'inactive' });
    expect((await eventTypes()).at(-1)).toBe('mandate.updated');
  });

  test('a bank account that was typed in is proven by deposits, then can be attached', async () => {
    const customer = await stripe.customers.create();
    const asked = await stripe.setupIntents.create({
      confirm: true,
      customer: customer.id,
      allowed_payment_method_types: ['us_bank_account'],
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
        billing_details: billing,
      },
      mandate_data: agreed,
    });
    expect(asked).toMatchObject({ next_action: { type: 'verify_with_microdeposits' } });
    await expect(stripe.setupIntents.verifyMicrodeposits(asked.id, { amounts: [1, 1] })).rejects.toThrow(
      /9 verification attempts remaining/,
    );
    expect(await stripe.setupIntents.verifyMicrodeposits(asked.id, { amounts: [45, 32] })).toMatchObject({
      status: 'succeeded',
    });
    expect(
      await refusal(stripe.setupIntents.verifyMicrodeposits(asked.id, { amounts: [45, 32] })),
    ).toMatchObject({
      code: 'intent_invalid_state',
    });
    const paid = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer: customer.id,
      payment_method: String(asked.payment_method),
      allowed_payment_method_types: ['us_bank_account'],
      confirm: true,
      off_session: true,
    });
    expect(paid.status).toBe('processing');
  });

  test('deposits that cannot be sent end it', async () => {
    const { id } = await stripe.setupIntents.create({
      confirm: true,
      allowed_payment_method_types: ['us_bank_account'],
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: { account_number: '000666666661', routing_number: '110000000' },
        billing_details: billing,
      },
      mandate_data: agreed,
    });
    now += 2000;
    expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'payment_method_microdeposit_failed' },
    });
  });

  test('paypal is approved on its page and then charged without it', async () => {
    const customer = await stripe.customers.create();
    const params: Stripe.SetupIntentCreateParams = {
      confirm: true,
      customer: customer.id,
      allowed_payment_method_types: ['paypal'],
      payment_method_data: { type: 'paypal', billing_details: billing },
      mandate_data: agreed,
    };
    expect(await refusal(stripe.setupIntents.create(params))).toMatchObject({ param: 'return_url' });
    const asked = await stripe.setupIntents.create({ ...params, return_url: 'https://shop.test' });
    const done = await act(asked, 'succeed');
    expect(done.status).toBe('succeeded');
    const paid = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      customer: customer.id,
      payment_method: String(done.payment_method),
      allowed_payment_method_types: ['paypal'],
      confirm: true,
      off_session: true,
      return_url: 'https://shop.test',
    });
    expect(paid.status).toBe('succeeded');
  });

  test('what is single-use is refused from the start', async () => {
    await expect(stripe.setupIntents.create({ allowed_payment_method_types: ['oxxo'] })).rejects.toThrow(
      /single-use/,
    );
  });

  test('a confirmation token brings what was entered', async () => {
    const token = await stripe.testHelpers.confirmationTokens.create({
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.test',
    });
    const intent = await stripe.setupIntents.create({ confirm: true, confirmation_token: token.id });
    expect(intent.status).toBe('succeeded');
    expect(await stripe.confirmationTokens.retrieve(token.id)).toMatchObject({ setup_intent: intent.id });
  });
});

test('an intent is found by its method and shown to who has its secret', async () => {
  const saved = await save('pm_card_visa');
  await save('pm_card_visa');
  const { data } = await stripe.setupIntents.list({ payment_method: String(saved.payment_method) });
  expect(data.map(({ id }) => id)).toEqual([saved.id]);
  await expect(stripe.setupIntents.retrieve(saved.id, { client_secret: 'wrong' })).rejects.toMatchObject({
    statusCode: 404,
    param: 'intent',
  });
});
