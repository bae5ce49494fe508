import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { createdField } from '../../connections/stripe/fields.ts';
import { resolvePeriod } from '../../connections/stripe/period.ts';
import { needs } from '../../connections/stripe/permissions.ts';
import { type Json, readTool, type Tool } from '../../tools/tool.ts';
import type { LedgerAccount } from '../ledger.ts';
import { type Report, type Table, viewOf } from '../report.ts';
import type { Reports } from '../reports.ts';

/** Rows of files that a thread keeps; more are had from the Reports page. */
const mostKept = 5_000;

const formats = { xero: 'Xero', quickbooks: 'QuickBooks', csv: 'a spreadsheet' } as const;

/** "Export March to Xero": the journal as a file, kept with the thread; the model sees the sums, never the lines. */
export function exportJournalTool(options: {
  reports: Reports;
  of: LedgerAccount;
  clock: Clock;
  /** Keeps what was exported, so that books can take it in. @returns `jrn_…` */
  keep(span: { from: Date; to: Date }): Promise<string>;
}): Tool {
  const { reports, of, clock, keep } = options;
  return readTool({
    name: 'export_journal',
    title: 'Export accounting journal',
    description:
      'Exports the bookkeeping of a period as balanced journal entries, as a CSV file for Xero, QuickBooks or a spreadsheet: invoices, payments, fees, refunds, disputes, payouts, tax apart. It writes nothing anywhere; the person downloads the file from this answer. Its "journal" id is what post_journal_to_quickbooks takes. Sums are exact; never add anything to them. Without a period: the last month.',
    input: z.strictObject({
      format: z
        .enum(['xero', 'quickbooks', 'csv'])
        .optional()
        .describe('"xero", "quickbooks", or "csv" for every line with its Stripe ids. Default "csv".'),
      period: createdField.optional(),
      by_day: z
        .boolean()
        .optional()
        .describe('One entry for each kind of thing and day, instead of one for each. Default false.'),
    }),
    permissions: needs('balance_transaction_source:read', 'balance:read', 'invoice:read', 'charge:read'),
    words: {
      action: 'export',
      object: 'journal',
      synonyms: [
        ...['journal entries', 'accounting export', 'accounting', 'bookkeeping', 'books', 'ledger export'],
        ...['xero', 'quickbooks', 'export to xero', 'export to quickbooks', 'accounting journal'],
      ],
    },
    async read({ format = 'csv', period = 'last month', by_day: byDay = false }, context) {
      const { gte, lt } = resolvePeriod(period, clock.now(), of.timeZone);
      const instant = (seconds: number | undefined) =>
        seconds === undefined ? undefined : new Date(seconds * 1_000);
      const whole = await reports.make('journal', of, { from: instant(gte), to: instant(lt) }, context);
      const { files, sums } = chosen(whole, format, byDay);
      const rows = files.reduce((count, table) => count + table.rows.length, 0);
      const kept = rows <= mostKept;
      const report: Report = {
        ...whole,
        tables: [...(kept ? files : []), ...sums],
        notes: kept
          ? whole.notes
          : [
              `${rows} lines are too many for a conversation: the files are under Reports, Accounting.`,
              ...whole.notes,
            ],
      };
      const journal = await keep({ from: new Date(whole.from ?? 0), to: new Date(whole.to ?? 0) });
      return {
        view: {
          ...viewOf({ ...report, tables: sums }),
          journal,
          format: formats[format],
          lines: rows,
          files: kept
            ? files.map(({ title, rows: lines }) => ({ title, lines: lines.length }))
            : 'Under Reports, Accounting: too long for a conversation.',
          download: 'The person downloads the files from the card above this answer.',
        },
        record: report as unknown as Json,
        summary: `Exported ${rows} journal ${rows === 1 ? 'line' : 'lines'} for ${formats[format]}`,
        objects: [],
        requestIds: [],
      };
    },
  });
}

function chosen(
  report: Report,
  format: keyof typeof formats,
  byDay: boolean,
): { files: Table[]; sums: Table[] } {
  const file = new RegExp(`^${format}${byDay ? '_daily' : ''}(_\\d+)?$`);
  return {
    files: report.tables.filter(({ name }) => (format === 'csv' ? name === 'lines' : file.test(name))),
    sums: report.tables.filter(({ name }) => name === 'by_account' || name === 'clearing'),
  };
}
