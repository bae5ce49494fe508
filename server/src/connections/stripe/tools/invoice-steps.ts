import type Stripe from 'stripe';
import { z } from 'zod';
import { type Preview, type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { customerField } from '../fields.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById } from '../references/customers.ts';
import { resolveInvoice } from '../references/payments.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { invoiceLabel, invoiceRef, invoiceView } from '../views/billing.ts';
import { type ChosenMethod, givenMethod, noPaymentMethod, savedMethod } from './payment-choice.ts';

const invoiceFields = {
  invoice: z.string().min(1).max(100).optional().describe('The invoice id ("in_…") or its number.'),
  customer: customerField
    .optional()
    .describe('Instead of the id: the customer whose only fitting invoice it is.'),
};

const invoiceInput = z
  .strictObject(invoiceFields)
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.');

const sealedInvoice = z.object({ id: z.string(), who: z.string() });

/** Finds the invoice and refuses one on which this step cannot be taken. */
async function invoiceIn(
  api: Stripe,
  input: z.infer<typeof invoiceInput>,
  statuses: readonly Stripe.Invoice.Status[],
  verb: string,
): Promise<Stripe.Invoice> {
  const invoice = await resolveInvoice(api, { id: input.invoice, customer: input.customer }, statuses);
  if (statuses.includes(invoice.status ?? 'draft')) return invoice;
  const next: Partial<Record<Stripe.Invoice.Status, string>> = {
    draft: 'Finalize it first with finalize_invoice.',
    paid: 'It is paid already.',
    void: 'It is void: draft a new one if it is still wanted.',
    open: 'It is final already.',
  };
  throw new ToolError(
    'invoice_unexpected_state',
    `The invoice ${invoiceLabel(invoice)} cannot be ${verb}: it is ${invoice.status}.`,
    {
      next: next[invoice.status ?? 'draft'] ?? 'Look at it with get_invoice.',
      details: { invoice: invoice.id, status: invoice.status },
    },
  );
}

const whoOf = (invoice: Stripe.Invoice): string =>
  invoice.customer_name ?? invoice.customer_email ?? idOf(invoice.customer) ?? 'nobody';

function preview(invoice: Stripe.Invoice, summary: string, amountMinor?: number): Preview {
  return {
    summary,
    facts: [
      { label: 'Total', value: spoken(invoice.total, invoice.currency) },
      { label: 'Open', value: spoken(invoice.amount_remaining, invoice.currency) },
      { label: 'Status now', value: invoice.status ?? 'draft' },
    ],
    ...(amountMinor !== undefined && amountMinor > 0 && { amount: moved(amountMinor, invoice.currency) }),
    objects: [invoiceRef(invoice)],
  };
}

function done(invoice: Stripe.Invoice, summary: string): Said {
  return { view: invoiceView(invoice), record: invoice, summary, objects: [invoiceRef(invoice)] };
}

function finalizeInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'finalize_invoice',
    title: 'Finalize invoice',
    description:
      'Makes a draft invoice final: it gets its number, can no longer be changed, and may be paid. It is not mailed by this; send_invoice finalizes and mails in one step.',
    effect: 'money',
    input: invoiceInput,
    sealed: sealedInvoice,
    permissions: needs('invoice:write'),
    words: { action: 'finalize', object: 'invoice', synonyms: ['issue', 'close the draft', 'make final'] },
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['draft'], 'finalized');
      const summary = `Finalize the invoice over ${spoken(invoice.total, invoice.currency)} to ${whoOf(invoice)}`;
      return {
        preview: preview(invoice, summary, invoice.total),
        sealed: { id: invoice.id, who: whoOf(invoice) },
      };
    },
    async act({ id, who }, api, context) {
      const invoice = await api.invoices.finalizeInvoice(
        id,
        {},
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return done(
        invoice,
        `Finalized the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${who}`,
      );
    },
  });
}

function sendInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'send_invoice',
    title: 'Send invoice',
    description:
      'Mails an invoice to the customer through Stripe; a draft is finalized first. In test mode Stripe sends no mail, and the view holds the page of the invoice.',
    effect: 'money',
    input: invoiceInput,
    sealed: sealedInvoice,
    permissions: needs('invoice:write'),
    words: {
      action: 'send',
      object: 'invoice',
      synonyms: ['mail', 'e-mail the invoice', 'remind', 'resend'],
    },
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['draft', 'open'], 'sent');
      if (invoice.collection_method !== 'send_invoice') {
        throw new ToolError(
          'invoice_unexpected_state',
          `The invoice ${invoiceLabel(invoice)} is charged automatically, not mailed.`,
          {
            next: 'Collect it with pay_invoice, or give the customer its page from get_invoice.',
          },
        );
      }
      const summary = `Mail the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${invoice.customer_email ?? whoOf(invoice)}`;
      return {
        preview: preview(invoice, summary, invoice.amount_due),
        sealed: { id: invoice.id, who: invoice.customer_email ?? whoOf(invoice) },
      };
    },
    async act({ id, who }, api, context) {
      const invoice = await api.invoices.sendInvoice(id, {}, { idempotencyKey: context.idempotencyKey(0) });
      return done(
        invoice,
        `Sent the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${who}`,
      );
    },
  });
}

