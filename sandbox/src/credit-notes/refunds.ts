import type { Account } from '../account.ts';
import { charges } from '../charges/charge.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { chargesOf } from '../invoices/payments.ts';
import { createRefund } from '../refunds/create.ts';
import { refundable, refunds } from '../refunds/refund.ts';
import { referred, refused } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { linkedOf, type NoteRefund } from './credit-note.ts';

/** How a request wants money given back. */
interface RefundWish {
  readonly refund_amount?: number;
  readonly refunds?: readonly { readonly amount_refunded?: number; readonly refund?: string }[];
}

/** The refunds of a note: those it names, which exist, and those made for it. Throws Stripe's refusals. */
export function refundsFor(account: Account, invoice: Invoice, wish: RefundWish): NoteRefund[] {
  const linked = (wish.refunds ?? []).map((link, at) => linkTo(account, invoice, link, `refunds[${at}]`));
  return [...linked, ...newRefunds(account, invoice, wish.refund_amount ?? 0)];
}

function linkTo(
  account: Account,
  invoice: Invoice,
  { amount_refunded: amount, refund: id }: { readonly amount_refunded?: number; readonly refund?: string },
  path: string,
): NoteRefund {
  const param = `${path}[refund]`;
  if (id === undefined) throw missingParam(param);
  const refund = referred(account, refunds, 'refund', id, param);
  if (!chargesOf(account, invoice).some((charge) => charge.id === refund.charge))
    throw refused(param, `The refund ${id} does not belong to a charge of the invoice ${invoice.id}.`);
  if (refund.status === 'failed' || refund.status === 'canceled')
    throw refused(param, `The refund ${id} is ${refund.status}, so it cannot be linked to a credit note.`);
  const left = refund.amount - linkedOf(account, invoice.id, id);
  const wanted = amount ?? left;
  if (wanted > left || left === 0)
    throw refused(
      `${path}[amount_refunded]`,
      `The amount linked must not be greater than what credit notes have left of the refund ${id} (${left}).`,
    );
  return linkOf(id, wanted);
}

/** Gives money back from the charges that paid the invoice, latest first. */
function newRefunds(account: Account, invoice: Invoice, amount: number): NoteRefund[] {
  const made: NoteRefund[] = [];
  let left = amount;
  for (const charge of chargesOf(account, invoice)) {
    const now = account.of(charges).get(charge.id) ?? charge;
    const part = Math.min(left, refundable(account, now));
    if (part === 0) continue;
    made.push(linkOf(createRefund(account, now, { amount: part }).id, part));
    left -= part;
  }
  if (left > 0)
    throw refused(
      'refund_amount',
      amount === left
        ? 'There is no charge associated with this invoice that can be refunded.'
        : `The refund amount must not be greater than what is left of the charges of the invoice (${amount - left}).`,
    );
  return made;
}

function linkOf(refund: string, amount_refunded: number): NoteRefund {
  return { amount_refunded, payment_record_refund: null, refund, type: 'refund' };
}
