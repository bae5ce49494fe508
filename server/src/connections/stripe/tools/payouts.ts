import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, fromStripe, moved, spoken, toStripe, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import {
  amountField,
  countAllField,
  createdField,
  currencyField,
  idField,
  limitField,
  textField,
} from '../fields.ts';
import { findMade, madeSince, mark } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, permitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { payoutRef, payoutRow, payoutView } from '../views/balance.ts';
import { time } from '../views/shape.ts';

const payoutField = idField('payout', 'po_');

function listPayouts(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_payouts',
    title: 'List payouts',
    description: 'Payouts to the bank account, newest first: amount, status and the day of arrival.',
    input: z.strictObject({
      status: z
        .enum(['paid', 'pending', 'in_transit', 'canceled', 'failed'])
        .optional()
        .describe('Only payouts in this status.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('payout:read'),
    words: {
      action: 'list',
      object: 'payout',
      synonyms: ['bank transfer', 'transfer to the bank', 'withdrawal'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const listed = await follow(
        (page) =>
          api.payouts.list({
            ...page,
            ...(input.status && { status: input.status }),
            ...(created && { created }),
          }),
        { enough: input.count_all ? undefined : (input.limit ?? 10) },
      );
      const sum = totals(listed.items.map((payout) => fromStripe(payout.amount, payout.currency)));
      return {
        view: listView('payout', listed, payoutRow, { limit: input.limit, totals: { amount: sum } }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'payout'),
        objects: listed.items.slice(0, input.limit ?? 10).map(payoutRef),
      };
    },
  });
}

/** What an automatic payout paid out, by kind. */
async function contentsOf(api: Stripe, payout: Stripe.Payout): Promise<Json | undefined> {
  if (!payout.automatic) return undefined;
  const listed = await permitted(
    follow((page) => api.balanceTransactions.list({ ...page, payout: payout.id })),
  );
  if (!listed) return undefined;
  const parts = listed.items.filter((row) => row.type !== 'payout');
  const types = [...new Set(parts.map((row) => row.type))].sort();
  return {
    ...{ transactions: parts.length, complete: listed.complete },
    ...(listed.complete && {
      net_by_type: Object.fromEntries(
        types.map((type) => [
          type,
          totals(parts.filter((row) => row.type === type).map((row) => fromStripe(row.net, row.currency))),
        ]),
      ),
    }),
  };
}

function getPayout(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_payout',
    title: 'Get payout',
    description:
      'One payout to the bank by id: amount, status, day of arrival, why it failed, the bank’s trace number, and for automatic payouts what it was made of.',
    input: z.strictObject({ payout: payoutField }),
    permissions: needs('payout:read'),
    words: { action: 'get', object: 'payout', synonyms: ['bank transfer', 'withdrawal', 'arrival'] },
    async read(input, api) {
      const payout = await api.payouts.retrieve(input.payout.trim());
      const contents = await contentsOf(api, payout);
      return {
        view: { ...payoutView(payout), ...(contents !== undefined && { made_of: contents }) },
        record: payout,
        summary: `Read the payout of ${spoken(payout.amount, payout.currency)}: ${payout.status}, arriving ${time(payout.arrival_date).slice(0, 10)}`,
        objects: [payoutRef(payout)],
      };
    },
  });
}

function paidOut(payout: Stripe.Payout): Said {
  const amount = spoken(payout.amount, payout.currency);
  return {
    view: payoutView(payout),
    record: payout,
    summary: `Started a payout of ${amount}, arriving ${time(payout.arrival_date).slice(0, 10)}`,
    objects: [payoutRef(payout)],
    ...(payout.status === 'pending' && {
      undo: {
        tool: 'cancel_payout',
        input: { payout: payout.id },
        label: `Cancel the payout of ${amount}, while it is pending`,
      },
    }),
  };
}

/** What can be paid out now, in minor units; undefined where the key may not read the balance. */
async function availableIn(api: Stripe, currency: string, method: 'standard' | 'instant') {
  const balance = await permitted(api.balance.retrieve());
  if (!balance) return undefined;
  const funds = method === 'instant' ? (balance.instant_available ?? []) : balance.available;
  return funds.find((one) => one.currency === currency)?.amount ?? 0;
}

