import { z } from 'zod';
import { readRecord } from '../agents/journal.ts';
import { getSummary } from '../agents/threads.ts';
import { resolvePeriod } from '../connections/stripe/period.ts';
import { csvOf, type Report, type Table } from '../ledger/report.ts';
import { reportNames } from '../ledger/reports.ts';
import { invalidInput, notFound, Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

/** As much of a report as its tables need, read back from a record. */
const madeReport = z.object({
  name: z.string(),
  tables: z.array(
    z.object({
      name: z.string().regex(/^\w+$/),
      title: z.string(),
      columns: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          type: z.enum(['text', 'money', 'number', 'date', 'percent']),
        }),
      ),
      rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
    }),
  ),
});

const query = z.strictObject({
  /** ISO date, in the account's time zone, or date and time with offset; inclusive. */
  from: z.string().max(40).optional(),
  /** Exclusive. */
  to: z.string().max(40).optional(),
  /** May be left out where there is one Stripe account only. */
  connectionId: z.string().max(80).optional(),
  format: z.enum(['json', 'csv']).default('json'),
  /** Which of its tables, for CSV; the first without. */
  table: z.string().max(40).optional(),
});

export function addReportRoutes(app: ApiApp, service: Service): void {
  const tag = 'Reports';

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/reports', summary: 'The reports there are', tag, action: 'read' },
    async () => ({ data: reportNames.map((name) => ({ name })), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/reports/:name',
      summary: 'Make a report, as JSON or CSV; `to` is exclusive',
      tag,
      action: 'read',
      params: z.strictObject({ name: z.string().max(40) }),
      query,
    },
    async ({ params, query: { from, to, connectionId, format, table }, context }) => {
      const report = await makeReport(
        service,
        { name: params.name, connectionId: connectionId ?? (await onlyAccount()), from, to },
        context.req.raw.signal,
      );
      if (format === 'json') return { ...report, tables: report.tables.map(shortEnough) };
      const chosen =
        table === undefined ? report.tables[0] : report.tables.find((each) => each.name === table);
      if (!chosen) {
        const known = report.tables.map((each) => each.name).join(', ');
        throw invalidInput([
          { path: 'query.table', message: `There is no table "${table}". Choose one of: ${known}.` },
        ]);
      }
      return csvResponse(report.name, chosen);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/threads/:id/tool-calls/:toolCallId/tables/:table',
      summary: 'A table of a report that was made in a thread, as CSV: the very figures that were shown',
      tag,
      action: 'read',
      params: z.strictObject({
        id: z.string().max(80),
        toolCallId: z.string().max(200),
        table: z.string().max(40),
      }),
    },
    async ({ params: { id, toolCallId, table } }) => {
      const { db } = service.database;
      await getSummary(db, id);
      const made = madeReport.safeParse(await readRecord(db, id, toolCallId));
      const chosen = made.data?.tables.find((each) => each.name === table);
      if (!made.success || !chosen) throw notFound('table of a report', `${toolCallId}/${table}`);
      return csvResponse(made.data.name, chosen);
    },
  );

  /** @throws Problem 422 where there are several: an account is never guessed. */
  async function onlyAccount(): Promise<string> {
    const accounts = (await service.connections.list()).filter(({ type }) => type === 'stripe');
    const [first] = accounts;
    if (first && accounts.length === 1) return first.id;
    const names = accounts.map(({ id, name }) => `${name} (${id})`).join('; ');
    const message = first ? `Name one of: ${names}.` : 'Connect a Stripe account first.';
    throw invalidInput([{ path: 'query.connectionId', message }]);
  }
}

/** @throws Problem 404 for a report or connection there is not, 422 for no period, 502 where Stripe could not be read */
export async function makeReport(
  { connections, reports }: Pick<Service, 'connections' | 'reports'>,
  asked: { name: string; connectionId: string; from: string | undefined; to: string | undefined },
  signal: AbortSignal,
): Promise<Report> {
  const name = reportNames.find((each) => each === asked.name);
  if (!name) throw notFound('report', asked.name);
  const of = await connections.reader(asked.connectionId);
  const span = spanOf(asked.from, asked.to, of.timeZone);
  return reports.make(name, of, span, { signal }).catch(asProblem);
}

/** A journal may have more lines than anybody reads. */
const mostShown = 2_000;
const shortEnough = (table: Table): Table =>
  table.rows.length > mostShown ? { ...table, rows: [], onlyInCsv: table.rows.length } : table;

function csvResponse(report: string, table: Table): Response {
  return new Response(csvOf(table), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${report.replace(/[^\w-]/g, '')}-${table.name}.csv"`,
    },
  });
}

function spanOf(from: string | undefined, to: string | undefined, timeZone: string) {
  const instant = (name: string, text: string | undefined, key: 'from' | 'to') => {
    if (text === undefined) return undefined;
    try {
      const { gte, lt } = resolvePeriod({ [key]: text }, new Date(0), timeZone);
      return new Date((gte ?? lt ?? 0) * 1000);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const message = 'Use an ISO date such as 2026-03-01, or a date and time with offset.';
      throw invalidInput([{ path: `query.${name}`, message }]);
    }
  };
  const span = { from: instant('from', from, 'from'), to: instant('to', to, 'to') };
  if (span.from && span.to && span.from >= span.to)
    throw invalidInput([{ path: 'query.to', message: 'It must be later than from; it is exclusive.' }]);
  return span;
}

/** What Stripe refuses is no fault of this server. */
function asProblem(error: unknown): never {
  if (!(error instanceof ToolError)) throw error;
  const detail = error.next ? `${error.message} ${error.next}` : error.message;
  throw new Problem({
    status: 502,
    code: error.code,
    title: 'Stripe could not be read',
    detail,
    cause: error,
  });
}
