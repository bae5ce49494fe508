import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, currencyField, customerField, idField, textField } from '../fields.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { invoiceLabel, invoiceRef, invoiceView } from '../views/billing.ts';
import { customerNamed, customerRef } from '../views/customers.ts';
import { compact } from '../views/shape.ts';

const standardDaysUntilDue = 30;

function currencyFor(desk: Desk, customer: Stripe.Customer, named: string | undefined): string {
  const currency = named ?? customer.currency ?? desk.account.defaultCurrency;
  if (currency) return currency;
  throw new ToolError('missing_input', 'No currency was given.', { next: 'Ask for the currency.' });
}

const invoiceInput = z.strictObject({
  customer: customerField,
  amount: amountField.optional(),
  currency: currencyField
    .optional()
    .describe('ISO code in lower case; the currency of the customer or account when left out.'),
  description: textField('What it is for, as the line on the invoice reads.').optional(),
  days_until_due: z
    .number()
    .int()
    .min(1)
    .max(365)
    .optional()
    .describe('Days until it is due, counted from finalizing. Default 30.'),
});

const sealedDraft = z.object({
  customer: z.string(),
  who: z.string(),
  currency: z.string(),
  amount: z.number().int().optional(),
  description: z.string().optional(),
  daysUntilDue: z.number().int(),
});

/** The draft first, its line second: a resumed act meets the same objects under the same keys. */
async function draft(
  api: Stripe,
  sealed: z.infer<typeof sealedDraft>,
  context: ActContext,
): Promise<Stripe.Invoice> {
  const { customer, currency, amount, description } = sealed;
  const made = await api.invoices.create(
    {
      customer,
      currency,
      collection_method: 'send_invoice',
      days_until_due: sealed.daysUntilDue,
      auto_advance: false,
      pending_invoice_items_behavior: 'exclude',
      ...mark(context),
    },
    { idempotencyKey: context.idempotencyKey(0) },
  );
  if (amount === undefined) return made;
  await api.invoiceItems.create(
    { customer, currency, invoice: made.id, amount, ...(description && { description }), ...mark(context) },
    { idempotencyKey: context.idempotencyKey(1) },
  );
  return api.invoices.retrieve(made.id);
}

/** A draft with its line. */
export function createInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_invoice',
    title: 'Create invoice',
    description:
      'Drafts an invoice for a customer, with one line when amount is given: amount "300.00", description "design work". A draft is not sent and not paid; afterwards use finalize_invoice or send_invoice. More lines: create_invoice_item with the invoice id.',
    effect: 'write',
    input: invoiceInput,
    sealed: sealedDraft,
    permissions: needs('invoice:write', 'customer:read'),
    words: {
      action: 'create',
      object: 'invoice',
      synonyms: ['bill', 'draft an invoice', 'invoice somebody', 'issue an invoice'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      if (!customer.email) {
        throw new ToolError(
          'email_missing',
          `${customerNamed(customer)} has no e-mail address to send an invoice to.`,
          {
            next: 'Ask for the address and set it with update_customer first.',
            details: { customer: customer.id },
          },
        );
      }
      const currency = currencyFor(desk, customer, input.currency);
      const amount = input.amount === undefined ? undefined : amountFrom(input.amount, currency);
      const total = amount && toStripe(amount);
      const over = total === undefined ? 'without lines yet' : `for ${spoken(total, currency)}`;
      const what = input.description ? `: ${input.description}` : '';
      const days = input.days_until_due ?? standardDaysUntilDue;
      return {
        preview: {
          summary: `Draft an invoice ${over} to ${customerNamed(customer)}${what}`,
          facts: [
            { label: 'Sent now', value: 'no, it stays a draft' },
            { label: 'Due', value: `${days} days after it is finalized` },
          ],
          ...(total !== undefined && { amount: moved(total, currency) }),
          objects: [customerRef(customer)],
        },
        sealed: {
          customer: customer.id,
          who: customerNamed(customer),
          currency: currency.toLowerCase(),
          amount: total,
          description: input.description,
          daysUntilDue: days,
        },
      };
    },
    async act(sealed, api, context) {
      const { customer, who } = sealed;
      const invoice = await draft(api, sealed, context);
      return {
        view: invoiceView(invoice),
        record: invoice,
        summary: `Drafted an invoice for ${spoken(invoice.total, invoice.currency)} to ${who}; it is not sent yet`,
        objects: [invoiceRef(invoice), { type: 'customer', id: customer, label: who }],
      };
    },
  });
}

