import type Stripe from 'stripe';
import type { InvoicePayment } from '../invoices/payments.ts';
import type { Stored } from '../store/collection.ts';
import type { Lookup } from '../wire/expand.ts';
import { embeddedList } from '../wire/pages.ts';
import { change, type Json } from './change.ts';

/** How many charges or refunds an object lists within itself. */
const embedded = 10;

/** Charges and payment intents: no `invoice` since basil, no lists within them since 2022-11-15. */
export const paymentChanges = [
  change<Stripe.PaymentIntent>('2025-03-31', 'payment_intent', ({ id }, look) => ({
    invoice: invoiceOf(id, look),
  })),
  change<{ payment_intent: string | null }>('2025-03-31', 'charge', ({ payment_intent: intent }, look) => ({
    invoice: intent === null ? null : invoiceOf(intent, look),
  })),
  change<Stored>('2022-11-15', 'payment_intent', ({ id }, look) => ({
    charges: listWithin(look.by('charges', 'payment_intent', id), `/v1/charges?payment_intent=${id}`),
  })),
  change<Stored>('2022-11-15', 'charge', ({ id }, look) => ({
    refunds: listWithin(look.by('refunds', 'charge', id), `/v1/charges/${id}/refunds`),
  })),
];

function invoiceOf(intent: string, look: Lookup): string | null {
  const [payment] = look.by('invoice_payments', 'payment_intent', intent) as readonly InvoicePayment[];
  return payment?.invoice ?? null;
}

function listWithin(all: readonly Stored[], url: string): Json {
  return {
    ...embeddedList(all.slice(0, embedded), url),
    has_more: all.length > embedded,
    total_count: all.length,
  };
}
