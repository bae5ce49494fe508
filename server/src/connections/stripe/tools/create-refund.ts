import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, currencyField, customerField, idField } from '../fields.ts';
import { findMade, mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCharge } from '../references/payments.ts';
import { type Desk, permitted, type Said, stripeWrite } from '../stripe-tool.ts';
import { ownerRefs } from '../views/customers.ts';
import { chargeRef, payer, refundRef, refundView } from '../views/payments.ts';

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

const refundInput = z
  .strictObject({
    charge: z.string().min(1).max(100).optional().describe('The charge id ("ch_…").'),
    payment_intent: idField('payment intent', 'pi_').optional(),
    customer: customerField
      .optional()
      .describe('Instead of an id: the customer whose newest succeeded payment is refunded.'),
    amount: amountField
      .optional()
      .describe('A part of the payment in major units, such as "10.00". Either this or full.'),
    full: z
      .boolean()
      .optional()
      .describe('true: everything that is left of the payment. Either this or amount.'),
    currency: currencyField
      .optional()
      .describe('The currency the person named, if any; refused when the payment is in another.'),
    reason: z.enum(reasons).optional().describe('Why, for Stripe’s record.'),
  })
  .refine(
    (input) => [input.charge, input.payment_intent, input.customer].filter(Boolean).length === 1,
    'Exactly one of charge, payment_intent and customer is needed.',
  )
  .refine(
    (input) => (input.amount !== undefined) !== (input.full === true),
    'Exactly one of amount and full is needed.',
  );

function refusal(charge: Stripe.Charge): ToolError | undefined {
  const details = { charge: charge.id };
  if (charge.status !== 'succeeded') {
    const next = 'Nothing was taken with it.';
    return new ToolError(
      'not_refundable',
      `The charge ${charge.id} did not succeed: it is ${charge.status}.`,
      { next, details },
    );
  }
  if (!charge.captured) {
    const next = 'Release the money with cancel_payment_intent instead.';
    return new ToolError('not_captured', `The charge ${charge.id} was authorised and not captured.`, {
      next,
      details,
    });
  }
  if (charge.refunded || charge.amount_captured <= charge.amount_refunded) {
    const next = 'Ask whether another payment is meant; list_charges shows them.';
    return new ToolError('charge_already_refunded', `The charge ${charge.id} is fully refunded already.`, {
      next,
      details,
    });
  }
  return undefined;
}

/** The bank has taken the money back already, or will: a refund besides would give it twice. */
async function underDispute(api: Stripe, charge: Stripe.Charge): Promise<ToolError | undefined> {
  if (!charge.disputed) return undefined;
  const disputes = await permitted(api.disputes.list({ charge: charge.id, limit: 10 }));
  const open = disputes?.data.find((one) => !one.is_charge_refundable);
  if (!open) return undefined;
  return new ToolError(
    'charge_disputed',
    `The charge ${charge.id} is disputed: the bank has taken back ${spoken(open.amount, open.currency)}.`,
    {
      next: `Do not refund it. Answer the dispute ${open.id}, or give it up with accept_dispute: then the customer keeps the money.`,
      details: { charge: charge.id, dispute: open.id, status: open.status },
    },
  );
}

/** How much to give back, never more than is left. */
function refundable(charge: Stripe.Charge, input: z.infer<typeof refundInput>): number {
  if (input.currency && input.currency.toLowerCase() !== charge.currency) {
    throw new ToolError(
      'currency_mismatch',
      `The payment is in ${charge.currency.toUpperCase()}, not ${input.currency.toUpperCase()}.`,
      {
        next: `Ask for the amount in ${charge.currency.toUpperCase()}.`,
        details: { charge: charge.id, currency: charge.currency },
      },
    );
  }
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = input.amount === undefined ? left : toStripe(amountFrom(input.amount, charge.currency));
  if (amount <= left) return amount;
  throw new ToolError(
    'amount_too_large',
    `Only ${spoken(left, charge.currency)} of ${charge.id} is left to refund.`,
    {
      next: 'Ask whether to refund what is left.',
      details: { charge: charge.id, left: spoken(left, charge.currency) },
    },
  );
}

function refunded(refund: Stripe.Refund, who: string): Said {
  const amount = spoken(refund.amount, refund.currency);
  const said =
    refund.status === 'failed' ? `The refund of ${amount} to ${who} failed` : `Refunded ${amount} to ${who}`;
  const charge = idOf(refund.charge);
  return {
    view: refundView(refund),
    record: refund,
    summary: refund.status === 'pending' ? `${said}; it is on its way` : said,
    objects: [refundRef(refund), ...(charge ? [{ type: 'charge', id: charge }] : [])],
    ...(refund.status === 'requires_action' && {
      undo: { tool: 'cancel_refund', input: { refund: refund.id }, label: `Cancel the refund of ${amount}` },
    }),
  };
}

/** Gives money of a payment back; how much is always said. */
export function createRefund(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_refund',
    title: 'Refund payment',
    description:
      'Gives money of a payment back to the card it came from: all that is left (full true) or an amount in major units ("10.00"). Name the payment by charge or payment intent id, or by customer for their newest succeeded payment. Cannot be taken back.',
    effect: 'money',
    input: refundInput,
    sealed: z.object({
      charge: z.string(),
      amount: z.number().int(),
      currency: z.string(),
      reason: z.enum(reasons).optional(),
      who: z.string(),
    }),
    permissions: needs('charge:write'),
    words: {
      action: 'refund',
      object: 'charge',
      synonyms: ['money back', 'give back', 'return', 'reimburse', 'pay back', 'payment'],
    },
    async plan(input, api) {
      const charge = await resolveCharge(api, {
        id: input.charge ?? input.payment_intent,
        customer: input.customer,
      });
      const problem = refusal(charge) ?? (await underDispute(api, charge));
      if (problem) throw problem;
      const amount = refundable(charge, input);
      const said = (minor: number): string => spoken(minor, charge.currency);
      const who = payer(charge) ?? 'an unknown customer';
      return {
        preview: {
          summary: `Refund ${said(amount)} of ${said(charge.amount)} to ${who}, charge ${charge.id}`,
          facts: [
            { label: 'Charged', value: said(charge.amount) },
            { label: 'Already refunded', value: said(charge.amount_refunded) },
            {
              label: 'Left afterwards',
              value: said(charge.amount_captured - charge.amount_refunded - amount),
            },
            ...(charge.disputed ? [{ label: 'Disputed', value: 'yes' }] : []),
            { label: 'Can be undone', value: 'no' },
          ],
          amount: moved(amount, charge.currency),
          objects: [chargeRef(charge), ...ownerRefs(charge.customer)],
        },
        sealed: { charge: charge.id, amount, currency: charge.currency, reason: input.reason, who },
      };
    },
    withAmount: ({ full: _, ...input }, amount) => ({ ...input, amount }),
    async act({ who, currency: _, ...sealed }, api, context) {
      const refund = await api.refunds.create(
        { ...sealed, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return refunded(refund, who);
    },
    async find({ charge, who }, api, look) {
      const refund = await findMade(api.refunds.list({ charge, limit: 100 }), look);
      return refund && refunded(refund, who);
    },
  });
}
