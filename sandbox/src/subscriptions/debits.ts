import type { Account } from '../account.ts';
import { currentInvoice, type InvoiceLine, invoices } from '../invoices/invoice.ts';
import { invoiceItems } from '../invoices/items.ts';
import { allLines } from '../invoices/line-list.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { type TaxRate, taxRates } from '../tax-rates.ts';
import type { Period } from './periods.ts';
import type { Subscription, SubscriptionItem } from './subscription.ts';

/** What an item was billed for a period, as far as it has not been credited. */
export interface Debit {
  /** The invoice item or, without one, the line. */
  readonly id: string;
  /** Minor units after discounts, for the whole period. */
  readonly net: number;
  readonly period: Period;
  /** From when on it has been credited, in seconds; its end when not at all. */
  readonly creditedFrom: number;
  readonly taxRates: readonly TaxRate[];
}

/** Which debit an invoice item gives back, and from when on, in seconds. */
export interface Credit {
  /** The invoice item. */
  readonly id: string;
  readonly debit: string;
  readonly from: number;
}
export const credits: CollectionSpec<Credit, 'debit'> = {
  name: 'subscription_credits',
  indexes: { debit: (credit) => credit.debit },
};

/** What an item was billed, on invoices that still stand and for the next one; newest first. */
export function debitsOf(account: Account, subscription: Subscription, item: SubscriptionItem): Debit[] {
  const waiting = account.of(invoiceItems).by('pending', subscription.customer);
  const pending = waiting.flatMap((entry) => {
    if (entry.deleted || entry.amount <= 0) return [];
    if (entry.parent?.subscription_details?.subscription_item !== item.id) return [];
    return [{ id: entry.id, net: entry.amount, period: entry.period, taxRates: entry.tax_rates ?? [] }];
  });
  const billed = account
    .of(invoices)
    .by('subscription', subscription.id)
    .flatMap((invoice) => {
      if (invoice.deleted || invoice.status === 'void') return [];
      return allLines(account, invoice).flatMap((line) => debitOf(account, line, item.id));
    });
  return [...pending, ...billed].map((debit) => ({ ...debit, creditedFrom: creditedFrom(account, debit) }));
}

function creditedFrom(account: Account, { id, period }: Pick<Debit, 'id' | 'period'>): number {
  const standing = account
    .of(credits)
    .by('debit', id)
    .filter((credit) => stands(account, credit));
  return Math.min(period.end, ...standing.map(({ from }) => from));
}

/** Whether a credit is still given: its item may have been deleted or be on an invoice that was voided. */
function stands(account: Account, { id }: Credit): boolean {
  const item = account.of(invoiceItems).get(id);
  if (!item || item.deleted) return false;
  return item.invoice === null || currentInvoice(account, item.invoice)?.status !== 'void';
}

function debitOf(account: Account, line: InvoiceLine, item: string): Omit<Debit, 'creditedFrom'>[] {
  const details = line.parent?.subscription_item_details;
  if (details?.subscription_item !== item || line.amount <= 0) return [];
  const discounted = line.discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
  return [
    {
      id: details.invoice_item ?? line.id,
      net: line.amount - discounted,
      period: line.period,
      taxRates: line.taxes.flatMap(
        ({ tax_rate_details: { tax_rate: id } }) => account.of(taxRates).get(id) ?? [],
      ),
    },
  ];
}
