import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { reinstateCredits } from '../credits/use.ts';
import { adjustCustomerBalance } from '../customer-balance.ts';
import { emit } from '../events.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Invoice, invoices, saveInvoice, subscriptionOf } from './invoice.ts';
import { cancelPayments, hasPayments, markPaid } from './payments.ts';
import { invoiceShares } from './shares.ts';

const notOpen = "You can only pass in open invoices. This invoice isn't open.";

/** Declares a finalized invoice a mistake; credit it used is given back. Throws Stripe's 400 in other states. */
export function voidInvoice(account: Account, invoice: Invoice): Invoice {
  if (hasPayments(account, invoice)) throw invalidRequest('Invoices with `paid` payments cannot be voided.');
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw invalidRequest(notOpen);
  cancelPayments(account, invoice, 'void_invoice');
  const used = (invoice.ending_balance ?? 0) - invoice.starting_balance;
  if (used !== 0)
    adjustCustomerBalance(account, {
      customer: invoice.customer,
      amount: -used,
      currency: invoice.currency,
      type: 'unapplied_from_invoice',
      invoice: invoice.id,
    });
  reinstateCredits(account, invoice.id);
  const gone = saveInvoice(account, {
    ...stopped(invoice),
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: account.now() },
  });
  emit(account, 'invoice.voided', gone);
  return gone;
}

/** Ends an invoice that nobody is to pay any more: voids it if it is open, or only stops it when a part is paid or it is a draft. */
export function abandonInvoice(account: Account, invoice: Invoice): void {
  if (invoice.status === 'open' && !hasPayments(account, invoice)) voidInvoice(account, invoice);
  else stopAdvancing(account, invoice);
}

/** Gives up on an open invoice; it can still be paid. Throws Stripe's 400 in other states. */
export function markUncollectible(
  account: Account,
  invoice: Invoice,
  reason: Wire<Stripe.Invoice.StatusDetails.Uncollectible.Reason> = 'user_forgiven',
): Invoice {
  if (invoice.status === 'uncollectible')
    throw invalidRequest('This invoice has already been marked uncollectible.');
  if (invoice.status !== 'open') throw invalidRequest(notOpen);
  const lost = saveInvoice(account, {
    ...stopped(invoice),
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: account.now() },
  });
  emit(account, 'invoice.marked_uncollectible', lost);
  return lost;
}

/** Takes what is left of an invoice as paid by other means, such as a bank transfer. */
export function payOutOfBand(account: Account, invoice: Invoice): Invoice {
  const amount = invoice.amount_remaining;
  return markPaid(account, {
    ...invoice,
    amount_paid: invoice.amount_paid + amount,
    amount_paid_off_stripe: (invoice.amount_paid_off_stripe ?? 0) + amount,
  });
}

/** Stops an invoice from advancing or being retried by itself. */
export function stopAdvancing(account: Account, invoice: Invoice): Invoice {
  if (!invoice.auto_advance && invoice.next_payment_attempt === null) return invoice;
  return saveInvoice(account, stopped(invoice));
}

function stopped(invoice: Invoice): Invoice {
  return { ...invoice, auto_advance: false, next_payment_attempt: null, automatically_finalizes_at: null };
}

/** Deletes a draft, and its items with it. Throws Stripe's 400 for anything that was finalized. */
export function deleteDraft(account: Account, invoice: Invoice): Stripe.DeletedInvoice {
  if (invoice.status !== 'draft') throw invalidRequest('You can only delete draft invoices.');
  if (subscriptionOf(invoice) !== null)
    throw invalidRequest("You can't delete invoices that were created by subscriptions. Void it instead.");
  const gone: Stripe.DeletedInvoice = { id: invoice.id, object: 'invoice', deleted: true };
  account.of(invoiceShares).delete(invoice.id);
  account.of(invoices).put({ ...gone, customer: undefined });
  emit(account, 'invoice.deleted', invoice);
  return gone;
}
