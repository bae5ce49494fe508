import type { Account } from './account.ts';
import { creditGrants, creditTransactions, leftOf, signedValue } from './credits/grant.ts';
import { type Invoice, invoices } from './invoices/invoice.ts';
import { allLines } from './invoices/line-list.ts';
import { creditedOn } from './invoices/totals.ts';
import { timeOn } from './test-clocks/test-clock.ts';

/** Checks that invoices are what their lines add up to, and that no billing credit is used beyond its grant. */
export function auditBilling(account: Account): string[] {
  return [...auditInvoices(account), ...auditCredits(account)];
}

function* auditInvoices(account: Account): Generator<string> {
  for (const invoice of account.of(invoices).oldestFirst())
    if (!invoice.deleted) yield* auditInvoice(account, invoice);
}

function* auditInvoice(account: Account, invoice: Invoice): Generator<string> {
  const { id, subtotal, total } = invoice;
  const lines = allLines(account, invoice);
  const sum = sumOf(lines);
  if (sum !== subtotal) yield `${id}: its lines add up to ${sum}, not ${subtotal}`;
  const credits = lines.flatMap((line) => line.pretax_credit_amounts);
  const taxes = lines.flatMap((line) => line.taxes).filter((tax) => tax.tax_behavior === 'exclusive');
  const due = sum - sumOf(credits) + sumOf(taxes) + invoice.amount_shipping;
  if (due !== total)
    yield `${id}: lines less discounts and credits, with tax and shipping, are ${due}, not ${total}`;
  const used = lines.reduce((all, line) => all + creditedOn(line), 0);
  const booked = account
    .of(creditTransactions)
    .by('invoice', id)
    .reduce((all, entry) => all - signedValue(entry), 0);
  if (used !== booked) yield `${id}: shows ${used} of billing credits, but ${booked} was booked`;
}

function* auditCredits(account: Account): Generator<string> {
  for (const grant of account.of(creditGrants).oldestFirst()) {
    const left = leftOf(account, grant);
    const granted = grant.amount.monetary?.value ?? 0;
    if (left < 0 || left > granted) yield `${grant.id}: ${left} is left of ${granted}`;
    const now = timeOn(account, typeof grant.test_clock === 'string' ? grant.test_clock : null);
    const isOver = grant.voided_at !== null || (grant.expires_at !== null && grant.expires_at <= now);
    if (isOver && left !== 0) yield `${grant.id}: is over, but ${left} is left`;
  }
}

function sumOf(list: readonly { readonly amount: number }[]): number {
  return list.reduce((sum, { amount }) => sum + amount, 0);
}
