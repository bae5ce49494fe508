import { z } from 'zod';
import { invalidInput, notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const secret = z
  .string()
  .trim()
  .regex(
    /^whsec_[A-Za-z0-9+/=_-]{8,200}$/,
    'A signing secret begins with whsec_; copy it from the endpoint’s page.',
  );

const webhookBody = z.strictObject({
  /** Of an endpoint made by hand; several while one replaces the other. */
  secrets: z.array(secret).min(1).max(5).optional(),
  /** Finds the endpoint, or makes it. */
  register: z.literal(true).optional(),
});

/** Stripe's deliveries, and what a connection's endpoint is set to. */
export function addWebhookRoutes(app: ApiApp, service: Service): void {
  const { webhooks, events } = service;
  const tag = 'Webhooks';

  // No sign-in: the signature over the raw body says who it is.
  app.post('/webhooks/stripe/:connectionId', async (context) => {
    const raw = await context.req.text();
    const { connectionId } = context.req.param();
    const { isNew } = await webhooks.receive(connectionId, raw, context.req.header('stripe-signature'));
    return context.json({ received: true, duplicate: !isNew });
  });

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/webhook',
      summary: 'How its webhook endpoint stands',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => webhooks.get(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/connections/:id/webhook',
      summary: 'Set the signing secrets of an endpoint made by hand, or find or create it at Stripe',
      tag,
      action: 'administer',
      fresh: true,
      params: idParams,
      body: webhookBody,
    },
    async ({ params, body: { secrets, register }, actor }) => {
      if ((secrets === undefined) === (register === undefined))
        throw invalidInput([{ path: 'secrets', message: 'Give either secrets or register: true.' }]);
      const webhook = secrets
        ? await webhooks.setSecrets(params.id, secrets, actor)
        : await webhooks.register(params.id, actor);
      await service.live.publish({ kind: 'changed', what: 'connections' });
      return webhook;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/connections/:id/webhook',
      summary: 'Forget its secrets: deliveries are refused from then on',
      tag,
      action: 'administer',
      fresh: true,
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => webhooks.remove(params.id, actor),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/events',
      summary: 'Events that came in, newest first, and what became of them',
      tag,
      action: 'read',
      params: idParams,
      query: z.strictObject({
        ...pageQuery,
        type: z.string().max(120).optional(),
        state: z.enum(['pending', 'done', 'failed']).optional(),
      }),
    },
    async ({ params, query: { limit, cursor, ...filter } }) => {
      await service.connections.get(params.id);
      const data = await events.list(params.id, filter, { limit, ...(cursor ? { before: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/connections/:id/events/:eventId/replay',
      summary: 'Handle an event again: what was begun for it is not begun twice',
      tag,
      action: 'operate',
      params: z.strictObject({ id: z.string().max(80), eventId: z.string().max(120) }),
      status: 202,
    },
    async ({ params: { id, eventId }, actor }) => {
      if (!(await events.replay(id, eventId))) throw notFound('event', eventId);
      await service.audit.record({
        actor,
        action: 'event.replayed',
        subject: eventId,
        details: { connectionId: id },
      });
      return { replayed: true };
    },
  );
}
