import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createPayer, refusal } from '../testing/payer.ts';

const payer = createPayer('other_methods');
const { act, chargeOf, pass, pay, sandbox } = payer;
afterAll(() => sandbox.close());

type Params = Partial<Stripe.PaymentIntentCreateParams>;
let stripe: Stripe;
beforeEach(() => {
  stripe = payer.begin();
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
    expect(asked.next_action?.oxxo_display_details).toMatchObject({
      expires_after: payer.start / 1000 + 3 * day,
    });
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
