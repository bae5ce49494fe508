import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { fromStripe, spoken, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, customerField, limitField } from '../fields.ts';
import { follow, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveCharge } from '../references/payments.ts';
import { type Desk, expandedIfPermitted, stripeRead } from '../stripe-tool.ts';
import { chargeRef, chargeRow, chargeView, payer } from '../views/payments.ts';

function chargeTotals({ items }: Listed<Stripe.Charge>): { succeeded: string[]; refunded: string[] } {
  const succeeded = items.filter((charge) => charge.status === 'succeeded');
  return {
    succeeded: totals(succeeded.map((charge) => fromStripe(charge.amount, charge.currency))),
    refunded: totals(
      succeeded
        .filter((charge) => charge.amount_refunded > 0)
        .map((charge) => fromStripe(charge.amount_refunded, charge.currency)),
    ),
  };
}

function listCharges(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_charges',
    title: 'List payments',
    description:
      'Payments as charged, newest first: succeeded and failed ones with the reason, refunds and disputes noted. Filter by customer, status or time. Set count_all for sums and counts over a period.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z.enum(['succeeded', 'pending', 'failed']).optional().describe('Only those in this status.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('charge:read'),
    words: {
      action: 'list',
      object: 'charge',
      synonyms: ['payment', 'transaction', 'sale', 'failed payment', 'purchase'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const filter = { ...(customer && { customer: customer.id }), ...(created && { created }) };
      const listed = await expandedIfPermitted(['data.customer'], (expand) =>
        follow((page) => api.charges.list({ ...page, ...filter, ...expand }), {
          enough: input.count_all ? undefined : (input.limit ?? 10),
          ...(input.status && { fits: (charge: Stripe.Charge) => charge.status === input.status }),
        }),
      );
      return {
        view: listView('charge', listed, chargeRow, { limit: input.limit, totals: chargeTotals(listed) }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'payment'),
        objects: listed.items.slice(0, input.limit ?? 10).map(chargeRef),
      };
    },
  });
}

function getCharge(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_charge',
    title: 'Get payment',
    description:
      'One payment: by charge id ("ch_…"), by payment intent id ("pi_…"), or the newest succeeded one of a customer ("last payment of Bob").',
    input: z
      .strictObject({
        charge: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .describe('The charge id ("ch_…") or payment intent id ("pi_…").'),
        customer: customerField
          .optional()
          .describe('Instead of the id: the customer whose newest succeeded payment it is.'),
      })
      .refine((input) => input.charge || input.customer, 'A charge or a customer is needed.'),
    permissions: needs('charge:read'),
    words: {
      action: 'get',
      object: 'charge',
      synonyms: ['payment', 'last payment', 'transaction', 'latest payment'],
    },
    async read(input, api) {
      const charge = await resolveCharge(api, { id: input.charge, customer: input.customer });
      const who = payer(charge);
      return {
        view: chargeView(charge),
        record: charge,
        summary: `Read the payment of ${spoken(charge.amount, charge.currency)}${who ? ` from ${who}` : ''}`,
        objects: [chargeRef(charge)],
      };
    },
  });
}

/** Tools about payments that were tried. */
export function chargeTools(desk: Desk): Tool[] {
  return [listCharges(desk), getCharge(desk)];
}
