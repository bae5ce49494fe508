import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { createdField } from '../connections/stripe/fields.ts';
import { resolvePeriod } from '../connections/stripe/period.ts';
import { needs } from '../connections/stripe/permissions.ts';
import { type Json, type Permission, readTool, type Tool, type ToolWords } from '../tools/tool.ts';
import type { LedgerAccount } from './ledger.ts';
import { type Report, viewOf } from './report.ts';
import type { ReportName, Reports } from './reports.ts';

interface Made {
  readonly name: string;
  readonly report: ReportName;
  readonly title: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly words: ToolWords;
  /** Tables the model is shown; the others are in the record, for people. */
  readonly shown?: readonly string[];
}

const made: readonly Made[] = [
  {
    name: 'revenue_report',
    report: 'revenue',
    title: 'Revenue report',
    description:
      'Revenue of a period by product and by month: gross, discounts, refunds, disputes, net, fees, tax, per currency, tied out to the balance. Sums are exact and complete; never add anything to them. Without a period: the last twelve months.',
    permissions: needs('balance_transaction_source:read', 'invoice:read', 'charge:read'),
    words: {
      action: 'report',
      object: 'revenue',
      synonyms: [
        'sales',
        'income',
        'earnings',
        'turnover',
        'net revenue',
        'gross',
        'monthly revenue',
        'made',
        'earned',
        'fees paid',
      ],
    },
    shown: ['total', 'by_product', 'by_month'],
  },
  {
    name: 'mrr_report',
    report: 'mrr',
    title: 'MRR report',
    description:
      'Monthly recurring revenue at the end of each month of a period and as of now: new, expansion, contraction, churn, reactivation, average per customer, lifetime value, who stays. Without a period: the last twelve months.',
    permissions: needs('subscription:read', 'invoice:read'),
    words: {
      action: 'report',
      object: 'mrr',
      synonyms: [
        'monthly recurring revenue',
        'recurring revenue',
        'arr',
        'churn',
        'churn rate',
        'arpa',
        'ltv',
        'lifetime value',
        'cohorts',
        'retention',
      ],
    },
    shown: ['now', 'by_month'],
  },
  {
    name: 'tax_report',
    report: 'tax',
    title: 'Tax report',
    description:
      'Tax on paid invoices of a period by country, state and rate. Without a period: the last twelve months.',
    permissions: needs('invoice:read'),
    words: {
      action: 'report',
      object: 'tax',
      synonyms: ['vat', 'sales tax', 'gst', 'taxes', 'tax collected'],
    },
  },
  {
    name: 'failed_payments_report',
    report: 'failed-payments',
    title: 'Failed payments report',
    description:
      'Payments that failed in a period and have not succeeded since: customer with e-mail, amount, decline code and what helps, invoice, subscription, when Stripe tries again. Without a period: the last 24 hours. Use it before writing to those customers.',
    permissions: needs('charge:read', 'invoice:read', 'customer:read'),
    words: {
      action: 'report',
      object: 'failed_payment',
      synonyms: [
        'failed payments',
        'failed charges',
        'declined payments',
        'failed subscriptions',
        'dunning',
        'payment failures',
        'unpaid subscriptions',
      ],
    },
  },
];

/** Reports as tools: sums made in code, each tied out. */
export function reportTools(options: { reports: Reports; of: LedgerAccount; clock: Clock }): Tool[] {
  const { reports, of, clock } = options;
  return made.map(({ report: name, shown, ...tool }) =>
    readTool({
      ...tool,
      input: z.strictObject({ period: createdField.optional() }),
      async read({ period }, context) {
        const { gte, lt } = period === undefined ? {} : resolvePeriod(period, clock.now(), of.timeZone);
        const instant = (seconds: number | undefined) =>
          seconds === undefined ? undefined : new Date(seconds * 1000);
        const report = await reports.make(name, of, { from: instant(gte), to: instant(lt) }, context);
        const tables = shown
          ? shown.flatMap((each) => report.tables.filter((table) => table.name === each))
          : report.tables;
        return {
          view: viewOf({ ...report, tables }),
          record: report as unknown as Json,
          summary: summaryOf(report),
          objects: [],
          requestIds: [],
        };
      },
    }),
  );
}

function summaryOf({ title, tables }: Report): string {
  const rows = tables[0]?.rows.length ?? 0;
  return `Made the ${title.toLowerCase()} report: ${rows} ${rows === 1 ? 'row' : 'rows'}`;
}
