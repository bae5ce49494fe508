/** The journal as a report: a trial balance, the clearing account, every line, and the files that books take in. */

import type { Books } from '../ledger.ts';
import { decimal, type Report, type Table } from '../report.ts';
import type { Span } from '../reports/revenue.ts';
import { type AccountRole, accountRoles, type Chart } from './chart.ts';
import { byDay } from './days.ts';
import type { Entry } from './entries.ts';
import { dayOf, quickbooksTable, xeroTables } from './files.ts';
import type { Journal } from './journal.ts';

export function journalReport(journal: Journal, chart: Chart, books: Books, span: Span): Report {
  const { timeZone } = books;
  const { entries, incomplete } = journal;
  const daily = byDay(entries, timeZone);
  return {
    name: 'journal',
    title: 'Accounting journal',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone,
    basis:
      'Sales by the date of their invoice, everything else when money moved; debits equal credits in each entry',
    tables: [
      trialBalance(entries, chart),
      clearingTable(journal),
      linesTable(entries, chart, timeZone),
      quickbooksTable('quickbooks', 'For QuickBooks', entries, chart, timeZone),
      quickbooksTable('quickbooks_daily', 'For QuickBooks, by day', daily, chart, timeZone),
      ...xeroTables('xero', 'For Xero', entries, chart, timeZone),
      ...xeroTables('xero_daily', 'For Xero, by day', daily, chart, timeZone),
    ],
    tieOut: journal.clearing.map(({ currency, untilNow, stated }) => ({
      currency,
      balanceChange: decimal(stated ?? untilNow, currency),
      explained: decimal(untilNow, currency),
      difference: decimal((stated ?? untilNow) - untilNow, currency),
    })),
    ...(incomplete.length > 0 && { incomplete }),
    notes: [
      ...incomplete,
      'Credit that a customer was given by hand, and not by an invoice or a credit note, is not in Stripe’s documents and so not here.',
    ],
    asOf: books.syncedAt.toISOString(),
  };
}

function trialBalance(entries: readonly Entry[], chart: Chart): Table {
  const sums = new Map<string, { role: AccountRole; currency: string; debit: bigint; credit: bigint }>();
  for (const { currency, lines } of entries)
    for (const { account: role, amount } of lines) {
      const key = `${role} ${currency}`;
      const known = sums.get(key) ?? { role, currency, debit: 0n, credit: 0n };
      sums.set(key, {
        ...known,
        debit: known.debit + (amount > 0n ? amount : 0n),
        credit: known.credit - (amount < 0n ? amount : 0n),
      });
    }
  const order = (role: AccountRole) => accountRoles.indexOf(role);
  return {
    name: 'by_account',
    title: 'By account',
    columns: [
      { key: 'code', label: 'Code', type: 'text' },
      { key: 'account', label: 'Account', type: 'text' },
      { key: 'currency', label: 'Currency', type: 'text' },
      { key: 'debit', label: 'Debits', type: 'money' },
      { key: 'credit', label: 'Credits', type: 'money' },
      { key: 'balance', label: 'Debits less credits', type: 'money' },
    ],
    rows: [...sums.values()]
      .sort((a, b) =>
        a.currency === b.currency ? order(a.role) - order(b.role) : a.currency < b.currency ? -1 : 1,
      )
      .map(({ role, currency, debit, credit }) => ({
        ...{ code: chart.accounts[role].code, account: chart.accounts[role].name, currency },
        debit: decimal(debit, currency),
        credit: decimal(credit, currency),
        balance: decimal(debit - credit, currency),
      })),
  };
}

function clearingTable({ clearing }: Journal): Table {
  return {
    name: 'clearing',
    title: 'Stripe balance',
    columns: [
      { key: 'currency', label: 'Currency', type: 'text' },
      { key: 'opening', label: 'Before', type: 'money' },
      { key: 'moved', label: 'In this time', type: 'money' },
      { key: 'closing', label: 'After', type: 'money' },
      { key: 'until_now', label: 'All entries until now', type: 'money' },
      { key: 'stated', label: 'Stripe states now', type: 'money' },
    ],
    rows: clearing.map(({ currency, opening, moved, closing, untilNow, stated }) => ({
      currency,
      opening: decimal(opening, currency),
      moved: decimal(moved, currency),
      closing: decimal(closing, currency),
      until_now: decimal(untilNow, currency),
      stated: stated === null ? null : decimal(stated, currency),
    })),
  };
}

function linesTable(entries: readonly Entry[], chart: Chart, timeZone: string): Table {
  return {
    name: 'lines',
    title: 'Every line',
    columns: [
      { key: 'date', label: 'Date', type: 'date' },
      { key: 'entry', label: 'Entry', type: 'text' },
      { key: 'text', label: 'What', type: 'text' },
      { key: 'account', label: 'Account', type: 'text' },
      { key: 'currency', label: 'Currency', type: 'text' },
      { key: 'debit', label: 'Debit', type: 'money' },
      { key: 'credit', label: 'Credit', type: 'money' },
      { key: 'ids', label: 'Behind it', type: 'text' },
    ],
    rows: entries.flatMap(({ id, at, currency, text, lines }) =>
      lines.map(({ account, amount, ids }) => ({
        date: dayOf(at, timeZone),
        entry: id,
        text,
        account: chart.accounts[account].name,
        currency,
        debit: amount > 0n ? decimal(amount, currency) : null,
        credit: amount < 0n ? decimal(-amount, currency) : null,
        ids: ids.join(' '),
      })),
    ),
  };
}
