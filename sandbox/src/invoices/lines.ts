import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { type Price, unitAmountDecimal } from '../prices/price.ts';
import type { TaxRate } from '../tax-rates.ts';
import type { Wire } from '../wire/shapes.ts';
import type { InvoiceLine, LinePricing, LineTax } from './invoice.ts';

/** What it takes to make a line; an amount is in minor units of the invoice's currency. */
export interface LineInput {
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly pricing: LinePricing | null;
  readonly quantity: number | null;
  /** The quantity with its fraction; absent: the quantity. */
  readonly quantityDecimal?: string;
  readonly period: { readonly start: number; readonly end: number };
  readonly discountable?: boolean;
  readonly discounts?: readonly string[];
  readonly taxRates?: readonly TaxRate[];
  readonly proration?: boolean;
  readonly subscription?: string | null;
  readonly subscriptionItem?: string | null;
  readonly invoiceItem?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A line that belongs to no invoice yet; discounts and taxes are worked out with the whole invoice. */
export function newLine(account: Account, input: LineInput): InvoiceLine {
  const { amount, currency, quantity, subscription = null } = input;
  return {
    id: newId('il', 24),
    object: 'line_item',
    amount,
    currency,
    description: input.description,
    discount_amounts: [],
    discountable: input.discountable ?? true,
    discounts: [...(input.discounts ?? [])],
    invoice: null,
    livemode: account.livemode,
    metadata: { ...input.metadata },
    parent: parentOf(input),
    period: { ...input.period },
    pretax_credit_amounts: [],
    pricing: input.pricing,
    quantity,
    quantity_decimal: input.quantityDecimal ?? (quantity === null ? null : String(quantity)),
    subscription,
    subtotal: amount,
    taxes: (input.taxRates ?? []).map(untaxed),
  };
}

function parentOf(input: LineInput): Wire<Stripe.InvoiceLineItem.Parent> | null {
  const { proration = false, subscription = null, subscriptionItem = null, invoiceItem = null } = input;
  if (subscriptionItem !== null) {
    return {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: invoiceItem,
        proration,
        proration_details: { credited_items: null },
        subscription,
        subscription_item: subscriptionItem,
      },
      type: 'subscription_item_details',
    };
  }
  if (invoiceItem === null) return null;
  return {
    invoice_item_details: {
      invoice_item: invoiceItem,
      proration,
      proration_details: { credited_items: null },
      subscription,
    },
    subscription_item_details: null,
    type: 'invoice_item_details',
  };
}

/** A rate that was chosen for a line, before its amount is known. */
export function untaxed(rate: TaxRate): LineTax {
  return {
    amount: 0,
    tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: 'not_available',
    taxable_amount: 0,
    type: 'tax_rate_details',
  };
}

/** How a line names its price; the amount is what one unit costs. */
export function pricingOf(account: Account, price: Price, currency: string): LinePricing {
  return {
    type: 'price_details',
    price_details: { price: price.id, product: price.product },
    unit_amount_decimal: unitAmountDecimal(account, price, currency),
  };
}
