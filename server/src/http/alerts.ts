import { z } from 'zod';
import type { Alert } from '../automations/alerts.ts';
import { mutableKind, muteAlert, muteSpans } from '../playbooks/alerts/mute.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

/** An alert as it is listed. */
export interface ListedAlert extends Alert {
  /** Its kind can be muted; how it is tuned is set in the playbook `alerts`. */
  canBeMuted: boolean;
}
const listed = (alert: Alert): ListedAlert => ({ ...alert, canBeMuted: mutableKind(alert) !== null });

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
      const data = (await alerts.list({ open }, { limit, before: cursor })).map(listed);
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/alerts/:id/close',
      summary: 'Take an alert out of the inbox: somebody has seen to it',
      tag,
      action: 'approve',
      params: idParams,
    },
    async ({ params, actor }) => {
      const alert = await alerts.close(params.id, actor);
      await service.audit.record({ actor, action: 'alert.closed', subject: params.id });
      await service.live.publish({ kind: 'changed', what: 'alerts' });
      return listed(alert);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/alerts/:id/mute',
      summary:
        'Tell no more alerts of its kind on its connection, for a while or until it is changed, and close this one',
      tag,
      action: 'operate',
      params: idParams,
      body: z.strictObject({ for: z.enum(muteSpans) }),
    },
    async ({ params, body, actor }) => {
      const alert = await muteAlert(service, { id: params.id, span: body.for }, actor);
      await service.audit.record({
        actor,
        action: 'alert.muted',
        subject: params.id,
        details: { for: body.for },
      });
      await service.live.publish({ kind: 'changed', what: 'alerts' });
      return listed(alert);
    },
  );
}
