/**
 * What happened in an account → balanced journal entries. Pure, in integer minor units. Sales count by the date of
 * their invoice, or of the payment where there is none; the clearing account moves exactly as Stripe's balance does.
 *
 *   invoice       receivable → revenue, tax          credit note   refunds, tax → receivable
 *   payment       clearing, fees → receivable        refund        refunds, tax → clearing
 *   payout        bank → clearing                    dispute       disputes, fees → clearing
 *
 * Where a sale is in another currency than the balance, each currency has an entry that balances by itself, against
 * the exchange account.
 */
import { allocate, money } from '@purser/money';
import type { AccountRole } from './chart.ts';

export type EntryKind =
  | 'invoice'
  | 'credit_note'
  | 'payment'
  | 'refund'
  | 'dispute'
  | 'fee'
  | 'payout'
  | 'topup'
  | 'write_off'
  | 'void'
  | 'other';

export interface Line {
  readonly account: AccountRole;
  /** Debits are positive, credits negative. */
  readonly amount: bigint;
  /** What is behind it at Stripe: `in_…`, `txn_…`, `ch_…`. */
  readonly ids: readonly string[];
}

/** Its lines add up to nothing. */
export interface Entry {
  /** The same however often it is made: `in_…`, `in_…:void`, `txn_…`, each with the currency. */
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Date;
  readonly currency: string;
  /** `Invoice A-1`, `Payment ch_…`. */
  readonly text: string;
  readonly lines: readonly Line[];
}

export interface InvoiceFacts {
  readonly id: string;
  readonly number: string | null;
  readonly currency: string;
  readonly total: bigint;
  readonly tax: bigint;
  /** What the customer's balance gave to it; negative: what it got of the invoice. */
  readonly applied: bigint;
  readonly offStripe: bigint;
  readonly finalizedAt: Date | null;
  readonly paidAt: Date | null;
  readonly voidedAt: Date | null;
  readonly uncollectibleAt: Date | null;
  /** What had been paid and credited when it was given up. */
  readonly settledBefore: bigint;
  /** Of credit notes before payment that stand. */
  readonly credited: { readonly total: bigint; readonly tax: bigint };
}

export interface CreditNoteFacts {
  readonly id: string;
  readonly number: string | null;
  readonly currency: string;
  readonly total: bigint;
  readonly tax: bigint;
  /** Given to the customer's balance. */
  readonly toBalance: bigint;
  readonly offStripe: bigint;
  readonly at: Date;
  readonly voidedAt: Date | null;
  readonly invoice: InvoiceFacts | null;
}

/** A sale without an invoice, or what is known of it: net and tax as it was sold. */
export interface Sold {
  readonly net: bigint;
  readonly tax: bigint;
}

/** A balance transaction with what it is about. */
export interface MovementFacts {
  readonly id: string;
  readonly at: Date;
  readonly currency: string;
  readonly amount: bigint;
  readonly fee: bigint;
  /** Stripe's reporting category. */
  readonly category: string;
  readonly source: string | null;
  /** The charge, refund or dispute in its own currency, unsigned; null: the same as the movement. */
  readonly own: { readonly amount: bigint; readonly currency: string } | null;
  /** The payment it is about, for refunds and disputes. */
  readonly charge: string | null;
  readonly invoice: InvoiceFacts | null;
  readonly sold: Sold | null;
  /** A refund: how much of it is of credit notes, which say what was given back; in its own currency, unsigned. */
  readonly ofCreditNotes: bigint;
  /** A refund: what was refunded of the same payment before, without credit notes, in its own currency. */
  readonly refundedBefore: bigint;
}

type Draft = {
  readonly account: AccountRole;
  readonly amount: bigint;
  readonly ids: readonly (string | null)[];
};

