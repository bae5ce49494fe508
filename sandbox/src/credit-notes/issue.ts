import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import { adjustCustomerBalance } from '../customer-balance.ts';
import { create } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { currentInvoice, type Invoice, saveInvoice } from '../invoices/invoice.ts';
import { settle } from '../invoices/payments.ts';
import { byDiscount, byRate, creditsOf } from '../invoices/totals.ts';
import { refused } from '../resource.ts';
import { invalidRequest, missingParam, noSuch } from '../wire/errors.ts';
import { embeddedList } from '../wire/pages.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { type CreditNote, creditable, creditNotes } from './credit-note.ts';
import { amountLine, noteLines, noteTotals } from './lines.ts';
import type { createParams } from './params.ts';
import { refundsFor } from './refunds.ts';

type Params = Parsed<typeof createParams>;

/**
 * Issues a credit note: it lowers what its invoice still asks for; what goes beyond is refunded, credited to the
 * customer's balance or given back outside Stripe, as the request divides it. Throws Stripe's refusals.
 */
export function issueNote(account: Account, params: Params): CreditNote {
  const invoice = creditableInvoice(account, params.invoice);
  const composed = composeNote(account, invoice, params);
  const { post_payment_amount: after, pre_payment_amount: before } = composed;
  const links = refundsFor(account, invoice, params);
  const given = links.reduce((sum, link) => sum + link.amount_refunded, 0);
  const { credit_amount: credit = 0, out_of_band_amount: outside = 0 } = params;
  if (given + credit + outside !== after)
    throw invalidRequest(
      `The sum of refunds, credit amount, and out of band amount (${shown(given + credit + outside, invoice)}) must equal the credit note post_payment_amount (${shown(after, invoice)}).`,
    );
  const entry =
    credit === 0
      ? null
      : adjustCustomerBalance(account, {
          customer: invoice.customer,
          amount: -credit,
          currency: invoice.currency,
          type: 'credit_note',
          creditNote: composed.id,
          invoice: invoice.id,
        });
  const note: CreditNote = {
    ...composed,
    customer_balance_transaction: entry?.id ?? null,
    out_of_band_amount: params.out_of_band_amount ?? null,
    refunds: links,
  };
  takeOff(account, invoice, before, after);
  return create(account, creditNotes, note, 'credit_note.created');
}

function takeOff(account: Account, invoice: Invoice, before: number, after: number): void {
  const now = currentInvoice(account, invoice.id) ?? invoice;
  const next: Invoice = {
    ...now,
    amount_due: now.amount_due - before,
    amount_remaining: now.amount_remaining - before,
    post_payment_credit_notes_amount: now.post_payment_credit_notes_amount + after,
    pre_payment_credit_notes_amount: now.pre_payment_credit_notes_amount + before,
  };
  if (before > 0) settle(account, next);
  else saveInvoice(account, next);
}

function creditableInvoice(account: Account, id: string): Invoice {
  const invoice = currentInvoice(account, id);
  if (!invoice) throw noSuch('invoice', id, 'invoice');
  if (invoice.status === 'draft' || invoice.status === 'void')
    throw refused(
      'invoice',
      `You can only create credit notes for finalized invoices. This invoice is ${invoice.status}.`,
    );
  return invoice;
}

/** The note with its sums, before anything came of it. */
function composeNote(account: Account, invoice: Invoice, params: Params): CreditNote {
  const { amount: wanted, lines: given, shipping_cost: shippingAsked } = params;
  if (wanted === undefined && !given && !shippingAsked) throw missingParam('amount');
  const shipping = shippingAsked ? shippingOf(invoice, shippingAsked.shipping_rate) : null;
  const shippingAmount = shipping?.amount_total ?? 0;
  const lines = given
    ? noteLines(account, invoice, given)
    : wanted === undefined || wanted === shippingAmount
      ? []
      : [amountLine(account, wanted - shippingAmount)];
  const { subtotal, discount, credited, exclusive, inclusive } = noteTotals(lines);
  const total = subtotal - discount - credited + exclusive + shippingAmount;
  if (wanted !== undefined && wanted !== total)
    throw refused(
      'amount',
      `The amount (${shown(wanted, invoice)}) must equal the sum of the lines (${shown(total, invoice)}).`,
    );
  const most = creditable(account, invoice) + linkedAnew(params);
  if (total > most)
    throw refused(
      'amount',
      `The amount of the credit note (${shown(total, invoice)}) must not be greater than the creditable amount of the invoice (${shown(most, invoice)}).`,
    );
  if (total <= 0) throw refused('lines', 'The amount of a credit note must be greater than 0.');
  const before = invoice.status === 'paid' ? 0 : Math.min(total, invoice.amount_remaining);
  const id = newId('cn_1', 23).replace('cn_1_', 'cn_1');
  const discountAmounts = byDiscount(lines);
  return {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: shippingAmount,
    created: account.now(),
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: discount,
    discount_amounts: discountAmounts,
    effective_at: params.effective_at ?? account.now(),
    invoice: invoice.id,
    lines: embeddedList(lines, `/v1/credit_notes/${id}/lines`),
    livemode: account.livemode,
    memo: params.memo ?? null,
    metadata: applyMetadata({}, params.metadata),
    number: numberFor(account, invoice),
    out_of_band_amount: null,
    pdf: `${account.origin()}/_sandbox/credit_notes/${account.address}/${id}/${randomText(40)}/pdf`,
    post_payment_amount: total - before,
    pre_payment_amount: before,
    pretax_credit_amounts: [
      ...discountAmounts.map((entry) => ({ ...entry, type: 'discount' as const })),
      ...lines.flatMap((line) => creditsOf(line)),
    ],
    reason: params.reason ?? null,
    refunds: [],
    shipping_cost: shipping,
    status: 'issued',
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total,
    total_excluding_tax: total - exclusive - inclusive,
    total_taxes: byRate(lines.flatMap((line) => line.taxes)),
    type: before === total ? 'pre_payment' : before === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  };
}

/** Refunds that this note takes up no longer count against what may be credited. */
function linkedAnew({ refunds = [] }: Params): number {
  return refunds.reduce((sum, link) => sum + (link.amount_refunded ?? 0), 0);
}

function shippingOf(invoice: Invoice, rate: string | undefined): CreditNote['shipping_cost'] {
  const cost = invoice.shipping_cost;
  if (!cost || cost.shipping_rate !== rate)
    throw refused(
      'shipping_cost[shipping_rate]',
      'The shipping rate must be the shipping rate of the invoice.',
    );
  return { ...cost, shipping_rate: rate ?? null };
}

/** Notes are numbered by invoice; voided ones keep theirs. */
function numberFor(account: Account, invoice: Invoice): string {
  const count = account.of(creditNotes).by('invoice', invoice.id).length + 1;
  return `${invoice.number}-CN-${String(count).padStart(2, '0')}`;
}

function shown(amount: number, { currency }: Invoice): string {
  return formatMoney(money(amount, currency));
}
