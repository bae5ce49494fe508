import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

interface Received {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
}
const received: Received[] = [];
const sandbox = createSandbox({
  async receiveWebhook(request) {
    const signature = request.headers.get('stripe-signature') ?? '';
    received.push({ url: request.url, body: await request.text(), signature });
    return new Response();
  },
});
afterAll(() => sandbox.close());

function client(key: string): Stripe {
  return new Stripe(key, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch), maxNetworkRetries: 0 });
}

async function delivered(to: string): Promise<Received[]> {
  await sandbox.delivered();
  return received.filter(({ url }) => url === to);
}

const create = (url: string, more: Partial<Stripe.V2.Core.EventDestinationCreateParams> = {}) => ({
  name: 'Shop',
  type: 'webhook_endpoint' as const,
  event_payload: 'thin' as const,
  enabled_events: ['v1.customer.created', 'v1.customer.updated'],
  webhook_endpoint: { url },
  include: ['webhook_endpoint.signing_secret' as const],
  ...more,
});

test('a thin event is signed so that the SDK takes it, and leads to its event and its object', async () => {
  const stripe = client('sk_test_thin');
  const url = 'https://thin.example/';
  const destination = await stripe.v2.core.eventDestinations.create(create(url));
  const secret = destination.webhook_endpoint?.signing_secret ?? '';
  expect(secret).toMatch(/^whsec_/);
  const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'once' });
  await stripe.products.create({ name: 'Not asked for' });
  const [one, ...others] = await delivered(url);
  expect(others).toEqual([]);
  const notification = stripe.parseEventNotification(one?.body ?? '', one?.signature ?? '', secret);
  expect(notification).toMatchObject({
    object: 'v2.core.event',
    type: 'v1.customer.created',
    livemode: false,
    reason: { type: 'request', request: { idempotency_key: 'once' } },
    related_object: { id: customer.id, type: 'customer', url: `/v1/customers/${customer.id}` },
  });
  expect(() => stripe.webhooks.constructEvent(one?.body ?? '', one?.signature ?? '', secret)).toThrow(
    /thin event notification/,
  );
  if (notification.type !== 'v1.customer.created') throw new Error('another event');
  expect(await notification.fetchRelatedObject()).toMatchObject({ id: customer.id, name: 'Ada' });
  const event = await notification.fetchEvent();
  expect(event).toMatchObject({ id: notification.id, type: 'v1.customer.created' });
  const snapshot = await stripe.events.retrieve(event.snapshot_event ?? '');
  expect(snapshot).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id } } });
  await expect(stripe.v2.core.events.retrieve(snapshot.id)).rejects.toMatchObject({ statusCode: 404 });
  await expect(stripe.events.retrieve(event.id)).rejects.toMatchObject({ statusCode: 404 });
});

test('a destination of snapshots gets them in its API version', async () => {
  const stripe = client('sk_test_snapshots');
  const url = 'https://snapshot.example/';
  const destination = await stripe.v2.core.eventDestinations.create(
    create(url, {
      event_payload: 'snapshot',
      enabled_events: ['product.created'],
      snapshot_api_version: '2023-10-16',
    }),
  );
  await stripe.products.create({ name: 'Tea', marketing_features: [{ name: 'Hot' }] });
  const [one] = await delivered(url);
  const secret = destination.webhook_endpoint?.signing_secret ?? '';
  const event = stripe.webhooks.constructEvent(one?.body ?? '', one?.signature ?? '', secret);
  expect(event).toMatchObject({
    type: 'product.created',
    api_version: '2023-10-16',
    data: { object: { features: [{ name: 'Hot' }] } },
  });
});

