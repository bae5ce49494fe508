import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, idField, textField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { invoiceLabel } from '../views/billing.ts';
import { creditNoteRef, creditNoteView } from '../views/documents.ts';
import { invoiceFields, invoiceIn, invoiceRefs, whoOf } from './invoice-steps.ts';

const ways = ['refund', 'customer_balance', 'outside'] as const;
type Way = (typeof ways)[number];

const wayWords: Readonly<Record<Way, string>> = {
  refund: 'refunded to how it was paid',
  customer_balance: 'kept as credit for later invoices',
  outside: 'given back outside of Stripe',
};

const reasons = ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'] as const;

const noteFields = {
  ...invoiceFields,
  amount: amountField
    .optional()
    .describe(
      'How much of the invoice is credited, taxes included, in major units: "10.00". Either this or full.',
    ),
  full: z
    .boolean()
    .optional()
    .describe('true: all of the invoice that was not credited before. Either this or amount.'),
  give_back: z
    .enum(ways)
    .optional()
    .describe(
      'What was paid already: "refund" to the card, "customer_balance" as credit for later invoices (default), "outside" of Stripe. What is still owed is simply owed no more.',
    ),
  reason: z.enum(reasons).optional().describe('Why, for the record.'),
  memo: textField('What the customer reads on it.', 1000).optional(),
};

const noteInput = z
  .strictObject(noteFields)
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.')
  .refine(
    (input) => (input.amount !== undefined) !== (input.full === true),
    'Exactly one of amount and full is needed.',
  );

type NoteInput = z.infer<typeof noteInput>;

const sealedNote = z.object({
  invoice: z.string(),
  amount: z.number().int(),
  credit_amount: z.number().int().optional(),
  refund_amount: z.number().int().optional(),
  out_of_band_amount: z.number().int().optional(),
  reason: z.enum(reasons).optional(),
  memo: z.string().optional(),
});

type Sealed = z.infer<typeof sealedNote>;

/** A note worked out: what is sent, and how much of it is off what is owed and how much is given back. */
interface Worked {
  readonly invoice: Stripe.Invoice;
  readonly sealed: Sealed;
  readonly owedLess: number;
  readonly givenBack: number;
  readonly way: Way;
}

/** What can still be credited of an invoice. */
function leftOf(invoice: Stripe.Invoice): number {
  return invoice.total - invoice.pre_payment_credit_notes_amount - invoice.post_payment_credit_notes_amount;
}

async function workOut(api: Stripe, input: NoteInput): Promise<Worked> {
  const invoice = await invoiceIn(api, input, ['open', 'paid', 'uncollectible'], 'credited');
  const { currency } = invoice;
  const left = leftOf(invoice);
  const amount = input.amount === undefined ? left : toStripe(amountFrom(input.amount, currency));
  if (amount > left || left <= 0) {
    throw new ToolError(
      'amount_too_large',
      `Only ${spoken(Math.max(left, 0), currency)} of the invoice ${invoiceLabel(invoice)} is left to credit.`,
      { next: 'Ask whether to credit what is left.', details: { invoice: invoice.id } },
    );
  }
  const owedLess = Math.min(amount, invoice.amount_remaining);
  const givenBack = amount - owedLess;
  const way = input.give_back ?? 'customer_balance';
  const { reason, memo } = input;
  return {
    invoice,
    owedLess,
    givenBack,
    way,
    sealed: {
      invoice: invoice.id,
      amount,
      ...(givenBack > 0 && way === 'refund' && { refund_amount: givenBack }),
      ...(givenBack > 0 && way === 'customer_balance' && { credit_amount: givenBack }),
      ...(givenBack > 0 && way === 'outside' && { out_of_band_amount: givenBack }),
      ...(reason && { reason }),
      ...(memo && { memo }),
    },
  };
}

/** What becomes of the money, for a person. */
function factsOf({ invoice, owedLess, givenBack, way }: Worked): { label: string; value: string }[] {
  const said = (minor: number): string => spoken(minor, invoice.currency);
  return [
    { label: 'Total of the invoice', value: said(invoice.total) },
    { label: 'Credited before', value: said(invoice.total - leftOf(invoice)) },
    ...(owedLess > 0
      ? [
          {
            label: 'Still owed',
            value: `${said(invoice.amount_remaining)} → ${said(invoice.amount_remaining - owedLess)}`,
          },
        ]
      : []),
    ...(givenBack > 0 ? [{ label: 'Given back', value: `${said(givenBack)}, ${wayWords[way]}` }] : []),
  ];
}

function previewCreditNote(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'preview_credit_note',
    title: 'Preview credit note',
    description:
      'What a credit note on an invoice would do, without making it: how much less is owed, how much is given back and how. The note itself is create_credit_note.',
    input: noteInput,
    permissions: needs('credit_note:read', 'invoice:read'),
    words: { action: 'preview', object: 'credit_note', synonyms: ['credit memo', 'reduce the invoice'] },
    async read(input, api) {
      const worked = await workOut(api, input);
      const note = await api.creditNotes.preview(worked.sealed);
      const amount = spoken(note.total, note.currency);
      return {
        view: { ...creditNoteView(note), status: 'preview', facts: factsOf(worked) },
        record: note,
        summary: `A credit note over ${amount} on the invoice ${invoiceLabel(worked.invoice)} is possible; nothing was done yet`,
        objects: invoiceRefs(worked.invoice),
      };
    },
  });
}

