import type Stripe from 'stripe';
import type { CollectionSpec } from '../store/collection.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';

/**
 * A quote as stored: what it refers to are ids, its items are kept apart.
 *
 * ```
 * draft ──finalize──▶ open ──accept──▶ accepted (an invoice, a subscription or a schedule)
 *   └──cancel, or its time is over──▶ canceled ◀──┘ (or a revision of it was finalized)
 * ```
 */
export type Quote = Narrowed<
  Wire<Stripe.Quote>,
  {
    readonly customer: string | null;
    readonly default_tax_rates: string[];
    readonly discounts: string[];
    readonly status: 'accepted' | 'canceled' | 'draft' | 'open';
    readonly test_clock: string | null;
  }
>;

export const quotes: CollectionSpec<Quote, 'customer' | 'status' | 'test_clock'> = {
  name: 'quotes',
  indexes: {
    customer: (quote) => quote.customer,
    status: (quote) => quote.status,
    test_clock: (quote) => quote.test_clock,
  },
};

/** A quote's place among its customer's: which of them it is, and which revision. */
export interface QuoteNumber {
  /** The quote's id. */
  readonly id: string;
  readonly customer: string;
  readonly sequence: number;
  readonly revision: number;
}
export const quoteNumbers: CollectionSpec<QuoteNumber, 'customer'> = {
  name: 'quote_numbers',
  indexes: { customer: (number) => number.customer },
};

/** Whose the items are that fall due first, once the quote is accepted; those of the quote itself are its own. */
export function upfrontOwner(quote: string): string {
  return `${quote}/upfront`;
}

/** Whose the items are as they recur. */
export function recurringOwner(quote: string): string {
  return `${quote}/recurring`;
}
