import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { fromStripe, spoken, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, customerField, limitField } from '../fields.ts';
import { follow, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveInvoice } from '../references/payments.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { invoiceLabel, invoiceRef, invoiceRow, invoiceView, isOverdue } from '../views/billing.ts';
import { createInvoice } from './create-invoice.ts';
import { draftInvoiceTools } from './draft-invoices.ts';
import { invoiceItemTools } from './invoice-items.ts';
import { invoiceStepTools } from './invoice-steps.ts';
import { payInvoice } from './pay-invoice.ts';

function invoiceTotals({ items }: Listed<Stripe.Invoice>): { [key: string]: string[] } {
  const sum = (pick: (invoice: Stripe.Invoice) => number): string[] =>
    totals(items.map((invoice) => fromStripe(pick(invoice), invoice.currency)));
  return {
    total: sum((invoice) => invoice.total),
    paid: sum((invoice) => invoice.amount_paid),
    remaining: sum((invoice) => (invoice.status === 'open' ? invoice.amount_remaining : 0)),
  };
}

function listInvoices(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_invoices',
    title: 'List invoices',
    description:
      'Invoices, newest first, with customer, amounts, status and due date. Set overdue true for open ones past their due date: all of those are shown. Set count_all for sums.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z
        .enum(['draft', 'open', 'paid', 'uncollectible', 'void'])
        .optional()
        .describe('Only those in this status. "open" means final and not paid.'),
      overdue: z.boolean().optional().describe('true: only open invoices whose due date has passed.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('invoice:read'),
    words: {
      action: 'list',
      object: 'invoice',
      synonyms: ['bill', 'overdue', 'unpaid', 'open invoice', 'receivable', 'outstanding'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const status = input.overdue ? 'open' : input.status;
      const filter = {
        ...(customer && { customer: customer.id }),
        ...(status && { status }),
        ...(created && { created }),
      };
      const limit = input.limit ?? (input.overdue ? 100 : 10);
      const now = desk.now();
      const listed = await follow((page) => api.invoices.list({ ...page, ...filter }), {
        enough: input.count_all || input.overdue ? undefined : limit,
        ...(input.overdue && { fits: (invoice: Stripe.Invoice) => isOverdue(invoice, now) }),
      });
      return {
        view: listView('invoice', listed, invoiceRow, { limit, totals: invoiceTotals(listed) }),
        record: listed.items.slice(0, limit),
        summary: listSummary(listed, input.overdue ? 'overdue invoice' : 'invoice'),
        objects: listed.items.slice(0, limit).map(invoiceRef),
      };
    },
  });
}

/** More lines of one invoice are not read to a model. */
const mostLines = 500;

function getInvoice(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_invoice',
    title: 'Get invoice',
    description:
      'One invoice by id or number: lines, amounts, status, due date, and the page where the customer can pay it.',
    input: z.strictObject({
      invoice: z.string().min(1).max(100).describe('The invoice id ("in_…") or its number.'),
    }),
    permissions: needs('invoice:read'),
    words: { action: 'get', object: 'invoice', synonyms: ['bill'] },
    async read(input, api) {
      const invoice = await resolveInvoice(api, { id: input.invoice }, [
        'draft',
        'open',
        'paid',
        'uncollectible',
        'void',
      ]);
      // An invoice carries its first lines only.
      const lines = invoice.lines.has_more
        ? await follow((page) => api.invoices.listLineItems(invoice.id, page), { atMost: mostLines })
        : undefined;
      const whole: Stripe.Invoice = lines
        ? { ...invoice, lines: { ...invoice.lines, data: lines.items, has_more: !lines.complete } }
        : invoice;
      return {
        view: invoiceView(whole),
        record: whole,
        summary: `Read the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)}: ${invoice.status}`,
        objects: [invoiceRef(invoice)],
      };
    },
  });
}

/** Tools about invoices. */
export function invoiceTools(desk: Desk): Tool[] {
  return [
    listInvoices(desk),
    getInvoice(desk),
    createInvoice(desk),
    ...invoiceItemTools(desk),
    ...draftInvoiceTools(desk),
    ...invoiceStepTools(desk),
    payInvoice(desk),
  ];
}
