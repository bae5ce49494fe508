import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { paperOf, recipientOf, taxSums } from '../invoices/pdf.ts';
import { creditedOn } from '../invoices/totals.ts';
import { businessPdf, paperDate } from '../pdf/business-paper.ts';
import { unitText } from '../prices/text.ts';
import type { CreditNote, NoteLine } from './credit-note.ts';

/** The file behind a credit note's `pdf`. */
export function creditNotePdf(account: Account, note: CreditNote, invoice: Invoice): Uint8Array {
  const { currency } = note;
  const credited = creditedOn(note);
  return businessPdf({
    title: note.status === 'void' ? 'Credit note (void)' : 'Credit note',
    paper: paperOf(invoice),
    currency,
    from: invoice.account_name ?? '',
    to: recipientOf(invoice),
    facts: [
      ['Credit note number', note.number],
      ['Invoice number', invoice.number ?? ''],
      ['Date of issue', paperDate(note.effective_at ?? note.created)],
    ],
    headline: `${formatMoney(money(note.total, currency))} credited ${paperDate(note.effective_at ?? note.created)}`,
    items: note.lines.data.map((line) => itemOf(line, currency)),
    sums: [
      { label: 'Subtotal', amount: note.subtotal },
      ...(note.discount_amount === 0 ? [] : [{ label: 'Discount', amount: -note.discount_amount }]),
      ...(credited === 0 ? [] : [{ label: 'Billing credits', amount: -credited }]),
      ...taxSums(account, note.total_taxes),
      ...(note.amount_shipping === 0 ? [] : [{ label: 'Shipping', amount: note.amount_shipping }]),
      { label: 'Total credited', amount: note.total, strong: true },
      ...(note.pre_payment_amount === 0
        ? []
        : [{ label: 'Taken off the amount due', amount: note.pre_payment_amount }]),
      ...(note.post_payment_amount === 0 ? [] : [{ label: 'Given back', amount: note.post_payment_amount }]),
    ],
    notes: note.memo ? [note.memo] : [],
  });
}

function itemOf(line: NoteLine, currency: string) {
  return {
    description: line.description ?? 'Credit',
    quantity: line.quantity === null ? '' : String(line.quantity),
    unitAmount: line.unit_amount_decimal === null ? '' : unitText(line.unit_amount_decimal, currency),
    amount: line.amount,
  };
}
