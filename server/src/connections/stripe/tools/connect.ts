import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, fromStripe, moved, shown, spoken, toStripe, totals } from '../amounts.ts';
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
import { bears, findMade, mark } from '../marks.ts';
import { follow, idOf, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { compact, time } from '../views/shape.ts';

function accountRow(account: Stripe.Account): Json {
  return compact({
    id: account.id,
    name: account.business_profile?.name ?? account.settings?.dashboard?.display_name,
    email: account.email,
    country: account.country,
    default_currency: account.default_currency,
    charges_enabled: account.charges_enabled,
    payouts_enabled: account.payouts_enabled,
    disabled_reason: account.requirements?.disabled_reason,
    due_now: account.requirements?.currently_due ?? undefined,
    created: time(account.created),
  });
}

function listConnectedAccounts(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_connected_accounts',
    title: 'List connected accounts',
    description:
      'The accounts connected to this platform (Connect), newest first: name, country, whether they may charge and be paid out, and what Stripe still wants from them. To act as one of them, an owner connects it as a connection of its own.',
    input: z.strictObject({
      restricted: z.boolean().optional().describe('true: only those that may not charge or be paid out.'),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('account:read'),
    words: {
      action: 'list',
      object: 'connected_account',
      synonyms: ['connected accounts', 'sellers', 'connect accounts', 'sub-accounts', 'merchants'],
    },
    async read(input, api) {
      const limit = input.limit ?? 10;
      const listed = await follow((page) => api.accounts.list(page), {
        enough: input.count_all ? undefined : limit,
        ...(input.restricted !== undefined && {
          fits: ({ charges_enabled, payouts_enabled }: Stripe.Account) =>
            (charges_enabled && payouts_enabled) !== input.restricted,
        }),
      });
      return {
        view: listView('account', listed, accountRow, { limit }),
        record: listed.items.slice(0, limit),
        summary: listSummary(listed, 'connected account'),
        objects: listed.items.slice(0, limit).map(({ id }) => ({ type: 'account', id })),
      };
    },
  });
}

function transferRow(transfer: Stripe.Transfer): { [key: string]: Json } {
  return compact({
    id: transfer.id,
    amount: shown(transfer.amount, transfer.currency),
    reversed: transfer.amount_reversed > 0 ? shown(transfer.amount_reversed, transfer.currency) : undefined,
    destination: idOf(transfer.destination),
    source_transaction: idOf(transfer.source_transaction),
    description: transfer.description,
    created: time(transfer.created),
  });
}

function listTransfers(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_transfers',
    title: 'List transfers',
    description:
      'Transfers of money from this platform to its connected accounts, newest first, and what of them was reversed. Payouts to a bank are in list_payouts. Set count_all for sums.',
    input: z.strictObject({
      destination: idField('connected account', 'acct_').optional(),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('transfer:read'),
    words: {
      action: 'list',
      object: 'transfer',
      synonyms: ['transfers', 'sent to sellers', 'connect transfers'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const limit = input.limit ?? 10;
      const filter = {
        ...(input.destination && { destination: input.destination.trim() }),
        ...(created && { created }),
      };
      const listed = await follow((page) => api.transfers.list({ ...page, ...filter }), {
        enough: input.count_all ? undefined : limit,
      });
      const sum = (of: (transfer: Stripe.Transfer) => number) =>
        totals(listed.items.map((transfer) => fromStripe(of(transfer), transfer.currency)));
      return {
        view: listView('transfer', listed, transferRow, {
          limit,
          totals: { amount: sum(({ amount }) => amount), reversed: sum(({ amount_reversed: back }) => back) },
        }),
        record: listed.items.slice(0, limit),
        summary: listSummary(listed, 'transfer'),
        objects: listed.items.slice(0, limit).map(transferRef),
      };
    },
  });
}

const transferRef = ({ id, amount, currency }: Stripe.Transfer) => ({
  type: 'transfer',
  id,
  label: spoken(amount, currency),
});

/** @throws ToolError when the amount is not what can be taken back */
function amountBack(
  transfer: Stripe.Transfer,
  input: { amount?: string | undefined; full?: boolean | undefined; currency?: string | undefined },
): number {
  const left = transfer.amount - transfer.amount_reversed;
  const said = (minor: number) => spoken(minor, transfer.currency);
  if (left === 0)
    throw new ToolError('already_reversed', `All of the transfer ${transfer.id} was taken back before.`, {
      next: 'Nothing is left to reverse.',
    });
  if (input.amount === undefined) return left;
  const currency = (input.currency ?? transfer.currency).toLowerCase();
  if (currency !== transfer.currency)
    throw new ToolError(
      'wrong_currency',
      `The transfer ${transfer.id} is in ${transfer.currency.toUpperCase()}.`,
      {
        next: `Give the amount in ${transfer.currency.toUpperCase()}.`,
      },
    );
  const amount = toStripe(amountFrom(input.amount, currency));
  if (amount <= left) return amount;
  throw new ToolError(
    'amount_too_large',
    `Only ${said(left)} of ${said(transfer.amount)} is left to take back.`,
    {
      next: `Reverse at most ${said(left)}.`,
    },
  );
}

function reverseTransfer(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'reverse_transfer',
    title: 'Reverse transfer',
    description:
      'Takes money of a transfer back from the connected account to this platform. Say how much, or full: true for all that is left. The connected account needs the balance; the customer gets nothing back by it: for that, refund the charge.',
    effect: 'money',
    input: z
      .strictObject({
        transfer: idField('transfer', 'tr_'),
        amount: amountField.optional(),
        currency: currencyField.optional(),
        full: z.literal(true).optional().describe('true: all that is left of it.'),
        description: textField('Why, for both accounts to see.').optional(),
      })
      .refine(
        ({ amount, full }) => (amount === undefined) !== (full === undefined),
        'Give either an amount or full: true.',
      ),
    sealed: z.object({
      transfer: z.string(),
      destination: z.string(),
      amount: z.number().int(),
      currency: z.string(),
      description: z.string().optional(),
    }),
    permissions: needs('transfer:write'),
    words: {
      action: 'reverse',
      object: 'transfer',
      synonyms: ['take back the transfer', 'transfer reversal'],
    },
    async plan(input, api) {
      const transfer = await api.transfers.retrieve(input.transfer.trim());
      const amount = amountBack(transfer, input);
      const destination = idOf(transfer.destination) ?? 'an account that is gone';
      const said = (minor: number) => spoken(minor, transfer.currency);
      return {
        preview: {
          summary: `Take ${said(amount)} of ${said(transfer.amount)} back from ${destination}, transfer ${transfer.id}`,
          facts: [
            { label: 'Transferred', value: said(transfer.amount) },
            { label: 'Reversed before', value: said(transfer.amount_reversed) },
            { label: 'Left afterwards', value: said(transfer.amount - transfer.amount_reversed - amount) },
            { label: 'Can be undone', value: 'no' },
          ],
          amount: moved(amount, transfer.currency),
          objects: [transferRef(transfer), { type: 'account', id: destination }],
        },
        sealed: {
          ...{ transfer: transfer.id, destination, amount, currency: transfer.currency },
          ...(input.description !== undefined && { description: input.description }),
        },
      };
    },
    withAmount: ({ full: _, ...input }, amount) => ({ ...input, amount }),
    async act({ transfer, destination, currency: _, ...wish }, api, context) {
      const reversal = await api.transfers.createReversal(
        transfer,
        { ...wish, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return reversed(reversal, transfer, destination);
    },
    async find({ transfer, destination }, api, look) {
      const made = await findMade(api.transfers.listReversals(transfer, { limit: 100 }), look);
      return made && bears(made, look) ? reversed(made, transfer, destination) : null;
    },
  });
}

function reversed(reversal: Stripe.TransferReversal, transfer: string, destination: string): Said {
  const amount = spoken(reversal.amount, reversal.currency);
  return {
    view: compact({
      object: 'transfer_reversal',
      id: reversal.id,
      amount: shown(reversal.amount, reversal.currency),
      transfer,
      from: destination,
      created: time(reversal.created),
    }),
    record: reversal,
    summary: `Took ${amount} back from ${destination}`,
    objects: [
      { type: 'transfer_reversal', id: reversal.id, label: amount },
      { type: 'transfer', id: transfer },
    ],
  };
}

/** Tools of a Connect platform about its accounts. */
export function connectTools(desk: Desk): Tool[] {
  return [listConnectedAccounts(desk), listTransfers(desk), reverseTransfer(desk)];
}