async function methodFor(
  api: Stripe,
  desk: Desk,
  invoice: Stripe.Invoice,
  given: string | undefined,
): Promise<ChosenMethod> {
  const customerId = idOf(invoice.customer);
  if (given) return givenMethod(api, given, { mode: desk.mode, customer: customerId });
  const own = idOf(invoice.default_payment_method);
  if (own) return givenMethod(api, own, { mode: desk.mode, customer: customerId });
  const customer = customerId ? await customerById(api, customerId) : undefined;
  const saved = customer && (await savedMethod(api, customer));
  if (saved) return saved;
  throw noPaymentMethod(whoOf(invoice), desk.mode);
}

const payInput = z
  .strictObject({
    ...invoiceFields,
    payment_method: z
      .string()
      .min(3)
      .max(100)
      .optional()
      .describe(
        'A saved payment method of the customer ("pm_…"); in test mode also "pm_card_visa" or a published test card number. Left out: the default.',
      ),
  })
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.');

function payInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'pay_invoice',
    title: 'Collect invoice',
    description:
      'Charges an open invoice now to the saved payment method of the customer, or to the one given. Declined: the error says why; the invoice stays open.',
    effect: 'money',
    input: payInput,
    sealed: z.object({
      id: z.string(),
      who: z.string(),
      method: z.string(),
      attachTo: z.string().optional(),
    }),
    permissions: needs('invoice:write'),
    words: {
      action: 'pay',
      object: 'invoice',
      synonyms: ['collect', 'charge the invoice', 'retry the payment', 'settle'],
    },
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['open', 'uncollectible'], 'paid');
      const method = await methodFor(api, desk, invoice, input.payment_method);
      const open = spoken(invoice.amount_remaining, invoice.currency);
      return {
        preview: preview(
          invoice,
          `Collect ${open} on the invoice ${invoiceLabel(invoice)} from ${whoOf(invoice)} with ${method.label}`,
          invoice.amount_remaining,
        ),
        sealed: {
          id: invoice.id,
          who: whoOf(invoice),
          method: method.id,
          attachTo: method.testToken ? idOf(invoice.customer) : undefined,
        },
      };
    },
    async act({ id, who, method, attachTo }, api, context) {
      const attached =
        attachTo &&
        (await api.paymentMethods.attach(
          method,
          { customer: attachTo },
          { idempotencyKey: context.idempotencyKey(0) },
        ));
      const paidWith = attached ? attached.id : method;
      const invoice = await api.invoices.pay(
        id,
        { payment_method: paidWith },
        { idempotencyKey: context.idempotencyKey(1) },
      );
      return done(
        invoice,
        `Collected ${spoken(invoice.amount_paid, invoice.currency)} on the invoice ${invoiceLabel(invoice)} from ${who}`,
      );
    },
  });
}

function voidInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'void_invoice',
    title: 'Void invoice',
    description:
      'Cancels a final invoice for good: nothing is owed on it any more. Paid ones cannot be voided: refund the payment instead.',
    effect: 'destructive',
    input: invoiceInput,
    sealed: sealedInvoice,
    permissions: needs('invoice:write'),
    words: { action: 'void', object: 'invoice', synonyms: ['cancel the invoice', 'annul', 'withdraw'] },
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['open', 'uncollectible'], 'voided');
      const summary = `Void the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${whoOf(invoice)}`;
      return { preview: preview(invoice, summary), sealed: { id: invoice.id, who: whoOf(invoice) } };
    },
    async act({ id, who }, api, context) {
      const invoice = await api.invoices.voidInvoice(id, {}, { idempotencyKey: context.idempotencyKey(0) });
      return done(invoice, `Voided the invoice ${invoiceLabel(invoice)} to ${who}`);
    },
  });
}

/** The steps of an invoice after it was drafted. */
export function invoiceStepTools(desk: Desk): Tool[] {
  return [finalizeInvoice(desk), sendInvoice(desk), payInvoice(desk), voidInvoice(desk)];
}
