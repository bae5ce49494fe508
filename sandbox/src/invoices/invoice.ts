import type Stripe from 'stripe';
import type { CollectionSpec } from '../store/collection.ts';
import type { Page } from '../wire/pages.ts';

/** A line as it stands on the wire: decimals are text, what it refers to are ids. */
export type InvoiceLine = Omit<
  Stripe.InvoiceLineItem,
  'discounts' | 'discount_amounts' | 'pricing' | 'quantity_decimal' | 'subscription' | 'taxes'
> & {
  readonly discounts: string[];
  readonly discount_amounts: DiscountAmount[];
  readonly pricing: LinePricing | null;
  readonly quantity_decimal: string | null;
  readonly subscription: string | null;
  readonly taxes: LineTax[];
};
export interface LinePricing {
  readonly type: 'price_details';
  readonly price_details: { readonly price: string; readonly product: string };
  readonly unit_amount_decimal: string | null;
}
export interface DiscountAmount {
  readonly amount: number;
  readonly discount: string;
}
export interface LineTax {
  readonly amount: number;
  readonly tax_behavior: 'exclusive' | 'inclusive';
  readonly tax_rate_details: { readonly tax_rate: string };
  readonly taxability_reason: 'standard_rated';
  readonly taxable_amount: number;
  readonly type: 'tax_rate_details';
}

/**
 * An invoice as stored.
 *
 * ```
 * draft ──finalize──▶ open ──pay──▶ paid
 *   │                  ├──void──▶ void
 *   └─delete           └──mark_uncollectible──▶ uncollectible ──pay──▶ paid, ──void──▶ void
 * ```
 */
export type Invoice = Omit<
  Stripe.Invoice,
  | 'confirmation_secret'
  | 'customer'
  | 'default_payment_method'
  | 'discounts'
  | 'lines'
  | 'parent'
  | 'payments'
  | 'status'
  | 'total_discount_amounts'
  | 'total_taxes'
> & {
  readonly customer: string;
  readonly default_payment_method: string | null;
  readonly discounts: string[];
  readonly lines: Page<InvoiceLine> & { readonly total_count: number };
  readonly parent: SubscriptionParent | null;
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  readonly total_discount_amounts: DiscountAmount[];
  readonly total_taxes: LineTax[];
};
export interface SubscriptionParent {
  readonly quote_details: null;
  readonly subscription_details: {
    readonly metadata: Record<string, string>;
    readonly subscription: string;
    readonly subscription_proration_date?: number;
  };
  readonly type: 'subscription_details';
}

export type StoredInvoice = Invoice | (Stripe.DeletedInvoice & { readonly customer?: undefined });

export const invoices: CollectionSpec<StoredInvoice, 'customer' | 'subscription' | 'status'> = {
  name: 'invoices',
  indexes: {
    customer: (invoice) => (invoice.deleted ? null : invoice.customer),
    subscription: (invoice) => (invoice.deleted ? null : subscriptionOf(invoice)),
    status: (invoice) => (invoice.deleted ? null : invoice.status),
  },
};

/** The subscription an invoice bills, if any. */
export function subscriptionOf(invoice: Invoice): string | null {
  return invoice.parent?.subscription_details.subscription ?? null;
}

/** The payment of an invoice, as stored: one for each invoice that ever asked for money. */
export type InvoicePayment = Omit<Stripe.InvoicePayment, 'invoice' | 'payment'> & {
  readonly invoice: string;
  readonly payment: { readonly type: 'payment_intent'; readonly payment_intent: string };
};
export const invoicePayments: CollectionSpec<InvoicePayment, 'payment_intent' | 'invoice'> = {
  name: 'invoice_payments',
  indexes: {
    payment_intent: (payment) => payment.payment.payment_intent,
    invoice: (payment) => payment.invoice,
  },
};

/** The id of an invoice's payment; derived, so that an invoice leads to it without a search. */
export function paymentIdOf(invoice: string): string {
  return invoice.replace(/^in_/, 'inpay_');
}
