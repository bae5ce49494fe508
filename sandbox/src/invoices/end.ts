import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { adjustCustomerBalance } from '../customer-balance.ts';
import { emit } from '../events.ts';
import { refused } from '../resource.ts';
import { cancelPayment } from './collect.ts';
import { markPaid, saveInvoice } from './finalize.ts';
import { type Invoice, invoices, subscriptionOf } from './invoice.ts';
import { releaseItems } from './items.ts';

/** Declares a finalized invoice a mistake; credit it used is given back. Throws Stripe's 400 in other states. */
export function voidInvoice(account: Account, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw refused(
      'id',
      `You can only pass in open or uncollectible invoices. This invoice is ${invoice.status}.`,
      'status_transition_invalid',
    );
  cancelPayment(account, invoice, 'void_invoice');
  const used = (invoice.ending_balance ?? 0) - invoice.starting_balance;
  if (used !== 0)
    adjustCustomerBalance(account, {
      customer: invoice.customer,
      amount: -used,
      currency: invoice.currency,
      type: 'unapplied_from_invoice',
      invoice: invoice.id,
    });
  const gone = saveInvoice(account, {
    ...invoice,
    status: 'void',
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, voided_at: account.now() },
  });
  emit(account, 'invoice.voided', gone);
  return gone;
}

/** Gives up on an open invoice; it can still be paid. Throws Stripe's 400 in other states. */
export function markUncollectible(account: Account, invoice: Invoice): Invoice {
  if (invoice.status !== 'open')
    throw refused(
      'id',
      `You can only mark open invoices as uncollectible. This invoice is ${invoice.status}.`,
      'status_transition_invalid',
    );
  const lost = saveInvoice(account, {
    ...invoice,
    status: 'uncollectible',
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: account.now() },
  });
  emit(account, 'invoice.marked_uncollectible', lost);
  return lost;
}

/** Takes an invoice as paid by other means, such as a bank transfer. */
export function payOutOfBand(account: Account, invoice: Invoice): Invoice {
  cancelPayment(account, invoice, 'failed_invoice');
  return markPaid(
    account,
    { ...invoice, amount_paid_off_stripe: invoice.amount_remaining },
    invoice.amount_remaining,
  );
}

/** Stops an invoice from advancing or being retried by itself. */
export function stopAdvancing(account: Account, invoice: Invoice): Invoice {
  if (!invoice.auto_advance && invoice.next_payment_attempt === null) return invoice;
  return saveInvoice(account, {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    automatically_finalizes_at: null,
  });
}

/** Deletes a draft; its items wait for the next invoice. Throws Stripe's 400 for anything that was finalized. */
export function deleteDraft(account: Account, invoice: Invoice): Stripe.DeletedInvoice {
  if (invoice.status !== 'draft')
    throw refused(
      'id',
      'You can only delete draft invoices. If you want to cancel a finalized invoice, you can void it.',
      'invoice_not_editable',
    );
  if (subscriptionOf(invoice) !== null)
    throw refused('id', "You can't delete invoices that were created by subscriptions. Void it instead.");
  releaseItems(account, invoice.id);
  const gone: Stripe.DeletedInvoice = { id: invoice.id, object: 'invoice', deleted: true };
  account.of(invoices).put({ ...gone, customer: undefined });
  emit(account, 'invoice.deleted', invoice);
  return gone;
}
