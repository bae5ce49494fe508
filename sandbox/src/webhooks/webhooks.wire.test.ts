import Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { hour } from '../clock.ts';
import { createSandbox, type Sandbox } from '../index.ts';

const key = 'sk_test_webhooks';
const url = 'https://shop.example/webhooks';
const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A sandbox whose webhooks land in `received` and are answered by `answer`; its clock is set by hand. */
function world(answer: (received: Received) => Response | Promise<Response> = () => new Response('ok')) {
  const received: Received[] = [];
  const clock = { at: Date.now(), now: () => clock.at };
  const sandbox = createSandbox({
    clock,
    async receiveWebhook(request) {
      const one = { url: request.url, headers: request.headers, body: await request.text() };
      received.push(one);
      return answer(one);
    },
  });
  open.push(sandbox);
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  async function control<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T> {
    const response = await sandbox.fetch(`http://sandbox/_sandbox/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }
  return { sandbox, stripe, received, clock, control };
}

interface Shown {
  id: string;
  status: string;
  next_attempt: number | null;
  attempts: { http_status: number | null; trigger: string; response_body: string; error: string | null }[];
}

const types = (received: readonly Received[]) =>
  received.map((one) => (JSON.parse(one.body) as Stripe.Event).type);

test('an event arrives signed, in the form Stripe sends, and pending_webhooks counts down', async () => {
  const { sandbox, stripe, received } = world();
  const endpoint = await stripe.webhookEndpoints.create({
    url,
    enabled_events: ['customer.created'],
    api_version: '2026-10-28.endive',
  });
  expect(endpoint.secret).toMatch(/^whsec_\w{32}$/);
  const customer = await stripe.customers.create({ name: 'Zoë' }, { idempotencyKey: 'made-once' });
  await sandbox.delivered();

  expect(received).toHaveLength(1);
  const [{ headers, body, url: to } = { headers: new Headers(), body: '', url: '' }] = received;
  expect(to).toBe(url);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('user-agent')).toBe('Stripe/1.0 (+https://stripe.com/docs/webhooks)');
  expect(headers.get('stripe-signature')).toMatch(/^t=\d+,v1=[0-9a-f]{64},v0=[0-9a-f]{64}$/);
  expect(body.startsWith('{\n  "id": "evt_')).toBe(true);
  const event = stripe.webhooks.constructEvent(
    body,
    headers.get('stripe-signature') ?? '',
    endpoint.secret ?? '',
  );
  expect(event).toMatchObject({
    type: 'customer.created',
    api_version: '2026-10-28.endive',
    pending_webhooks: 1,
    request: { idempotency_key: 'made-once' },
    data: { object: { id: customer.id, name: 'Zoë' } },
  });
  expect(() =>
    stripe.webhooks.constructEvent(
      body.replace('Zoë', 'Eve'),
      headers.get('stripe-signature') ?? '',
      endpoint.secret ?? '',
    ),
  ).toThrow(/No signatures found/);
  expect((await stripe.events.retrieve(event.id)).pending_webhooks).toBe(0);
});

test('an endpoint lives: its secret is shown once, it changes, is listed and deleted', async () => {
  const { stripe } = world();
  const made = await stripe.webhookEndpoints.create({
    url,
    enabled_events: ['*'],
    description: 'All',
    metadata: { a: '1' },
  });
  expect(made).toMatchObject({ application: null, api_version: null, livemode: false, status: 'enabled' });
  const read = await stripe.webhookEndpoints.retrieve(made.id);
  expect(read).not.toHaveProperty('secret');
  const changed = await stripe.webhookEndpoints.update(made.id, {
    disabled: true,
    enabled_events: ['charge.failed', 'charge.succeeded'],
    url: 'http://localhost:3000/hook',
    metadata: { a: '', b: '2' },
  });
  expect(changed).toMatchObject({
    status: 'disabled',
    enabled_events: ['charge.failed', 'charge.succeeded'],
    url: 'http://localhost:3000/hook',
    description: 'All',
    metadata: { b: '2' },
  });
  expect(changed).not.toHaveProperty('secret');
  expect((await stripe.webhookEndpoints.list()).data).toEqual([changed]);
  expect({ ...(await stripe.webhookEndpoints.del(made.id)) }).toMatchObject({
    id: made.id,
    object: 'webhook_endpoint',
    deleted: true,
  });
  expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  await expect(stripe.webhookEndpoints.retrieve(made.id)).rejects.toMatchObject({
    statusCode: 404,
    message: `No such webhook endpoint: '${made.id}'`,
  });
});

test.each([
  [{ enabled_events: ['*'] }, /Missing required param: url/],
  [{ url }, /Missing required param: enabled_events/],
  [{ url, enabled_events: ['customer.exploded'] }, /Invalid enabled_events\[0\]: must be one of \*, account/],
  [{ url, enabled_events: ['*'], api_version: '2020-01-01' }, /Invalid api_version: must be one of/],
  [{ url: 'shop.example/hook', enabled_events: ['*'] }, /explicit scheme/],
  [{ url: 'ftp://shop.example/hook', enabled_events: ['*'] }, /Not a valid URL/],
  [{ url: 'https://', enabled_events: ['*'] }, /Not a valid URL/],
])('%j is refused', async (params, message) => {
  const { stripe } = world();
  const refusal = stripe.webhookEndpoints.create(params as Stripe.WebhookEndpointCreateParams);
  await expect(refusal).rejects.toThrow(message);
  await expect(refusal).rejects.toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
});

test('sixteen endpoints are the limit, and a deleted one makes room', async () => {
  const { stripe } = world();
  const make = () => stripe.webhookEndpoints.create({ url, enabled_events: ['charge.failed'] });
  const first = await make();
  for (let count = 1; count < 16; count++) await make();
  await expect(make()).rejects.toThrow('You have reached the maximum of 16 test webhook endpoints.');
  await stripe.webhookEndpoints.del(first.id);
  await make();
});

test('each endpoint gets what it asked for, unless it is disabled or for connected accounts', async () => {
  const { sandbox, stripe, received } = world();
  const make = (name: string, more: Partial<Stripe.WebhookEndpointCreateParams>) =>
    stripe.webhookEndpoints.create({ url: `https://${name}.example/`, enabled_events: ['*'], ...more });
  await make('all', {});
  await make('products', { enabled_events: ['product.created', 'product.updated'] });
  await make('connect', { connect: true });
  const off = await make('off', {});
  await stripe.webhookEndpoints.update(off.id, { disabled: true });
  await stripe.customers.create({});
  await stripe.products.create({ name: 'Tea' });
  await sandbox.delivered();
  expect(received.map((one) => one.url).sort()).toEqual([
    'https://all.example/',
    'https://all.example/',
    'https://products.example/',
  ]);
});

test('that a connected account was deleted is told to its platform’s Connect endpoint', async () => {
  const { sandbox, stripe, received } = world();
  const enabled_events: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = [
    'account.application.deauthorized',
  ];
  await stripe.webhookEndpoints.create({ url: 'https://connect.example/', connect: true, enabled_events });
  const { id } = await stripe.accounts.create({ type: 'standard' });
  await stripe.accounts.del(id);
  await sandbox.delivered();
  expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { account: id, data: { object: { object: 'application', id: expect.stringMatching(/^ca_/) } } },
  ]);
});

