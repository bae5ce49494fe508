import { money, scale } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { type Price, unitAmount } from '../prices/price.ts';
import { refused } from '../resource.ts';
import type { InvoiceLine, LinePricing, LineTax } from './invoice.ts';

/** What it takes to make a line; an amount is in minor units of the invoice's currency. */
export interface LineInput {
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly pricing: LinePricing | null;
  readonly quantity: number | null;
  readonly period: { readonly start: number; readonly end: number };
  readonly discountable?: boolean;
  readonly discounts?: readonly string[];
  readonly taxRates?: readonly Stripe.TaxRate[];
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
    quantity_decimal: quantity === null ? null : String(quantity),
    subscription,
    subtotal: amount,
    taxes: (input.taxRates ?? []).map(untaxed),
  };
}

function parentOf(input: LineInput): Stripe.InvoiceLineItem.Parent | null {
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
export function untaxed(rate: Stripe.TaxRate): LineTax {
  return {
    amount: 0,
    tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: 'standard_rated',
    taxable_amount: 0,
    type: 'tax_rate_details',
  };
}

/** How a line names its price. */
export function pricingOf(account: Account, price: Price, currency: string): LinePricing {
  const unit = unitAmount(account, price, currency);
  return {
    type: 'price_details',
    price_details: { price: price.id, product: price.product },
    unit_amount_decimal:
      price.currency === currency ? price.unit_amount_decimal : unit === null ? null : String(unit),
  };
}

/**
 * What a quantity of a price costs, in minor units, rounded once at the end.
 * @throws StripeFault 400 when the price has no amount in the currency.
 */
export function amountOf(account: Account, price: Price, quantity: number, currency: string): number {
  const units = unitsOf(price, quantity);
  const whole = unitAmount(account, price, currency);
  if (whole !== null) return Number(scale(money(whole, currency), BigInt(units), 1n).minor);
  if (price.currency !== currency || price.unit_amount_decimal === null)
    throw refused(
      'currency',
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    );
  const [digits = '0', fraction = ''] = price.unit_amount_decimal.split('.');
  const denominator = 10n ** BigInt(fraction.length);
  return Number(scale(money(BigInt(digits + fraction), currency), BigInt(units), denominator).minor);
}

function unitsOf(price: Price, quantity: number): number {
  const packages = price.transform_quantity;
  if (!packages) return quantity;
  const exact = quantity / packages.divide_by;
  return packages.round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
