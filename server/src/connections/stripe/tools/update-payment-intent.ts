import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, idField } from '../fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolvePaymentIntent } from '../references/payments.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { ownerRefs } from '../views/customers.ts';
import { paymentIntentRef, paymentIntentView } from '../views/payments.ts';

/** While a payment is in one of these, its amount can still change. */
const open: readonly Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

const part = z.object({
  amount: z.number().int().optional(),
  description: z.string().optional(),
  receipt_email: z.string().optional(),
});
type Part = z.infer<typeof part>;

const sealedChange = z.object({ id: z.string(), currency: z.string(), change: part, before: part });

/** What the payment has in the places that a change names. */
function asIs(intent: Stripe.PaymentIntent, change: Part): Part {
  return {
    ...(change.amount !== undefined && { amount: intent.amount }),
    ...(change.description !== undefined && { description: intent.description ?? '' }),
    ...(change.receipt_email !== undefined && { receipt_email: intent.receipt_email ?? '' }),
  };
}

const isSame = (one: Part, other: Part): boolean =>
  one.amount === other.amount &&
  one.description === other.description &&
  one.receipt_email === other.receipt_email;

function wrongState(intent: Stripe.PaymentIntent): ToolError {
  return new ToolError(
    'payment_intent_unexpected_state',
    `The amount of ${intent.id} cannot change any more: its status is ${intent.status}.`,
    {
      next: 'To take less of an authorised payment use capture_payment_intent, to give back create_refund.',
      details: { payment_intent: intent.id, status: intent.status },
    },
  );
}

function changed(intent: Stripe.PaymentIntent, { id, currency, before }: z.infer<typeof sealedChange>): Said {
  const { amount, ...rest } = before;
  return {
    view: paymentIntentView(intent),
    record: intent,
    summary: `Changed the payment intent ${id}: ${Object.keys(before).join(', ').replaceAll('_', ' ')}`,
    objects: [paymentIntentRef(intent)],
    undo: {
      tool: 'update_payment_intent',
      input: {
        ...{ payment_intent: id, ...rest },
        ...(amount !== undefined && { amount: moved(amount, currency).decimal }),
      },
      label: 'Set it back to what it was',
    },
  };
}

function factsOf(before: Part, change: Part, currency: string) {
  const row = (label: string, from: string | undefined, to: string | undefined) =>
    to === undefined ? [] : [{ label, value: `${from || 'none'} → ${to || 'none'}` }];
  const said = (minor: number | undefined) => (minor === undefined ? undefined : spoken(minor, currency));
  return [
    ...row('Amount', said(before.amount), said(change.amount)),
    ...row('Description', before.description, change.description),
    ...row('Receipt to', before.receipt_email, change.receipt_email),
  ];
}

/** Changes a payment before it is paid. */
export function updateIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_payment_intent',
    title: 'Change payment intent',
    description:
      'Changes the amount of a payment that is not paid yet, or its description or where the receipt goes. Takes no money. Amount in major units ("40.00"), in the currency the payment has.',
    effect: 'money',
    canUndo: 'yes, until it is paid',
    repeatable: true,
    input: z
      .strictObject({
        payment_intent: idField('payment intent', 'pi_'),
        amount: amountField.optional(),
        description: z.string().max(1000).optional().describe('What it is for. An empty text removes it.'),
        receipt_email: z
          .union([z.email().max(512), z.literal('')])
          .optional()
          .describe('Where Stripe mails the receipt once it is paid. An empty text: nowhere.'),
      })
      .refine(
        ({ payment_intent: _, ...given }) => Object.keys(given).length > 0,
        'Nothing to change was given.',
      ),
    sealed: sealedChange,
    permissions: needs('payment_intent:write'),
    words: {
      action: 'update',
      object: 'payment_intent',
      synonyms: ['change the amount', 'edit payment', 'lower the payment', 'receipt'],
    },
    async plan(input, api) {
      const intent = await resolvePaymentIntent(api, { id: input.payment_intent }, open);
      const { currency } = intent;
      if (input.amount !== undefined && !open.includes(intent.status)) throw wrongState(intent);
      const change: Part = {
        ...(input.amount !== undefined && { amount: toStripe(amountFrom(input.amount, currency)) }),
        ...(input.description !== undefined && { description: input.description }),
        ...(input.receipt_email !== undefined && { receipt_email: input.receipt_email }),
      };
      const before = asIs(intent, change);
      return {
        preview: {
          summary: `Change the payment intent ${intent.id} over ${spoken(intent.amount, currency)}`,
          facts: [
            ...factsOf(before, change, currency),
            { label: 'Takes money now', value: 'no, only when it is confirmed' },
          ],
          ...(change.amount !== undefined && { amount: moved(change.amount, currency) }),
          objects: [paymentIntentRef(intent), ...ownerRefs(intent.customer)],
        },
        sealed: { id: intent.id, currency, change, before },
      };
    },
    withAmount: (input, amount) => ({ ...input, amount }),
    async act(sealed, api, context) {
      const params = { ...sealed.change, ...mark(context) };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return changed(await api.paymentIntents.update(sealed.id, params, options), sealed);
    },
    async find(sealed, api, look) {
      const intent = await api.paymentIntents.retrieve(sealed.id);
      const now = asIs(intent, sealed.change);
      const is = { asWanted: isSame(now, sealed.change), asBefore: isSame(now, sealed.before) };
      return wasChanged(intent, look, is) ? changed(intent, sealed) : null;
    },
  });
}
