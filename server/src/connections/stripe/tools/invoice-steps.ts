import type Stripe from 'stripe';
import { z } from 'zod';
import { type ObjectRef, type Preview, type Tool, ToolError, type WriteTool } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { customerField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { bears, type Look, madeSince, mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveInvoice } from '../references/payments.ts';
import { type Desk, permitted, type Said } from '../stripe-tool.ts';
import { invoiceLabel, invoiceRef, invoiceView } from '../views/billing.ts';
import { customerRef } from '../views/customers.ts';

export const invoiceFields = {
  invoice: z.string().min(1).max(100).optional().describe('The invoice id ("in_…") or its number.'),
  customer: customerField
    .optional()
    .describe('Instead of the id: the customer whose only fitting invoice it is.'),
};

const invoiceInput = z
  .strictObject(invoiceFields)
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.');

type Status = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

const nextSteps: Readonly<Record<Status, string>> = {
  draft: 'Finalize it first with finalize_invoice.',
  open: 'It is final already.',
  paid: 'It is paid already; a credit note reduces it.',
  uncollectible: 'It was written off.',
  void: 'It is void: draft a new one if it is still wanted.',
};

/** Finds the invoice and refuses one on which this step cannot be taken. */
export async function invoiceIn(
  api: Stripe,
  input: z.infer<typeof invoiceInput>,
  statuses: readonly Status[],
  verb: string,
): Promise<Stripe.Invoice> {
  const invoice = await resolveInvoice(api, { id: input.invoice, customer: input.customer }, statuses);
  const status = z
    .enum(['draft', 'open', 'paid', 'uncollectible', 'void'])
    .catch('draft')
    .parse(invoice.status);
  if (statuses.includes(status)) return invoice;
  throw new ToolError(
    'invoice_unexpected_state',
    `The invoice ${invoiceLabel(invoice)} cannot be ${verb}: it is ${status}.`,
    { next: nextSteps[status], details: { invoice: invoice.id, status } },
  );
}

/** Who is billed, as people call them. */
export const whoOf = (invoice: Stripe.Invoice): string =>
  invoice.customer_name ?? invoice.customer_email ?? idOf(invoice.customer) ?? 'nobody';

/** The invoice and whose it is. */
export function invoiceRefs(invoice: Stripe.Invoice): ObjectRef[] {
  const id = idOf(invoice.customer);
  const who = id && { id, name: invoice.customer_name, email: invoice.customer_email };
  return [invoiceRef(invoice), ...(who ? [customerRef(who)] : [])];
}

/** What a step on an invoice shows beforehand. */
export function invoicePreview(invoice: Stripe.Invoice, summary: string, amountMinor?: number): Preview {
  return {
    summary,
    facts: [
      { label: 'Total', value: spoken(invoice.total, invoice.currency) },
      { label: 'Open', value: spoken(invoice.amount_remaining, invoice.currency) },
      { label: 'Status now', value: invoice.status ?? 'draft' },
    ],
    ...(amountMinor !== undefined && amountMinor > 0 && { amount: moved(amountMinor, invoice.currency) }),
    objects: invoiceRefs(invoice),
  };
}

/** An invoice after a step was taken. */
export function invoiceSaid(invoice: Stripe.Invoice, summary: string): Said {
  return { view: invoiceView(invoice), record: invoice, summary, objects: invoiceRefs(invoice) };
}

const sealedInvoice = z.object({ id: z.string(), who: z.string(), wasDraft: z.boolean() });
type Sealed = z.infer<typeof sealedInvoice>;

interface Step extends Pick<WriteTool<unknown>, 'name' | 'title' | 'description' | 'effect' | 'words'> {
  readonly canUndo?: string;
  /** In which it can be taken. */
  readonly from: readonly Status[];
  /** `finalized`, for the refusal. */
  readonly verb: string;
  plan(invoice: Stripe.Invoice): Preview;
  take(id: string, api: Stripe, key: { idempotencyKey: string }): Promise<Stripe.Invoice>;
  isTaken(invoice: Stripe.Invoice, api: Stripe, look: Look): boolean | Promise<boolean>;
  tell(invoice: Stripe.Invoice, sealed: Sealed): Said;
}

/** One step of an invoice's life. Stripe takes no metadata with it, so the mark is put there first. */
function invoiceStep(desk: Desk, { from, verb, plan, take, isTaken, tell, ...tool }: Step): Tool {
  return markedWrite(desk, {
    ...tool,
    input: invoiceInput,
    sealed: sealedInvoice,
    permissions: needs('invoice:write'),
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, from, verb);
      return {
        preview: plan(invoice),
        sealed: { id: invoice.id, who: whoOf(invoice), wasDraft: invoice.status === 'draft' },
      };
    },
    async send({ id }, api, context) {
      await api.invoices.update(id, mark(context), once(context));
      return take(id, api, once(context, 1));
    },
    trace: ({ id }, api) => api.invoices.retrieve(id),
    isDone: (invoice, _, api, look) => isTaken(invoice, api, look),
    tell,
  });
}

/** A final invoice is never a draft again: what sets it back is that nothing is owed on it. */
const voided = (invoice: Stripe.Invoice) => ({
  undo: {
    tool: 'void_invoice',
    input: { invoice: invoice.id },
    label: 'Void the invoice: nothing is owed on it any more',
  },
});

