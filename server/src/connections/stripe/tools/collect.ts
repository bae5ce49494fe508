import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { declineOf } from '../declined.ts';
import { amountField, currencyField, customerField, idField, textField } from '../fields.ts';
import { bears, findMade, mark } from '../marks.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById, resolveCustomer } from '../references/customers.ts';
import { resolvePaymentIntent } from '../references/payments.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { paymentIntentRef, paymentIntentView } from '../views/payments.ts';
import { type ChosenMethod, givenMethod, noPaymentMethod, savedMethod } from './payment-choice.ts';

const methodField = z
  .string()
  .min(3)
  .max(100)
  .describe(
    'How to pay: a saved payment method id ("pm_…"), or in test mode a published test card, by name ("pm_card_visa") or number ("4242 4242 4242 4242"). Left out: the saved default of the customer.',
  );

const confirmable: readonly Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** Marked and in one of these without a new charge: the confirmation itself never came. */
const untried: readonly Stripe.PaymentIntent.Status[] = ['requires_payment_method', 'requires_confirmation'];

function assertConfirmable(intent: Stripe.PaymentIntent): void {
  if (confirmable.includes(intent.status)) return;
  const next: Partial<Record<Stripe.PaymentIntent.Status, string>> = {
    succeeded: 'It has been paid already: do not pay it again.',
    canceled: 'It was canceled: create a new one if it is still wanted.',
    requires_capture: 'It is authorised already: capture it with capture_payment_intent.',
  };
  throw new ToolError(
    'payment_intent_unexpected_state',
    `${intent.id} cannot be paid: its status is ${intent.status}.`,
    {
      next: next[intent.status] ?? 'Look at it with get_payment_intent.',
      details: { payment_intent: intent.id, status: intent.status },
    },
  );
}

async function methodFor(
  api: Stripe,
  desk: Desk,
  intent: Stripe.PaymentIntent,
  given: string | undefined,
): Promise<ChosenMethod> {
  const customerId = idOf(intent.customer);
  if (given) return givenMethod(api, given, { mode: desk.mode, customer: customerId });
  const own = idOf(intent.payment_method);
  if (own) return givenMethod(api, own, { mode: desk.mode, customer: customerId });
  const customer = customerId ? await customerById(api, customerId) : undefined;
  const saved = customer && (await savedMethod(api, customer));
  if (saved) return saved;
  throw noPaymentMethod(customer ? customerNamed(customer) : `The payment intent ${intent.id}`, desk.mode);
}

const cancelable: readonly Stripe.PaymentIntent.Status[] = ['requires_action', 'requires_capture'];

type Who = z.infer<typeof sealedWho>;

/** What became of a payment, in one sentence and a view. */
function paymentOutcome(intent: Stripe.PaymentIntent, whose: Who | undefined): Said {
  const who = whose ? ` from ${customerNamed(whose)}` : '';
  const amount = spoken(intent.amount, intent.currency);
  const said: Partial<Record<Stripe.PaymentIntent.Status, string>> = {
    succeeded: `Paid ${amount}${who}`,
    requires_action: `The payment of ${amount}${who} waits: the customer has to authenticate it with their bank`,
    requires_capture: `Authorised ${amount}${who}; it is not captured yet`,
    processing: `The payment of ${amount}${who} is being processed`,
  };
  return {
    view: withWho(paymentIntentView(intent), whose),
    record: intent,
    summary: said[intent.status] ?? `The payment of ${amount}${who} is now ${intent.status}`,
    objects: [paymentIntentRef(intent)],
    ...(intent.status === 'succeeded' && {
      undo: {
        tool: 'create_refund',
        input: { payment_intent: intent.id, full: true },
        label: `Refund ${amount}`,
      },
    }),
    ...(cancelable.includes(intent.status) && {
      undo: {
        tool: 'cancel_payment_intent',
        input: { payment_intent: intent.id },
        label: `Cancel the payment of ${amount}`,
      },
    }),
  };
}

/** A page to come back to makes Stripe hand out a link for authentication; some intents forbid it. */
async function returnUrlFor(
  api: Stripe,
  desk: Desk,
  intent: Stripe.PaymentIntent,
): Promise<string | undefined> {
  if (intent.automatic_payment_methods?.allow_redirects === 'never') return undefined;
  return (await desk.profile(api)).returnUrl;
}