function entry(
  facts: Pick<Entry, 'id' | 'kind' | 'at' | 'currency' | 'text'>,
  drafts: readonly Draft[],
): Entry[] {
  const lines = drafts
    .filter(({ amount }) => amount !== 0n)
    .map(({ ids, ...line }) => ({ ...line, ids: [...new Set(ids.filter((id) => id !== null))] }));
  if (lines.length === 0) return [];
  const left = lines.reduce((sum, { amount }) => sum + amount, 0n);
  if (left !== 0n) throw new Error(`The entry ${facts.id} is out of balance by ${left}.`);
  return [{ ...facts, id: `${facts.id}:${facts.currency}`, lines }];
}

/** What a settlement of an invoice is set against: it is no receivable any more once it was given up. */
function owed({ uncollectibleAt }: InvoiceFacts, at: Date): AccountRole {
  return uncollectibleAt !== null && at >= uncollectibleAt ? 'bad_debt' : 'receivable';
}

/** Everything an invoice does to the books, whenever it was. */
export function invoiceEntries(invoice: InvoiceFacts): Entry[] {
  const { id, number, currency, total, tax, applied, offStripe } = invoice;
  const named = `Invoice ${number ?? id}`;
  const ids = [id];
  const entries: Entry[] = [];
  if (invoice.finalizedAt === null) return [];
  entries.push(
    ...entry({ id, kind: 'invoice', at: invoice.finalizedAt, currency, text: named }, [
      { account: 'receivable', amount: total - applied, ids },
      { account: 'customer_credit', amount: applied, ids },
      { account: 'revenue', amount: tax - total, ids },
      { account: 'tax', amount: -tax, ids },
    ]),
  );
  if (offStripe !== 0n && invoice.paidAt !== null)
    entries.push(
      ...entry(
        {
          id: `${id}:paid`,
          kind: 'payment',
          at: invoice.paidAt,
          currency,
          text: `${named} paid outside Stripe`,
        },
        [
          { account: 'outside', amount: offStripe, ids },
          { account: owed(invoice, invoice.paidAt), amount: -offStripe, ids },
        ],
      ),
    );
  const open = total - applied - invoice.settledBefore;
  if (invoice.uncollectibleAt !== null)
    entries.push(
      ...entry(
        {
          ...{ id: `${id}:uncollectible`, kind: 'write_off', at: invoice.uncollectibleAt, currency },
          text: `${named} given up`,
        },
        [
          { account: 'bad_debt', amount: open, ids },
          { account: 'receivable', amount: -open, ids },
        ],
      ),
    );
  if (invoice.voidedAt !== null) {
    const { credited } = invoice;
    const voided = { total: total - credited.total, tax: tax - credited.tax };
    entries.push(
      ...entry({ id: `${id}:void`, kind: 'void', at: invoice.voidedAt, currency, text: `${named} voided` }, [
        { account: owed(invoice, invoice.voidedAt), amount: applied - voided.total, ids },
        { account: 'customer_credit', amount: -applied, ids },
        { account: 'revenue', amount: voided.total - voided.tax, ids },
        { account: 'tax', amount: voided.tax, ids },
      ]),
    );
  }
  return entries;
}

export function creditNoteEntries(note: CreditNoteFacts): Entry[] {
  const { id, number, currency, total, tax, toBalance, offStripe, invoice } = note;
  const ids = [id, invoice?.id ?? null];
  const against = (at: Date): AccountRole => (invoice ? owed(invoice, at) : 'receivable');
  const drafts = (sign: bigint, at: Date): Draft[] => [
    { account: 'refunds', amount: sign * (total - tax), ids },
    { account: 'tax', amount: sign * tax, ids },
    { account: 'customer_credit', amount: -sign * toBalance, ids },
    { account: 'outside', amount: -sign * offStripe, ids },
    { account: against(at), amount: -sign * (total - toBalance - offStripe), ids },
  ];
  const named = `Credit note ${number ?? id}`;
  return [
    ...entry({ id, kind: 'credit_note', at: note.at, currency, text: named }, drafts(1n, note.at)),
    ...(note.voidedAt === null
      ? []
      : entry(
          { id: `${id}:void`, kind: 'void', at: note.voidedAt, currency, text: `${named} voided` },
          drafts(-1n, note.voidedAt),
        )),
  ];
}

