import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createPayer, refusal } from '../testing/payer.ts';

const payer = createPayer('confirmation');
const { act, chargeOf, pass, pay, sandbox } = payer;
afterAll(() => sandbox.close());

let stripe: Stripe;
beforeEach(() => {
  stripe = payer.begin();
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
      expires_at: payer.start / 1000 + day / 2,
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
