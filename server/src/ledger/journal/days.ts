/** Entries of one kind, day and currency as one entry: what most books want of many small payments. */
import { accountRoles } from './chart.ts';
import type { Entry, EntryKind, Line } from './entries.ts';
import { dayOf } from './files.ts';

const words: Record<EntryKind, readonly [one: string, many: string]> = {
  invoice: ['invoice', 'invoices'],
  credit_note: ['credit note', 'credit notes'],
  payment: ['payment', 'payments'],
  refund: ['refund', 'refunds'],
  dispute: ['dispute movement', 'dispute movements'],
  fee: ['fee', 'fees'],
  payout: ['payout', 'payouts'],
  topup: ['top-up', 'top-ups'],
  write_off: ['invoice given up', 'invoices given up'],
  void: ['voided document', 'voided documents'],
  other: ['other movement', 'other movements'],
};

export function byDay(entries: readonly Entry[], timeZone: string): Entry[] {
  const groups = Map.groupBy(
    entries,
    ({ at, kind, currency }) => `${dayOf(at, timeZone)}:${kind}:${currency}`,
  );
  return [...groups].flatMap(([id, group]) => {
    const [first] = group;
    if (!first) return [];
    const [one, many] = words[first.kind];
    const lines = joined(group.flatMap((entry) => entry.lines));
    // What cancels out within a day is no entry.
    if (lines.length === 0) return [];
    const text = `Stripe: ${group.length} ${group.length === 1 ? one : many} on ${dayOf(first.at, timeZone)}`;
    return [{ ...first, id, text, lines }];
  });
}

function joined(lines: readonly Line[]): Line[] {
  return accountRoles.flatMap((account) => {
    const own = lines.filter((line) => line.account === account);
    const amount = own.reduce((sum, line) => sum + line.amount, 0n);
    return amount === 0n ? [] : [{ account, amount, ids: [...new Set(own.flatMap(({ ids }) => ids))] }];
  });
}
