import { z } from 'zod';
import { orderIdOf, receivedOrder, runIdOf, toOrder } from '../playbooks/orders/order.ts';
import { ordersName } from '../playbooks/orders/orders.ts';
import { orderInput } from '../playbooks/orders/settings.ts';
import { notFound } from '../problem.ts';
import { keyOf } from './playbooks.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const connectionId = z.string().min(1).max(80);

/** Orders: each is a run of the playbook that takes it from payment to fulfilment. */
export function addOrderRoutes(app: ApiApp, service: Service): void {
  const { playbooks, orders, deliveries } = service;
  const tag = 'Orders';
  const changed = () => service.live.publish({ kind: 'changed', what: 'playbooks' });

  async function orderRun(id: string) {
    const run = await playbooks.run(runIdOf(id)).catch(() => null);
    if (run?.playbook !== ordersName) throw notFound('order', id);
    return run;
  }
  const whole = async (id: string) => {
    const { steps, ...run } = await orderRun(id);
    return { ...toOrder(run), steps, deliveries: await deliveries.list(run.id) };
  };

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/orders',
      summary:
        'Place an order: the customer is found or created, charged or given a page to pay on, and the order fulfilled. The Idempotency-Key header is honoured: sent again, the same answer and no second order',
      tag,
      action: 'operate',
      body: orderInput.extend({ connectionId }),
      status: 201,
    },
    async ({ body: { connectionId: on, ...input }, actor, context }) => {
      const key = keyOf(context);
      const placed = await orders.place(on, { input, key, by: actor });
      if (placed.isNew) await changed();
      else context.header('Idempotent-Replayed', 'true');
      return receivedOrder(placed.run);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/orders',
      summary: 'Orders, newest first, and where each stands',
      tag,
      action: 'read',
      query: z.strictObject({
        ...pageQuery,
        connectionId: connectionId.optional(),
        status: z.string().max(60).optional(),
      }),
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const before = cursor && runIdOf(cursor);
      const runs = await playbooks.runs({ ...filter, playbook: ordersName }, { limit, before });
      const last = runs.length === limit ? runs.at(-1) : undefined;
      return { data: runs.map(toOrder), next_cursor: last ? orderIdOf(last.id) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/orders/:id',
      summary: 'An order with every step and its reason, and what its endpoint was told',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => whole(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/orders/:id/cancel',
      summary: 'Cancel an order: what was not paid cannot be paid any more, what was paid goes back',
      tag,
      action: 'operate',
      params: idParams,
      body: z.strictObject({ reason: z.string().trim().min(1).max(500).optional() }),
      status: 202,
    },
    async ({ params, body: { reason }, actor }) => {
      const { id } = await orderRun(params.id);
      await playbooks.ask(id, { what: 'cancel', note: reason }, actor);
      await changed();
      return whole(params.id);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/orders/:id/retry',
      summary: 'Tell fulfilment again what its endpoint did not take',
      tag,
      action: 'operate',
      params: idParams,
      status: 202,
    },
    async ({ params, actor }) => {
      const run = await orderRun(params.id);
      const hasFailed = (await deliveries.list(run.id)).some(({ state }) => state === 'failed');
      if (hasFailed) await orders.tellAgain(run);
      else await playbooks.ask(run.id, { what: 'retry' }, actor);
      await service.audit.record({ actor, action: 'order.told_again', subject: params.id });
      await changed();
      return whole(params.id);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/fulfilment-secret',
      summary: 'What posts to the fulfilment endpoint are signed with (Standard Webhooks)',
      tag,
      action: 'administer',
      params: idParams,
    },
    async ({ params, actor }) => {
      await service.connections.get(params.id);
      const secret = await orders.secret(params.id);
      await service.audit.record({ actor, action: 'fulfilment_secret.read', subject: params.id });
      return { secret };
    },
  );
}
