import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { expanded, idOf } from '../pages.ts';
import { rhythm } from './catalogue.ts';
import { customerFacts } from './customers.ts';
import { compact, metadataView, time } from './shape.ts';

/** Amounts above nothing, since most of what can be in a credit note is nothing. */
const some = (amount: number | null, currency: string): string | undefined =>
  amount ? shown(amount, currency) : undefined;

export function creditNoteView(note: Stripe.CreditNote): { [key: string]: Json } {
  const { currency } = note;
  return compact({
    object: 'credit_note',
    id: note.id,
    number: note.number,
    status: note.status,
    total: shown(note.total, currency),
    off_what_is_owed: some(note.pre_payment_amount, currency),
    refunded: some(
      note.refunds.reduce((sum, refund) => sum + refund.amount_refunded, 0),
      currency,
    ),
    to_customer_balance: note.customer_balance_transaction
      ? shown(note.post_payment_amount, currency)
      : undefined,
    outside_of_stripe: some(note.out_of_band_amount, currency),
    invoice: idOf(note.invoice),
    customer: idOf(note.customer),
    reason: note.reason,
    memo: note.memo,
    created: time(note.created),
    pdf: note.pdf,
    metadata: metadataView(note.metadata),
    livemode: note.livemode,
  });
}

export function creditNoteRef(note: Stripe.CreditNote): ObjectRef {
  return { type: 'credit_note', id: note.id, label: `${note.number}, ${spoken(note.total, note.currency)}` };
}

const quoteNotes: Readonly<Record<string, string>> = {
  draft: 'A draft: it can still be changed, and the customer has not seen it.',
  open: 'Final: it can be accepted until it expires.',
};

export function quoteRow(quote: Stripe.Quote): { [key: string]: Json } {
  const currency = quote.currency ?? 'usd';
  const { recurring } = quote.computed;
  return compact({
    id: quote.id,
    number: quote.number,
    status: quote.status,
    total: shown(quote.amount_total, currency),
    recurring: recurring ? `${shown(recurring.amount_total, currency)} ${rhythm(recurring)}` : undefined,
    ...customerFacts(quote.customer),
    expires_at: time(quote.expires_at),
    subscription: idOf(quote.subscription),
    subscription_schedule: idOf(quote.subscription_schedule),
    invoice: idOf(quote.invoice),
    created: time(quote.created),
  });
}

export function quoteView(quote: Stripe.Quote): { [key: string]: Json } {
  return compact({
    object: 'quote',
    ...quoteRow(quote),
    description: quote.description,
    collection_method: quote.collection_method,
    lines: quote.line_items?.data.map((line) =>
      compact({
        description: line.description,
        amount: shown(line.amount_total, line.currency),
        quantity: line.quantity === 1 ? undefined : line.quantity,
        price: line.price?.id,
        rhythm: rhythm(line.price?.recurring ?? null),
      }),
    ),
    note: quoteNotes[quote.status],
    metadata: metadataView(quote.metadata),
    livemode: quote.livemode,
  });
}

/** What people call a quote: its number, or its id while it is a draft. */
export function quoteLabel(quote: Stripe.Quote): string {
  return quote.number ?? quote.id;
}

export function quoteRef(quote: Stripe.Quote): ObjectRef {
  const total = spoken(quote.amount_total, quote.currency ?? 'usd');
  return { type: 'quote', id: quote.id, label: `${quoteLabel(quote)}, ${total}` };
}

/** Whose quote it is, as far as it was expanded. */
export function quoteCustomer(quote: Stripe.Quote) {
  const id = idOf(quote.customer);
  return id
    ? (expanded<Stripe.Customer>(quote.customer as string | Stripe.Customer | null) ?? { id })
    : undefined;
}
