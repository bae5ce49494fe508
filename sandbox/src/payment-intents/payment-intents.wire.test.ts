import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createPayer, refusal } from '../testing/payer.ts';

const payer = createPayer('intents');
const { pay, sandbox } = payer;
afterAll(() => sandbox.close());

let stripe: Stripe;
beforeEach(() => {
  stripe = payer.begin();
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
