import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, fromStripe, moved, spoken, toStripe, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import {
  amountField,
  countAllField,
  createdField,
  currencyField,
  customerField,
  idField,
  limitField,
  textField,
} from '../fields.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolvePaymentIntent } from '../references/payments.ts';
import { type Desk, expandedIfPermitted, mark, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef } from '../views/customers.ts';
import { paymentIntentRef, paymentIntentRow, paymentIntentView } from '../views/payments.ts';

const intentField = idField('payment intent', 'pi_');

function listIntents(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_payment_intents',
    title: 'List payment intents',
    description:
      'Payment intents, newest first: payments at any stage, also unpaid and canceled ones. For money that was really taken use list_charges.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z
        .enum([
          'requires_payment_method',
          'requires_confirmation',
          'requires_action',
          'processing',
          'requires_capture',
          'canceled',
          'succeeded',
        ])
        .optional()
        .describe('Only those in this status. requires_capture: authorised and not yet taken.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('payment_intent:read'),
    words: {
      action: 'list',
      object: 'payment_intent',
      synonyms: ['payment', 'uncaptured payment', 'authorisation', 'hold'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const filter = { ...(customer && { customer: customer.id }), ...(created && { created }) };
      const listed = await expandedIfPermitted(['data.customer'], (expand) =>
        follow((page) => api.paymentIntents.list({ ...page, ...filter, ...expand }), {
          enough: input.count_all ? undefined : (input.limit ?? 10),
          ...(input.status && { fits: (intent: Stripe.PaymentIntent) => intent.status === input.status }),
        }),
      );
      const sum = totals(listed.items.map((intent) => fromStripe(intent.amount, intent.currency)));
      return {
        view: listView('payment_intent', listed, paymentIntentRow, {
          limit: input.limit,
          totals: { amount: sum },
        }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'payment intent'),
        objects: listed.items.slice(0, input.limit ?? 10).map(paymentIntentRef),
      };
    },
  });
}

function getIntent(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_payment_intent',
    title: 'Get payment intent',
    description:
      'One payment intent by id: status, amount, the last error in plain words, and the link for the customer where they must authenticate.',
    input: z.strictObject({ payment_intent: intentField }),
    permissions: needs('payment_intent:read'),
    words: { action: 'get', object: 'payment_intent', synonyms: ['payment', 'payment status'] },
    async read(input, api) {
      const intent = await expandedIfPermitted(['customer'], (expand) =>
        api.paymentIntents.retrieve(input.payment_intent.trim(), expand),
      );
      return {
        view: paymentIntentView(intent),
        record: intent,
        summary: `Read the payment of ${spoken(intent.amount, intent.currency)}: ${intent.status}`,
        objects: [paymentIntentRef(intent)],
      };
    },
  });
}

function createIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_payment_intent',
    title: 'Create payment intent',
    description:
      'Prepares a payment over an amount, for a customer when given. Takes no money: confirm_payment_intent does. To charge a saved card at once use charge_customer instead.',
    effect: 'money',
    input: z.strictObject({
      amount: amountField,
      currency: currencyField,
      customer: customerField.optional(),
      description: textField('What it is for; may be shown to the customer.').optional(),
    }),
    sealed: z.object({
      amount: z.number().int(),
      currency: z.string(),
      customer: z.string().optional(),
      description: z.string().optional(),
      who: z.string(),
    }),
    permissions: needs('payment_intent:write'),
    words: {
      action: 'create',
      object: 'payment_intent',
      synonyms: ['payment', 'prepare a payment', 'intent'],
    },
    async plan(input, api) {
      const amount = amountFrom(input.amount, input.currency);
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const minor = toStripe(amount);
      const who = customer ? ` for ${customerNamed(customer)}` : '';
      const facts = [
        { label: 'Takes money now', value: 'no, only when it is confirmed' },
        ...(input.description ? [{ label: 'Description', value: input.description }] : []),
      ];
      return {
        preview: {
          summary: `Create a payment intent for ${spoken(minor, amount.currency)}${who}`,
          facts,
          amount: moved(minor, amount.currency),
          objects: customer ? [customerRef(customer)] : [],
        },
        sealed: {
          amount: minor,
          currency: amount.currency,
          customer: customer?.id,
          description: input.description,
          who,
        },
      };
    },
    async act({ who, ...sealed }, api, context) {
      const intent = await api.paymentIntents.create(
        { ...sealed, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return {
        view: paymentIntentView(intent),
        record: intent,
        summary: `Created a payment intent for ${spoken(intent.amount, intent.currency)}${who}`,
        objects: [paymentIntentRef(intent)],
        undo: {
          tool: 'cancel_payment_intent',
          input: { payment_intent: intent.id },
          label: 'Cancel the payment intent',
        },
      };
    },
  });
}

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

function captureIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'capture_payment_intent',
    title: 'Capture payment',
    description:
      'Takes the money of an authorised payment (status requires_capture), all of it or a smaller amount. What is not captured is released for good.',
    effect: 'money',
    input: z.strictObject({
      payment_intent: intentField.optional(),
      customer: customerField
        .optional()
        .describe('Instead of the id: the customer whose only authorised payment it is.'),
      amount: amountField
        .optional()
        .describe('Only when less than everything: the amount in major units, such as "20.00".'),
    }),
    sealed: z.object({ id: z.string(), amount: z.number().int().optional() }),
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
          objects: [paymentIntentRef(intent)],
        },
        sealed: { id: intent.id, amount },
      };
    },
    async act({ id, amount }, api, context) {
      const params = { ...(amount !== undefined && { amount_to_capture: amount }), ...mark(context) };
      const intent = await api.paymentIntents.capture(id, params, {
        idempotencyKey: context.idempotencyKey(0),
      });
      return {
        view: paymentIntentView(intent),
        record: intent,
        summary: `Captured ${spoken(intent.amount_received, intent.currency)}`,
        objects: [paymentIntentRef(intent)],
      };
    },
  });
}

const cancelable: readonly Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

function cancelIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_payment_intent',
    title: 'Cancel payment intent',
    description:
      'Cancels a payment that was not completed; an authorised amount is released. A paid one cannot be canceled: refund it with create_refund.',
    effect: 'destructive',
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
          objects: [paymentIntentRef(intent)],
        },
        sealed: { id: intent.id, reason: input.cancellation_reason },
      };
    },
    async act({ id, reason }, api, context) {
      const intent = await api.paymentIntents.cancel(id, reason ? { cancellation_reason: reason } : {}, {
        idempotencyKey: context.idempotencyKey(0),
      });
      return {
        view: paymentIntentView(intent),
        record: intent,
        summary: `Canceled the payment intent over ${spoken(intent.amount, intent.currency)}`,
        objects: [paymentIntentRef(intent)],
      };
    },
  });
}

/** Tools about payments before the money has moved. `confirm_payment_intent` has a file of its own. */
export function paymentIntentTools(desk: Desk): Tool[] {
  return [listIntents(desk), getIntent(desk), createIntent(desk), captureIntent(desk), cancelIntent(desk)];
}
