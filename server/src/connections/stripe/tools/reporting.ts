import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { readCsv } from '../csv.ts';
import { periodFor } from '../desk.ts';
import { createdField, currencyField, idField, limitField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { compact, time } from '../views/shape.ts';

const permissions = needs('report_runs_and_report_types:read');
/** Larger files are for the Dashboard, not for a conversation. */
const mostBytes = 20_000_000;

function runView(run: Stripe.Reporting.ReportRun): { [key: string]: Json } {
  const { interval_start: from, interval_end: to, columns: _, ...others } = run.parameters;
  return compact({
    object: 'reporting.report_run',
    id: run.id,
    report_type: run.report_type,
    status: run.status,
    from: time(from),
    to: time(to),
    ...others,
    error: run.error,
    file: run.result?.id,
    note: run.status === 'pending' ? 'Not ready yet: wait_for "succeeded", then get_report.' : undefined,
    created: time(run.created),
  });
}

function listReportTypes(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_report_types',
    title: 'List report types',
    description:
      'Stripe’s own financial reports that can be run: id, name, and for which time there is data. Prefer revenue_report and mrr_report for sums; these are for what an accountant wants as Stripe says it.',
    input: z.strictObject({}),
    permissions,
    words: { action: 'list', object: 'report_type', synonyms: ['financial reports', 'stripe reports'] },
    async read(_input, api) {
      const { data } = await api.reporting.reportTypes.list();
      const rows = data.map((type) =>
        compact({
          id: type.id,
          name: type.name,
          data_from: time(type.data_available_start),
          data_to: time(type.data_available_end),
        }),
      );
      return {
        view: { object: 'list', of: 'report_type', data: rows, complete: true, seen: rows.length },
        record: data,
        summary: `Found ${rows.length} report types`,
      };
    },
  });
}

/** The time a report covers, within what its data covers: a period that is not over ends where the data does. */
async function intervalFor(desk: Desk, api: Stripe, type: string, words: z.infer<typeof createdField>) {
  const period = await periodFor(desk, api, words);
  const { data_available_start: first, data_available_end: last } =
    await api.reporting.reportTypes.retrieve(type);
  const start = Math.max(period?.gte ?? first, first);
  const end = Math.min(period?.lt ?? last, last);
  if (start < end) return { interval_start: start, interval_end: end };
  throw new ToolError('no_data', `Stripe has data for ${type} from ${time(first)} to ${time(last)} only.`, {
    next: 'Ask for a period within that time.',
  });
}

function runReport(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'run_report',
    title: 'Run report',
    description:
      'Starts one of Stripe’s own financial reports over a period. It takes Stripe seconds to minutes: wait_for the run, then get_report. Nothing in the account changes.',
    input: z.strictObject({
      report_type: z.string().min(1).max(200).describe('Its id from list_report_types: "balance.summary.1".'),
      period: createdField.optional(),
      currency: currencyField.optional(),
      columns: z.array(z.string().min(1).max(100)).min(1).max(60).optional().describe('Only these columns.'),
      payout: idField('payout', 'po_').optional(),
      connected_account: idField('connected account', 'acct_').optional(),
    }),
    permissions,
    words: { action: 'run', object: 'report', synonyms: ['financial report', 'stripe report'] },
    async read({ report_type: type, period, currency, ...rest }, api) {
      const run = await api.reporting.reportRuns.create({
        report_type: type,
        parameters: {
          ...rest,
          ...(period !== undefined && (await intervalFor(desk, api, type, period))),
          ...(currency && { currency: currency.toLowerCase() }),
        },
      });
      return {
        view: runView(run),
        record: run,
        summary: `Started the report ${type}`,
        objects: [{ type: 'reporting.report_run', id: run.id, label: type }],
      };
    },
  });
}

async function contentsOf(api: Stripe, file: Stripe.File): Promise<string> {
  if (file.size > mostBytes)
    throw new ToolError('too_large', `The report has ${Math.round(file.size / 1_000_000)} MB.`, {
      next: 'Run it for a shorter period, or download it in the Stripe Dashboard.',
    });
  const stream = (await api.rawRequest('GET', `/v1/files/${file.id}/contents`, undefined, {
    streaming: true,
    apiBase: 'files',
  })) as AsyncIterable<Uint8Array>;
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function getReport(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_report',
    title: 'Get report',
    description:
      'The rows of a report that was run with run_report, or how far it is. Figures are as Stripe’s file has them, in major units; the whole file is kept with the call.',
    input: z.strictObject({ report_run: idField('report run', 'frr_'), limit: limitField.optional() }),
    permissions: needs('report_runs_and_report_types:read', 'file_upload:read'),
    words: { action: 'get', object: 'report', synonyms: ['report rows', 'report run', 'financial report'] },
    async read({ report_run: id, limit = 20 }, api) {
      const run = await api.reporting.reportRuns.retrieve(id.trim());
      const view = runView(run);
      const objects = [{ type: 'reporting.report_run', id: run.id, label: run.report_type }];
      if (!run.result)
        return { view, record: run, summary: `The report ${run.report_type} is ${run.status}`, objects };
      const csv = await contentsOf(api, run.result);
      const [columns = [], ...rows] = readCsv(csv);
      const shown = rows
        .slice(0, limit)
        .map((row) => compact(Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
      return {
        view: {
          ...view,
          columns,
          rows: shown,
          row_count: rows.length,
          complete: shown.length === rows.length,
          ...(shown.length < rows.length && { stopped: `showing the first ${limit}` }),
        },
        record: { run, csv },
        summary: `Read the report ${run.report_type}: ${rows.length} rows`,
        objects,
      };
    },
  });
}

/** Stripe's own reports, made as files. */
export function reportingTools(desk: Desk): Tool[] {
  return [listReportTypes(desk), runReport(desk), getReport(desk)];
}