test('a failing endpoint is tried again as the clock goes on, and every attempt is listed', async () => {
  let status = 500;
  const { sandbox, stripe, received, clock, control } = world(() => new Response('no', { status }));
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await sandbox.delivered();
  await sandbox.delivered();
  expect(received).toHaveLength(1);
  const [waiting] = (await stripe.events.list({ delivery_success: false })).data;
  expect(waiting).toMatchObject({ type: 'customer.created', pending_webhooks: 1 });

  clock.at += hour * 1000;
  await sandbox.delivered();
  expect(received).toHaveLength(2);
  status = 201;
  clock.at += 24 * hour * 1000;
  await sandbox.delivered();
  expect(received).toHaveLength(3);
  clock.at += 24 * hour * 1000;
  await sandbox.delivered();
  expect(received).toHaveLength(3);

  const { data } = await control<{ data: Shown[] }>(`webhook_deliveries?event=${waiting?.id}`);
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ status: 'succeeded', next_attempt: null });
  expect(data[0]?.attempts.map((one) => one.http_status)).toEqual([500, 500, 201]);
  expect(data[0]?.attempts[0]?.response_body).toBe('no');
  expect((await stripe.events.list({ delivery_success: true })).data).toHaveLength(1);
  expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(0);
});

test('an endpoint that is disabled or deleted when the retry is due gets none of it any more', async () => {
  const { sandbox, stripe, received, clock, control } = world(() => new Response('', { status: 500 }));
  const first = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  const second = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await sandbox.delivered();
  await stripe.webhookEndpoints.del(first.id);
  await stripe.webhookEndpoints.update(second.id, { disabled: true });
  clock.at += 24 * hour * 1000;
  await sandbox.delivered();
  await stripe.webhookEndpoints.update(second.id, { disabled: false });
  clock.at += 24 * hour * 1000;
  await sandbox.delivered();
  expect(received).toHaveLength(2);
  const { data } = await control<{ data: Shown[] }>('webhook_deliveries');
  expect(data.map((one) => one.status)).toEqual(['failed', 'failed']);
});

