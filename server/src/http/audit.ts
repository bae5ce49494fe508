import { Readable } from 'node:stream';
import { z } from 'zod';
import type { AuditFilter } from '../audit/audit.ts';
import { exportLines } from '../audit/export-file.ts';
import { type ApiApp, addRoute, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const moment = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));

const filterQuery = {
  subject: z.string().max(80).optional(),
  action: z.string().max(80).optional(),
  actor: z.string().max(200).optional(),
  account: z.string().max(80).optional(),
  from: moment.optional(),
  to: moment.optional(),
};
const filterSchema = z.object(filterQuery);

/** What was asked for, without what was left open. */
const filterOf = (query: z.infer<typeof filterSchema>): AuditFilter =>
  Object.fromEntries(
    Object.keys(filterQuery).flatMap((key) => {
      const value = query[key as keyof typeof filterQuery];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** The audit record: read, checked, taken along. */
export function addAuditRoutes(app: ApiApp, service: Service): void {
  const tag = 'Audit';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/audit',
      summary: 'The audit log, newest first',
      tag,
      action: 'read',
      query: z.strictObject({
        ...filterQuery,
        ...pageQuery,
        cursor: z.coerce.number().int().positive().optional(),
      }),
    },
    async ({ query: { limit, cursor, ...query } }) => {
      const filter = filterOf(query);
      const entries = await service.audit.list({ ...filter, limit, ...(cursor ? { before: cursor } : {}) });
      return { data: entries, next_cursor: entries.length === limit ? String(entries.at(-1)?.seq) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/audit/verification',
      summary: 'Check the whole chain now',
      tag,
      action: 'read',
    },
    async () => service.audit.verify(),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/audit/export',
      summary: 'Entries as JSON lines (which others can verify) or CSV, oldest first',
      tag,
      action: 'administer',
      query: z.strictObject({ ...filterQuery, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
    },
    async ({ query: { format, ...query }, actor }) => {
      const filter = filterOf(query);
      await service.audit.record({ actor, action: 'audit.exported', details: { format, ...filter } });
      const lines = exportLines(service.audit.export(filter), format);
      const day = service.clock.now().toISOString().slice(0, 10);
      return new Response(Readable.toWeb(Readable.from(lines, { objectMode: false })) as ReadableStream, {
        headers: {
          'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
          'content-disposition': `attachment; filename="audit-${day}.${format}"`,
        },
      });
    },
  );
}
