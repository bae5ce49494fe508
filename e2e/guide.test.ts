import type { Agent, Connection, Page, Thread, ToolCall, TurnResult } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { control, freshKey, stripeAt } from './fixtures/sandbox.ts';

/** The guide, with the built-in model: nothing but what a fresh clone brings. */
let purser: Purser;
beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
});
afterAll(() => purser?.remove());

/** What one turn said and did. */
interface Said {
  readonly status: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** A new agent on a new, empty account. */
async function newAgent(apiKey: string, name = 'Guide'): Promise<Agent> {
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl };
  const connection = (await purser.api<Connection>('POST', '/api/connections', body)).body;
  const { id } = (await purser.api<Agent>('POST', '/api/agents', { name })).body;
  return (await purser.api<Agent>('PUT', `/api/agents/${id}/connections/${connection.id}`, {})).body;
}

/** A thread with the agent: each question is one turn. */
async function threadWith(agentId: string): Promise<(text: string) => Promise<Said>> {
  const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  return async (text) => {
    const path = `/api/threads/${id}/messages?wait=true`;
    const { status, body } = await purser.api<TurnResult>('POST', path, { text });
    expect([text, status]).toEqual([text, 200]);
    return { status: body.status, text: body.text, calls: body.toolCalls };
  };
}

function done(said: Said, ...tools: string[]): Said {
  expect(said.calls.map(({ name, status }) => [name, status])).toEqual(
    tools.map((name) => [name, 'completed']),
  );
  expect(said.status).toBe('completed');
  return said;
}

const outputOf = (said: Said, index = 0) =>
  said.calls[index]?.output as { id: string } & Record<string, unknown>;

describe('the guide over HTTP', () => {
  let stripe: Stripe;
  let agent: Agent;
  let ask: (text: string) => Promise<Said>;
  beforeAll(async () => {
    const apiKey = freshKey();
    stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
    agent = await newAgent(apiKey);
    ask = await threadWith(agent.id);
  });

  it('1: begins with Stripe Sleuth on the demo account', async () => {
    const { data } = (await purser.api<Page<Agent>>('GET', '/api/agents')).body;
    expect(data[0]).toMatchObject({ name: 'Stripe Sleuth', connections: [{ mode: 'test' }] });
  });

  it('4: checks the balance', async () => {
    const said = done(await ask('Can you check my Stripe account balance?'), 'retrieve_balance');
    expect(said.text).toMatch(/available/i);
    expect(said.text).toMatch(/pending/i);
    expect(said.text).toContain('$0.00');
    expect(said.calls[0]).toMatchObject({ requestIds: [/^req_/], durationMs: expect.any(Number) });
  });

  it('5: lists customers and products', async () => {
    await stripe.customers.create({ name: 'Ada Early', email: 'ada@example.com' });
    await stripe.products.create({ name: 'Starter' });
    const said = done(
      await ask('Can you list my recent customers and products?'),
      'list_customers',
      'list_products',
      'list_prices',
    );
    expect(said.text).toContain('Ada Early');
    expect(said.text).toContain('Starter');
  });

  it('6: creates a product with its monthly price', async () => {
    const text =
      'Can you create a test product called "Premium Subscription" with a monthly price of $29.99?';
    const said = done(await ask(text), 'create_product');
    expect(said.text).toContain('$29.99');
    const products = (await stripe.products.list()).data.filter(
      ({ name }) => name === 'Premium Subscription',
    );
    expect(products).toHaveLength(1);
    const prices = (await stripe.prices.list({ product: products[0]?.id ?? '' })).data;
    expect(prices).toMatchObject([{ unit_amount: 2999, currency: 'usd', recurring: { interval: 'month' } }]);
  });

  it('7: takes a business context', async () => {
    const instructions =
      'We are Northwind, a small software company.\nPremium Subscription costs $29.99 a month.\nNever refund more than $20.';
    const changed = await purser.api<Agent>('PATCH', `/api/agents/${agent.id}`, { instructions });
    expect(changed.body.instructions).toBe(instructions);
  });

  it('8: creates a customer', async () => {
    const text = 'Can you create a new customer with email bob.loblaw@example.com and name "Bob Loblaw"?';
    done(await ask(text), 'create_customer');
    expect((await stripe.customers.list({ email: 'bob.loblaw@example.com' })).data).toMatchObject([
      { name: 'Bob Loblaw' },
    ]);
  });

  it('9: creates a payment intent and pays it; another is declined, with why and what to do', async () => {
    const create = 'Can you create a payment intent for $50 for customer bob.loblaw@example.com?';
    const first = outputOf(done(await ask(create), 'create_payment_intent')).id;
    expect(await stripe.paymentIntents.retrieve(first)).toMatchObject({ amount: 5000, currency: 'usd' });
    done(await ask('Pay it with test card 4242 4242 4242 4242'), 'confirm_payment_intent');
    expect((await stripe.paymentIntents.retrieve(first)).status).toBe('succeeded');

    const second = outputOf(done(await ask(create), 'create_payment_intent')).id;
    expect(second).not.toBe(first);
    const declined = await ask('Now pay that one with 4000 0000 0000 0002');
    expect(declined.calls).toMatchObject([{ name: 'confirm_payment_intent', status: 'failed' }]);
    expect(declined.text).toMatch(/declined/i);
    expect(declined.text).toMatch(/another card|other card|different card|their bank|card issuer/i);
    expect((await stripe.paymentIntents.retrieve(second)).status).toBe('requires_payment_method');
  });

  it('7: goes by that business context', async () => {
    const refused = await ask('Refund $30 of the last payment of bob.loblaw@example.com');
    expect(refused.calls.map(({ name }) => name)).not.toContain('create_refund');
    expect(refused.text).toContain('Never refund more than $20');
    const given = await ask('Refund $15 to bob.loblaw@example.com');
    expect(given.calls.at(-1), given.text).toMatchObject({ name: 'create_refund', status: 'completed' });
    expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 1500 }]);
  });

  it('10: subscribes the customer', async () => {
    const text =
      'Can you create a monthly subscription for Bob Loblaw using the Premium Subscription product?';
    done(await ask(text), 'create_subscription');
    const [bob] = (await stripe.customers.list({ email: 'bob.loblaw@example.com' })).data;
    const subscriptions = (await stripe.subscriptions.list({ customer: bob?.id ?? '' })).data;
    expect(subscriptions).toMatchObject([{ items: { data: [{ price: { unit_amount: 2999 } }] } }]);
  });

  it('did each thing once', async () => {
    expect((await stripe.customers.list()).data).toHaveLength(2);
    expect((await stripe.products.list()).data).toHaveLength(2);
    expect((await stripe.charges.list()).data.filter(({ paid }) => paid)).toHaveLength(1);
  });
});

