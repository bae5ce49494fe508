import type { Sandbox } from '@purser/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrders } from '../playbooks/orders/desk.ts';
import { createRig, type Rig, startSandbox } from '../playbooks/testing.ts';
import { Problem } from '../problem.ts';
import type { Order } from './api.ts';
import { addOrderRoutes } from './orders.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let sandbox: { sandbox: Sandbox; url: string };
let rig: Rig;
let role = 'owner';
const app = createApi();
app.onError((error) => {
  if (!(error instanceof Problem)) throw error;
  return Response.json(error.toDocument(), { status: error.status });
});

beforeAll(async () => {
  sandbox = await startSandbox();
  rig = await createRig(sandbox);
  const access = { whoIs: async () => ({ type: 'token', id: 'tok_1', name: 'Shop', role }) };
  const { deliveries, audit, connections } = rig;
  const playbooks = { ...rig.playbooks, stop: rig.engine.stop, ask: rig.engine.ask };
  const live = { publish: async () => undefined };
  const service = { access, live, playbooks, deliveries, audit, connections, orders: createOrders(rig) };
  addOrderRoutes(app, service as unknown as Service);
});
afterAll(async () => {
  await rig.close();
  await sandbox.sandbox.close();
});

async function api<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return {
    status: answer.status,
    replayed: answer.headers.has('idempotent-replayed'),
    body: (await answer.json()) as T,
  };
}
const order = (more: object = {}) => ({
  ...{ connectionId: rig.connectionId, customer: { email: 'eve@example.com', name: 'Eve' } },
  ...{ items: [{ name: 'Mug', amount: '12.50', currency: 'usd' }], paymentMethod: 'pm_card_visa', ...more },
});
const place = (body: object, key?: string) =>
  api<Order & { errors?: { path: string }[] }>(
    'POST',
    '/api/orders',
    body,
    key ? { 'idempotency-key': key } : {},
  );

test('an order is placed once for each key, however far it has come when the request is sent again', async () => {
  const first = await place(order(), 'shop-1');
  expect(first).toMatchObject({ status: 201, replayed: false, body: { status: 'received', total: null } });
  await rig.work();
  const again = await place(order(), 'shop-1');
  expect(again).toEqual({ ...first, replayed: true });
  expect(await place(order({ reference: 'B' }), 'shop-1')).toMatchObject({
    ...{ status: 409, body: { code: 'idempotency_key_reused' } },
  });
  const { body } = await api<{ data: Order[] }>('GET', `/api/orders?connectionId=${rig.connectionId}`);
  expect(body.data).toMatchObject([{ id: first.body.id, total: { decimal: '12.50', currency: 'usd' } }]);
  const whole = await api<Order & { steps: { text: string }[] }>('GET', `/api/orders/${first.body.id}`);
  expect(whole.body.steps.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      'No customer has the address eve@example.com: one is created.',
      expect.stringMatching(/^Created customer Eve/),
    ]),
  );
  expect(await api('GET', '/api/orders?status=paid')).toMatchObject({ body: { data: [{ status: 'paid' }] } });
  expect(await api('GET', '/api/orders?status=expired')).toMatchObject({ body: { data: [] } });
});

test('what is wrong with an order is named field by field', async () => {
  const wrong = await place({
    ...order(),
    items: [{ name: 'Mug', amount: '0', currency: 'usd' }, { price: 'x' }],
  });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors?.map(({ path }) => path)).toEqual(['items.0.amount', 'items.1.price']);
  expect((await place({ ...order(), customer: 'nobody' })).body.errors).toMatchObject([{ path: 'customer' }]);
  expect(await place({ ...order(), connectionId: 'con_none' })).toMatchObject({ status: 404 });
  expect(await api('GET', '/api/orders/ord_none')).toMatchObject({ status: 404 });
});

test('only owners see what posts are signed with, and viewers place nothing', async () => {
  const path = `/api/connections/${rig.connectionId}/fulfilment-secret`;
  const { body } = await api<{ secret: string }>('GET', path);
  expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await rig.playbooks.set(
    'orders',
    rig.connectionId,
    { settings: { secretVersion: 2 } },
    { type: 'person', id: 'u', name: 'O' },
  );
  expect((await api<{ secret: string }>('GET', path)).body.secret).not.toBe(body.secret);
  role = 'operator';
  expect((await api('GET', path)).status).toBe(403);
  role = 'viewer';
  expect((await place(order())).status).toBe(403);
  role = 'owner';
});