test('while a secret is rotated both sign; when the overlap is over only the new one does', async () => {
  const { sandbox, stripe, received, clock, control } = world();
  const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  const { secret } = await control<{ secret: string }>(`webhook_endpoints/${endpoint.id}/rotate_secret`, {
    overlap_hours: 24,
  });
  expect(secret).not.toBe(endpoint.secret);
  const signature = async () => {
    await stripe.customers.create({});
    await sandbox.delivered();
    const { headers, body } = received.at(-1) ?? { headers: new Headers(), body: '' };
    const header = headers.get('stripe-signature') ?? '';
    const accepts = (one = '') => {
      try {
        return stripe.webhooks.constructEvent(body, header, one, undefined, undefined, clock.at) !== null;
      } catch {
        return false;
      }
    };
    return {
      count: header.split(',').filter((part) => part.startsWith('v1=')).length,
      old: accepts(endpoint.secret),
      fresh: accepts(secret),
    };
  };
  expect(await signature()).toEqual({ count: 2, old: true, fresh: true });
  clock.at += 24 * hour * 1000 + 1000;
  expect(await signature()).toEqual({ count: 1, old: false, fresh: true });
});

test('an event can be sent again, by the call the CLI makes and by the control route', async () => {
  const { sandbox, stripe, received, control } = world();
  await stripe.customers.create({});
  const [event] = (await stripe.events.list()).data;
  const path = `/v1/events/${event?.id}/retry`;
  await expect(stripe.rawRequest('POST', path, { for_stripecli: true })).rejects.toMatchObject({
    param: 'for_stripecli',
    message: expect.stringContaining('No CLI endpoints found'),
  });
  const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  expect(await stripe.rawRequest('POST', path, { webhook_endpoint: endpoint.id })).toMatchObject({
    id: event?.id,
  });
  await sandbox.delivered();
  await stripe.rawRequest('POST', path, { for_stripecli: true });
  await sandbox.delivered();
  const { data } = await control<{ data: Shown[] }>(`webhook_deliveries?endpoint=${endpoint.id}`);
  await control(`webhook_deliveries/${data[0]?.id}/resend`, {});
  await sandbox.delivered();
  expect(types(received)).toEqual(['customer.created', 'customer.created', 'customer.created']);
  expect(await control<Shown>(`webhook_deliveries/${data[0]?.id}`)).toMatchObject({
    status: 'succeeded',
    attempts: [{ trigger: 'manual' }, { trigger: 'manual' }, { trigger: 'manual' }],
  });
  await expect(stripe.rawRequest('POST', path, { webhook_endpoint: 'we_none' })).rejects.toThrow(
    "No such webhook endpoint: 'we_none'",
  );
});

