import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { DiscountAmount, Invoice, LineTax } from '../invoices/invoice.ts';
import { chargesOf } from '../invoices/payments.ts';
import { refunds } from '../refunds/refund.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Page } from '../wire/pages.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';

export type NoteLine = Narrowed<
  Wire<Stripe.CreditNoteLineItem>,
  { readonly discount_amounts: DiscountAmount[]; readonly taxes: LineTax[] }
>;

/**
 * A credit note as stored: it takes from what an invoice still asks for, and beyond that gives back.
 *
 * ```
 * issued ──void, while its invoice is open──▶ void
 * ```
 */
export type CreditNote = Narrowed<
  Wire<Stripe.CreditNote>,
  {
    readonly discount_amounts: DiscountAmount[];
    readonly lines: Page<NoteLine>;
    readonly refunds: NoteRefund[];
    readonly total_taxes: LineTax[];
  }
>;
export interface NoteRefund {
  readonly amount_refunded: number;
  readonly payment_record_refund: null;
  readonly refund: string;
  readonly type: 'refund';
}

export const creditNotes: CollectionSpec<CreditNote, 'customer' | 'invoice'> = {
  name: 'credit_notes',
  indexes: { customer: (note) => note.customer, invoice: (note) => note.invoice },
};

/** The credit notes of an invoice that count, latest first. */
export function issuedNotes(account: Account, invoice: string): CreditNote[] {
  return account
    .of(creditNotes)
    .by('invoice', invoice)
    .filter((note) => note.status === 'issued');
}

/** How much of a refund credit notes have taken up, in minor units. */
export function linkedOf(account: Account, invoice: string, refund: string): number {
  return issuedNotes(account, invoice)
    .flatMap((note) => note.refunds)
    .filter((link) => link.refund === refund)
    .reduce((sum, link) => sum + link.amount_refunded, 0);
}

/**
 * What may still be credited of an invoice, in minor units: its total without earlier notes and without refunds that no
 * note accounts for, so that never more is given back than was invoiced.
 */
export function creditable(account: Account, invoice: Invoice): number {
  const credited = issuedNotes(account, invoice.id).reduce((sum, note) => sum + note.total, 0);
  const loose = chargesOf(account, invoice)
    .flatMap((charge) => account.of(refunds).by('charge', charge.id))
    .filter((refund) => refund.status !== 'failed' && refund.status !== 'canceled')
    .reduce((sum, refund) => sum + refund.amount - linkedOf(account, invoice.id, refund.id), 0);
  return Math.max(0, invoice.total - credited - loose);
}
