/** The journal of a stretch of time: its entries, and whether the clearing account ends where Stripe's balance is. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import type { CallContext } from '../../tools/tool.ts';
import { ToolError } from '../../tools/tool.ts';
import type { Books, LedgerAccount } from '../ledger.ts';
import type { Span } from '../reports/revenue.ts';
import { creditNoteEntries, type Entry, invoiceEntries, movementEntries } from './entries.ts';
import { readJournal } from './read.ts';

/** The clearing account of one currency, in minor units. */
export interface Clearing {
  readonly currency: string;
  readonly opening: bigint;
  readonly moved: bigint;
  readonly closing: bigint;
  /** All there ever was, up to now: what the account has to come to. */
  readonly untilNow: bigint;
  /** What Stripe states now; null: the key may not ask. */
  readonly stated: bigint | null;
}

export interface Journal {
  /** By time. */
  readonly entries: readonly Entry[];
  readonly clearing: readonly Clearing[];
  /** Why something may be missing, in sentences; empty: it is complete. */
  readonly incomplete: readonly string[];
}

export async function makeJournal(
  db: Kysely<Schema>,
  books: Books,
  of: LedgerAccount,
  span: Span,
  context: CallContext = {},
): Promise<Journal> {
  const { invoices, creditNotes, movements } = await readJournal(db, books.ledger, span);
  const entries = [
    ...invoices.flatMap(invoiceEntries),
    ...creditNotes.flatMap(creditNoteEntries),
    ...movements.flatMap(movementEntries),
  ]
    .filter(({ at }) => at >= span.from && at < span.to)
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
  const clearing = await clearingOf(db, books.ledger, span, entries, await stated(of, context));
  return { entries, clearing, incomplete: lacking(books, clearing) };
}

async function clearingOf(
  db: Kysely<Schema>,
  ledger: string,
  { from }: Span,
  entries: readonly Entry[],
  balance: ReadonlyMap<string, bigint> | null,
): Promise<Clearing[]> {
  const { rows } = await sql<{ currency: string; opening: string; all: string }>`
    select data->>'currency' as currency,
      coalesce(sum((data->>'amount')::bigint - (data->>'fee')::bigint) filter (where created_at < ${from}), 0)::text
        as opening,
      sum((data->>'amount')::bigint - (data->>'fee')::bigint)::text as all
    from mirrored where ledger = ${ledger} and kind = 'balance_transaction' group by 1`.execute(db);
  const known = new Map(rows.map((row) => [row.currency, row]));
  const moved = new Map<string, bigint>();
  for (const { currency, lines } of entries)
    for (const { account, amount } of lines)
      if (account === 'clearing') moved.set(currency, (moved.get(currency) ?? 0n) + amount);
  const currencies = new Set([...known.keys(), ...moved.keys(), ...(balance?.keys() ?? [])]);
  return [...currencies].sort().map((currency) => {
    const opening = BigInt(known.get(currency)?.opening ?? 0);
    const inPeriod = moved.get(currency) ?? 0n;
    return {
      ...{ currency, opening, moved: inPeriod, closing: opening + inPeriod },
      untilNow: BigInt(known.get(currency)?.all ?? 0),
      stated: balance === null ? null : (balance.get(currency) ?? 0n),
    };
  });
}

/** Available and pending, by currency, and what is set aside for issued cards: its movements are listed with the others. */
async function stated(of: LedgerAccount, context: CallContext): Promise<Map<string, bigint> | null> {
  try {
    const { available, pending, issuing } = await of.read((api) => api.balance.retrieve(), context);
    const sums = new Map<string, bigint>();
    for (const { currency, amount } of [...available, ...pending, ...(issuing?.available ?? [])])
      sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
    return sums;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'permission_missing') return null;
    throw error;
  }
}

const needed = {
  invoice: 'Invoices: sales are entered when they are paid, without their tax',
  credit_note: 'Credit notes: what they gave back is missing',
  charge: 'Charges and Refunds: payments are not set against their invoices',
  refund: 'Charges and Refunds: refunds are entered without their tax',
  dispute: 'Disputes: disputes in a foreign currency are entered in that of the balance',
  checkout_session: 'Checkout Sessions: their sales are entered without their tax',
} as const;

function lacking({ missing }: Books, clearing: readonly Clearing[]): string[] {
  const rights = Object.entries(needed).flatMap(([kind, what]) =>
    missing.some((each) => each === kind) ? [`The key may not read ${what}.`] : [],
  );
  const apart = clearing.filter(({ untilNow, stated: balance }) => balance !== null && balance !== untilNow);
  return [
    ...rights,
    ...apart.map(
      ({ currency }) =>
        `Stripe’s ${currency.toUpperCase()} balance and the movements that were read differ: something moved meanwhile, or is missing. Make the journal again.`,
    ),
    ...(clearing.some(({ stated: balance }) => balance === null)
      ? [
          'The key may not read Balance: whether the clearing account ends where Stripe’s balance is was not checked.',
        ]
      : []),
  ];
}
