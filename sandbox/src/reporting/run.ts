import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { connectedAccounts } from '../connect/connected-account.ts';
import { advance } from '../events.ts';
import { keepFile } from '../files/file.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { localTime } from './local-time.ts';
import { type ReportType, reportTypes } from './report-types.ts';
import { reportText } from './tables.ts';

// pending ──(moments later)──▶ succeeded, with a file | failed

export type ReportRun = Wire<Stripe.Reporting.ReportRun>;
type Parameters = ReportRun['parameters'];

export const reportRuns: CollectionSpec<ReportRun> = { name: 'report_runs', indexes: {} };

export const runJob = 'report.run';
/** How long a run takes. */
const runSeconds = 2;

/** Begins a run, whose parameters are checked. */
export function startRun(account: Account, type: ReportType, parameters: Parameters): ReportRun {
  const run: ReportRun = {
    id: newId('frr', 24),
    object: 'reporting.report_run',
    created: account.now(),
    error: null,
    livemode: account.livemode,
    parameters,
    report_type: type.id,
    result: null,
    status: 'pending',
    succeeded_at: null,
  };
  account.schedule(account.now() + runSeconds, runJob, run.id);
  return account.of(reportRuns).put(run);
}

/** Writes the report of a run. Runs as a due job. */
export function finishRun(account: Account, id: string): void {
  const run = account.of(reportRuns).get(id);
  const type = run && reportTypes.get(run.report_type);
  if (!type || run.status !== 'pending') return;
  try {
    const text = textOf(account, type, run.parameters);
    const result = keepFile(account, {
      bytes: Buffer.from(text),
      filename: `${id}.csv`,
      purpose: 'finance_report_run',
      type: 'csv',
    });
    const done: ReportRun = { ...run, result, status: 'succeeded', succeeded_at: account.now() };
    advance(account, reportRuns, done, 'reporting.report_run.succeeded');
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const failed: ReportRun = { ...run, error: error.message, status: 'failed' };
    advance(account, reportRuns, failed, 'reporting.report_run.failed');
  }
}

function textOf(account: Account, type: ReportType, parameters: Parameters): string {
  return reportText({
    type,
    accounts: type.ofConnected ? coveredBy(account, parameters) : [account],
    columns: parameters.columns ?? type.defaultColumns,
    selection: {
      covers: type.covers,
      start: parameters.interval_start,
      end: parameters.interval_end,
      currency: parameters.currency,
      category: parameters.reporting_category,
      payout: parameters.payout,
    },
    times: { local: localTime(parameters.timezone ?? 'Etc/UTC'), utc: localTime('Etc/UTC') },
  });
}

/** The connected accounts that a report is about: the one asked for, or all. Throws Stripe's refusal of one that is none. */
export function coveredBy(platform: Account, { connected_account: asked }: Parameters): Account[] {
  const all = platform.platform ? [] : [...platform.of(connectedAccounts).oldestFirst()];
  const ids = all.filter((account) => !account.deleted).map(({ id }) => id);
  if (asked === undefined) return ids.map((id) => platform.connected(id));
  if (!ids.includes(asked))
    throw refused('parameters[connected_account]', `No such connected account: '${asked}'`);
  return [platform.connected(asked)];
}
