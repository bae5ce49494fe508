/**
 * The files that books take in.
 *
 * QuickBooks Online: Settings, Import data, Journal entries. Journal No., Journal Date, Account Name, Description,
 * Debits, Credits; account numbers turned off meanwhile, sub-accounts as `Parent:Sub`, at most 1,000 rows a file.
 * Xero: Accounting, Manual journals, Import. `*Narration`, `*Date` (`dd mmm yyyy`), Description, `*AccountCode`,
 * `*TaxRate`, `*Amount` with debits positive; rows of one narration and date are one journal, at most 300 rows a file.
 * Both take a number or narration as the name of an entry, so an entry has the same one however often it is made.
 */
import { createHash } from 'node:crypto';
import { decimal, type Table } from '../report.ts';
import type { Chart } from './chart.ts';
import type { Entry } from './entries.ts';

export const mostXeroRows = 300;
/** Also of a document number in QuickBooks' API: 21. */
const mostIds = 3;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day where the account is: `2026-03-01`. */
export function dayOf(at: Date, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** Short enough for QuickBooks, and always the same for the same entry. */
export function entryNumber({ id }: Pick<Entry, 'id'>): string {
  return `PU-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What it is, and the Stripe ids behind it, as far as they fit. */
export function describe(text: string, ids: readonly string[]): string {
  const shown = ids.slice(0, mostIds).join(' ');
  const left = ids.length - mostIds;
  return `${text} (${shown}${left > 0 ? ` and ${left} more` : ''})`;
}

export function quickbooksTable(
  name: string,
  title: string,
  entries: readonly Entry[],
  { accounts }: Chart,
  timeZone: string,
): Table {
  return {
    name,
    title,
    columns: [
      { key: 'number', label: 'Journal No.', type: 'text' },
      { key: 'date', label: 'Journal Date', type: 'text' },
      { key: 'account', label: 'Account Name', type: 'text' },
      { key: 'debit', label: 'Debits', type: 'money' },
      { key: 'credit', label: 'Credits', type: 'money' },
      { key: 'description', label: 'Description', type: 'text' },
      { key: 'currency', label: 'Currency', type: 'text' },
    ],
    rows: entries.flatMap((entry) => {
      const [year, month, day] = dayOf(entry.at, timeZone).split('-');
      return entry.lines.map(({ account, amount, ids }) => ({
        number: entryNumber(entry),
        date: `${month}/${day}/${year}`,
        account: accounts[account].name,
        debit: amount > 0n ? decimal(amount, entry.currency) : null,
        credit: amount < 0n ? decimal(-amount, entry.currency) : null,
        description: describe(entry.text, ids),
        currency: entry.currency.toUpperCase(),
      }));
    }),
  };
}

/** In as many tables as Xero wants files: `xero`, `xero_2`, … and one for each currency, which Xero has none for. */
export function xeroTables(
  name: string,
  title: string,
  entries: readonly Entry[],
  chart: Chart,
  timeZone: string,
): Table[] {
  const currencies = [...new Set(entries.map(({ currency }) => currency))].sort();
  const files = currencies.flatMap((currency) =>
    parts(entries.filter((entry) => entry.currency === currency)).map((part) => ({ currency, part })),
  );
  return (files.length > 0 ? files : [{ currency: '', part: [] }]).map(({ currency, part }, n) => ({
    name: n === 0 ? name : `${name}_${n + 1}`,
    title: [
      title,
      ...(currencies.length > 1 ? [currency.toUpperCase()] : []),
      ...(files.length > currencies.length ? [`file ${n + 1} of ${files.length}`] : []),
    ].join(', '),
    columns: [
      { key: 'narration', label: '*Narration', type: 'text' },
      { key: 'date', label: '*Date', type: 'text' },
      { key: 'description', label: 'Description', type: 'text' },
      { key: 'code', label: '*AccountCode', type: 'text' },
      { key: 'tax_rate', label: '*TaxRate', type: 'text' },
      { key: 'amount', label: '*Amount', type: 'money' },
    ],
    rows: part.flatMap((entry) => xeroRows(entry, chart, timeZone)),
  }));
}

function xeroRows(entry: Entry, { accounts, xeroTaxRate }: Chart, timeZone: string): Table['rows'] {
  const [year, month, day] = dayOf(entry.at, timeZone).split('-');
  return entry.lines.map(({ account, amount, ids }) => ({
    narration: `${entry.text} ${entryNumber(entry)}`,
    date: `${day} ${months[Number(month) - 1]} ${year}`,
    description: describe(entry.text, ids),
    code: accounts[account].code,
    tax_rate: xeroTaxRate,
    amount: decimal(amount, entry.currency),
    currency: entry.currency,
  }));
}

/** As many whole entries as fit in a file. */
function parts(entries: readonly Entry[]): Entry[][] {
  const files: Entry[][] = [];
  let rows = mostXeroRows;
  for (const entry of entries) {
    rows += entry.lines.length;
    if (rows > mostXeroRows) {
      files.push([]);
      rows = entry.lines.length;
    }
    files.at(-1)?.push(entry);
  }
  return files;
}