function createCreditNote(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_credit_note',
    title: 'Create credit note',
    description:
      'Credits a final invoice in part (amount "10.00") or wholly (full true): what is still owed becomes less, what was paid is refunded, kept as credit, or given back outside of Stripe. For the mere refund of a payment use create_refund; for an invoice that should not be use void_invoice.',
    effect: 'money',
    input: noteInput,
    sealed: sealedNote,
    permissions: needs('credit_note:write', 'invoice:read'),
    words: {
      action: 'create',
      object: 'credit_note',
      synonyms: ['credit memo', 'credit the invoice', 'reduce the invoice', 'correct the invoice'],
    },
    async plan(input, api) {
      const worked = await workOut(api, input);
      const { invoice, sealed } = worked;
      await api.creditNotes.preview(sealed);
      const amount = spoken(sealed.amount, invoice.currency);
      const isOpen = invoice.status === 'open';
      return {
        preview: {
          summary: `Credit ${amount} of the invoice ${invoiceLabel(invoice)} to ${whoOf(invoice)}`,
          facts: [
            ...factsOf(worked),
            ...(sealed.memo ? [{ label: 'Memo', value: sealed.memo }] : []),
            {
              label: 'Can be undone',
              value:
                isOpen && worked.givenBack === 0 ? 'with void_credit_note, while the invoice is open' : 'no',
            },
          ],
          amount: moved(sealed.amount, invoice.currency),
          objects: invoiceRefs(invoice),
        },
        sealed,
      };
    },
    send: (sealed, api, context) => api.creditNotes.create({ ...sealed, ...mark(context) }, once(context)),
    trace: ({ invoice }, api) => api.creditNotes.list({ invoice, limit: 100 }),
    tell: (note) => ({
      view: creditNoteView(note),
      record: note,
      summary: `Credited ${spoken(note.total, note.currency)} with the credit note ${note.number}`,
      objects: [creditNoteRef(note), { type: 'invoice', id: String(note.invoice) }],
      ...(note.type === 'pre_payment' && {
        undo: {
          tool: 'void_credit_note',
          input: { credit_note: note.id },
          label: 'Void the credit note, while its invoice is open',
        },
      }),
    }),
    withAmount: ({ full: _, ...input }, amount) => ({ ...input, amount }),
  });
}

function voidCreditNote(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'void_credit_note',
    title: 'Void credit note',
    description:
      'Takes a credit note back: what it credited is owed again. Only while its invoice is open; what was refunded stays refunded.',
    effect: 'destructive',
    input: z.strictObject({ credit_note: idField('credit note', 'cn_') }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('credit_note:write'),
    words: {
      action: 'void',
      object: 'credit_note',
      synonyms: ['cancel the credit note', 'take back the credit'],
    },
    async plan(input, api) {
      const note = await api.creditNotes.retrieve(input.credit_note.trim(), { expand: ['invoice'] });
      const invoice = typeof note.invoice === 'object' ? note.invoice : undefined;
      if (note.status === 'void' || (invoice && invoice.status !== 'open')) {
        const why = note.status === 'void' ? 'void already' : `on an invoice that is ${invoice?.status}`;
        throw new ToolError('credit_note_final', `The credit note ${note.number} is ${why}.`, {
          next: 'A note is voided only while its invoice is open.',
          details: { credit_note: note.id, ...(invoice && { invoice: invoice.id }) },
        });
      }
      const amount = spoken(note.total, note.currency);
      return {
        preview: {
          summary: `Void the credit note ${note.number}: ${amount} is owed again`,
          facts: [
            ...(invoice
              ? [
                  {
                    label: 'Still owed',
                    value: `${spoken(invoice.amount_remaining, note.currency)} → ${spoken(invoice.amount_remaining + note.pre_payment_amount, note.currency)}`,
                  },
                ]
              : []),
            { label: 'Can be undone', value: 'no; it can be credited anew' },
          ],
          amount: moved(note.total, note.currency),
          objects: [creditNoteRef(note), ...(invoice ? invoiceRefs(invoice) : [])],
        },
        sealed: { id: note.id },
      };
    },
    async send({ id }, api, context) {
      await api.creditNotes.update(id, mark(context), once(context));
      return api.creditNotes.voidCreditNote(id, {}, once(context, 1));
    },
    trace: ({ id }, api) => api.creditNotes.retrieve(id),
    isDone: ({ status }) => status === 'void',
    tell: (note) => ({
      view: creditNoteView(note),
      record: note,
      summary: `Voided the credit note ${note.number}`,
      objects: [creditNoteRef(note), { type: 'invoice', id: String(note.invoice) }],
    }),
  });
}

/** Tools about invoices made less after they were final. */
export function creditNoteTools(desk: Desk): Tool[] {
  return [previewCreditNote(desk), createCreditNote(desk), voidCreditNote(desk)];
}
