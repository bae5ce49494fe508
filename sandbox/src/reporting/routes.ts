import type { Account } from '../account.ts';
import { linksOf } from '../files/link.ts';
import { payouts } from '../payouts/payout.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import { integer, list, object, type Parsed, required, text } from '../wire/params.ts';
import { announce, announceJob, awaitAnnouncement, newsworthy, reportNews, shownTypes } from './announce.ts';
import { availabilityOf } from './availability.ts';
import { isTimeZone } from './local-time.ts';
import { type ReportType, reportTypes, takesColumn } from './report-types.ts';
import { coveredBy, finishRun, type ReportRun, reportRuns, runJob, startRun } from './run.ts';

const permission = 'report_runs_and_report_types';

const parameters = {
  columns: list(text(100), 200),
  connected_account: text(),
  currency: text(3),
  interval_end: integer(0),
  interval_start: integer(0),
  payout: text(),
  reporting_category: text(100),
  timezone: text(100),
} as const;
const createParams = { parameters: object(parameters), report_type: required(text(200)) } as const;
type RunParameters = Parsed<typeof parameters>;

function create(call: Call<Parsed<typeof createParams>>): ReportRun {
  const { account, params } = call;
  const type = reportTypes.get(params.report_type);
  if (!type) throw noSuch('report type', params.report_type, 'report_type', 400);
  const wishes = params.parameters ?? {};
  checkNames(type, wishes);
  checkInterval(account, type, wishes);
  checkChoices(account, type, wishes);
  return startRun(account, type, wishes);
}

/** Each report type needs and takes parameters of its own. */
function checkNames(type: ReportType, given: RunParameters): void {
  for (const name of type.required) if (given[name] === undefined) throw missingParam(`parameters[${name}]`);
  for (const name of Object.keys(given)) {
    const isKnown = [...type.required, ...type.optional].some((known) => known === name);
    if (!isKnown)
      throw refused(
        `parameters[${name}]`,
        `The report type ${type.id} does not take the parameter ${name}. It takes: ${[...type.required, ...type.optional].join(', ')}.`,
      );
  }
}

function checkInterval(account: Account, type: ReportType, given: RunParameters): void {
  const { interval_start: start, interval_end: end } = given;
  const available = availabilityOf(account);
  for (const name of ['interval_start', 'interval_end'] as const) {
    const at = given[name];
    if (at !== undefined && (at < available.start || at > available.end))
      throw refused(
        `parameters[${name}]`,
        `The data of ${type.id} is available from ${available.start} to ${available.end}; ${name} is ${at}.`,
      );
  }
  if (start !== undefined && end !== undefined && start >= end)
    throw refused('parameters[interval_start]', 'interval_start must be before interval_end.');
}

function checkChoices(account: Account, type: ReportType, given: RunParameters): void {
  const { columns, payout, timezone } = given;
  if (timezone !== undefined && !isTimeZone(timezone))
    throw refused('parameters[timezone]', `Invalid timezone: ${timezone}. Use a name such as Europe/Paris.`);
  if (columns?.length === 0) throw refused('parameters[columns]', 'Ask for at least one column.');
  const at = columns?.findIndex((name) => !takesColumn(type, name)) ?? -1;
  if (at !== -1)
    throw refused(
      `parameters[columns][${at}]`,
      `The report type ${type.id} has no column ${columns?.[at]}. By default it has: ${type.defaultColumns.join(', ')}.`,
    );
  const covered = type.ofConnected ? coveredBy(account, given) : [account];
  if (payout === undefined) return;
  const paid = covered.map((one) => one.of(payouts).get(payout)).find((one) => one !== undefined);
  if (!paid) throw noSuch('payout', payout, 'parameters[payout]', 400);
  if (!paid.automatic)
    throw refused(
      'parameters[payout]',
      `The payout ${payout} is not automatic: which transactions it paid out is not known.`,
    );
}

/** A run with its file as that is now. */
function shown(account: Account, run: ReportRun): ReportRun {
  return run.result ? { ...run, result: { ...run.result, links: linksOf(account, run.result.id) } } : run;
}

/** `/v1/reporting`: reports of money as comma-separated values, each run made into a file. */
export const reportingResource: Resource = {
  collections: [declare(reportRuns), declare(reportNews)],
  jobs: { [runJob]: finishRun, [announceJob]: announce },
  listeners: Object.fromEntries(newsworthy.map((type) => [type, awaitAnnouncement])),
  routes: [
    route('GET', '/v1/reporting/report_types', { permission }, ({ account, url }) => ({
      object: 'list' as const,
      data: shownTypes(account, reportTypes.values()),
      has_more: false,
      url,
    })),
    route('GET', '/v1/reporting/report_types/:id', { permission }, (call) => {
      const type = reportTypes.get(call.id());
      const [shown] = type ? shownTypes(call.account, [type]) : [];
      if (!shown) throw noSuch('report type', call.id(), 'id', 404);
      return shown;
    }),
    // To make a report is to read.
    route('POST', '/v1/reporting/report_runs', { permission, access: 'read', params: createParams }, create),
    route('GET', '/v1/reporting/report_runs', { permission, params: datedPageParams }, (call) => {
      const page = listed(call, reportRuns);
      return { ...page, data: page.data.map((run) => shown(call.account, run)) };
    }),
    route('GET', '/v1/reporting/report_runs/:id', { permission }, (call) =>
      shown(call.account, found(call, reportRuns, 'report run')),
    ),
  ],
};
