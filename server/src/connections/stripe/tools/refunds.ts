import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { fromStripe, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, customerField, limitField } from '../fields.ts';
import { follow, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { refundRef, refundRow } from '../views/payments.ts';
import { createRefund } from './create-refund.ts';

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