test('a destination lives: what is secret is shown on request, it changes, rests, is pinged and deleted', async () => {
  const stripe = client('sk_test_destination');
  const { eventDestinations, events } = stripe.v2.core;
  const url = 'https://life.example/';
  const made = await eventDestinations.create({ ...create(url, { metadata: { a: '1' } }), include: [] });
  expect(made).not.toHaveProperty('webhook_endpoint');
  expect(made).toMatchObject({
    object: 'v2.core.event_destination',
    id: expect.stringMatching(/^ed_test_/),
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    events_from: ['@self'],
    metadata: { a: '1' },
    status: 'enabled',
  });
  const changed = await eventDestinations.update(made.id, {
    name: 'Other',
    enabled_events: ['v1.product.created'],
    metadata: { a: null as unknown as string, b: '2' },
    include: ['webhook_endpoint.url'],
  });
  expect(changed).toMatchObject({
    name: 'Other',
    enabled_events: ['v1.product.created'],
    metadata: { b: '2' },
    webhook_endpoint: { url },
  });
  expect(await eventDestinations.disable(made.id)).toMatchObject({
    status: 'disabled',
    status_details: { disabled: { reason: 'user' } },
  });
  await stripe.products.create({ name: 'Unheard' });
  expect(await delivered(url)).toEqual([]);
  const enabled = await eventDestinations.enable(made.id);
  expect(enabled.status).toBe('enabled');
  expect(enabled).not.toHaveProperty('status_details');
  const ping = await eventDestinations.ping(made.id);
  expect(ping).toMatchObject({ type: 'v2.core.event_destination.ping' });
  const [pinged] = await delivered(url);
  expect(JSON.parse(pinged?.body ?? '')).toMatchObject({
    id: ping.id,
    related_object: { id: made.id, url: `/v2/core/event_destinations/${made.id}` },
  });
  expect(await events.retrieve(ping.id)).toMatchObject({ id: ping.id, type: ping.type });
  expect((await eventDestinations.list()).data).toHaveLength(1);
  expect(await eventDestinations.del(made.id)).toMatchObject({ id: made.id });
  await expect(eventDestinations.retrieve(made.id)).rejects.toMatchObject({
    statusCode: 404,
    code: 'not_found',
  });
});

test.each([
  [{ type: 'amazon_eventbridge' }, 501, /amazon_eventbridge/],
  [{ enabled_events: ['v1.customer.exploded'] }, 400, /v1.customer.exploded/],
  [{ enabled_events: ['customer.created'] }, 400, /no type of thin events/],
  [{ snapshot_api_version: '2024-06-20' }, 400, /may not be set for thin/],
  [{ webhook_endpoint: undefined }, 400, /webhook_endpoint is required/],
  [{ webhook_endpoint: { url: 'nowhere' } }, 400, /explicit scheme/],
  [{ name: undefined }, 400, /Missing required param: name/],
  [{ colour: 'red' }, 400, /unknown parameter: colour/],
  [{ events_from: ['@organization_members'] }, 501, /organization/],
])('a destination with %j is refused in the shape of API v2', async (more, statusCode, message) => {
  const params = { ...create('https://x.example/'), ...more } as Stripe.V2.Core.EventDestinationCreateParams;
  const refusal = client('sk_test_refused').v2.core.eventDestinations.create(params);
  await expect(refusal).rejects.toMatchObject({ statusCode, message: expect.stringMatching(message) });
});

test('endpoints and destinations share one limit', async () => {
  const stripe = client('sk_test_destination_limit');
  for (let count = 0; count < 8; count++) {
    await stripe.v2.core.eventDestinations.create(create(`https://${count}.example/`));
    await stripe.webhookEndpoints.create({ url: `https://${count}.example/`, enabled_events: ['*'] });
  }
  await expect(stripe.v2.core.eventDestinations.create(create('https://x.example/'))).rejects.toThrow(
    /maximum of 16/,
  );
  await expect(
    stripe.webhookEndpoints.create({ url: 'https://x.example/', enabled_events: ['*'] }),
  ).rejects.toThrow(/maximum of 16/);
});

