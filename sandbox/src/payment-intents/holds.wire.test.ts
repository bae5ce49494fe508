import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createPayer } from '../testing/payer.ts';

const payer = createPayer('holds');
const { chargeOf, eventTypes, hold, pass, pay, sandbox } = payer;
afterAll(() => sandbox.close());

let stripe: Stripe;
beforeEach(() => {
  stripe = payer.begin();
});

describe('an authorisation', () => {
  test('holds for seven days, then is let go by itself', async () => {
    const intent = await hold();
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5000 });
    const card = (await chargeOf(intent)).payment_method_details?.card;
    expect(card).toMatchObject({ capture_before: payer.start / 1000 + 7 * day, amount_authorized: 5000 });
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
