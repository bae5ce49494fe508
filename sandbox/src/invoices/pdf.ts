import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import {
  addressLines,
  businessPdf,
  type PaperItem,
  type PaperSum,
  paperDate,
} from '../pdf/business-paper.ts';
import type { Paper } from '../pdf/document.ts';
import { unitText } from '../prices/text.ts';
import { taxIdLabel } from '../tax/tax-id.ts';
import { taxRates } from '../tax-rates.ts';
import type { Invoice, InvoiceLine, LineTax } from './invoice.ts';
import { allLines } from './line-list.ts';
import { creditedOn } from './totals.ts';

/** The file behind an invoice's `invoice_pdf`. */
export function invoicePdf(account: Account, invoice: Invoice): Uint8Array {
  const { currency, due_date: due, effective_at: issued } = invoice;
  const remaining = formatMoney(money(invoice.amount_remaining, currency));
  return businessPdf({
    title: 'Invoice',
    paper: paperOf(invoice),
    currency,
    from: invoice.account_name ?? '',
    to: recipientOf(invoice),
    facts: [
      ['Invoice number', invoice.number ?? ''],
      ['Date of issue', paperDate(issued ?? invoice.created)],
      ...(due === null ? [] : [['Date due', paperDate(due)] as const]),
      ...(invoice.custom_fields ?? []).map(({ name, value }) => [name, value] as const),
    ],
    headline:
      invoice.status === 'open'
        ? `${remaining} due${due === null ? '' : ` ${paperDate(due)}`}`
        : headlineOf(invoice),
    items: allLines(account, invoice).map((line) => itemOf(line)),
    sums: sumsOf(account, invoice),
    notes: [
      ...(invoice.description ? [invoice.description] : []),
      ...(invoice.customer_tax_exempt === 'reverse' ? ['Tax to be paid on reverse charge basis'] : []),
      ...(invoice.footer ? [invoice.footer] : []),
    ],
  });
}

function headlineOf({ status, currency, amount_paid: paid, total }: Invoice): string {
  if (status === 'paid') return `${formatMoney(money(paid, currency))} paid`;
  return `${formatMoney(money(total, currency))}, ${status}`;
}

/** The paper an invoice is on; North America's where it has not been decided. */
export function paperOf({ rendering }: Invoice): Paper {
  return rendering?.pdf?.page_size === 'a4' ? 'a4' : 'letter';
}

/** Who an invoice is for, line by line. */
export function recipientOf(invoice: Invoice): string[] {
  const { customer_name: name, customer_email: email, customer_address: address } = invoice;
  const taxIds = (invoice.customer_tax_ids ?? []).map(({ type, value }) => `${taxIdLabel(type)} ${value}`);
  return [name, ...addressLines(address), email, ...taxIds].filter((line): line is string => Boolean(line));
}

function itemOf(line: InvoiceLine): PaperItem {
  const { start, end } = line.period;
  return {
    description: line.description ?? 'Item',
    ...(end > start ? { detail: `${paperDate(start)} – ${paperDate(end)}` } : {}),
    quantity: line.quantity_decimal ?? '',
    unitAmount: line.pricing?.unit_amount_decimal
      ? unitText(line.pricing.unit_amount_decimal, line.currency)
      : '',
    amount: line.amount,
  };
}

function sumsOf(account: Account, invoice: Invoice): PaperSum[] {
  const off = invoice.total_discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
  const credited = creditedOn({ pretax_credit_amounts: invoice.total_pretax_credit_amounts ?? [] });
  const applied = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance;
  return [
    { label: 'Subtotal', amount: invoice.subtotal },
    ...(off === 0 ? [] : [{ label: 'Discount', amount: -off }]),
    ...(credited === 0 ? [] : [{ label: 'Billing credits', amount: -credited }]),
    ...taxSums(account, invoice.total_taxes),
    ...(invoice.shipping_cost ? [{ label: 'Shipping', amount: invoice.shipping_cost.amount_total }] : []),
    { label: 'Total', amount: invoice.total, strong: true },
    ...(applied === 0 ? [] : [{ label: 'Applied balance', amount: -applied }]),
    ...(invoice.pre_payment_credit_notes_amount === 0
      ? []
      : [{ label: 'Credit notes', amount: -invoice.pre_payment_credit_notes_amount }]),
    ...(invoice.amount_paid === 0 ? [] : [{ label: 'Amount paid', amount: -invoice.amount_paid }]),
    { label: 'Amount due', amount: invoice.amount_remaining, strong: true },
  ];
}

/** One sum for each tax rate, with its name and percentage. */
export function taxSums(account: Account, taxes: readonly LineTax[]): PaperSum[] {
  return taxes.map((tax) => {
    const rate = account.of(taxRates).get(tax.tax_rate_details.tax_rate);
    const within = tax.tax_behavior === 'inclusive' ? ' inclusive' : '';
    return {
      label: `${rate?.display_name ?? 'Tax'} (${rate?.percentage ?? 0}%${within})`,
      amount: tax.amount,
    };
  });
}
