import type { Account } from '../account.ts';
import { checkShares, type Shares, splitBy } from '../charges/shares.ts';
import type { Split } from '../charges/split.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Invoice } from './invoice.ts';

/** How the payment of an invoice is shared; invoices are told it and, since 2025, do not show it. */
export interface InvoiceShares
  extends Pick<Shares, 'application_fee_amount' | 'application_fee_percent' | 'transfer_data'> {
  /** The invoice. */
  readonly id: string;
}
export const invoiceShares: CollectionSpec<InvoiceShares> = { name: 'invoice_shares', indexes: {} };

/** Remembers how an invoice's payment is to be shared, in place of what was remembered before. */
export function keepShares(account: Account, id: string, shares: Shares): void {
  const { application_fee_amount: amount, application_fee_percent: percent, transfer_data: data } = shares;
  if (amount == null && percent == null && !data) account.of(invoiceShares).delete(id);
  else account.of(invoiceShares).put({ ...shares, id });
}

export function sharesOf(account: Account, id: string): Shares {
  return account.of(invoiceShares).get(id) ?? {};
}

/** How `amount` minor units that come in for an invoice are shared. */
export function splitOfInvoice(account: Account, invoice: Invoice, amount: number): Split {
  const shares = { ...sharesOf(account, invoice.id), on_behalf_of: invoice.on_behalf_of };
  return splitBy(account, shares, amount, invoice.currency);
}

/** How a request wants an invoice's payment shared, after what was wanted before. Throws Stripe's refusals. */
export function sharesFrom(
  account: Account,
  params: Pick<Shares, 'application_fee_amount' | 'on_behalf_of' | 'transfer_data'>,
  before: Shares = {},
): Shares {
  const { application_fee_amount: fee, on_behalf_of: behalf, transfer_data: data } = params;
  if (fee === undefined && behalf === undefined && data === undefined) return before;
  const next: Shares = {
    ...before,
    // An amount takes the place of the percentage that came with a subscription.
    ...(fee === undefined ? {} : { application_fee_amount: fee, application_fee_percent: null }),
    ...(behalf === undefined ? {} : { on_behalf_of: behalf }),
    ...(data === undefined ? {} : { transfer_data: data }),
  };
  checkShares(account, next);
  return next;
}
