import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { verifiedIndividual } from '../connect/test-account.ts';
import { createSandbox } from '../index.ts';
import { cardMoney, clientOf, eventTypes, fundCards, issueCard } from '../testing/issuer.ts';

type Answer = (authorization: Stripe.Issuing.Authorization, request: Request) => Response | Promise<Response>;

let answer: Answer;
/** What arrived: the type of each event. */
let heard: string[];
/** By how much the sandbox's clock is ahead, in milliseconds. */
let ahead = 0;
const sandbox = createSandbox({
  clock: { now: () => Date.now() + ahead },
  receiveWebhook: async (request) => {
    const event: Stripe.Event = JSON.parse(await request.clone().text());
    heard.push(event.type);
    return event.type === 'issuing_authorization.request'
      ? answer(event.data.object, request)
      : new Response();
  },
});
afterAll(() => sandbox.close());

const say = (
  body: unknown,
  headers: Record<string, string> = { 'Stripe-Version': '2024-06-20' },
  status = 200,
) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { headers, status });

let count = 0;
let stripe: Stripe;
let card: Stripe.Issuing.Card;
let secret: string;
beforeEach(async () => {
  heard = [];
  ahead = 0;
  answer = () => say({ approved: true });
  stripe = clientOf(sandbox, `sk_test_real_time${count++}`);
  card = await issueCard(stripe);
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/decide',
    enabled_events: ['issuing_authorization.request'],
  });
  secret = endpoint.secret ?? '';
});
const buy = (
  params: { amount?: number; is_amount_controllable?: boolean } = {},
  options: Stripe.RequestOptions = {},
) => stripe.testHelpers.issuing.authorizations.create({ card: card.id, amount: 1000, ...params }, options);

describe('the endpoint that asked to decide', () => {
  test('is asked before anything is held, and what it says is done', async () => {
    let asked: Stripe.Issuing.Authorization | undefined;
    let signature: string | null = null;
    answer = async (authorization, request) => {
      asked = authorization;
      signature = request.headers.get('stripe-signature');
      Stripe.webhooks.constructEvent(await request.text(), signature ?? '', secret);
      expect(await cardMoney(stripe)).toBe(500_000);
      return say({ approved: true, metadata: { order: '6735' } });
    };
    const made = await buy();
    expect(asked).toMatchObject({
      id: made.id,
      amount: 0,
      approved: false,
      status: 'pending',
      pending_request: {
        amount: 1000,
        currency: 'usd',
        is_amount_controllable: false,
        merchant_amount: 1000,
      },
      request_history: [],
    });
    expect(made).toMatchObject({
      amount: 1000,
      approved: true,
      pending_request: null,
      metadata: { order: '6735' },
      request_history: [{ reason: 'webhook_approved', approved: true }],
    });
    expect((await eventTypes(stripe)).slice(-2)).toEqual([
      'issuing_authorization.request',
      'issuing_authorization.created',
    ]);
    expect(heard).toEqual(['issuing_authorization.request']);
  });

  test('declines', async () => {
    answer = () => say({ approved: false });
    expect(await buy()).toMatchObject({
      approved: false,
      status: 'closed',
      amount: 1000,
      request_history: [{ reason: 'webhook_declined', reason_message: null }],
    });
    expect(await cardMoney(stripe)).toBe(500_000);
  });

  test('approves a part, where it may', async () => {
    answer = () => say({ approved: true, amount: 300 });
    expect(await buy({ is_amount_controllable: true })).toMatchObject({ approved: true, amount: 300 });
    expect(await cardMoney(stripe)).toBe(499_700);
  });

  test('is asked again for what is added, with what was before', async () => {
    const { id } = await buy();
    answer = ({ amount, pending_request: request }) =>
      say({ approved: amount === 1000 && request?.amount === 7 });
    const more = await stripe.testHelpers.issuing.authorizations.increment(id, { increment_amount: 7 });
    expect(more).toMatchObject({ amount: 1007, request_history: [{}, { reason: 'webhook_approved' }] });
    const [event] = (await stripe.events.list({ type: 'issuing_authorization.updated' })).data;
    expect(event?.data.previous_attributes).toMatchObject({ amount: 1000 });
    expect(event?.data.previous_attributes).not.toHaveProperty('pending_request');
  });

  test('may decide by a call of the API, as was usual once', async () => {
    answer = async ({ id }) => {
      expect(await stripe.issuing.authorizations.decline(id, { metadata: { by: 'api' } })).toMatchObject({
        approved: false,
        status: 'closed',
      });
      return say({});
    };
    const made = await buy();
    expect(made).toMatchObject({
      metadata: { by: 'api' },
      request_history: [{ reason: 'webhook_declined' }],
    });
    await expect(stripe.issuing.authorizations.approve(made.id)).rejects.toThrow('no pending request');
  });

  test('is not asked about what Stripe declines by itself', async () => {
    expect((await buy({ amount: 600_000 })).approved).toBe(false);
    expect(heard).toEqual([]);
  });

  test('and others are told of what came of it, never of the question', async () => {
    await stripe.webhookEndpoints.create({ url: 'https://shop.example/all', enabled_events: ['*'] });
    await buy();
    await sandbox.delivered();
    expect(heard).toEqual(['issuing_authorization.request', 'issuing_authorization.created']);
  });
});

