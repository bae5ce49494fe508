import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, customerField, idField } from '../fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolvePaymentIntent } from '../references/payments.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { ownerRefs } from '../views/customers.ts';
import { paymentIntentRef, paymentIntentView } from '../views/payments.ts';

const intentField = idField('payment intent', 'pi_');

function wrongState(intent: Stripe.PaymentIntent, verb: string): ToolError {
  const said: Partial<Record<Stripe.PaymentIntent.Status, string>> = {
    succeeded: 'It has been paid already.',
    canceled: 'It was canceled.',
    processing: 'It is being processed.',
    requires_capture: 'It is authorised already: capture it with capture_payment_intent.',
  };
  return new ToolError(
    'payment_intent_unexpected_state',
    `${intent.id} cannot be ${verb}: its status is ${intent.status}.`,
    {
      next: said[intent.status] ?? 'Look at it with get_payment_intent.',
      details: { payment_intent: intent.id, status: intent.status },
    },
  );
}

function captured(intent: Stripe.PaymentIntent): Said {
  const amount = spoken(intent.amount_received, intent.currency);
  return {
    view: paymentIntentView(intent),
    record: intent,
    summary: `Captured ${amount}`,
    objects: [paymentIntentRef(intent)],
    undo: {
      tool: 'create_refund',
      input: { payment_intent: intent.id, full: true },
      label: `Refund ${amount}`,
    },
  };
}

/** Takes money that is held. */
export function captureIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'capture_payment_intent',
    title: 'Capture payment',
    description:
      'Takes the money of an authorised payment (status requires_capture), all of it or a smaller amount. What is not captured is released for good.',
    effect: 'money',
    canUndo: 'by refunding it; the fee is not given back',
    input: z.strictObject({
      payment_intent: intentField.optional(),
      customer: customerField
        .optional()
        .describe('Instead of the id: the customer whose only authorised payment it is.'),
      amount: amountField
        .optional()
        .describe('Only when less than everything: the amount in major units, such as "20.00".'),
    }),
    sealed: z.object({ id: z.string(), amount: z.number().int().optional(), taken: z.number().int() }),
    permissions: needs('payment_intent:write'),
    words: {
      action: 'capture',
      object: 'payment_intent',
      synonyms: ['collect', 'take the hold', 'settle', 'payment'],
    },
    async plan(input, api) {
      const intent = await resolvePaymentIntent(api, { id: input.payment_intent, customer: input.customer }, [
        'requires_capture',
      ]);
      if (intent.status !== 'requires_capture') throw wrongState(intent, 'captured');
      const held = intent.amount_capturable;
      const amount =
        input.amount === undefined ? undefined : toStripe(amountFrom(input.amount, intent.currency));
      if (amount !== undefined && amount > held) {
        throw new ToolError('amount_too_large', `Only ${spoken(held, intent.currency)} can be captured.`, {
          next: 'Capture that or less.',
        });
      }
      const taken = amount ?? held;
      return {
        preview: {
          summary: `Capture ${spoken(taken, intent.currency)} of ${spoken(held, intent.currency)}, payment ${intent.id}`,
          facts: [{ label: 'Released to the customer', value: spoken(held - taken, intent.currency) }],
          amount: moved(taken, intent.currency),
          objects: [paymentIntentRef(intent), ...ownerRefs(intent.customer)],
        },
        sealed: { id: intent.id, amount, taken },
      };
    },
    async act({ id, amount }, api, context) {
      const params = { ...(amount !== undefined && { amount_to_capture: amount }), ...mark(context) };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return captured(await api.paymentIntents.capture(id, params, options));
    },
    async find({ id, taken }, api, look) {
      const intent = await api.paymentIntents.retrieve(id);
      const isTaken = intent.status === 'succeeded';
      const is = { asWanted: isTaken && intent.amount_received === taken, asBefore: !isTaken };
      return wasChanged(intent, look, is) ? captured(intent) : null;
    },
    withAmount: (input, amount) => ({ ...input, amount }),
  });
}

const cancelable: readonly Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

function canceled(intent: Stripe.PaymentIntent): Said {
  return {
    view: paymentIntentView(intent),
    record: intent,
    summary: `Canceled the payment intent over ${spoken(intent.amount, intent.currency)}`,
    objects: [paymentIntentRef(intent)],
  };
}

/** Gives up a payment that was not completed. */
export function cancelIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_payment_intent',
    title: 'Cancel payment intent',
    description:
      'Cancels a payment that was not completed; an authorised amount is released. A paid one cannot be canceled: refund it with create_refund.',
    effect: 'destructive',
    canUndo: 'no',
    input: z.strictObject({
      payment_intent: intentField.optional(),
      customer: customerField
        .optional()
        .describe('Instead of the id: the customer whose only unfinished payment it is.'),
      cancellation_reason: z
        .enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'])
        .optional()
        .describe('Why, for the record.'),
    }),
    sealed: z.object({
      id: z.string(),
      reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
    }),
    permissions: needs('payment_intent:write'),
    words: {
      action: 'cancel',
      object: 'payment_intent',
      synonyms: ['release the hold', 'void', 'abort', 'payment'],
    },
    async plan(input, api) {
      const intent = await resolvePaymentIntent(
        api,
        { id: input.payment_intent, customer: input.customer },
        cancelable,
      );
      if (!cancelable.includes(intent.status)) throw wrongState(intent, 'canceled');
      const summary = `Cancel the payment intent ${intent.id} over ${spoken(intent.amount, intent.currency)}`;
      return {
        preview: {
          summary,
          facts: [{ label: 'Status now', value: intent.status }],
          objects: [paymentIntentRef(intent), ...ownerRefs(intent.customer)],
        },
        sealed: { id: intent.id, reason: input.cancellation_reason },
      };
    },
    async act({ id, reason }, api, context) {
      const intent = await api.paymentIntents.cancel(id, reason ? { cancellation_reason: reason } : {}, {
        idempotencyKey: context.idempotencyKey(0),
      });
      return canceled(intent);
    },
    async find({ id }, api) {
      const intent = await api.paymentIntents.retrieve(id);
      return intent.status === 'canceled' ? canceled(intent) : null;
    },
  });
}
