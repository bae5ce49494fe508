import type { Agent, Connection, Page, Task, TaskRun, Thread, TurnResult } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeGithub, fakeGithub } from '../server/src/connections/github/testing.ts';
import { type FakeHubspot, fakeHubspot } from '../server/src/connections/hubspot/testing.ts';
import { type FakeSlack, fakeSlack } from '../server/src/connections/slack/testing.ts';
import { freePort } from './fixtures/free-port.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

/**
 * Work across connections, said once in plain words to the built-in model: a chat message becomes a task, a person says yes,
 * a payment happens at Stripe, and what the task is for happens at the other place, once.
 */
let purser: Purser;
let stripe: Stripe;
let slack: FakeSlack;
let github: FakeGithub;
let hubspot: FakeHubspot;
let agentId: string;
let connectionId: string;

beforeAll(async () => {
  [slack, github, hubspot] = await Promise.all([fakeSlack(), fakeGithub(), fakeHubspot()]);
  const port = String(await freePort());
  purser = await startPurser({
    PURSER_MODEL: 'builtin',
    ...{ PURSER_PORT: port, PURSER_PUBLIC_URL: `http://127.0.0.1:${port}` },
  });
  const apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  connectionId = await connect('stripe', { apiKey }, purser.sandboxUrl ?? '');
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Messenger' })).body.id;
  const beside = [
    await connect('slack', { token: slack.token }, slack.url),
    await connect('github', { token: github.token, repositories: 'acme/billing' }, github.url),
    await connect('hubspot', { token: hubspot.token }, hubspot.url),
  ];
  const policy = { effects: { write: 'allow' } };
  await purser.api('PUT', `/api/agents/${agentId}/connections/${connectionId}`, {});
  for (const id of beside) await purser.api('PUT', `/api/agents/${agentId}/connections/${id}`, { policy });
});
afterAll(async () => {
  await purser?.remove();
  await Promise.all([slack?.close(), github?.close(), hubspot?.close()]);
});

async function connect(type: string, credentials: object, baseUrl: string): Promise<string> {
  const { body, status } = await purser.api<Connection>('POST', '/api/connections', {
    ...{ type, credentials, baseUrl },
  });
  expect(status).toBe(201);
  return body.id;
}

async function say(text: string): Promise<TurnResult> {
  const thread = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  const path = `/api/threads/${thread.id}/messages?wait=true`;
  return (await purser.api<TurnResult>('POST', path, { text })).body;
}

/** Says what is to be done from now on; it waits for a person, who says yes. @returns the task that was made */
async function makeTask(text: string): Promise<Task> {
  const before = (await purser.api<Page<Task>>('GET', '/api/tasks?limit=100')).body.data.length;
  const asked = await say(text);
  expect(asked.status).toBe('awaiting_approval');
  const decide = `/api/approvals/${asked.approvals[0]?.id}?wait=true`;
  const done = await purser.api<TurnResult>('POST', decide, { decision: 'approve' });
  expect(done.body).toMatchObject({ status: 'completed', toolCalls: [{ name: 'create_task' }] });
  const tasks = (await purser.api<Page<Task>>('GET', '/api/tasks?limit=100')).body.data;
  expect(tasks).toHaveLength(before + 1);
  await purser.api('PUT', `/api/connections/${connectionId}/webhook`, { register: true });
  return tasks.at(-1) as Task;
}

const eventually = { timeout: 20_000, interval: 100 };
const runsOf = async ({ id }: Task) =>
  (await purser.api<Page<TaskRun>>('GET', `/api/tasks/${id}/runs`)).body.data.map(({ status }) => status);
const allDone = (task: Task, count: number) =>
  expect.poll(() => runsOf(task), eventually).toEqual(Array.from({ length: count }, () => 'completed'));

