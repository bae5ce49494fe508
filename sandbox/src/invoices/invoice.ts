import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { update } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Page } from '../wire/pages.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import { withShownLines } from './line-list.ts';

export type InvoiceLine = Narrowed<
  Wire<Stripe.InvoiceLineItem>,
  {
    readonly discount_amounts: DiscountAmount[];
    readonly pretax_credit_amounts: PretaxCredit[];
    readonly pricing: LinePricing | null;
    readonly taxes: LineTax[];
  }
>;
export type LinePricing = Narrowed<
  Wire<Stripe.InvoiceLineItem.Pricing>,
  { readonly price_details: { readonly price: string; readonly product: string } }
>;
/** What takes something off before taxes: a discount, or billing credit by its transaction. */
export type PretaxCredit = Narrowed<
  Wire<Stripe.InvoiceLineItem.PretaxCreditAmount>,
  { readonly credit_balance_transaction?: string }
>;
export type DiscountAmount = Wire<Stripe.InvoiceLineItem.DiscountAmount>;
export type LineTax = Narrowed<
  Wire<Stripe.InvoiceLineItem.Tax>,
  { readonly tax_rate_details: { readonly tax_rate: string }; readonly taxable_amount: number }
>;

/**
 * An invoice as stored.
 *
 * ```
 * draft ──finalize──▶ open ──pay──▶ paid
 *   │                  ├──void──▶ void
 *   └─delete           └──mark_uncollectible──▶ uncollectible ──pay──▶ paid, ──void──▶ void
 * ```
 */
export type Invoice = Narrowed<
  Wire<Stripe.Invoice>,
  {
    readonly customer: string;
    readonly lines: Page<InvoiceLine> & { readonly total_count: number };
    readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
    readonly total_discount_amounts: DiscountAmount[];
    readonly total_taxes: LineTax[];
  }
>;
export type InvoiceParent = NonNullable<Invoice['parent']>;

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
