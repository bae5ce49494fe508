import type { Account } from '../account.ts';
import type { Price } from '../prices/price.ts';
import {
  bookCredit,
  type CreditTransaction,
  covers,
  creditGrants,
  creditTransactions,
  isUsable,
  leftOf,
  signedValue,
  usableGrants,
} from './grant.ts';

/** A line of an invoice that credit may pay for; minor units, after discounts and before taxes. */
export interface CreditableLine {
  readonly id: string;
  readonly price: Price;
  readonly amount: number;
}

/** Uses a customer's credit on lines of an invoice, as far as it goes. Answers what was used, by line id. */
export function useCredits(
  account: Account,
  invoice: { readonly id: string; readonly customer: string; readonly currency: string },
  lines: readonly CreditableLine[],
): Map<string, CreditTransaction[]> {
  const used = new Map<string, CreditTransaction[]>();
  const open = new Map(lines.map((line) => [line.id, line.amount]));
  for (const grant of usableGrants(account, invoice.customer, invoice.currency)) {
    let left = leftOf(account, grant);
    for (const line of lines) {
      const value = covers(grant, line.price) ? Math.min(left, open.get(line.id) ?? 0) : 0;
      if (value <= 0) continue;
      const cause = { type: 'credits_applied', invoice: invoice.id, invoice_line_item: line.id } as const;
      used.set(line.id, [...(used.get(line.id) ?? []), bookCredit(account, grant, value, cause)]);
      open.set(line.id, (open.get(line.id) ?? 0) - value);
      left -= value;
    }
  }
  return used;
}

/** Gives back the credit that an invoice used, now that it is void; what has expired meanwhile expires again. */
export function reinstateCredits(account: Account, invoice: string): void {
  for (const entry of account.of(creditTransactions).by('invoice', invoice).reverse()) {
    const grant = account.of(creditGrants).get(entry.credit_grant);
    const line = entry.debit?.credits_applied?.invoice_line_item;
    if (!grant || line === undefined) continue;
    const value = -signedValue(entry);
    const type = 'credits_application_invoice_voided';
    bookCredit(account, grant, value, { type, invoice, invoice_line_item: line });
    if (!isUsable(grant, account.now())) bookCredit(account, grant, value, { type: 'credits_expired' });
  }
}
