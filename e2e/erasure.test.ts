import type { Agent, Approval, Connection, Erasure, Page, Thread } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everyRow } from './fixtures/every-byte.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

/** A customer asks to be forgotten: at Stripe, after a person approved it, and everywhere in Purser. */
let purser: Purser;
let stripe: Stripe;
let agentId: string;
let connectionId: string;

beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
  const apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl };
  connectionId = (await purser.api<Connection>('POST', '/api/connections', body)).body.id;
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Desk' })).body.id;
  const policy = { effects: { destructive: 'ask' } };
  await purser.api('PUT', `/api/agents/${agentId}/connections/${connectionId}`, { policy });
});
afterAll(() => purser?.remove());

const soon = { timeout: 20_000, interval: 200 };

async function ask(text: string): Promise<void> {
  const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  await purser.api('POST', `/api/threads/${id}/messages?wait=true`, { text });
}

/** Asks for the erasure of somebody new whom a conversation named. */
async function begin(name: string) {
  const email = `${name.toLowerCase()}@example.com`;
  const { id: customer } = await stripe.customers.create({ name, email });
  await ask(`Show me the customer ${email}`);
  const request = { connectionId, customer, alsoKnownAs: [name], inStripe: true };
  const begun = await purser.api<Erasure>('POST', '/api/privacy/erasures', request);
  expect(begun).toMatchObject({ status: 201, body: { state: 'waiting', stripe: null, report: null } });
  const approval = async () => {
    const { data } = (await purser.api<Page<Approval>>('GET', '/api/approvals?status=pending')).body;
    return data.find(({ threadId }) => threadId === begun.body.threadId);
  };
  await expect.poll(approval, soon).toMatchObject({ tool: 'delete_customer' });
  const erasure = async () => {
    const { data } = (await purser.api<Page<Erasure>>('GET', '/api/privacy/erasures')).body;
    return data.find(({ id }) => id === begun.body.id);
  };
  return { customer, email, erasure, decideAt: `/api/approvals/${(await approval())?.id}` };
}

it('deletes them at Stripe once that was approved, then erases what is held here, and says what was kept', async () => {
  const { customer, email, erasure, decideAt } = await begin('Forgettable');
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ email });
  expect(await erasure()).toMatchObject({ state: 'waiting' });
  await purser.api('POST', `${decideAt}?wait=true`, { decision: 'approve' });
  await expect.poll(erasure, soon).toMatchObject({ state: 'done', stripe: 'deleted' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
  const report = (await erasure())?.report;
  expect(report?.erased).toMatchObject({ entries: expect.any(Number), operations: expect.any(Number) });
  expect(report?.kept.map(({ what }) => what)).toContain('audit');
  const [, rows] = await everyRow(purser);
  // The id stays, so that books and record remain true.
  expect(rows).toContain(customer);
  expect(rows).not.toMatch(/forgettable/i);
  expect((await purser.cli('audit', 'verify')).code).toBe(0);
});

it('leaves them at Stripe where the deletion was rejected, and says so', async () => {
  const { customer, email, erasure, decideAt } = await begin('Reluctant');
  await purser.api('POST', decideAt, { decision: 'reject' });
  await expect.poll(erasure, soon).toMatchObject({ state: 'done', stripe: 'kept' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ email });
  expect((await everyRow(purser))[1]).not.toMatch(/reluctant/i);
});
