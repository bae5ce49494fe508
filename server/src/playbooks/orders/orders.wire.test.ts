import { createServer } from 'node:http';
import type { Sandbox } from '@purser/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../guard/policy.ts';
import { createRig, owner, type Rig, startSandbox } from '../testing.ts';
import { signatureOf } from './deliveries.ts';
import { createOrders } from './desk.ts';
import { orderIdOf, toOrder } from './order.ts';

const closers: (() => Promise<unknown>)[] = [];
let sandbox: { sandbox: Sandbox; url: string };
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.sandbox.close());
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Post {
  id: string;
  type: string;
  order: { id: string; reference: string | null; total: { amount: string }; refunded: { amount: string } };
  isSigned: boolean;
}

/** The business's own endpoint: keeps what it is told, and answers as it is told to. */
async function fulfilment(secretOf: () => Promise<string>) {
  const posts: Post[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const header = (name: string) => String(request.headers[name]);
      const key = (await secretOf()).replace('whsec_', '');
      const seconds = Number(header('webhook-timestamp'));
      const signature = signatureOf(key, { id: header('webhook-id'), seconds, body });
      const { type, data } = JSON.parse(body) as { type: string; data: { order: Post['order'] } };
      const isSigned = header('webhook-signature') === `v1,${signature}`;
      posts.push({ id: header('webhook-id'), type, order: data.order, isSigned });
      response.writeHead(answers.shift() ?? 200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/orders`, posts, answers };
}

const freely: Policy = { effects: { money: 'allow', outbound: 'allow', destructive: 'allow' } };

async function prepare({ policy = freely, settings = {} }: { policy?: Policy; settings?: object } = {}) {
  const rig = await createRig(sandbox, { policy });
  closers.push(() => rig.close());
  const orders = createOrders(rig);
  const endpoint = await fulfilment(() => orders.secret(rig.connectionId));
  const change = { enabled: true, settings: { endpoint: endpoint.url, ...settings } };
  await rig.playbooks.set('orders', rig.connectionId, change, owner);
  const place = async (order: object, key?: string) => {
    const input = { customer: 'dora@example.com', items: mugs, ...order };
    const { run } = await orders.place(rig.connectionId, { input, key, by: owner });
    return run.id;
  };
  return { rig, orders, endpoint, place, settle: () => settle(rig), stands: (id: string) => stands(rig, id) };
}
const mugs = [{ name: 'Mug', amount: '12.50', currency: 'usd', quantity: 2 }];

/** Everything that can happen now happens. */
async function settle(rig: Rig) {
  await rig.hear();
  await rig.work();
  while ((await rig.deliveries.deliver()) > 0) await rig.work();
}
async function stands(rig: Rig, id: string) {
  return toOrder(await rig.playbooks.run(id));
}
const subjects = async (rig: Rig) =>
  (await rig.mails()).map(({ subject }) => subject.split(' ').slice(0, 3).join(' ')).sort();

describe('an order with a payment method', () => {
  test('makes the customer, charges, tells fulfilment signed and once, confirms, and passes a refund on', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const customer = { email: 'dora@example.com', name: 'Dora' };
    const id = await place({
      customer,
      paymentMethod: 'pm_card_visa',
      reference: 'A-7',
      metadata: { shelf: '4' },
    });
    await settle();
    expect(await stands(id)).toMatchObject({
      ...{ status: 'fulfilled', reference: 'A-7', total: { decimal: '25.00', currency: 'usd' } },
      paymentIntent: expect.stringMatching(/^pi_/),
    });
    expect(endpoint.posts).toMatchObject([
      { id: `${orderIdOf(id)}:order.paid`, type: 'order.paid', isSigned: true },
    ]);
    expect(endpoint.posts[0]?.order).toMatchObject({
      ...{ id: orderIdOf(id), reference: 'A-7', livemode: false, metadata: { shelf: '4' } },
      customer: { name: 'Dora', email: 'dora@example.com' },
      items: [{ name: 'Mug', quantity: 2, amount: '12.50' }],
      total: { amount: '25.00', currency: 'usd' },
    });
    expect(await subjects(rig)).toEqual(['Your order A-7']);
    const { paymentIntent } = await stands(id);
    const refund = (amount?: number) =>
      rig.stripe.refunds.create({ payment_intent: paymentIntent ?? '', ...(amount && { amount }) });
    await refund(1000);
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'partially_refunded', refunded: { decimal: '10.00' } });
    await refund();
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'refunded', refunded: { decimal: '25.00' } });
    expect(endpoint.posts.map(({ type, order }) => [type, order.refunded.amount])).toEqual([
      ['order.paid', '0.00'],
      ['order.refunded', '10.00'],
      ['order.refunded', '25.00'],
    ]);
    expect(await subjects(rig)).toEqual(['Refund for your', 'Refund for your', 'Your order A-7']);
  });

  test('finds the customer that there is, and adds up prices of the account', async () => {
    const { rig, place, settle, stands } = await prepare();
    const known = await rig.stripe.customers.create({ email: 'dora@example.com' });
    const product = await rig.stripe.products.create({ name: 'Shirt' });
    const price = await rig.stripe.prices.create({ product: product.id, unit_amount: 1999, currency: 'usd' });
    const items = [{ price: price.id, quantity: 3 }, ...mugs];
    const id = await place({ items, paymentMethod: 'pm_card_visa' });
    await settle();
    expect(await stands(id)).toMatchObject({
      status: 'fulfilled',
      total: { decimal: '84.97' },
      customerId: known.id,
    });
    expect((await rig.stripe.customers.list({ email: 'dora@example.com' })).data).toHaveLength(1);
  });

  test('that is declined ends, with a word to the customer and none to fulfilment', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const id = await place({ paymentMethod: 'pm_card_chargeDeclined' });
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'payment_failed', finishedAt: expect.any(String) });
    expect(endpoint.posts).toEqual([]);
    expect((await rig.mails()).map(({ body }) => body)).toEqual([
      expect.stringContaining('Nothing was charged'),
    ]);
  });

  test('that the bank wants confirmed waits for the customer on the page of the bank', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const id = await place({ paymentMethod: 'pm_card_authenticationRequired', mailLink: true });
    await settle();
    const { status, payUrl } = await stands(id);
    expect(status).toBe('awaiting_payment');
    expect((await rig.mails())[0]?.body).toContain('[Pay now](http');
    await fetch(payUrl ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'fulfilled', payUrl: null });
    expect(endpoint.posts).toHaveLength(1);
  });
});

describe('an order with a page to pay on', () => {
  test('has several items on it, is fulfilled once it is paid, and comes back to the shop', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const items = [...mugs, { name: 'Pen', amount: '1.10', currency: 'usd' }];
    const id = await place({ items, returnUrl: 'https://shop.example/thanks' });
    await settle();
    const { status, payUrl } = await stands(id);
    expect(status).toBe('awaiting_payment');
    const [session] = (await rig.stripe.checkout.sessions.list({ limit: 1 })).data;
    expect(session).toMatchObject({
      amount_total: 2610,
      url: payUrl,
      success_url: 'https://shop.example/thanks',
    });
    expect(endpoint.posts).toEqual([]);
    await pay(rig, session?.id ?? '');
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'fulfilled', total: { decimal: '26.10' } });
    expect(endpoint.posts).toMatchObject([{ order: { total: { amount: '26.10' } } }]);
  });

  test('that closes unpaid ends the order', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const id = await place({});
    await settle();
    const [session] = (await rig.stripe.checkout.sessions.list({ limit: 1 })).data;
    await rig.stripe.checkout.sessions.expire(session?.id ?? '');
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'expired', payUrl: null });
    expect(endpoint.posts).toEqual([]);
  });
});

describe('a cancellation', () => {
  const cancel = (rig: Rig, id: string) => rig.engine.ask(id, { what: 'cancel', note: 'Wrong size' }, owner);

  test('before it is paid closes the page', async () => {
    const { rig, place, settle, stands } = await prepare();
    const id = await place({});
    await settle();
    await cancel(rig, id);
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'canceled' });
    expect((await rig.stripe.checkout.sessions.list({ limit: 1 })).data[0]?.status).toBe('expired');
    await expect(cancel(rig, id)).rejects.toMatchObject({ code: 'playbook_run_ended' });
  });

  test('after it is paid sends the money back once, and fulfilment hears of it', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const id = await place({ paymentMethod: 'pm_card_visa' });
    await settle();
    await cancel(rig, id);
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'canceled', refunded: { decimal: '25.00' } });
    expect(endpoint.posts.map(({ type }) => type)).toEqual(['order.paid', 'order.canceled']);
    expect((await rig.stripe.refunds.list()).data).toHaveLength(1);
  });
});

describe('an endpoint', () => {
  test('that fails for a while is told again later, under the same id', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    endpoint.answers.push(500, 302);
    const id = await place({ paymentMethod: 'pm_card_visa' });
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'fulfilling' });
    expect(await rig.deliveries.list(id)).toMatchObject([{ state: 'queued', attempts: 1, status: 500 }]);
    for (let round = 0; round < 2; round += 1) {
      await rig.pass({ hours: 1, every: 1 });
      await settle();
    }
    expect(await stands(id)).toMatchObject({ status: 'fulfilled' });
    expect(new Set(endpoint.posts.map((post) => post.id)).size).toBe(1);
    expect(endpoint.posts).toHaveLength(3);
  });

  test('that stays away leaves the order for a person, who lets it be told again', async () => {
    const { rig, orders, endpoint, place, settle, stands } = await prepare();
    endpoint.answers.push(...Array.from({ length: 11 }, () => 503));
    const id = await place({ paymentMethod: 'pm_card_visa' });
    await settle();
    for (let round = 0; round < 11; round += 1) {
      await rig.pass({ hours: 20, every: 20 });
      await settle();
    }
    expect(await stands(id)).toMatchObject({ status: 'fulfilment_failed' });
    await orders.tellAgain(await rig.playbooks.run(id));
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'fulfilled' });
    expect(endpoint.posts).toHaveLength(12);
  });

  test('inside a private network is not called', async () => {
    const { rig, place, settle, stands } = await prepare({
      settings: { endpoint: 'http://10.1.2.3/orders' },
    });
    const id = await place({ paymentMethod: 'pm_card_visa' });
    await settle();
    expect(await rig.deliveries.list(id)).toMatchObject([
      { problem: expect.stringContaining('private network') },
    ]);
    expect(await stands(id)).toMatchObject({ status: 'fulfilling' });
  });
});

describe('nothing twice', () => {
  test('a key is one order; with another body it is refused', async () => {
    const { rig, endpoint, place, settle } = await prepare();
    const order = { paymentMethod: 'pm_card_visa' };
    const ids = await Promise.all([place(order, 'k1'), place(order, 'k1'), place(order, 'k1')]);
    expect(new Set(ids).size).toBe(1);
    await settle();
    expect(await place(order, 'k1')).toBe(ids[0]);
    await expect(place({ ...order, reference: 'B' }, 'k1')).rejects.toMatchObject({ status: 409 });
    await settle();
    expect((await rig.stripe.paymentIntents.list()).data).toHaveLength(1);
    expect(endpoint.posts).toHaveLength(1);
  });

  test('by three instances at once, nor by events that come again and backwards', async () => {
    const { rig, endpoint, place, settle, stands } = await prepare();
    const id = await place({ paymentMethod: 'pm_card_visa' });
    const instances = [rig.instance(), rig.instance(), rig.instance()];
    await Promise.all(instances.map((each) => each.work()));
    await Promise.all(instances.map(() => rig.deliveries.deliver()));
    await rig.hear((events) => [...events, ...events].toReversed());
    await Promise.all(instances.map((each) => each.work()));
    await settle();
    expect(await stands(id)).toMatchObject({ status: 'fulfilled' });
    expect((await rig.stripe.paymentIntents.list()).data).toHaveLength(1);
    expect(endpoint.posts).toHaveLength(1);
    expect(await rig.mails()).toHaveLength(1);
  });
});

test('events in any order, again and again, while several instances work, end as they would have in order', async () => {
  const { rig, endpoint, place, settle, stands } = await prepare();
  const ids: string[] = [];
  for (let n = 0; n < 9; n += 1) ids.push(await place({ customer: `c${n}@example.com` }));
  await settle();
  for (const [n, id] of ids.entries()) {
    const session = String((await rig.playbooks.run(id)).standing?.session);
    if (n % 3 === 0) await rig.stripe.checkout.sessions.expire(session);
    else await pay(rig, session);
    if (n % 3 !== 2) continue;
    const { payment_intent: intent } = await rig.stripe.checkout.sessions.retrieve(session);
    await rig.stripe.refunds.create({ payment_intent: String(intent) });
  }
  // The same disorder each time: a generator with a seed.
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const storm = <T>(events: T[]): T[] =>
    [...events, ...events, ...events]
      .map((event) => [random(), event] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, event]) => event);
  const instances = [rig.instance(), rig.instance()];
  await Promise.all([rig.hear(storm), ...instances.map((each) => each.work())]);
  await Promise.all(instances.map((each) => each.work()));
  await settle();
  await settle();
  const statuses = await Promise.all(ids.map(async (id) => (await stands(id)).status));
  expect(statuses).toEqual(ids.map((_, n) => ['expired', 'fulfilled', 'refunded'][n % 3]));
  const wanted = ids.flatMap(
    (id, n) =>
      [[], ['order.paid'], ['order.paid', 'order.refunded:25.00']][n % 3]?.map(
        (what) => `${orderIdOf(id)}:${what}`,
      ) ?? [],
  );
  expect(endpoint.posts.map((post) => post.id).toSorted()).toEqual(wanted.toSorted());
  expect(await rig.mails()).toHaveLength(9);
});

test('what cannot be bought is refused before there is an order', async () => {
  const { rig, place } = await prepare();
  const refused = (order: object) => expect(place(order)).rejects;
  await refused({ items: [{ price: 'price_none' }] }).toMatchObject({ status: 422 });
  await refused({ customer: 'cus_none' }).toMatchObject({ status: 422 });
  await refused({ items: [] }).toMatchObject({ errors: [{ path: 'items', message: expect.any(String) }] });
  await refused({ items: [...mugs, { name: 'Pen', amount: '1.00', currency: 'eur' }] }).toMatchObject({
    code: 'two_currencies',
  });
  for (const _ of [1, 2]) await rig.stripe.customers.create({ email: 'dora@example.com' });
  await refused({}).toMatchObject({ code: 'ambiguous' });
  expect(await rig.ran('orders')).toEqual([]);
});

test('a person’s no ends it before anything is charged', async () => {
  const { rig, place, settle, stands } = await prepare({
    policy: { effects: { money: 'ask', outbound: 'allow' } },
  });
  const id = await place({ paymentMethod: 'pm_card_visa' });
  await settle();
  expect(await stands(id)).toMatchObject({ status: 'received', awaitingApproval: true });
  await rig.decide(false);
  expect(await stands(id)).toMatchObject({ status: 'rejected' });
  expect((await rig.stripe.paymentIntents.list()).data).toEqual([]);
});

/** The customer pays on the page. */
async function pay(rig: Rig, id: string) {
  const { id: method } = await rig.stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
  });
  await rig.stripe.rawRequest('POST', `/v1/payment_pages/${id}/confirm`, { payment_method: method });
}