function confirmIntent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'confirm_payment_intent',
    title: 'Confirm payment',
    description:
      'Pays a payment intent that was created before: charges the payment method now. Name it by id, or by the customer whose only unpaid one it is. When the card is declined, the error says why and what to do; do not repeat it with the same card unless it says so.',
    effect: 'money',
    canUndo: 'by refunding it; the fee is not given back',
    input: z
      .strictObject({
        payment_intent: idField('payment intent', 'pi_').optional(),
        customer: customerField
          .optional()
          .describe('Instead of the id: the customer whose only unpaid payment intent it is.'),
        payment_method: methodField.optional(),
      })
      .refine((input) => input.payment_intent || input.customer, 'A payment intent or a customer is needed.'),
    sealed: z.object({
      id: z.string(),
      method: z.string(),
      returnUrl: z.string().optional(),
      who: sealedWho.optional(),
      /** The newest attempt before this one. */
      charge: z.string().optional(),
    }),
    permissions: needs('payment_intent:write'),
    words: {
      action: 'confirm',
      object: 'payment_intent',
      synonyms: ['pay', 'complete the payment', 'pay it', 'pay with', 'process the payment'],
    },
    async plan(input, api) {
      const intent = await resolvePaymentIntent(
        api,
        { id: input.payment_intent, customer: input.customer },
        confirmable,
      );
      assertConfirmable(intent);
      const method = await methodFor(api, desk, intent, input.payment_method);
      const customer = expanded<Stripe.Customer>(intent.customer as string | Stripe.Customer | null);
      const who = customer ? ` from ${customerNamed(customer)}` : '';
      const amount = spoken(intent.amount, intent.currency);
      return {
        preview: {
          summary: `Charge ${amount}${who} with ${method.label}, payment ${intent.id}`,
          facts: [
            { label: 'Payment method', value: method.label },
            ...(intent.description ? [{ label: 'Description', value: intent.description }] : []),
          ],
          amount: moved(intent.amount, intent.currency),
          objects: [paymentIntentRef(intent), ...(customer ? [customerRef(customer)] : [])],
        },
        sealed: {
          id: intent.id,
          method: method.id,
          returnUrl: await returnUrlFor(api, desk, intent),
          who: customer && whoIs(customer),
          charge: idOf(intent.latest_charge),
        },
      };
    },
    async act({ id, method, returnUrl, who }, api, context) {
      // A confirmation takes no metadata: the mark is put there first.
      await api.paymentIntents.update(id, mark(context), { idempotencyKey: context.idempotencyKey(0) });
      const params = { payment_method: method, ...(returnUrl && { return_url: returnUrl }) };
      const intent = await api.paymentIntents.confirm(id, params, {
        idempotencyKey: context.idempotencyKey(1),
      });
      return paymentOutcome(intent, who);
    },
    async find({ id, who, charge }, api, look) {
      const intent = await api.paymentIntents.retrieve(id);
      if (!bears(intent, look)) return null;
      const isTried = idOf(intent.latest_charge) !== charge;
      if (!isTried && untried.includes(intent.status)) return null;
      return declineOf(intent) ?? paymentOutcome(intent, who);
    },
  });
}

const chargeInput = z.strictObject({
  customer: customerField,
  amount: amountField,
  currency: currencyField,
  description: textField('What it is for; may be shown to the customer.').optional(),
  payment_method: methodField.optional(),
});

const sealedCharge = z.object({
  amount: z.number().int(),
  currency: z.string(),
  customer: z.string(),
  method: z.string(),
  description: z.string().optional(),
  returnUrl: z.string(),
  who: sealedWho,
});

function chargeCustomer(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'charge_customer',
    title: 'Charge customer',
    description:
      'Charges a saved payment method of a customer now, without the customer being there: creates and confirms one payment. Amount in major units ("25.00"). Declined: the error says why; charge another saved method only if the person wants that.',
    effect: 'money',
    canUndo: 'by refunding it; the fee is not given back',
    input: chargeInput,
    sealed: sealedCharge,
    permissions: needs('payment_intent:write', 'customer:read'),
    words: {
      action: 'charge',
      object: 'customer',
      synonyms: ['bill', 'take a payment', 'process a payment', 'debit', 'collect'],
    },
    async plan(input, api) {
      const amount = amountFrom(input.amount, input.currency);
      const customer = await resolveCustomer(api, input.customer);
      const method = input.payment_method
        ? await givenMethod(api, input.payment_method, { mode: desk.mode, customer: customer.id })
        : await savedMethod(api, customer);
      if (!method) throw noPaymentMethod(customerNamed(customer), desk.mode);
      const minor = toStripe(amount);
      return {
        preview: {
          summary: `Charge ${customerNamed(customer)} ${spoken(minor, amount.currency)} with ${method.label}`,
          facts: [
            { label: 'Payment method', value: method.label },
            ...(input.description ? [{ label: 'Description', value: input.description }] : []),
          ],
          amount: moved(minor, amount.currency),
          objects: [customerRef(customer), { type: 'payment_method', id: method.id, label: method.label }],
        },
        sealed: {
          amount: minor,
          currency: amount.currency,
          customer: customer.id,
          method: method.id,
          description: input.description,
          returnUrl: (await desk.profile(api)).returnUrl,
          who: whoIs(customer),
        },
      };
    },
    async act({ method, returnUrl, who, ...sealed }, api, context) {
      const intent = await api.paymentIntents.create(
        {
          ...sealed,
          payment_method: method,
          return_url: returnUrl,
          confirm: true,
          off_session: true,
          ...mark(context),
        },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return paymentOutcome(intent, who);
    },
    async find({ customer, who }, api, look) {
      const intent = await findMade(api.paymentIntents.list({ customer, limit: 100 }), look);
      return intent && (declineOf(intent) ?? paymentOutcome(intent, who));
    },
    withAmount: (input, amount) => ({ ...input, amount }),
  });
}

/** Tools that take money from a payment method. */
export function collectTools(desk: Desk): Tool[] {
  return [confirmIntent(desk), chargeCustomer(desk)];
}