const pay = (amount: number, more: object = {}) =>
  stripe.paymentIntents.create({
    ...{ amount, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', ...more },
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });

it('Slack is told of each payment over $500, and of no smaller one', async () => {
  const task = await makeTask("tell Slack's #payments of every payment over $500");
  expect(task.trigger).toMatchObject({
    ...{ type: 'event', event: 'payment_intent.succeeded' },
    filter: { above: { amount: '500', currency: 'usd' } },
  });
  const { id: customer } = await stripe.customers.create({ name: 'Lena Large', email: 'lena@example.com' });
  await pay(49_900);
  await pay(75_000, { customer, description: 'Annual licence' });
  await allDone(task, 1);
  expect(slack.messages).toHaveLength(1);
  expect(slack.messages[0]).toMatchObject({ channel: 'C1' });
  for (const fact of ['$750.00', 'Lena Large', 'lena@example.com', 'Annual licence'])
    expect(slack.messages[0]?.text).toContain(fact);
  await purser.api('PATCH', `/api/tasks/${task.id}`, { enabled: false });
});

it('a payment is noted on the contact of whoever paid', async () => {
  const bob = hubspot.add('contacts', { firstname: 'Bob', lastname: 'Loblaw', email: 'bob@example.com' });
  const task = await makeTask("after a successful payment note it on the customer's HubSpot contact");
  const { id: customer } = await stripe.customers.create({ name: 'Bob Loblaw', email: 'bob@example.com' });
  await pay(4_200, { customer });
  await allDone(task, 1);
  expect(hubspot.notes.map(({ on }) => on)).toEqual([bob.id]);
  expect(hubspot.notes[0]?.properties.hs_note_body).toContain('Payment of $42.00 succeeded');
  await purser.api('PATCH', `/api/tasks/${task.id}`, { enabled: false });
});

it('an issue is opened for each payment that failed with a code, and for no other', async () => {
  const task = await makeTask(
    'open a GitHub issue in acme/billing for each failed payment with code processing_error',
  );
  const fail = (method: string) =>
    expect(pay(2_000, { payment_method: `pm_card_${method}` })).rejects.toMatchObject({
      type: 'StripeCardError',
    });
  await fail('chargeDeclinedExpiredCard');
  await fail('chargeDeclinedProcessingError');
  await allDone(task, 1);
  expect(github.tickets.map(({ title }) => title)).toEqual([
    'Payment of $20.00 failed with processing_error',
  ]);
  expect(github.tickets[0]?.body).toMatch(/Id: `ch_/);
  await purser.api('PATCH', `/api/tasks/${task.id}`, { enabled: false });
});

it('an issue is opened once the same code comes too often, and not again while it is open', async () => {
  const before = github.tickets.length;
  const task = await makeTask(
    'open a GitHub issue in acme/billing when card payments fail with the same code more than 3 times in an hour',
  );
  for (let count = 1; count <= 5; count += 1) {
    await pay(1_000, { payment_method: 'pm_card_chargeDeclinedIncorrectCvc' }).catch(() => undefined);
    await allDone(task, count);
    expect(github.tickets.length - before).toBe(count > 3 ? 1 : 0);
  }
  expect(github.tickets.at(-1)?.title).toBe('4 card payments failed with incorrect_cvc within 60 minutes');
  await purser.api('PATCH', `/api/tasks/${task.id}`, { enabled: false });
});

it('what a connection waits for a person with, a task waits for too', async () => {
  const { data } = (await purser.api<Page<Connection>>('GET', '/api/connections')).body;
  const id = data.find(({ type }) => type === 'slack')?.id;
  const attach = (policy: object) =>
    purser.api('PUT', `/api/agents/${agentId}/connections/${id}`, { policy });
  await attach({ effects: { write: 'ask' } });
  const before = slack.messages.length;
  const task = await makeTask('Please let #payments know whenever somebody signs up');
  await stripe.customers.create({ name: 'Nora New', email: 'nora@example.com' });
  await expect.poll(() => runsOf(task), eventually).toEqual(['awaiting_approval']);
  expect(slack.messages).toHaveLength(before);
  const waiting = await purser.api<Page<{ id: string }>>('GET', '/api/approvals?status=pending');
  await purser.api('POST', `/api/approvals/${waiting.body.data[0]?.id}`, { decision: 'approve' });
  await allDone(task, 1);
  expect(slack.messages.slice(before).map(({ text }) => text)).toEqual([expect.stringContaining('Nora New')]);
  await attach({ effects: { write: 'allow' } });
});

it('what is asked for at once is done at once, in words that differ', async () => {
  const before = slack.messages.length;
  await say("post 'deploy at 5' to #payments on Slack");
  await say("let Slack's #payments know that the deploy is done");
  expect(slack.messages.slice(before).map(({ text }) => text)).toEqual(['deploy at 5', 'The deploy is done']);
  hubspot.add('contacts', { firstname: 'Anna', lastname: 'Lee', email: 'anna@example.com', company: 'Old' });
  await say("update Anna's HubSpot company to Acme");
  expect(hubspot.contacts.at(-1)?.properties.company).toBe('Acme');
  await say('open a GitHub issue in acme/billing: "Webhooks are slow"');
  const found = await say('find the GitHub issues about webhooks in acme/billing');
  expect(found.text).toContain('Webhooks are slow');
  expect(found.text).not.toContain('processing_error');
});
