import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import type { DraftTerms } from './draft.ts';
import { voidInvoice } from './end.ts';
import { currentInvoice, type Invoice, type InvoiceLine, saveInvoice } from './invoice.ts';
import { copyItem } from './items.ts';
import { allLines } from './line-list.ts';

/** The invoice that another shall replace. Throws Stripe's 400 unless it was finalized and nothing was paid. */
export function revisable(account: Account, id: string): Invoice {
  const param = 'from_invoice[invoice]';
  const original = currentInvoice(account, id);
  if (!original) throw noSuch('invoice', id, param);
  if (original.status !== 'open' && original.status !== 'uncollectible')
    throw refused(
      param,
      `You can only revise open or uncollectible invoices. The invoice ${id} is ${original.status}.`,
    );
  if (original.amount_paid > 0)
    throw refused(param, `You cannot revise the invoice ${id} since it is partially paid.`);
  return original;
}

/** What a revision takes over from the invoice it replaces. */
export function revisedTerms(original: Invoice): DraftTerms {
  const {
    account_tax_ids,
    custom_fields,
    default_payment_method,
    default_tax_rates,
    description,
    footer,
    metadata,
    on_behalf_of,
    payment_settings,
    rendering,
    shipping_cost,
    shipping_details,
    statement_descriptor,
  } = original;
  return {
    account_tax_ids,
    custom_fields,
    default_payment_method,
    default_tax_rates,
    description,
    footer,
    from_invoice: { action: 'revision', invoice: original.id },
    metadata,
    on_behalf_of,
    payment_settings,
    rendering,
    shipping_cost,
    shipping_details,
    statement_descriptor,
  };
}

/** The lines of an invoice once more, with items of their own, for the invoice that replaces it. */
export function copyLines(account: Account, original: Invoice, invoice: string): InvoiceLine[] {
  return allLines(account, original).map((line) => {
    const details = line.parent?.invoice_item_details ?? line.parent?.subscription_item_details;
    const copied = details?.invoice_item ? copyItem(account, details.invoice_item, invoice) : undefined;
    // Billing credits stay with the original until the revision is final.
    return copied ?? { ...line, id: newId('il', 24), pretax_credit_amounts: [] };
  });
}

/** Voids the invoice that a draft replaces, which gives back the credit it used. Throws Stripe's 400 when that can no longer be. */
export function supersede(account: Account, draft: Invoice): void {
  if (draft.from_invoice) voidInvoice(account, revisable(account, draft.from_invoice.invoice));
}

/** Tells every invoice in the line of revisions which one is the latest. */
export function linkRevision(account: Account, revision: Invoice): void {
  for (let from = revision.from_invoice; from; ) {
    const earlier = currentInvoice(account, from.invoice);
    if (!earlier) return;
    saveInvoice(account, { ...earlier, latest_revision: revision.id });
    from = earlier.from_invoice;
  }
}
