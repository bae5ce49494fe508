/** The reports by name, for the API, the console and agents alike. */
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { CallContext } from '../tools/tool.ts';
import { createCharts } from './journal/chart.ts';
import { makeJournal } from './journal/journal.ts';
import { journalReport } from './journal/report.ts';
import type { Ledger, LedgerAccount } from './ledger.ts';
import type { Report } from './report.ts';
import { disputesReport } from './reports/disputes.ts';
import { failedPaymentsReport } from './reports/failed-payments.ts';
import { mrrReport } from './reports/mrr.ts';
import { revenueReport, type Span } from './reports/revenue.ts';
import { taxReport } from './reports/tax.ts';

export const reportNames = ['revenue', 'mrr', 'failed-payments', 'disputes', 'tax', 'journal'] as const;
export type ReportName = (typeof reportNames)[number];

export interface Reports {
  /**
   * Brings the account's books up to date where the report rests on them, and makes it.
   * @param span what is left out is the report's own: the last twelve months, the last day of failed payments, the last month of the journal
   * @throws ToolError when Stripe cannot be read
   */
  make(
    name: ReportName,
    of: LedgerAccount,
    span: { readonly from?: Date | undefined; readonly to?: Date | undefined },
    context?: CallContext,
  ): Promise<Report>;
}

const day = 86_400_000;

export function createReports(needs: { db: Kysely<Schema>; ledger: Ledger; clock: Clock }): Reports {
  const { db, ledger, clock } = needs;
  const charts = createCharts(db);
  return {
    async make(name, of, { from, to }, context = {}) {
      const now = clock.now();
      // A test clock's time may lie ahead of ours; what happened there by then is asked for by name.
      const end = to ?? new Date(now.getTime() + 1_000);
      const span = (days: number): Span & { now: Date } => ({
        from: from ?? new Date(end.getTime() - days * day),
        to: end,
        now,
      });
      switch (name) {
        case 'failed-payments':
          return failedPaymentsReport(db, of, span(1), context);
        case 'disputes':
          return disputesReport(of, span(366), context);
        case 'revenue':
          return revenueReport(db, await ledger.refresh(of, context), span(366));
        case 'mrr':
          return mrrReport(db, await ledger.refresh(of, context), span(366));
        case 'tax':
          return taxReport(db, await ledger.refresh(of, context), span(366));
        case 'journal': {
          const books = await ledger.refresh(of, context);
          const chosen = span(31);
          const journal = await makeJournal(db, books, of, chosen, context);
          return journalReport(journal, await charts.read(books.ledger), books, chosen);
        }
      }
    },
  };
}
