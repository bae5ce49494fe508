import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { update } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Page } from '../wire/pages.ts';
import { withShownLines } from './line-list.ts';

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
  readonly taxability_reason: 'customer_exempt' | 'reverse_charge' | 'standard_rated';
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
  | 'default_source'
  | 'discounts'
  | 'from_invoice'
  | 'latest_revision'
  | 'lines'
  | 'on_behalf_of'
  | 'parent'
  | 'payments'
  | 'status'
  | 'total_discount_amounts'
  | 'total_taxes'
> & {
  readonly customer: string;
  readonly default_payment_method: string | null;
  readonly default_source: string | null;
  readonly discounts: string[];
  readonly from_invoice: { readonly action: string; readonly invoice: string } | null;
  readonly latest_revision: string | null;
  readonly on_behalf_of: string | null;
  readonly lines: Page<InvoiceLine> & { readonly total_count: number };
  readonly parent: InvoiceParent | null;
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
export interface QuoteParent {
  readonly quote_details: { readonly quote: string };
  readonly subscription_details: null;
  readonly type: 'quote_details';
}
export type InvoiceParent = QuoteParent | SubscriptionParent;

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
  return invoice.parent?.subscription_details?.subscription ?? null;
}

/** The invoice as it stands now. */
export function currentInvoice(account: Account, id: string): Invoice | undefined {
  const invoice = account.of(invoices).get(id);
  return invoice && !invoice.deleted ? invoice : undefined;
}

/** Stores the invoice's next state and announces it. */
export function saveInvoice(account: Account, next: Invoice): Invoice {
  const shown = withShownLines(account, next);
  update<StoredInvoice>(account, invoices, shown, 'invoice.updated');
  return shown;
}
