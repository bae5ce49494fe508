import type { Agent, Connection, EventEntry, Page, Task, TaskRun, Thread, Webhook } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from './fixtures/free-port.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

/** Work while nobody looks: the sandbox sends its events to Purser, as Stripe would. */
let purser: Purser;
let stripe: Stripe;
let agentId: string;
let connectionId: string;

beforeAll(async () => {
  const port = String(await freePort());
  const settings = { PURSER_PORT: port, PURSER_PUBLIC_URL: `http://127.0.0.1:${port}` };
  purser = await startPurser({ PURSER_MODEL: 'builtin', ...settings });
  const apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl };
  connectionId = (await purser.api<Connection>('POST', '/api/connections', body)).body.id;
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Night watch' })).body.id;
  await purser.api('PUT', `/api/agents/${agentId}/connections/${connectionId}`, {});
});
afterAll(() => purser?.remove());

const eventually = { timeout: 20_000, interval: 100 };

it('a task on an event begins when Stripe tells of it, once, and its thread can be read', async () => {
  const task = await purser.api<Task>('POST', '/api/tasks', {
    ...{ agentId, name: 'Look after new customers', prompt: 'Show me the newest customer.' },
    trigger: { type: 'event', event: 'customer.created' },
  });
  expect(task).toMatchObject({ status: 201, body: { when: 'On customer.created', enabled: true } });
  const hook = await purser.api<Webhook>('PUT', `/api/connections/${connectionId}/webhook`, {
    register: true,
  });
  expect(hook.body).toMatchObject({
    endpointId: expect.stringMatching(/^we_/),
    events: ['customer.created'],
  });
  expect(hook.text).not.toContain('whsec_');

  const { id } = await stripe.customers.create({ name: 'Nora Night', email: 'nora@example.com' });
  const path = `/api/tasks/${task.body.id}/runs`;
  const runs = async () => (await purser.api<Page<TaskRun>>('GET', path)).body.data;
  await expect
    .poll(async () => (await runs()).map(({ status }) => status), eventually)
    .toEqual(['completed']);
  const [run] = await runs();
  const thread = (await purser.api<Thread>('GET', `/api/threads/${run?.threadId}`)).body;
  expect(thread.title).toBe('Look after new customers');
  expect(thread.messages[1]?.toolCalls?.[0]).toMatchObject({ name: 'get_event', status: 'completed' });
  expect(thread.messages[1]?.text).toContain('Nora Night');
  const events = await purser.api<Page<EventEntry>>('GET', `/api/connections/${connectionId}/events`);
  expect(events.body.data).toMatchObject([{ objectId: id, source: 'webhook', state: 'done' }]);

  const [event] = events.body.data;
  const replay = `/api/connections/${connectionId}/events/${event?.id}/replay`;
  expect((await purser.api('POST', replay)).status).toBe(202);
  const state = async () =>
    (await purser.api<Page<EventEntry>>('GET', `/api/connections/${connectionId}/events`)).body.data[0]
      ?.state;
  await expect.poll(state, eventually).toBe('done');
  expect(await runs()).toHaveLength(1);
});

it('a task by hand waits in the inbox for what needs a person, and goes on after it', async () => {
  await stripe.customers.create({ name: 'Old', email: 'old@example.com' });
  const { body: task } = await purser.api<Task>('POST', '/api/tasks', {
    ...{ agentId, name: 'Clean up', prompt: 'Remove the customer old@example.com' },
    trigger: { type: 'manual' },
  });
  const path = `/api/tasks/${task.id}/run`;
  expect((await purser.api<TaskRun>('POST', path)).status).toBe(202);
  const status = async () => (await purser.api<Task>('GET', `/api/tasks/${task.id}`)).body.lastRun?.status;
  await expect.poll(status, eventually).toBe('awaiting_approval');
  const waiting = await purser.api<Page<{ id: string; requestedBy: string }>>(
    'GET',
    '/api/approvals?status=pending',
  );
  expect(waiting.body.data).toMatchObject([{ requestedBy: 'Clean up' }]);
  await purser.api('POST', `/api/approvals/${waiting.body.data[0]?.id}`, { decision: 'approve' });
  await expect.poll(status, eventually).toBe('completed');
  expect((await stripe.customers.list({ email: 'old@example.com' })).data).toEqual([]);
});

it('says what is wrong with a task', async () => {
  const base = { agentId, name: 'T', prompt: 'x' };
  const wrong = async (fields: object) =>
    (await purser.api('POST', '/api/tasks', { ...base, ...fields })).text;
  const schedule = { type: 'schedule', cron: 'mondays', timezone: 'UTC' };
  expect(await wrong({ trigger: schedule })).toContain('"path":"trigger.cron"');
  expect(await wrong({ trigger: { ...schedule, cron: '0 9 * * 1', timezone: 'Mars' } })).toContain(
    'trigger.timezone',
  );
  expect(await wrong({ trigger: { type: 'event', event: 'no such' } })).toContain('trigger.event');
  expect(await wrong({ agentId: 'agt_none', trigger: { type: 'manual' } })).toContain('agt_none');
});