test('a slow endpoint has a bounded number of deliveries under way and does not hold up the others', async () => {
  const gate = Promise.withResolvers<void>();
  let now = 0;
  let most = 0;
  const { sandbox, stripe, received } = world(async ({ url: to }) => {
    if (!to.includes('slow')) return new Response('ok');
    most = Math.max(most, ++now);
    await gate.promise;
    now--;
    return new Response('ok');
  });
  await stripe.webhookEndpoints.create({ url: 'https://slow.example/', enabled_events: ['*'] });
  await Promise.all(Array.from({ length: 40 }, () => stripe.customers.create({})));
  await stripe.webhookEndpoints.create({ url: 'https://quick.example/', enabled_events: ['*'] });
  await stripe.customers.create({});
  gate.resolve();
  await sandbox.delivered();
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
  expect(received).toHaveLength(42);
  const quick = received.findIndex((one) => one.url.includes('quick'));
  expect(quick).toBeLessThan(16);
});

test('what a refused request undid is told to nobody, and a reset forgets the endpoints', async () => {
  const { sandbox, stripe, received, control } = world();
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await expect(stripe.customers.create({ email: 'nonsense' })).rejects.toThrow();
  await control('reset', {});
  await stripe.customers.create({});
  await sandbox.delivered();
  expect(received).toEqual([]);
  expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
});

test('a simulated live account wants https, but for this very machine', async () => {
  const { sandbox, control } = world();
  const { secret } = await control<{ secret: string }>('accounts', { livemode: true });
  const live = new Stripe(secret, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) });
  const make = (to: string) => live.webhookEndpoints.create({ url: to, enabled_events: ['*'] });
  await expect(make('http://shop.example/')).rejects.toThrow(/must begin with "https:\/\/"/);
  expect(await make('http://127.0.0.1:9/hook')).toMatchObject({ livemode: true });
  expect(await make(url)).toMatchObject({ livemode: true });
});

test('what happens on a connected account goes to Connect endpoints, names the account and can be sent again', async () => {
  const { sandbox, stripe, received, control } = world();
  const connect = await stripe.webhookEndpoints.create({
    url: 'https://connect.example/',
    enabled_events: ['customer.created'],
    connect: true,
  });
  await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] });
  const { id } = await stripe.accounts.create({ type: 'standard' });
  await stripe.customers.create({ name: 'Ours' });
  await stripe.customers.create({ name: 'Theirs' }, { stripeAccount: id });
  await sandbox.delivered();
  const told = () => received.map((one) => [one.url, (JSON.parse(one.body) as Stripe.Event).account]);
  expect(told()).toEqual([
    [url, undefined],
    ['https://connect.example/', id],
  ]);
  const [event] = (await stripe.events.list({ type: 'customer.created' }, { stripeAccount: id })).data;
  expect(event).toMatchObject({ account: id, pending_webhooks: 0 });
  const { data } = await control<{ data: Shown[] }>(`webhook_deliveries?endpoint=${connect.id}`);
  await control(`webhook_deliveries/${data[0]?.id}/resend`, {});
  await sandbox.delivered();
  expect(told().at(-1)).toEqual(['https://connect.example/', id]);
  await expect(
    stripe.webhookEndpoints.create({ url, enabled_events: ['*'] }, { stripeAccount: id }),
  ).rejects.toThrow(/on behalf of a connected account/);
});
