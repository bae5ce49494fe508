import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
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
import { findMade, madeSince, mark } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, expandedIfPermitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { paymentIntentRef, paymentIntentRow, paymentIntentView } from '../views/payments.ts';
import { cancelIntent, captureIntent } from './finish-payment-intent.ts';
import { updateIntent } from './update-payment-intent.ts';

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
      const received = totals(
        listed.items
          .filter((intent) => intent.amount_received > 0)
          .map((intent) => fromStripe(intent.amount_received, intent.currency)),
      );
      return {
        view: listView('payment_intent', listed, paymentIntentRow, {
          limit: input.limit,
          totals: { received },
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

const intentInput = z.strictObject({
  amount: amountField,
  currency: currencyField,
  customer: customerField.optional(),
  description: textField('What it is for; may be shown to the customer.').optional(),
});

function prepared(intent: Stripe.PaymentIntent, who: z.infer<typeof sealedWho> | undefined): Said {
  return {
    view: withWho(paymentIntentView(intent), who),
    record: intent,
    summary: `Created a payment intent for ${spoken(intent.amount, intent.currency)}${who ? ` for ${customerNamed(who)}` : ''}`,
    objects: [paymentIntentRef(intent)],
    undo: {
      tool: 'cancel_payment_intent',
      input: { payment_intent: intent.id },
      label: 'Cancel the payment intent',
    },
  };
}

function createIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_payment_intent',
    title: 'Create payment intent',
    description:
      'Prepares a payment over an amount, for a customer when given. Takes no money: confirm_payment_intent does. To charge a saved card at once use charge_customer instead.',
    effect: 'money',
    canUndo: 'yes: it can be cancelled until it is paid',
    repeatable: true,
    input: intentInput,
    sealed: z.object({
      amount: z.number().int(),
      currency: z.string(),
      customer: z.string().optional(),
      description: z.string().optional(),
      who: sealedWho.optional(),
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
          who: customer && whoIs(customer),
        },
      };
    },
    async act({ who, ...sealed }, api, context) {
      const intent = await api.paymentIntents.create(
        { ...sealed, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return prepared(intent, who);
    },
    async find({ customer, who }, api, look) {
      const among = customer ? { customer } : madeSince(look);
      const intent = await findMade(api.paymentIntents.list({ limit: 100, ...among }), look);
      return intent && prepared(intent, who);
    },
    withAmount: (input, amount) => ({ ...input, amount }),
  });
}

/** Tools about payments before the money has moved. `confirm_payment_intent` has a file of its own. */
export function paymentIntentTools(desk: Desk): Tool[] {
  return [
    listIntents(desk),
    getIntent(desk),
    createIntent(desk),
    updateIntent(desk),
    captureIntent(desk),
    cancelIntent(desk),
  ];
}