/** What a movement is against, in its own currency: amounts as a credit would be, so that they add up to what moved. */
interface Against {
  readonly kind: EntryKind;
  readonly what: string;
  readonly parts: readonly { readonly account: AccountRole; readonly amount: bigint }[];
}

export function movementEntries(movement: MovementFacts): Entry[] {
  const { id, at, currency, amount, fee, source, charge, invoice } = movement;
  const isExchanged = movement.own !== null && movement.own.currency !== currency;
  const own = isExchanged && movement.own ? signed(movement.own.amount, amount) : amount;
  const ownCurrency = isExchanged && movement.own ? movement.own.currency : currency;
  const { kind, what, parts } = against(movement, own, ownCurrency);
  const text = source === null ? what : `${what} ${source}`;
  const ids = [id, source, charge, invoice?.id ?? null];
  const credits = parts.map((part) => ({ account: part.account, amount: -part.amount, ids }));
  const moved: Draft[] = [
    { account: 'clearing', amount: amount - fee, ids: [id, source] },
    { account: 'fees', amount: fee, ids: [id, source] },
  ];
  if (!isExchanged) return entry({ id, kind, at, currency, text }, [...moved, ...credits]);
  return [
    ...entry({ id, kind, at, currency, text }, [...moved, { account: 'exchange', amount: -amount, ids }]),
    ...entry({ id, kind, at, currency: ownCurrency, text }, [
      { account: 'exchange', amount: own, ids },
      ...credits,
    ]),
  ];
}

const signed = (size: bigint, like: bigint): bigint => (like < 0n ? -size : size);

function against(movement: MovementFacts, own: bigint, currency: string): Against {
  const { category, invoice, sold, at } = movement;
  if (/^(charge|payment|partial_capture_reversal)/.test(category)) {
    const what = movement.amount < 0n ? 'Payment returned' : 'Payment';
    if (invoice) return { kind: 'payment', what, parts: [{ account: owed(invoice, at), amount: own }] };
    const tax = taxIn(own, sold, currency);
    return {
      ...{ kind: 'payment', what },
      parts: [
        { account: 'revenue', amount: own - tax },
        { account: 'tax', amount: tax },
      ],
    };
  }
  if (/^refund/.test(category)) {
    const what = movement.amount < 0n ? 'Refund' : 'Refund returned';
    const of = invoice ? { net: invoice.total - invoice.tax, tax: invoice.tax } : sold;
    const noted = signed(movement.ofCreditNotes, own);
    const plain = own - noted;
    const before = -movement.refundedBefore;
    const tax = taxIn(before + plain, of, currency) - taxIn(before, of, currency);
    return {
      ...{ kind: 'refund', what },
      parts: [
        { account: 'receivable', amount: noted },
        { account: 'refunds', amount: plain - tax },
        { account: 'tax', amount: tax },
      ],
    };
  }
  const whole = (kind: EntryKind, what: string, account: AccountRole): Against => ({
    ...{ kind, what },
    parts: [{ account, amount: own }],
  });
  if (/^dispute/.test(category))
    return whole('dispute', movement.amount < 0n ? 'Dispute' : 'Dispute returned', 'disputes');
  if (/^(fee|network_cost|stripe_fee|tax_fee|platform_fee)/.test(category))
    return whole('fee', 'Fee', 'fees');
  if (/^payout/.test(category))
    return whole('payout', movement.amount < 0n ? 'Payout' : 'Payout returned', 'bank');
  if (/^topup/.test(category)) return whole('topup', 'Top-up', 'bank');
  return whole('other', category.replaceAll('_', ' ') || 'Movement', 'other');
}

/** How much of what was paid, or given back, is tax: in the proportion it was sold in. */
function taxIn(paid: bigint, sold: Sold | null, currency: string): bigint {
  if (sold === null || sold.tax <= 0n || sold.net < 0n) return 0n;
  return allocate(money(paid, currency), [sold.tax, sold.net])[0]?.minor ?? 0n;
}
