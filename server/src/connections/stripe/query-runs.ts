import type Stripe from 'stripe';
import { z } from 'zod';
import { type CallContext, type Json, ToolError } from '../../tools/tool.ts';
import { isStripeError } from './client.ts';
import type { Desk } from './stripe-tool.ts';
import { secondsOf } from './transport.ts';
import { compact } from './views/shape.ts';

/** Query runs are in public preview (docs.stripe.com/data/api/query-runs). */
export const queriesVersion = '2026-10-28.preview';
const path = '/v2/data/query_runs';
const longestMs = 90_000;
const firstPauseMs = 1_000;
const longestPauseMs = 5_000;

const ends: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled']);

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const columnSchema = z.object({ name: z.string(), type: z.string().nullish() });
const tableSchema = z.object({
  columns: z.array(columnSchema).nullish(),
  rows: z.array(z.union([z.array(cell), z.record(z.string(), cell)])).nullish(),
  download_url: z.object({ url: z.string() }).nullish(),
});
const runSchema = z.object({
  id: z.string(),
  status: z.string(),
  refreshed_at: z.string().nullish(),
  status_details: z
    .object({
      failed: z.object({ error_code: z.string().nullish(), error_message: z.string().nullish() }).nullish(),
    })
    .nullish(),
  result: z
    .object({
      row_count: z.union([z.string(), z.number()]).nullish(),
      inline: tableSchema.nullish(),
      file: tableSchema.nullish(),
    })
    .nullish(),
});
export type QueryRun = z.infer<typeof runSchema>;

/** Where an account has no Sigma, Stripe refuses in words of its own: what they come to is said here. */
function withoutSigma(error: unknown): unknown {
  if (!isStripeError(error) || !/sigma/i.test(error.message)) return error;
  return new ToolError('sigma_missing', 'This account has no Stripe Sigma, which SQL needs.', {
    next: 'Turn Sigma on at https://dashboard.stripe.com/sigma, or use revenue_report, mrr_report and the list tools with count_all.',
    details: { stripe_message: error.message },
    ...(error.requestId && { requestIds: [error.requestId] }),
    cause: error,
  });
}

async function ask(api: Stripe, method: 'GET' | 'POST', address: string, body?: object): Promise<QueryRun> {
  const answer: unknown = await api
    .rawRequest(method, address, body && { ...body }, { apiVersion: queriesVersion })
    .catch((error: unknown) => {
      throw withoutSigma(error);
    });
  const parsed = runSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ToolError('unexpected_answer', 'Stripe answered with something that is no query run.', {
    next: 'The preview of query runs may have changed: run the query at https://dashboard.stripe.com/sigma.',
    cause: parsed.error,
  });
}

/** @throws ToolError for a run that did not */
function succeeded(run: QueryRun): QueryRun {
  if (run.status === 'succeeded') return run;
  if (!ends.has(run.status))
    throw new ToolError('query_takes_long', `The query ${run.id} is still ${run.status}.`, {
      next: 'Ask for less: a shorter period, fewer columns.',
      details: { query_run: run.id },
    });
  const failed = run.status_details?.failed;
  throw new ToolError('query_failed', failed?.error_message ?? `The query ${run.status}.`, {
    next: 'Mend the SQL: table and column names are those of the Sigma schema.',
    details: { query_run: run.id, ...(failed?.error_code && { stripe_code: failed.error_code }) },
  });
}

/**
 * Runs a query and waits for it, for a minute and a half at most.
 * @throws ToolError `sigma_missing`, `query_failed`, `query_takes_long`; the SDK's errors
 */
export async function runQuery(
  desk: Desk,
  api: Stripe,
  sql: string,
  { signal, onWait }: CallContext,
): Promise<QueryRun> {
  const begun = await ask(api, 'POST', path, { query: { sql } });
  let waitedMs = 0;
  const address = `${path}/${encodeURIComponent(begun.id)}?include[]=result.inline`;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const run = await ask(api, 'GET', address);
    if (ends.has(run.status) || waitedMs >= longestMs) return succeeded(run);
    onWait?.(`The query runs since ${secondsOf(waitedMs)}`);
    await desk.pause(pauseMs, signal);
    waitedMs += pauseMs;
  }
}

/** Rows by their column names, however the answer holds them. */
export function rowsOf({ result }: QueryRun): { [key: string]: Json }[] | undefined {
  const names = (result?.inline?.columns ?? result?.file?.columns ?? []).map(({ name }) => name);
  return result?.inline?.rows?.map((row) =>
    compact(
      Array.isArray(row)
        ? Object.fromEntries(row.map((value, at) => [names[at] ?? `column_${at + 1}`, value]))
        : row,
    ),
  );
}
