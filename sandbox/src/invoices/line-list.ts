import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Invoice, InvoiceLine } from './invoice.ts';

/** How many lines an invoice shows; the others are told by its lines endpoint. */
const shownLines = 10;

/** All lines of an invoice that has more than it shows. */
export interface LongInvoice {
  /** The invoice's id. */
  readonly id: string;
  readonly lines: readonly InvoiceLine[];
}
export const longInvoices: CollectionSpec<LongInvoice> = { name: 'invoice_lines', indexes: {} };

/** An invoice's `lines` with all of them in it. */
export function lineList(id: string, lines: readonly InvoiceLine[]): Invoice['lines'] {
  return {
    object: 'list',
    data: lines.map((line) => ({ ...line, invoice: id })),
    has_more: false,
    total_count: lines.length,
    url: `/v1/invoices/${id}/lines`,
  };
}

/** Every line of an invoice, in order. */
export function allLines(account: Account, invoice: Invoice): readonly InvoiceLine[] {
  if (!invoice.lines.has_more) return invoice.lines.data;
  return account.of(longInvoices).get(invoice.id)?.lines ?? invoice.lines.data;
}

/** The invoice as it is stored and shown: lines beyond the first ten are kept beside it. */
export function withShownLines(account: Account, invoice: Invoice): Invoice {
  const { data } = invoice.lines;
  if (data.length <= shownLines) return invoice;
  account.of(longInvoices).put({ id: invoice.id, lines: data });
  return { ...invoice, lines: { ...invoice.lines, data: data.slice(0, shownLines), has_more: true } };
}
