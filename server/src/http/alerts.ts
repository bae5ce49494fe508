import { z } from 'zod';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

/** What people are to know of while nobody is looking. */
export function addAlertRoutes(app: ApiApp, service: Service): void {
  const { alerts } = service;
  const tag = 'Alerts';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/alerts',
      summary: 'Alerts, deadlines and failures, newest first',
      tag,
      action: 'read',
      query: z.strictObject({ ...pageQuery, status: z.enum(['open', 'closed']).optional() }),
    },
    async ({ query: { limit, cursor, status } }) => {
      const open = status === undefined ? undefined : status === 'open';
      const data = await alerts.list({ open }, { limit, before: cursor });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/alerts/:id/close',
      summary: 'Take a alert out of the inbox: somebody has seen to it',
      tag,
      action: 'approve',
      params: idParams,
    },
    async ({ params, actor }) => {
      const alert = await alerts.close(params.id, actor);
      await service.audit.record({ actor, action: 'alert.closed', subject: params.id });
      await service.live.publish({ kind: 'changed', what: 'alerts' });
      return alert;
    },
  );
}
