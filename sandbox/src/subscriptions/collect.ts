import type { Account } from '../account.ts';
import { attemptPayment } from '../invoices/collect.ts';
import { markUncollectible, stopAdvancing, voidInvoice } from '../invoices/end.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import { currentInvoice, type Invoice } from '../invoices/invoice.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { StripeFault } from '../wire/errors.ts';
import type { Subscription } from './subscription.ts';

export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete';

/**
 * Finalizes an invoice and tries to collect it, as the caller wants failures treated.
 * @throws StripeFault 402 for `error_if_incomplete` when it was not paid; nothing of the change then stays.
 */
export function collectNow(
  account: Account,
  draft: Invoice,
  options: {
    readonly behavior: PaymentBehavior;
    readonly offSession: boolean;
    /** The method of a subscription that is not stored yet. */
    readonly method?: PaymentMethod;
  },
): Invoice {
  const open = finalizeInvoice(account, draft);
  if (open.status !== 'open' || options.behavior === 'default_incomplete') return open;
  const { invoice, fault } = attemptPayment(account, open, options);
  if (options.behavior !== 'error_if_incomplete' || invoice.status === 'paid') return invoice;
  // Without `keeps`, the failed attempt goes with everything else.
  if (fault) throw new StripeFault(fault.status === 400 ? 400 : 402, fault.body);
  throw new StripeFault(402, {
    type: 'card_error',
    code: 'subscription_payment_intent_requires_action',
    message:
      'Subscription creation failed: the payment requires additional user action before it can be completed.',
  });
}

/** Does with a new invoice what its subscription's pause of collection says. Answers whether there is one. */
export function settleWhilePaused(account: Account, subscription: Subscription, draft: Invoice): boolean {
  const behavior = subscription.pause_collection?.behavior;
  if (behavior === undefined) return false;
  if (behavior === 'keep_as_draft') {
    stopAdvancing(account, draft);
    return true;
  }
  const open = finalizeInvoice(account, draft);
  if (open.status !== 'open') return true;
  if (behavior === 'void') voidInvoice(account, open);
  else markUncollectible(account, open);
  return true;
}

/** Whether an invoice is paid, as it stands now. */
export function isPaid(account: Account, invoice: Invoice): boolean {
  return currentInvoice(account, invoice.id)?.status === 'paid';
}