async function draftFor(api: Stripe, customer: Stripe.Customer, id: string): Promise<Stripe.Invoice> {
  const invoice = await api.invoices.retrieve(id.trim());
  if (idOf(invoice.customer) !== customer.id) {
    throw new ToolError(
      'wrong_customer',
      `The invoice ${invoice.id} is not for ${customerNamed(customer)}.`,
      {
        next: 'Look with list_invoices which ones are.',
      },
    );
  }
  if (invoice.status === 'draft') return invoice;
  throw new ToolError(
    'invoice_not_editable',
    `The invoice ${invoiceLabel(invoice)} is no longer a draft: it is ${invoice.status}.`,
    {
      next: 'Draft a new invoice with create_invoice.',
      details: { invoice: invoice.id, status: invoice.status },
    },
  );
}

const itemInput = z.strictObject({
  customer: customerField,
  invoice: idField('draft invoice', 'in_').optional(),
  amount: amountField,
  currency: currencyField,
  description: textField('What it is for, as the line reads.'),
});

const sealedItem = z.object({
  customer: z.string(),
  who: z.string(),
  invoice: z.string().optional(),
  amount: z.number().int(),
  currency: z.string(),
  description: z.string(),
});

/** A further line, on a draft or on whatever invoice comes next. */
export function createInvoiceItem(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_invoice_item',
    title: 'Add invoice line',
    description:
      'Adds a line to a draft invoice of a customer. Without invoice, the line waits and goes on the next invoice of that customer.',
    effect: 'write',
    input: itemInput,
    sealed: sealedItem,
    permissions: needs('invoice:write', 'customer:read'),
    words: {
      action: 'create',
      object: 'invoice_item',
      synonyms: ['line', 'position', 'invoice line', 'add to the invoice'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const amount = amountFrom(input.amount, input.currency);
      const minor = toStripe(amount);
      const invoice = input.invoice ? await draftFor(api, customer, input.invoice) : undefined;
      if (invoice && invoice.currency !== amount.currency) {
        throw new ToolError('currency_mismatch', `The invoice is in ${invoice.currency.toUpperCase()}.`, {
          next: `Give the amount in ${invoice.currency.toUpperCase()}, or draft another invoice.`,
        });
      }
      const where = invoice ? `the draft ${invoice.id}` : 'the next invoice';
      return {
        preview: {
          summary: `Add ${spoken(minor, amount.currency)} for ${input.description} to ${where} of ${customerNamed(customer)}`,
          facts: [],
          amount: moved(minor, amount.currency),
          objects: [customerRef(customer), ...(invoice ? [invoiceRef(invoice)] : [])],
        },
        sealed: {
          customer: customer.id,
          who: customerNamed(customer),
          invoice: invoice?.id,
          amount: minor,
          currency: amount.currency,
          description: input.description,
        },
      };
    },
    async act({ who, ...sealed }, api, context) {
      const item = await api.invoiceItems.create(
        { ...sealed, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const amount = spoken(item.amount, item.currency);
      return {
        view: compact({
          object: 'invoice_item',
          id: item.id,
          amount: `${moved(item.amount, item.currency).decimal} ${item.currency.toUpperCase()}`,
          description: item.description,
          customer: sealed.customer,
          invoice: sealed.invoice,
          note: sealed.invoice ? undefined : 'It goes on the next invoice of this customer.',
        }),
        record: item,
        summary: `Added ${amount} for ${sealed.description} to ${sealed.invoice ? 'the draft' : 'the next invoice'} of ${who}`,
        objects: [
          { type: 'invoice_item', id: item.id, label: amount },
          ...(sealed.invoice ? [{ type: 'invoice', id: sealed.invoice }] : []),
        ],
      };
    },
  });
}
