import type Stripe from 'stripe';
import { z } from 'zod';
import { type ObjectRef, type Tool, ToolError } from '../../../tools/tool.ts';
import { fromStripe, spoken, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, customerField, idField, limitField } from '../fields.ts';
import { expanded, follow, idOf, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, expandedIfPermitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerFacts, ownerRefs } from '../views/customers.ts';
import { chargeRef, refundRef, refundRow, refundView } from '../views/payments.ts';
import { compact } from '../views/shape.ts';
import { createRefund } from './create-refund.ts';

const refundField = idField('refund', 're_');

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

/** A refund with the payment it belongs to and who had paid, as far as the key may read those. */
function readRefund(api: Stripe, id: string): Promise<Stripe.Refund> {
  return expandedIfPermitted(['charge', 'charge.customer'], (expand) =>
    api.refunds.retrieve(id.trim(), expand),
  );
}

/** Everything a refund touches. */
function touched(refund: Stripe.Refund): ObjectRef[] {
  const charge = expanded<Stripe.Charge>(refund.charge);
  const id = idOf(refund.charge);
  return [
    refundRef(refund),
    ...(charge ? [chargeRef(charge)] : id ? [{ type: 'charge', id }] : []),
    ...ownerRefs(charge?.customer),
  ];
}

function getRefund(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_refund',
    title: 'Get refund',
    description:
      'One refund by id: amount, status, why it failed, whether the customer has to do something to get the money, and the payment it belongs to.',
    input: z.strictObject({ refund: refundField }),
    permissions: needs('charge:read'),
    words: { action: 'get', object: 'refund', synonyms: ['money back', 'refund status', 'reimbursement'] },
    async read(input, api) {
      const refund = await readRefund(api, input.refund);
      const charge = expanded<Stripe.Charge>(refund.charge);
      return {
        view: { ...refundView(refund), ...compact(customerFacts(charge?.customer)) },
        record: refund,
        summary: `Read the refund of ${spoken(refund.amount, refund.currency)}: ${refund.status}`,
        objects: touched(refund),
      };
    },
  });
}

function canceled(refund: Stripe.Refund): Said {
  return {
    view: refundView(refund),
    record: refund,
    summary: `Canceled the refund of ${spoken(refund.amount, refund.currency)}`,
    objects: touched(refund),
  };
}

function cancelRefund(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_refund',
    title: 'Cancel refund',
    description:
      'Calls off a refund that still waits for the customer to say where the money shall go (status requires_action). Any other refund cannot be canceled.',
    effect: 'write',
    canUndo: 'no; it can be refunded anew',
    input: z.strictObject({ refund: refundField }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('charge:write'),
    words: {
      action: 'cancel',
      object: 'refund',
      synonyms: ['call off', 'stop the refund', 'take back the refund'],
    },
    async plan(input, api) {
      const refund = await readRefund(api, input.refund);
      if (refund.status !== 'requires_action')
        throw new ToolError(
          'refund_unexpected_state',
          `The refund ${refund.id} cannot be canceled: it is ${refund.status}.`,
          {
            next: 'Only refunds that wait for the customer can; money that is on its way cannot be called back.',
            details: { refund: refund.id, status: refund.status },
          },
        );
      return {
        preview: {
          summary: `Cancel the refund of ${spoken(refund.amount, refund.currency)}`,
          facts: [{ label: 'Afterwards', value: 'the business keeps the money; it can be refunded anew' }],
          objects: touched(refund),
        },
        sealed: { id: refund.id },
      };
    },
    async act({ id }, api, context) {
      return canceled(await api.refunds.cancel(id, {}, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find({ id }, api) {
      const refund = await api.refunds.retrieve(id);
      return refund.status === 'canceled' ? canceled(refund) : null;
    },
  });
}

/** Tools about money given back. */
export function refundTools(desk: Desk): Tool[] {
  return [createRefund(desk), listRefunds(desk), getRefund(desk), cancelRefund(desk)];
}
