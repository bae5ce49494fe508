import { createServer } from 'node:http';
import type { Agent, Connection, Mail, Operation, Order, Page } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './fixtures/eventually.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';
import { type Seen, type StripeProxy, startStripeProxy } from './fixtures/stripe-proxy.ts';

/** Orders through a Purser that is killed: Stripe, the shop's endpoint and their memory outlive it. */
let sandbox: SandboxProgram;
let proxy: StripeProxy;
let purser: Purser;
let stripe: Stripe;
let connectionId: string;
/** What the endpoint was told, by `webhook-id`, and whether it answers. */
const told: string[] = [];
let answers = true;
const endpoint = createServer((request, response) => {
  request.resume().on('end', () => {
    told.push(String(request.headers['webhook-id']));
    if (answers) response.writeHead(200).end();
  });
});

beforeAll(async () => {
  sandbox = await startSandbox();
  proxy = await startStripeProxy(sandbox.url);
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const address = endpoint.address();
  const port = typeof address === 'object' ? address?.port : 0;
  purser = await startPurser({ PURSER_MODEL: 'builtin', PURSER_SANDBOX_PORT: '0' });
  const apiKey = freshKey();
  stripe = stripeAt(sandbox.url, apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: proxy.url };
  connectionId = (await purser.api<Connection>('POST', '/api/connections', body)).body.id;
  const agent = (await purser.api<Agent>('POST', '/api/agents', { name: 'Shop' })).body.id;
  const policy = { effects: { money: 'allow', outbound: 'allow' } };
  await purser.api('PUT', `/api/agents/${agent}/connections/${connectionId}`, { policy });
  const settings = { endpoint: `http://127.0.0.1:${port}/orders` };
  await purser.api('PUT', `/api/playbooks/orders/connections/${connectionId}`, { enabled: true, settings });
});
afterAll(async () => {
  await purser?.remove();
  await proxy?.close();
  await sandbox?.stop();
  endpoint.closeAllConnections();
  endpoint.close();
});

const place = (name: string) =>
  purser.api<Order>(
    'POST',
    '/api/orders',
    {
      ...{ connectionId, customer: { email: `${name}@example.com`, name }, reference: name },
      ...{ items: [{ name: 'Mug', amount: '12.50', currency: 'usd' }], paymentMethod: 'pm_card_visa' },
    },
    { headers: { 'idempotency-key': name } },
  );

/** Where an order is when its Purser is killed. */
const boundaries = {
  'before-customer': { when: 'before', path: '/v1/customers' },
  'after-customer': { when: 'after', path: '/v1/customers' },
  'before-payment': { when: 'before', path: '/v1/payment_intents' },
  'after-payment': { when: 'after', path: '/v1/payment_intents' },
  'telling-the-endpoint': null,
} as const;

it('killed at each boundary of an order: all are fulfilled, each paid, told and confirmed once', async () => {
  const gate = Promise.withResolvers<'drop'>();
  const reached = new Set<string>();
  const hold = (when: 'before' | 'after') => (seen: Seen) => {
    for (const [name, boundary] of Object.entries(boundaries)) {
      if (boundary?.when !== when || seen.method !== 'POST' || seen.path !== boundary.path) continue;
      if (!decodeURIComponent(seen.body).includes(name)) continue;
      reached.add(name);
      return gate.promise;
    }
    return undefined;
  };
  proxy.tap = { before: hold('before'), after: hold('after') };
  answers = false;
  const names = Object.keys(boundaries);
  const ids = (await Promise.all(names.map((name) => place(name)))).map(({ body }) => body.id);
  await eventually('each is at its boundary', () => reached.size === names.length - 1 && told.length > 0);
  await purser.kill();
  proxy.tap = {};
  answers = true;
  gate.resolve('drop');
  await purser.start();

  const order = async (id: string) => (await purser.api<Order>('GET', `/api/orders/${id}`)).body;
  await eventually(
    'all are fulfilled',
    async () => {
      const all = await Promise.all(ids.map(order));
      return all.every(({ status }) => status === 'fulfilled');
    },
    90_000,
  );
  for (const [at, name] of names.entries()) {
    const { data: customers } = await stripe.customers.list({ email: `${name}@example.com` });
    expect([name, customers.length]).toEqual([name, 1]);
    const { data: payments } = await stripe.paymentIntents.list({ customer: customers[0]?.id ?? '' });
    expect([name, payments.map(({ status }) => status)]).toEqual([name, ['succeeded']]);
    const { body: mails } = await purser.api<Page<Mail>>('GET', `/api/outbox?to=${name}@example.com`);
    expect([name, mails.data.length]).toEqual([name, 1]);
    expect((await place(name)).body.id).toBe(ids[at]);
  }
  // The one that was killed while it told may have been told twice, under the same id.
  expect(new Set(told)).toEqual(new Set(ids.map((id) => `${id}:order.paid`)));
  expect(told.length).toBeLessThanOrEqual(names.length + 1);
  const { body: operations } = await purser.api<Page<Operation>>('GET', '/api/operations?limit=100');
  expect(operations.data.filter(({ state }) => state !== 'done')).toEqual([]);
}, 150_000);
