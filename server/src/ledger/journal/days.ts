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
  return summedBy(entries, ({ at, kind, currency }, count) => {
    const day = dayOf(at, timeZone);
    return {
      id: `${day}:${kind}:${currency}`,
      text: `Stripe: ${count} ${words[kind][count === 1 ? 0 : 1]} on ${day}`,
    };
  });
}

/** One entry for all that are of one id; what cancels out is no entry. They have to be of one currency. */
export function summedBy(
  entries: readonly Entry[],
  named: (first: Entry, count: number) => { id: string; text: string },
): Entry[] {
  const groups = Map.groupBy(entries, (entry) => named(entry, 1).id);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const lines = joined(group.flatMap((entry) => entry.lines));
    return first && lines.length > 0 ? [{ ...first, ...named(first, group.length), lines }] : [];
  });
}

function joined(lines: readonly Line[]): Line[] {
  return accountRoles.flatMap((account) => {
    const own = lines.filter((line) => line.account === account);
    const amount = own.reduce((sum, line) => sum + line.amount, 0n);
    return amount === 0n ? [] : [{ account, amount, ids: [...new Set(own.flatMap(({ ids }) => ids))] }];
  });
}