function finalizeInvoice(desk: Desk): Tool {
  return invoiceStep(desk, {
    name: 'finalize_invoice',
    title: 'Finalize invoice',
    description:
      'Makes a draft invoice final: it gets its number, can no longer be changed, and may be paid. It is not mailed by this; send_invoice finalizes and mails in one step.',
    effect: 'money',
    canUndo: 'no; it can be voided while it is unpaid',
    words: { action: 'finalize', object: 'invoice', synonyms: ['issue', 'close the draft', 'make final'] },
    from: ['draft'],
    verb: 'finalized',
    plan(invoice) {
      const total = spoken(invoice.total, invoice.currency);
      return invoicePreview(
        invoice,
        `Finalize the invoice over ${total} to ${whoOf(invoice)}`,
        invoice.total,
      );
    },
    take: (id, api, key) => api.invoices.finalizeInvoice(id, {}, key),
    isTaken: ({ status }) => status !== 'draft',
    tell: (invoice, { who }) => ({
      ...invoiceSaid(
        invoice,
        `Finalized the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${who}`,
      ),
      ...(invoice.status === 'open' && voided(invoice)),
    }),
  });
}

/** Whether Stripe mailed an invoice while it bore the mark; nothing on the invoice itself tells. */
async function wasSent(api: Stripe, id: string, look: Look): Promise<boolean> {
  const events = await permitted(api.events.list({ type: 'invoice.sent', limit: 100, ...madeSince(look) }));
  if (!events) {
    throw new ToolError('unclear', `Whether the invoice ${id} was mailed is only in the account's events.`, {
      next: 'Grant the key Events (read), or ask the customer.',
    });
  }
  return events.data.some(
    ({ type, data }) => type === 'invoice.sent' && data.object.id === id && bears(data.object, look),
  );
}

function sendInvoice(desk: Desk): Tool {
  return invoiceStep(desk, {
    name: 'send_invoice',
    title: 'Send invoice',
    description:
      'Mails an invoice to the customer through Stripe; a draft is finalized first. In test mode Stripe sends no mail, and the view holds the page of the invoice.',
    effect: 'money',
    canUndo: 'no: a mail cannot be taken back',
    words: {
      action: 'send',
      object: 'invoice',
      synonyms: ['mail', 'e-mail the invoice', 'remind', 'resend'],
    },
    from: ['draft', 'open'],
    verb: 'sent',
    plan(invoice) {
      if (invoice.collection_method !== 'send_invoice') {
        throw new ToolError(
          'invoice_unexpected_state',
          `The invoice ${invoiceLabel(invoice)} is charged automatically, not mailed.`,
          { next: 'Collect it with pay_invoice, or give the customer its page from get_invoice.' },
        );
      }
      const to = invoice.customer_email ?? whoOf(invoice);
      const total = spoken(invoice.total, invoice.currency);
      const summary = `Mail the invoice ${invoiceLabel(invoice)} over ${total} to ${to}`;
      return invoicePreview(invoice, summary, invoice.amount_due);
    },
    take: (id, api, key) => api.invoices.sendInvoice(id, {}, key),
    isTaken: ({ id, status }, api, look) => status !== 'draft' && wasSent(api, id, look),
    tell: (invoice, { who, wasDraft }) => ({
      ...invoiceSaid(
        invoice,
        `Sent the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${invoice.customer_email ?? who}`,
      ),
      ...(wasDraft && invoice.status === 'open' && voided(invoice)),
    }),
  });
}

function voidInvoice(desk: Desk): Tool {
  return invoiceStep(desk, {
    name: 'void_invoice',
    title: 'Void invoice',
    description:
      'Cancels a final invoice for good: nothing is owed on it any more. Paid ones cannot be voided: refund the payment, or credit it with create_credit_note.',
    effect: 'destructive',
    canUndo: 'no',
    words: { action: 'void', object: 'invoice', synonyms: ['cancel the invoice', 'annul', 'withdraw'] },
    from: ['open', 'uncollectible'],
    verb: 'voided',
    plan: (invoice) =>
      invoicePreview(
        invoice,
        `Void the invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)} to ${whoOf(invoice)}`,
      ),
    take: (id, api, key) => api.invoices.voidInvoice(id, {}, key),
    isTaken: ({ status }) => status === 'void',
    tell: (invoice, { who }) => invoiceSaid(invoice, `Voided the invoice ${invoiceLabel(invoice)} to ${who}`),
  });
}

function markUncollectible(desk: Desk): Tool {
  return invoiceStep(desk, {
    name: 'mark_uncollectible',
    title: 'Write invoice off',
    description:
      'Writes an open invoice off as a bad debt: it is not collected any more, stays on record, and can still be paid or voided. For an invoice that should never have been use void_invoice.',
    effect: 'destructive',
    canUndo: 'no; it can still be paid',
    words: {
      action: 'writeoff',
      object: 'invoice',
      synonyms: [
        'write off',
        'bad debt',
        'uncollectible',
        'give up',
        'mark as uncollectible',
        'mark uncollectible',
      ],
    },
    from: ['open'],
    verb: 'written off',
    plan: (invoice) =>
      invoicePreview(
        invoice,
        `Write off ${spoken(invoice.amount_remaining, invoice.currency)} on the invoice ${invoiceLabel(invoice)} to ${whoOf(invoice)}`,
        invoice.amount_remaining,
      ),
    take: (id, api, key) => api.invoices.markUncollectible(id, {}, key),
    isTaken: ({ status }) => status === 'uncollectible',
    tell: (invoice, { who }) =>
      invoiceSaid(invoice, `Wrote off the invoice ${invoiceLabel(invoice)} to ${who}`),
  });
}

/** The steps of an invoice after it was drafted. */
export function invoiceStepTools(desk: Desk): Tool[] {
  return [finalizeInvoice(desk), sendInvoice(desk), voidInvoice(desk), markUncollectible(desk)];
}