function createPayout(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_payout',
    title: 'Pay out to the bank',
    description:
      'Sends available money of the Stripe balance to the business’s own bank account, now instead of by schedule. Amount in major units ("500.00"), never more than is available. Instant payouts cost a fee. It pays nobody else: for connected accounts there are transfers.',
    effect: 'money',
    input: z.strictObject({
      amount: amountField,
      currency: currencyField,
      method: z
        .enum(['standard', 'instant'])
        .optional()
        .describe('"standard" (default) takes days, "instant" minutes and costs a fee.'),
      description: textField('For the record.', 250).optional(),
    }),
    sealed: z.object({
      amount: z.number().int(),
      currency: z.string(),
      method: z.enum(['standard', 'instant']),
      description: z.string().optional(),
    }),
    permissions: needs('payout:write', 'balance:read'),
    words: {
      action: 'create',
      object: 'payout',
      synonyms: ['pay out', 'withdraw', 'transfer to the bank', 'send to my bank', 'cash out'],
    },
    async plan(input, api) {
      const amount = amountFrom(input.amount, input.currency);
      const { currency } = amount;
      const minor = toStripe(amount);
      const method = input.method ?? 'standard';
      const available = await availableIn(api, currency, method);
      if (available !== undefined && minor > available) {
        const how = method === 'instant' ? ' for an instant payout' : '';
        const has = available > 0 ? `Only ${spoken(available, currency)} is` : 'Nothing is';
        throw new ToolError('balance_insufficient', `${has} available${how} in ${currency.toUpperCase()}.`, {
          next: 'What is pending becomes available in the next days: pay out later, or less.',
          details: { available: spoken(available, currency) },
        });
      }
      const left =
        available === undefined
          ? 'unknown: the key may not read the balance'
          : spoken(available - minor, currency);
      return {
        preview: {
          summary: `Pay out ${spoken(minor, currency)} to the bank account of the business`,
          facts: [
            { label: 'Available afterwards', value: left },
            { label: 'How', value: method === 'instant' ? 'instant, for a fee' : 'standard, in days' },
            { label: 'Can be undone', value: 'only while it is pending' },
          ],
          amount: moved(minor, currency),
          objects: [],
        },
        sealed: { amount: minor, currency, method, description: input.description },
      };
    },
    withAmount: (input, amount) => ({ ...input, amount }),
    async act(sealed, api, context) {
      const params = { ...sealed, ...mark(context) };
      return paidOut(await api.payouts.create(params, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find(_sealed, api, look) {
      const payout = await findMade(api.payouts.list({ limit: 100, ...madeSince(look) }), look);
      return payout && paidOut(payout);
    },
  });
}

function canceled(payout: Stripe.Payout): Said {
  return {
    view: payoutView(payout),
    record: payout,
    summary: `Canceled the payout of ${spoken(payout.amount, payout.currency)}: the money is back in the balance`,
    objects: [payoutRef(payout)],
  };
}

function cancelPayout(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_payout',
    title: 'Cancel payout',
    description:
      'Calls a payout off that was started by hand and is still pending: the money goes back into the Stripe balance. Automatic payouts and those on their way cannot be canceled.',
    effect: 'money',
    canUndo: 'no; a new payout can be made',
    input: z.strictObject({ payout: payoutField }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('payout:write'),
    words: { action: 'cancel', object: 'payout', synonyms: ['stop the payout', 'call off', 'withdrawal'] },
    async plan(input, api) {
      const payout = await api.payouts.retrieve(input.payout.trim());
      if (payout.automatic || payout.status !== 'pending') {
        const why = payout.automatic ? 'it was made by schedule' : `its status is ${payout.status}`;
        throw new ToolError(
          'payout_unexpected_state',
          `The payout ${payout.id} cannot be canceled: ${why}.`,
          {
            next: 'It will arrive at the bank; nothing can call it off.',
            details: { payout: payout.id, status: payout.status, automatic: payout.automatic },
          },
        );
      }
      return {
        preview: {
          summary: `Cancel the payout of ${spoken(payout.amount, payout.currency)}`,
          facts: [{ label: 'Would arrive', value: time(payout.arrival_date).slice(0, 10) }],
          amount: moved(payout.amount, payout.currency),
          objects: [payoutRef(payout)],
        },
        sealed: { id: payout.id },
      };
    },
    async act({ id }, api, context) {
      return canceled(await api.payouts.cancel(id, {}, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find({ id }, api) {
      const payout = await api.payouts.retrieve(id);
      return payout.status === 'canceled' ? canceled(payout) : null;
    },
  });
}

/** Tools about money on its way to the bank of the business. */
export function payoutTools(desk: Desk): Tool[] {
  return [listPayouts(desk), getPayout(desk), createPayout(desk), cancelPayout(desk)];
}
