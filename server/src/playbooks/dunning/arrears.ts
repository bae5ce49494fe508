/** An invoice that a subscription's payment failed for, as it is now. */
import { type Money, money } from '@purser/money';
import type Stripe from 'stripe';
import { explainDecline } from '../../connections/stripe/declines.ts';
import { ToolError } from '../../tools/tool.ts';
import { languagesOf } from '../mail-texts.ts';
import type { Surroundings } from '../playbook.ts';
import type { DeclineClass } from './words.ts';

export interface Arrears {
  readonly id: string;
  /** `INV-0001`, or the id. */
  readonly number: string;
  readonly status: Stripe.Invoice.Status;
  /** A subscription's, and charged to a saved card: what dunning is for. */
  readonly isSubscription: boolean;
  /** It was tried at least once. */
  readonly hasFailed: boolean;
  readonly open: Money;
  readonly paid: Money;
  readonly customer: { readonly id: string; readonly name: string | null; readonly email: string | null };
  /** As the customer prefers them: `de`, `en`. */
  readonly languages: readonly string[];
  readonly declineClass: DeclineClass;
  readonly isExpired: boolean;
  /** When Stripe itself tries again; null: never. */
  readonly nextAttempt: Date | null;
  /** The invoice's own page: to pay with another card, or to authenticate. */
  readonly page: string | null;
}

/** @throws ToolError */
export async function readArrears({ read }: Pick<Surroundings, 'read'>, invoiceId: string): Promise<Arrears> {
  const invoice = await read((api) => api.invoices.retrieve(invoiceId, { expand: ['customer', 'payments'] }));
  const error = await lastError(read, invoice);
  const customer =
    typeof invoice.customer === 'object' && !invoice.customer?.deleted ? invoice.customer : null;
  const code = error?.decline_code ?? undefined;
  return {
    id: invoice.id,
    number: invoice.number ?? invoice.id,
    status: invoice.status ?? 'draft',
    isSubscription:
      invoice.parent?.type === 'subscription_details' && invoice.collection_method === 'charge_automatically',
    hasFailed: invoice.attempted && invoice.attempt_count > 0,
    open: money(BigInt(invoice.amount_remaining), invoice.currency),
    paid: money(BigInt(invoice.amount_paid), invoice.currency),
    customer: {
      id: customer?.id ?? (typeof invoice.customer === 'string' ? invoice.customer : ''),
      name: invoice.customer_name ?? customer?.name ?? null,
      email: invoice.customer_email ?? customer?.email ?? null,
    },
    languages: languagesOf(customer?.preferred_locales),
    declineClass: explainDecline(code, error?.code).class,
    isExpired: code === 'expired_card' || error?.code === 'expired_card',
    nextAttempt: invoice.next_payment_attempt ? new Date(invoice.next_payment_attempt * 1000) : null,
    page: invoice.hosted_invoice_url ?? null,
  };
}

/** Why the last attempt failed; undefined where the key may not read payments. */
async function lastError(
  read: Surroundings['read'],
  invoice: Stripe.Invoice,
): Promise<Stripe.PaymentIntent.LastPaymentError | undefined> {
  const last = invoice.payments?.data.find(({ is_default }) => is_default) ?? invoice.payments?.data[0];
  const intent = last?.payment.payment_intent;
  const id = typeof intent === 'string' ? intent : intent?.id;
  if (!id) return undefined;
  try {
    return (await read((api) => api.paymentIntents.retrieve(id))).last_payment_error ?? undefined;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'permission_missing') return undefined;
    throw error;
  }
}