test('events are listed in pages both ways, by type, object and time', async () => {
  const stripe = client('sk_test_thin_list');
  const customers: string[] = [];
  for (let count = 0; count < 7; count++)
    customers.push((await stripe.customers.create({ name: `${count}` })).id);
  const { events } = stripe.v2.core;
  const all: string[] = [];
  for await (const event of events.list({ limit: 3 })) all.push(event.id);
  expect(new Set(all).size).toBe(7);

  const first = await events.list({ limit: 3 });
  expect(first.previous_page_url).toBeNull();
  const get = async (url: string | null) =>
    (await stripe.rawRequest('GET', url ?? '')) as unknown as Stripe.V2List<{ id: string }>;
  const second = await get(first.next_page_url);
  const third = await get(second.next_page_url);
  expect(third.next_page_url).toBeNull();
  const ids = (page: Stripe.V2List<{ id: string }>) => page.data.map(({ id }) => id);
  expect([...ids(first), ...ids(second), ...ids(third)]).toEqual(all);
  expect(ids(await get(third.previous_page_url))).toEqual(ids(second));
  const back = await get((await get(third.previous_page_url)).previous_page_url);
  expect(ids(back)).toEqual(ids(first));
  expect(back.previous_page_url).toBeNull();

  const one = await events.list({ object_id: customers[2] ?? '' });
  expect(one.data).toMatchObject([{ related_object: { id: customers[2] } }]);
  expect((await events.list({ types: ['v1.product.created'] })).data).toEqual([]);
  expect((await events.list({ created: { lt: 1_577_836_800 } })).data).toEqual([]);
  expect((await events.list({ created: { gte: 1_577_836_800 }, limit: 1 })).data).toHaveLength(1);
  expect((await get('/v2/core/events?created[gte]=2020-01-01T00:00:00Z')).data).toHaveLength(7);
  expect((await get('/v2/core/events?created[lt]=2020-01-01T00:00:00Z')).data).toEqual([]);
  await expect(get('/v2/core/events?created[gte]=yesterday')).rejects.toThrow(/RFC 3339/);
  await expect(get('/v2/core/events?page=page_nonsense')).rejects.toThrow(/Invalid page token/);
});

test('what happens on a connected account is told with its context', async () => {
  const stripe = client('sk_test_thin_platform');
  const url = 'https://platform.example/';
  const { webhook_endpoint: endpoint } = await stripe.v2.core.eventDestinations.create(
    create(url, { events_from: ['@accounts'] }),
  );
  const account = await stripe.accounts.create({ type: 'custom', country: 'US' });
  await stripe.customers.create({ name: 'Own' });
  await stripe.customers.create({ name: 'Theirs' }, { stripeAccount: account.id });
  const [one, ...others] = await delivered(url);
  expect(others).toEqual([]);
  const notification = stripe.parseEventNotification(
    one?.body ?? '',
    one?.signature ?? '',
    endpoint?.signing_secret ?? '',
  );
  expect(String(notification.context)).toBe(account.id);
  if (notification.type !== 'v1.customer.created') throw new Error('another event');
  expect(await notification.fetchRelatedObject()).toMatchObject({ name: 'Theirs' });
  expect(await notification.fetchEvent()).toMatchObject({ context: account.id });
});

test('API v2 speaks JSON and answers addresses it does not know in its own shape', async () => {
  const send = async (path: string, body: string, type: string) => {
    const response = await sandbox.fetch(`http://sandbox${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_json', 'content-type': type },
      body,
    });
    return { status: response.status, error: ((await response.json()) as { error: object }).error };
  };
  const path = '/v2/core/event_destinations';
  expect(await send(path, 'name=x', 'application/x-www-form-urlencoded')).toMatchObject({ status: 400 });
  for (const body of ['{', '[]', '"x"', '7', `{"metadata":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`])
    expect((await send(path, body, 'application/json')).status).toBe(400);
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect((await send(path, `{"name":${deep}}`, 'application/json')).status).toBe(400);
  expect(await send('/v2/core/nonsense', '{}', 'application/json')).toMatchObject({
    status: 404,
    error: { code: 'not_found' },
  });
  expect(await send('/v2/core/accounts', '{}', 'application/json')).toMatchObject({ status: 501 });
  const unauthorized = await sandbox.fetch(`http://sandbox${path}`);
  expect(unauthorized.status).toBe(401);
});