test.each<[says: string, answer: Answer, message: string | RegExp]>([
  ['an error', () => say('', {}, 500), 'The webhook endpoint answered with the status 500 instead of 200.'],
  ['no version', () => say({ approved: true }, {}), 'The response has no `Stripe-Version` header.'],
  ['no JSON', () => say('yes'), 'The response body is not a JSON object.'],
  [
    'no verdict',
    () => say({ approved: 'yes' }),
    'The response body must have `approved`, which is true or false.',
  ],
  ['an amount of its own', () => say({ approved: true, amount: 5 }), /`amount` can only be given/],
  [
    'too much metadata',
    () => say({ approved: true, metadata: { ['x'.repeat(41)]: 1 } }),
    /up to 40 characters/,
  ],
  ['nothing at all', () => Promise.reject(new Error('gone')), 'The webhook endpoint could not be reached.'],
])('an endpoint that says %s declines by mistake', async (_says, mistaken, message) => {
  answer = mistaken;
  const { approved, request_history: history } = await buy();
  expect([approved, history[0]?.reason]).toEqual([false, 'webhook_error']);
  expect(history[0]?.reason_message).toMatch(message);
});

test('an endpoint that takes more than two seconds is not waited for', async () => {
  let release = () => {};
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve(say({ approved: true }));
    });
  expect((await buy()).request_history).toMatchObject([{ approved: false, reason: 'webhook_timeout' }]);
  release();
});

test('a decision is made once: when time has run out, as after a crash, what comes later changes nothing', async () => {
  answer = async ({ id }) => {
    ahead = 10_000;
    expect(await stripe.issuing.authorizations.retrieve(id)).toMatchObject({
      status: 'closed',
      request_history: [{ reason: 'webhook_timeout' }],
    });
    return say({ approved: true });
  };
  expect(await buy()).toMatchObject({ approved: false, request_history: [{ reason: 'webhook_timeout' }] });
  expect(await cardMoney(stripe)).toBe(500_000);
});

test('on a connected account the platform’s endpoint for such accounts decides', async () => {
  const { id: stripeAccount } = await stripe.accounts.create({
    ...verifiedIndividual,
    capabilities: { card_issuing: { requested: true }, transfers: { requested: true } },
    settings: { card_issuing: { tos_acceptance: { date: 1_767_225_600, ip: '10.0.0.1' } } },
  });
  const own = clientOf(sandbox, `sk_test_real_time${count - 1}`, { stripeAccount });
  const theirs = await issueCard(own);
  await stripe.webhookEndpoints.create({
    url: 'https://shop.example/theirs',
    enabled_events: ['issuing_authorization.request'],
    connect: true,
  });
  let asked: string | null = null;
  answer = (_, request) => {
    asked = request.url;
    return say({ approved: false });
  };
  const made = await own.testHelpers.issuing.authorizations.create({ card: theirs.id, amount: 5 });
  expect([asked, made.request_history[0]?.reason]).toEqual([
    'https://shop.example/theirs',
    'webhook_declined',
  ]);
  expect(await cardMoney(own)).toBe(500_000);
});

test('money that is gone by the time of the answer is not held twice', async () => {
  answer = async ({ pending_request: request }) => {
    if (request?.amount === 400)
      await stripe.testHelpers.issuing.transactions.createForceCapture({ card: card.id, amount: 499_700 });
    return say({ approved: true });
  };
  expect((await buy({ amount: 400 })).request_history).toMatchObject([
    { approved: false, reason: 'insufficient_funds' },
  ]);
  expect(await cardMoney(stripe)).toBe(300);
});

test('the same request again, while the first still waits and after it', async () => {
  let inside: unknown;
  answer = async () => {
    inside = await buy({}, { idempotencyKey: 'once' }).catch((error: unknown) => error);
    return say({ approved: true });
  };
  const made = await buy({}, { idempotencyKey: 'once' });
  expect(inside).toMatchObject({ code: 'idempotency_key_in_use', statusCode: 409 });
  expect(await buy({}, { idempotencyKey: 'once' })).toEqual(made);
  expect((await stripe.issuing.authorizations.list()).data).toHaveLength(1);
});

test('attempts are listed with what the endpoint answered, and are not repeated', async () => {
  answer = () => say('no', {}, 503);
  await buy();
  await sandbox.delivered();
  const answered = await sandbox.fetch('http://sandbox/_sandbox/webhook_deliveries', {
    headers: { authorization: `Bearer sk_test_real_time${count - 1}` },
  });
  const { data } = (await answered.json()) as { data: unknown[] };
  expect(data).toMatchObject([{ status: 'failed', next_attempt: null, attempts: [{ http_status: 503 }] }]);
});

test('the address of the official CLI puts the question on record where no endpoint asks for it', async () => {
  const other = clientOf(sandbox, `sk_test_real_time_cli${count}`);
  const mine = await issueCard(other);
  await fundCards(other, 1);
  const made = await other.rawRequest('POST', `/v1/issuing/cards/${mine.id}/test/authorizations`, {
    held_amount: 100,
  });
  expect(made).toMatchObject({ object: 'issuing.authorization', approved: true, amount: 100 });
  expect((await eventTypes(other)).slice(-2)).toEqual([
    'issuing_authorization.request',
    'issuing_authorization.created',
  ]);
});
