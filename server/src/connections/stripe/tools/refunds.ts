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
} from '../fields.ts';
import { follow, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveCharge } from '../references/payments.ts';
import { type Desk, mark, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { chargeRef, payer, refundRef, refundRow, refundView } from '../views/payments.ts';

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

function createRefund(desk: Desk): Tool {
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
      const problem = refusal(charge);
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
            ...(charge.disputed ? [{ label: 'Disputed', value: 'yes: Stripe may refuse this' }] : []),
            { label: 'Can be undone', value: 'no' },
          ],
          amount: moved(amount, charge.currency),
          objects: [chargeRef(charge)],
        },
        sealed: { charge: charge.id, amount, currency: charge.currency, reason: input.reason, who },
      };
    },
    withAmount: ({ full: _, ...input }, amount) => ({ ...input, amount }),
    async act({ who, currency, ...sealed }, api, context) {
      const refund = await api.refunds.create(
        { ...sealed, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const amount = spoken(refund.amount, currency);
      const said =
        refund.status === 'failed'
          ? `The refund of ${amount} to ${who} failed`
          : `Refunded ${amount} to ${who}`;
      return {
        view: refundView(refund),
        record: refund,
        summary: refund.status === 'pending' ? `${said}; it is on its way` : said,
        objects: [refundRef(refund), { type: 'charge', id: sealed.charge }],
      };
    },
  });
}

/** Stripe lists refunds by charge, not by customer: the customer's refunded charges are looked up first. */
async function refundsOf(api: Stripe, customer: Stripe.Customer): Promise<Listed<Stripe.Refund>> {
  const charges = await follow((page) => api.charges.list({ ...page, customer: customer.id }), {
    fits: (charge) => charge.amount_refunded > 0,
    enough: 50,
  });
  const items: Stripe.Refund[] = [];
  for (const charge of charges.items) {
    items.push(...(await follow((page) => api.refunds.list({ ...page, charge: charge.id }))).items);
  }
  items.sort((a, b) => b.created - a.created);
  return charges.complete
    ? { items, complete: true }
    : { items, complete: false, stopped: 'stopped after 50 refunded payments' };
}

function listRefunds(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_refunds',
    title: 'List refunds',
    description: 'Refunds, newest first, of one payment, of one customer, or of all. Set count_all for sums.',
    input: z.strictObject({
      charge: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('Only those of this charge ("ch_…") or payment intent ("pi_…").'),
      customer: customerField.optional(),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('charge:read'),
    words: {
      action: 'list',
      object: 'refund',
      synonyms: ['money back', 'refunded payments', 'reimbursement'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const of = input.charge?.startsWith('pi_')
        ? { payment_intent: input.charge }
        : input.charge
          ? { charge: input.charge }
          : {};
      const listed = input.customer
        ? await refundsOf(api, await resolveCustomer(api, input.customer))
        : await follow((page) => api.refunds.list({ ...page, ...of, ...(created && { created }) }), {
            enough: input.count_all ? undefined : (input.limit ?? 10),
          });
      const counted = listed.items.filter(
        (refund) => refund.status !== 'failed' && refund.status !== 'canceled',
      );
      const sum = totals(counted.map((refund) => fromStripe(refund.amount, refund.currency)));
      return {
        view: listView('refund', listed, refundRow, { limit: input.limit, totals: { amount: sum } }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'refund'),
        objects: listed.items.slice(0, input.limit ?? 10).map(refundRef),
      };
    },
  });
}

/** Tools about money given back. */
export function refundTools(desk: Desk): Tool[] {
  return [createRefund(desk), listRefunds(desk)];
}
