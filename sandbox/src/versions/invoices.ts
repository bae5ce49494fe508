import type { Invoice, InvoiceLine, LineTax } from '../invoices/invoice.ts';
import type { InvoiceItem } from '../invoices/items.ts';
import type { InvoicePayment } from '../invoices/payments.ts';
import type { PaymentIntent } from '../payment-intents/intent.ts';
import { planOf } from '../prices/plan.ts';
import { deletedPrices, type Price, prices } from '../prices/price.ts';
import type { Lookup } from '../wire/expand.ts';
import { change, type Json } from './change.ts';

const basil = '2025-03-31';

/** docs.stripe.com/changelog/basil: invoices name what they are for under `parent`, what they cost under `pricing`. */
export const invoiceChanges = [
  change<Invoice>(basil, 'invoice', (invoice, look) => {
    const details = invoice.parent?.subscription_details;
    const intent = intentOf(invoice, look);
    const { subscription_proration_date: prorated } = details ?? {};
    return {
      application_fee_amount: null,
      charge: intent?.latest_charge ?? null,
      discount: firstDiscount(invoice.discounts, look),
      paid: invoice.status === 'paid',
      paid_out_of_band: (invoice.amount_paid_off_stripe ?? 0) > 0,
      payment_intent: intent?.id ?? null,
      quote: invoice.parent?.quote_details?.quote ?? null,
      subscription: details?.subscription ?? null,
      subscription_details: { metadata: details?.metadata ?? null },
      ...(prorated === undefined ? {} : { subscription_proration_date: prorated }),
      tax: invoice.total_taxes.length === 0 ? null : sumOf(invoice.total_taxes),
      total_tax_amounts: invoice.total_taxes.map(taxAmount),
      transfer_data: null,
    };
  }),
  change<InvoiceLine>(basil, 'line_item', (line, look) => {
    const item = line.parent?.subscription_item_details;
    const details = item ?? line.parent?.invoice_item_details;
    const withoutTax = line.amount - sumOf(line.taxes.filter((tax) => tax.tax_behavior === 'inclusive'));
    const invoiceItem = details?.invoice_item ?? null;
    return {
      ...priceOf(line.pricing?.price_details.price, look),
      amount_excluding_tax: withoutTax,
      ...(invoiceItem === null ? {} : { invoice_item: invoiceItem }),
      proration: details?.proration ?? false,
      proration_details: details?.proration_details ?? { credited_items: null },
      ...(item ? { subscription_item: item.subscription_item } : {}),
      tax_amounts: line.taxes.map(taxAmount),
      tax_rates: line.taxes.flatMap((tax) => look('tax_rates', tax.tax_rate_details.tax_rate) ?? []),
      type: item && invoiceItem === null ? 'subscription' : 'invoiceitem',
      unit_amount_excluding_tax: perUnit(withoutTax, line.quantity),
    };
  }),
  change<InvoiceItem>(basil, 'invoiceitem', (item, look) => {
    const details = item.parent?.subscription_details;
    const exact = item.pricing?.unit_amount_decimal ?? null;
    return {
      ...priceOf(item.pricing?.price_details.price, look),
      subscription: details?.subscription ?? null,
      ...(details?.subscription_item ? { subscription_item: details.subscription_item } : {}),
      unit_amount: exact === null || exact.includes('.') ? null : Number(exact),
      unit_amount_decimal: exact,
    };
  }),
  change<{ status: string; rendering: { amount_tax_display: string | null } | null }>(
    '2024-04-10',
    'invoice',
    ({ rendering }) => ({
      rendering_options: rendering && { amount_tax_display: rendering.amount_tax_display },
    }),
  ),
];

/** The older `discount`: the first of the discounts, whole. */
export function firstDiscount(discounts: readonly string[], look: Lookup): unknown {
  const [first] = discounts;
  return (first === undefined ? undefined : look('discounts', first)) ?? null;
}

function intentOf(invoice: Invoice, look: Lookup): PaymentIntent | undefined {
  const payments = look.by('invoice_payments', 'invoice', invoice.id) as readonly InvoicePayment[];
  const payment = payments.find((one) => one.is_default) ?? payments[0];
  return payment && (look('payment_intents', payment.payment.payment_intent) as PaymentIntent | undefined);
}

function priceOf(id: string | undefined, look: Lookup): Json {
  const found = id === undefined ? undefined : (look(prices.name, id) ?? look(deletedPrices.name, id));
  const price = found as Price | undefined;
  return { plan: price?.type === 'recurring' ? planOf(price) : null, price: price ?? null };
}

function taxAmount(tax: LineTax): Json {
  return {
    amount: tax.amount,
    inclusive: tax.tax_behavior === 'inclusive',
    tax_rate: tax.tax_rate_details.tax_rate,
    taxability_reason: tax.taxability_reason === 'not_available' ? null : tax.taxability_reason,
    taxable_amount: tax.taxable_amount,
  };
}

function sumOf(taxes: readonly LineTax[]): number {
  return taxes.reduce((sum, tax) => sum + tax.amount, 0);
}

/** What one unit costs in minor units, with up to twelve decimal places. */
function perUnit(amount: number, quantity: number | null): string | null {
  if (!quantity) return null;
  const scaled = (BigInt(amount) * 10n ** 12n) / BigInt(quantity);
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -12)}${fraction === '' ? '' : `.${fraction}`}`;
}
