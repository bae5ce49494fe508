import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { canBeCharged } from '../charges/amounts.ts';
import { day } from '../clock.ts';
import { signedValue } from '../credits/grant.ts';
import { useCredits } from '../credits/use.ts';
import { adjustCustomerBalance, balanceIn } from '../customer-balance.ts';
import { customers, existingCustomer, type StoredCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import { randomText } from '../ids.ts';
import type { PaymentIntent } from '../payment-intents/intent.ts';
import { soldPrice } from '../prices/price.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { amountDue, withTotals } from './draft.ts';
import { type Invoice, saveInvoice } from './invoice.ts';
import { markPaid, requestPayment, takePayment } from './payments.ts';
import { linkRevision, supersede } from './revision.ts';
import { netOf } from './totals.ts';
import { settledLines } from './usage-lines.ts';

export const overdueJob = 'invoice.overdue';
export const reminderJob = 'invoice.will_be_due';
/** How long before its due date a sent invoice is announced to fall due. */
const reminderSeconds = 3 * day;

/** Numbers an invoice and asks for its amount; one with nothing to pay is paid at once. Throws Stripe's 400 unless it is a draft. */
export function finalizeInvoice(account: Account, draft: Invoice): Invoice {
  if (draft.status !== 'draft')
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  supersede(account, draft);
  const customer = existingCustomer(account, draft.customer);
  const starting_balance = balanceIn(account, customer, draft.currency);
  const summed = withCredits(
    account,
    withTotals(account, { ...draft, starting_balance }, settledLines(account, draft)),
  );
  const open = openInvoice(account, settleBalance(account, summed));
  linkRevision(account, open);
  if (open.amount_due === 0) return markPaid(account, { ...open, attempted: true });
  requestPayment(account, open);
  scheduleReminders(account, open);
  return open;
}

/** The invoice with the customer's billing credits used on what it bills by meters. Its lines are all in it. */
function withCredits(account: Account, invoice: Invoice): Invoice {
  const { data } = invoice.lines;
  const creditable = data.flatMap((line) => {
    const price = soldPrice(account, line.pricing?.price_details?.price ?? '');
    return price && line.subscription !== null ? [{ id: line.id, price, amount: netOf(line) }] : [];
  });
  const used = useCredits(account, invoice, creditable);
  if (used.size === 0) return invoice;
  const lines = data.map((line) => ({
    ...line,
    pretax_credit_amounts: [
      ...line.pretax_credit_amounts,
      ...(used.get(line.id) ?? []).map((entry) => ({
        amount: -signedValue(entry),
        credit_balance_transaction: entry.id,
        type: 'credit_balance_transaction' as const,
      })),
    ],
  }));
  return withTotals(account, invoice, lines);
}

/** An invoice for what was already paid: finalized at once, with nothing of the customer's credit used. */
export function receiptFor(account: Account, draft: Invoice, intent: PaymentIntent): Invoice {
  const open = openInvoice(account, { ...draft, ending_balance: draft.starting_balance });
  return takePayment(account, open, intent);
}

function openInvoice(account: Account, draft: Invoice): Invoice {
  const now = account.now();
  const page = `${account.origin()}/_sandbox/invoices/${account.address}/${draft.id}/${randomText(40)}`;
  const open = saveInvoice(account, {
    ...draft,
    status: 'open',
    number: draft.number ?? nextNumber(account, draft.customer),
    automatically_finalizes_at: null,
    effective_at: draft.effective_at ?? now,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    next_payment_attempt: null,
    rendering: renderedFor(draft),
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  });
  emit(account, 'invoice.finalized', open);
  return open;
}

function scheduleReminders(account: Account, { id, due_date: due }: Invoice): void {
  if (due === null) return;
  account.schedule(due, overdueJob, id);
  if (due - reminderSeconds > account.now()) account.schedule(due - reminderSeconds, reminderJob, id);
}

/** Paper is chosen once the invoice is final: letter in North America, A4 elsewhere. */
function renderedFor({
  rendering,
  account_country: country,
}: Invoice): Wire<Stripe.Invoice.Rendering> | null {
  if (rendering?.pdf?.page_size !== 'auto') return rendering;
  const page_size = country === 'US' || country === 'CA' ? 'letter' : 'a4';
  return { ...rendering, pdf: { page_size } };
}

/** Uses up credit, or takes up a debt or an amount too small to charge, and says what is left to pay. */
function settleBalance(account: Account, invoice: Invoice): Invoice {
  const start = invoice.starting_balance;
  const asked = amountDue(invoice.total, start);
  const tooSmall = asked > 0 && !canBeCharged(account, asked, invoice.currency);
  const due = tooSmall ? 0 : asked;
  const change = due - invoice.total;
  if (change !== 0) {
    adjustCustomerBalance(account, {
      customer: invoice.customer,
      amount: -change,
      currency: invoice.currency,
      type: tooSmall ? 'invoice_too_small' : 'applied_to_invoice',
      invoice: invoice.id,
    });
  }
  return { ...invoice, amount_due: due, amount_remaining: due, ending_balance: start - change };
}

function nextNumber(account: Account, customerId: string): string {
  const customer = existingCustomer(account, customerId);
  const sequence = customer.next_invoice_sequence ?? 1;
  const next: StoredCustomer = { ...customer, next_invoice_sequence: sequence + 1 };
  account.of(customers).put(next);
  return `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`;
}
