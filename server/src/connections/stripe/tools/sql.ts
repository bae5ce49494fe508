import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { limitField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { rowsOf, runQuery } from '../query-runs.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';

/** SQL over the account's data at Stripe. */
export function sqlTools(desk: Desk): Tool[] {
  return [
    stripeRead(desk, {
      name: 'run_sql_query',
      title: 'Run SQL query',
      description:
        'Runs one SELECT over the account’s data in Stripe Sigma and gives its rows. Amounts there are in minor units (cents), and data is hours old. Only where the account has Sigma and nothing else answers: for sums prefer revenue_report, mrr_report and list tools with count_all.',
      input: z.strictObject({
        sql: z
          .string()
          .trim()
          .min(8)
          .max(20_000)
          .regex(/^(select|with)\b/i, 'Only SELECT (or WITH … SELECT) can be run.')
          .describe('One SELECT in Sigma’s SQL: "select status, count(*) from charges group by 1".'),
        limit: limitField.optional(),
      }),
      permissions: needs('data_queries:read'),
      words: { action: 'run', object: 'query', synonyms: ['sql', 'sigma', 'select'] },
      async read({ sql, limit = 50 }, api, context) {
        const run = await runQuery(desk, api, sql, context);
        const rows = rowsOf(run);
        const count = Number(run.result?.row_count ?? rows?.length ?? 0);
        const shown = rows?.slice(0, limit) ?? [];
        const complete = rows !== undefined && shown.length === count;
        return {
          view: compact({
            object: 'query_result',
            query_run: run.id,
            data_as_of: run.refreshed_at,
            rows: shown,
            row_count: count,
            complete,
            stopped: complete ? undefined : `showing ${shown.length} of ${count}`,
            download_url: rows === undefined ? run.result?.file?.download_url?.url : undefined,
          }),
          record: run,
          summary: `The query found ${count} rows`,
        };
      },
    }),
  ];
}
