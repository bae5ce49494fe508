import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { fromStripe, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, idField, limitField } from '../fields.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { balanceSummary, balanceTransactionRow, balanceView } from '../views/balance.ts';

function retrieveBalance(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'retrieve_balance',
    title: 'Check balance',
    description:
      'The Stripe account balance now: available and pending money per currency. Use it for "what is my balance", "how much money do I have". For single movements use list_balance_transactions, for transfers to the bank list_payouts.',
    input: z.strictObject({}),
    permissions: needs('balance:read'),
    words: {
      action: 'get',
      object: 'balance',
      synonyms: ['funds', 'account balance', 'money', 'available funds'],
    },
    async read(_input, api) {
      const balance = await api.balance.retrieve();
      return { view: balanceView(balance), record: balance, summary: balanceSummary(balance) };
    },
  });
}

function listBalanceTransactions(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_balance_transactions',
    title: 'List balance transactions',
    description:
      'Every movement of the Stripe balance, newest first: charges, refunds, fees, disputes, payouts, each with amount, fee and net. Set count_all for sums over a period.',
    input: z.strictObject({
      type: z
        .string()
        .max(60)
        .optional()
        .describe('Only this type: "charge", "refund", "payout", "adjustment", "stripe_fee".'),
      payout: idField('payout', 'po_')
        .optional()
        .describe('Only what this automatic payout ("po_…") paid out.'),
      source: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe(
          'Only what came of this charge, refund, dispute or payout ("ch_…", "re_…", "du_…", "po_…").',
        ),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('balance:read', 'balance_transaction_source:read'),
    words: {
      action: 'list',
      object: 'balance_transaction',
      synonyms: ['transaction', 'movement', 'ledger entry', 'fee'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const listed = await follow(
        (page) =>
          api.balanceTransactions.list({
            ...page,
            ...(input.type && { type: input.type }),
            ...(input.payout && { payout: input.payout.trim() }),
            ...(input.source && { source: input.source.trim() }),
            ...(created && { created }),
          }),
        { enough: input.count_all ? undefined : (input.limit ?? 10) },
      );
      const sums = (pick: 'amount' | 'fee' | 'net'): string[] =>
        totals(listed.items.map((row) => fromStripe(row[pick], row.currency)));
      return {
        view: listView('balance_transaction', listed, balanceTransactionRow, {
          limit: input.limit,
          totals: { amount: sums('amount'), fee: sums('fee'), net: sums('net') },
        }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'balance transaction'),
      };
    },
  });
}

/** Tools about the money in the account. */
export function balanceTools(desk: Desk): Tool[] {
  return [retrieveBalance(desk), listBalanceTransactions(desk)];
}