describe('the guide with a restricted key', () => {
  it('5: says which permission is missing, by its name in the Dashboard, and where to add it', async () => {
    const owner = freshKey();
    const permissions = { customers: 'write', balance: 'read', payment_intents: 'write' };
    const { secret } = await control<{ secret: string }>(purser.sandboxUrl ?? '', owner, 'restricted_keys', {
      permissions,
    });
    const ask = await threadWith((await newAgent(secret)).id);
    const said = await ask('Can you list my recent customers and products?');
    expect(said.calls.map(({ name, status }) => [name, status])).toEqual([
      ['list_customers', 'completed'],
      ['list_products', 'failed'],
    ]);
    expect(said.text).toContain('Products');
    expect(said.text).toMatch(/permission/i);
    expect(said.text).toMatch(/https:\/\/dashboard\.stripe\.com\S*apikeys/);
  });
});

describe('the guide with purser ask', () => {
  it('asks the demo agent, and goes on in the same thread', async () => {
    const balance = await purser.cli('ask', 'Can you check my Stripe account balance?');
    expect(balance.code).toBe(0);
    expect(balance.stdout).toMatch(/available/i);

    const created = await purser.cli(
      'ask',
      'Create a customer named "Clara Line" with email clara@example.com',
      '--json',
    );
    const { threadId, toolCalls } = JSON.parse(created.stdout) as TurnResult & { threadId: string };
    expect(toolCalls).toMatchObject([{ name: 'create_customer', status: 'completed' }]);
    const intent = await purser.cli(
      'ask',
      'Create a payment intent for €12,50 for her',
      '--thread',
      threadId,
      '--json',
    );
    const said = JSON.parse(intent.stdout) as TurnResult;
    expect(said.toolCalls).toMatchObject([{ name: 'create_payment_intent', status: 'completed' }]);
    const stripe = stripeAt(purser.sandboxUrl ?? '', 'sk_test_purser_demo');
    const [clara] = (await stripe.customers.list({ email: 'clara@example.com' })).data;
    expect((await stripe.paymentIntents.list({ customer: clara?.id ?? '' })).data).toMatchObject([
      { amount: 1250, currency: 'eur' },
    ]);
  });
});
