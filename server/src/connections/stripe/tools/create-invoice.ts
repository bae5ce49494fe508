import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, currencyField, customerField, textField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import type { Desk } from '../stripe-tool.ts';
import { invoiceRef, invoiceView } from '../views/billing.ts';
import { customerNamed, customerRef } from '../views/customers.ts';

const standardDaysUntilDue = 30;

function currencyFor(desk: Desk, customer: Stripe.Customer, named: string | undefined): string {
  const currency = named ?? customer.currency ?? desk.account.defaultCurrency;
  if (currency) return currency;
  throw new ToolError('missing_input', 'No currency was given.', { next: 'Ask for the currency.' });
}

const invoiceInput = z.strictObject({
  customer: customerField,
  collection_method: z
    .enum(['send_invoice', 'charge_automatically'])
    .optional()
    .describe(
      '"send_invoice" is mailed and paid by the customer (default); "charge_automatically" is collected from the saved card.',
    ),
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
  /** Absent where the saved card is charged. */
  daysUntilDue: z.number().int().optional(),
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
      ...(sealed.daysUntilDue === undefined
        ? { collection_method: 'charge_automatically' as const }
        : { collection_method: 'send_invoice' as const, days_until_due: sealed.daysUntilDue }),
      auto_advance: false,
      pending_invoice_items_behavior: 'exclude',
      ...mark(context),
    },
    once(context),
  );
  if (amount === undefined) return made;
  await api.invoiceItems.create(
    { customer, currency, invoice: made.id, amount, ...(description && { description }), ...mark(context) },
    once(context, 1),
  );
  return api.invoices.retrieve(made.id);
}

/** A draft with its line. */
export function createInvoice(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_invoice',
    title: 'Create invoice',
    description:
      'Drafts an invoice for a customer, with one line when amount is given: amount "300.00", description "design work". A draft is not sent and not paid; afterwards use finalize_invoice or send_invoice. More lines: create_invoice_item with the invoice id.',
    effect: 'write',
    canUndo: 'yes: a draft can be deleted',
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
      const isMailed = input.collection_method !== 'charge_automatically';
      if (isMailed && !customer.email) {
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
      const days = isMailed ? (input.days_until_due ?? standardDaysUntilDue) : undefined;
      return {
        preview: {
          summary: `Draft an invoice ${over} to ${customerNamed(customer)}${what}`,
          facts: [
            { label: 'Sent now', value: 'no, it stays a draft' },
            days === undefined
              ? { label: 'Paid', value: 'with the saved card, when it is collected' }
              : { label: 'Due', value: `${days} days after it is finalized` },
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
    send: (sealed, api, context) => draft(api, sealed, context),
    trace: ({ customer }, api) => api.invoices.list({ customer, limit: 100 }),
    isDone: (invoice, { amount }) => amount === undefined || invoice.lines.data.length > 0,
    tell: (invoice, { customer, who }) => ({
      view: invoiceView(invoice),
      record: invoice,
      summary: `Drafted an invoice for ${spoken(invoice.total, invoice.currency)} to ${who}; it is not sent yet`,
      objects: [invoiceRef(invoice), { type: 'customer', id: customer, label: who }],
      undo: { tool: 'delete_draft_invoice', input: { invoice: invoice.id }, label: 'Delete the draft again' },
    }),
    withAmount: (input, amount) => ({ ...input, amount }),
  });
}
