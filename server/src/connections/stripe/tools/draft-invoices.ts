import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { momentFor } from '../desk.ts';
import { momentField } from '../fields.ts';
import { markedWrite, once, standing, stripeRemoval } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import type { Desk } from '../stripe-tool.ts';
import { invoiceLabel } from '../views/billing.ts';
import { time } from '../views/shape.ts';
import {
  invoiceFields,
  invoiceIn,
  invoicePreview,
  invoiceRefs,
  invoiceSaid,
  whoOf,
} from './invoice-steps.ts';

const draftInput = z
  .strictObject({
    ...invoiceFields,
    description: z
      .string()
      .max(1500)
      .optional()
      .describe('The memo above the lines. An empty text removes it.'),
    footer: z.string().max(5000).optional().describe('The text below the lines. An empty text removes it.'),
    due_date: momentField.optional().describe('When it is due: ISO date, or date and time with offset.'),
    days_until_due: z
      .number()
      .int()
      .min(0)
      .max(365)
      .optional()
      .describe('Instead of due_date: days until it is due, counted from finalizing.'),
  })
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.')
  .refine(
    ({ invoice: _, customer: __, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Nothing to change was given.',
  )
  .refine(
    (input) => !(input.due_date && input.days_until_due !== undefined),
    'Give due_date or days_until_due.',
  );

const changed = z.object({
  description: z.string().optional(),
  footer: z.string().optional(),
  due_date: z.number().int().optional(),
  days_until_due: z.number().int().optional(),
});

type Change = z.infer<typeof changed>;

const titles: Readonly<Record<keyof Change, string>> = {
  description: 'Memo',
  footer: 'Footer',
  due_date: 'Due',
  days_until_due: 'Days until due',
};

const fields = ['description', 'footer', 'due_date', 'days_until_due'] as const;

function spokenValue(field: keyof Change, value: string | number | null | undefined): string {
  if (field === 'due_date' && typeof value === 'number') return time(value);
  return value === undefined || value === null || value === '' ? 'none' : `${value}`;
}

/** What stood there before; days become the date that Stripe had reckoned from them. */
function beforeOf(invoice: Stripe.Invoice, change: Change): Change {
  const due = change.due_date !== undefined || change.days_until_due !== undefined;
  return {
    ...(change.description !== undefined && { description: invoice.description ?? '' }),
    ...(change.footer !== undefined && { footer: invoice.footer ?? '' }),
    ...(due && invoice.due_date !== null && { due_date: invoice.due_date }),
  };
}

function updateDraftInvoice(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'update_draft_invoice',
    title: 'Change draft invoice',
    description:
      'Changes the memo, footer or due date of a draft invoice. Lines are added with create_invoice_item and removed with delete_invoice_item. A final invoice cannot be changed.',
    effect: 'write',
    canUndo: 'yes',
    input: draftInput,
    sealed: z.object({ id: z.string(), change: changed, before: changed }),
    permissions: needs('invoice:write'),
    words: {
      action: 'update',
      object: 'invoice',
      synonyms: [
        'edit the draft',
        'memo',
        'due date',
        'footer',
        'draft',
        'change the draft',
        'change the memo',
        'set the memo',
        'memo of the draft',
        'memo of the invoice',
        'footer of the invoice',
        'due date of the invoice',
        'due date of the draft',
        'set the due date',
        'change the due date',
      ],
    },
    async plan({ due_date: due, ...input }, api) {
      const invoice = await invoiceIn(api, input, ['draft'], 'changed');
      if (invoice.collection_method !== 'send_invoice' && (due || input.days_until_due !== undefined)) {
        throw new ToolError(
          'invoice_unexpected_state',
          `${invoice.id} is charged automatically, so it has no due date.`,
          {
            next: 'Leave the due date out.',
          },
        );
      }
      const change: Change = {
        ...(input.description !== undefined && { description: input.description }),
        ...(input.footer !== undefined && { footer: input.footer }),
        ...(input.days_until_due !== undefined && { days_until_due: input.days_until_due }),
        ...(due && { due_date: await momentFor(desk, api, due) }),
      };
      const { facts, ...preview } = invoicePreview(
        invoice,
        `Change the draft ${invoice.id} to ${whoOf(invoice)}`,
      );
      const changes = fields.flatMap((field) =>
        change[field] === undefined
          ? []
          : [
              {
                label: titles[field],
                value: `${spokenValue(field, field === 'days_until_due' ? undefined : invoice[field])} → ${spokenValue(field, change[field])}`,
              },
            ],
      );
      return {
        preview: { ...preview, facts: [...changes, ...facts] },
        sealed: { id: invoice.id, change, before: beforeOf(invoice, change) },
      };
    },
    send: ({ id, change }, api, context) =>
      api.invoices.update(id, { ...change, ...mark(context) }, once(context)),
    trace: ({ id }, api) => api.invoices.retrieve(id),
    was: (invoice, sealed) => standing(invoice, sealed),
    tell(invoice, { before: { due_date: due, ...before } }) {
      return {
        ...invoiceSaid(invoice, `Changed the draft ${invoice.id} to ${whoOf(invoice)}`),
        undo: {
          tool: 'update_draft_invoice',
          input: { invoice: invoice.id, ...before, ...(due !== undefined && { due_date: time(due) }) },
          label: 'Set the draft back to what it was',
        },
      };
    },
  });
}

function deleteDraftInvoice(desk: Desk): Tool {
  return stripeRemoval(desk, {
    name: 'delete_draft_invoice',
    title: 'Delete draft invoice',
    description:
      'Deletes a draft invoice for good; the customer has not seen it. A final invoice cannot be deleted: void it with void_invoice.',
    input: z
      .strictObject(invoiceFields)
      .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.'),
    sealed: z.object({ id: z.string(), label: z.string() }),
    permissions: needs('invoice:write'),
    words: {
      action: 'delete',
      object: 'invoice',
      synonyms: [
        'drop the draft',
        'discard',
        'draft',
        'delete the draft',
        'drop the draft invoice',
        'throw away the draft',
        'discard the draft',
      ],
    },
    of: 'invoice',
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['draft'], 'deleted');
      const preview = invoicePreview(
        invoice,
        `Delete the draft ${invoiceLabel(invoice)} to ${whoOf(invoice)}`,
      );
      const facts = [...preview.facts, { label: 'Can be undone', value: 'no' }];
      return {
        preview: { ...preview, facts, objects: invoiceRefs(invoice) },
        sealed: { id: invoice.id, label: `${invoice.id} to ${whoOf(invoice)}` },
      };
    },
    remove: (id, api) => api.invoices.del(id),
    retrieve: (id, api) => api.invoices.retrieve(id),
  });
}

/** Tools about invoices that nobody has seen yet. */
export function draftInvoiceTools(desk: Desk): Tool[] {
  return [updateDraftInvoice(desk), deleteDraftInvoice(desk)];
}
