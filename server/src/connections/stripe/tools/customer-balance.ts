import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, shown, spoken, toStripe } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import {
  amountField,
  countAllField,
  createdField,
  currencyField,
  customerField,
  limitField,
  textField,
} from '../fields.ts';
import { findMade, mark } from '../marks.ts';
import { follow, idOf, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerLabel, customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { compact, metadataView, time } from '../views/shape.ts';

type Entry = Stripe.CustomerBalanceTransaction;

/** What the customer has or owes, in words: Stripe counts credit below zero. */
function balanceWords(minor: number, currency: string): string {
  if (minor === 0) return 'nothing';
  return minor < 0 ? `${spoken(-minor, currency)} in credit` : `${spoken(minor, currency)} owed`;
}

function entryRow(entry: Entry): { [key: string]: string } {
  return compact({
    id: entry.id,
    amount: shown(Math.abs(entry.amount), entry.currency),
    direction: entry.amount < 0 ? 'credit' : 'debit',
    balance_afterwards: balanceWords(entry.ending_balance, entry.currency),
    type: entry.type,
    description: entry.description,
    invoice: idOf(entry.invoice),
    credit_note: idOf(entry.credit_note),
    metadata: metadataView(entry.metadata),
    created: time(entry.created),
  }) as { [key: string]: string };
}

function listEntries(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_customer_balance_transactions',
    title: 'List balance of customer',
    description:
      'How the credit balance of one customer came about, newest first: credits given, debits, and what invoices used of it. For money of the account itself use list_balance_transactions.',
    input: z.strictObject({
      customer: customerField,
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('customer:read'),
    words: {
      action: 'list',
      object: 'customer_balance_transaction',
      synonyms: [
        'customer balance',
        'balance history',
        'balance changes',
        'credit history',
        'store credit',
        'account credit',
      ],
    },
    async read(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const created = await periodFor(desk, api, input.created);
      const listed = await follow(
        (page) =>
          api.customers.listBalanceTransactions(customer.id, { ...page, ...(created && { created }) }),
        { enough: input.count_all ? undefined : (input.limit ?? 10) },
      );
      const view = listView('customer_balance_transaction', listed, entryRow, { limit: input.limit });
      const { balance, currency } = customer;
      return {
        view: {
          ...view,
          ...{ customer: customer.id, customer_name: customerLabel(customer) },
          ...(currency && { balance: balanceWords(balance, currency) }),
        },
        record: listed.items.slice(0, input.limit ?? 10),
        summary: `${listSummary(listed, 'balance transaction')} of ${customerLabel(customer)}`,
        objects: [customerRef(customer)],
      };
    },
  });
}

function adjusted(entry: Entry, who: z.infer<typeof sealedWho>): Said {
  const amount = spoken(Math.abs(entry.amount), entry.currency);
  const isCredit = entry.amount < 0;
  const back = isCredit ? 'debit' : 'credit';
  return {
    view: {
      ...{ object: 'customer_balance_transaction', ...entryRow(entry) },
      ...{ customer: who.id, customer_name: customerLabel(who) },
    },
    record: entry,
    summary: `${isCredit ? 'Credited' : 'Debited'} ${customerNamed(who)} ${amount}; the balance is now ${balanceWords(entry.ending_balance, entry.currency)}`,
    objects: [{ type: 'customer_balance_transaction', id: entry.id, label: amount }, customerRef(who)],
    undo: {
      tool: 'adjust_customer_balance',
      input: {
        ...{ customer: who.id, direction: back, currency: entry.currency },
        amount: moved(Math.abs(entry.amount), entry.currency).decimal,
      },
      label: `${back === 'debit' ? 'Debit' : 'Credit'} ${amount} back`,
    },
  };
}

/** A customer has a balance in one currency; Stripe would keep another beside it, which nobody would find again. */
function requireCurrency(customer: Stripe.Customer, currency: string): void {
  if (!customer.currency || customer.currency === currency) return;
  const theirs = customer.currency.toUpperCase();
  throw new ToolError(
    'currency_mismatch',
    `The balance of ${customerNamed(customer)} is in ${theirs}, not ${currency.toUpperCase()}.`,
    {
      next: `Ask for the amount in ${theirs}.`,
      details: { customer: customer.id, currency: customer.currency },
    },
  );
}

function adjustBalance(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'adjust_customer_balance',
    title: 'Adjust customer balance',
    description:
      'Gives a customer credit that their next invoices use up (direction "credit"), or adds something they owe to their next invoice (direction "debit"). Moves no money now and refunds nothing: for money back use create_refund. Amount in major units ("10.00").',
    effect: 'money',
    canUndo: 'yes, by the opposite adjustment',
    input: z.strictObject({
      customer: customerField,
      direction: z
        .enum(['credit', 'debit'])
        .describe('"credit": in favour of the customer; "debit": the customer owes it.'),
      amount: amountField,
      currency: currencyField,
      description: textField('Why, for the record.', 350).optional(),
    }),
    sealed: z.object({
      who: sealedWho,
      amount: z.number().int(),
      currency: z.string(),
      description: z.string().optional(),
    }),
    permissions: needs('customer:write'),
    words: {
      action: 'adjust',
      object: 'customer_balance_transaction',
      synonyms: [
        'credit',
        'store credit',
        'goodwill',
        'debit',
        'customer balance',
        'account credit',
        'credit balance',
        'debit balance',
        'credit account',
        'give credit',
        'add credit',
        'account balance',
        'credit on account',
        'goodwill credit',
        'take off the balance',
      ],
    },
    async plan(input, api) {
      const amount = amountFrom(input.amount, input.currency);
      const customer = await resolveCustomer(api, input.customer);
      requireCurrency(customer, amount.currency);
      const minor = toStripe(amount);
      const signed = input.direction === 'credit' ? -minor : minor;
      const before = customer.currency ? customer.balance : 0;
      const verb = input.direction === 'credit' ? 'Credit' : 'Debit';
      return {
        preview: {
          summary: `${verb} ${customerNamed(customer)} ${spoken(minor, amount.currency)} on their balance`,
          facts: [
            { label: 'Balance now', value: balanceWords(before, amount.currency) },
            { label: 'Afterwards', value: balanceWords(before + signed, amount.currency) },
            { label: 'Used', value: 'by the next invoices, by itself' },
            ...(input.description ? [{ label: 'Why', value: input.description }] : []),
          ],
          amount: moved(minor, amount.currency),
          objects: [customerRef(customer)],
        },
        sealed: {
          ...{ who: whoIs(customer), amount: signed, currency: amount.currency },
          description: input.description,
        },
      };
    },
    withAmount: (input, amount) => ({ ...input, amount }),
    async act({ who, ...sealed }, api, context) {
      const params = { ...sealed, ...mark(context) };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return adjusted(await api.customers.createBalanceTransaction(who.id, params, options), who);
    },
    async find({ who }, api, look) {
      const entry = await findMade(api.customers.listBalanceTransactions(who.id, { limit: 100 }), look);
      return entry && adjusted(entry, who);
    },
  });
}

/** Tools about what a customer has in credit or owes beside their invoices. */
export function customerBalanceTools(desk: Desk): Tool[] {
  return [listEntries(desk), adjustBalance(desk)];
}
