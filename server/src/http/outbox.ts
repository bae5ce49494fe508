import { z } from 'zod';
import { badCursor } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

/** Mail as its recipients see it: sent, waiting, or captured where no server is set. */
export function addOutboxRoutes(app: ApiApp, service: Service): void {
  const { outbox } = service;
  const tag = 'Outbox';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/outbox',
      summary: 'Mail, newest first',
      tag,
      action: 'read',
      query: z.strictObject({
        to: z.string().max(254).optional(),
        threadId: z.string().max(80).optional(),
        ...pageQuery,
      }),
    },
    async ({ query: { to, threadId, limit, cursor } }) => {
      if (cursor && !(await outbox.get(cursor).catch(() => null))) throw badCursor();
      const filter = { ...(to ? { to } : {}), ...(threadId ? { threadId } : {}) };
      const data = await outbox.list(filter, { limit, ...(cursor ? { before: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/outbox/:id', summary: 'Read a mail', tag, action: 'read', params: idParams },
    async ({ params }) => outbox.get(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/outbox/:id/resend',
      summary: 'Send a failed or unknown mail again',
      tag,
      action: 'operate',
      params: idParams,
    },
    async ({ params, actor }) => {
      const mail = await outbox.resend(params.id);
      await service.audit.record({
        actor,
        action: 'mail.resent',
        subject: mail.id,
        details: { to: mail.to },
      });
      await service.live.publish({ kind: 'changed', what: 'outbox' });
      return mail;
    },
  );
}
