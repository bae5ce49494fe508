import type {
  Agent,
  Approval,
  Connection,
  Erasure,
  Halt,
  Operation,
  Page,
  Thread,
  TurnResult,
} from '@purser/server/api';
import pg from 'pg';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everyRow } from './fixtures/every-byte.ts';
import { type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';
import { control, freshKey, stripeAt } from './fixtures/sandbox.ts';

/** What stands between a proposal and the act, from outside. */
let purser: Purser;
let stripe: Stripe;
let apiKey: string;
let agentId: string;
let connectionId: string;

beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
  apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl };
  connectionId = (await purser.api<Connection>('POST', '/api/connections', body)).body.id;
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Guarded' })).body.id;
  await allow({});
});
afterAll(() => purser?.remove());

const allow = (policy: object) =>
  purser.api('PUT', `/api/agents/${agentId}/connections/${connectionId}`, { policy });

async function ask(text: string): Promise<TurnResult & { threadId: string }> {
  const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  const { body } = await purser.api<TurnResult>('POST', `/api/threads/${id}/messages?wait=true`, { text });
  return { ...body, threadId: id };
}

/** A customer with a paid charge. */
async function payer(name: string, amount: number): Promise<Stripe.Charge> {
  const customer = await stripe.customers.create({ name, email: `${name.toLowerCase()}@example.com` });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const intent = await stripe.paymentIntents.create({
    ...{ amount, currency: 'usd', customer: customer.id, payment_method: method.id, confirm: true },
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  return stripe.charges.retrieve(String(intent.latest_charge));
}

it('undoes an operation as an operation of its own, once', async () => {
  const product = await stripe.products.create({ name: 'Basic Plan' });
  const { toolCalls } = await ask('Archive "Basic Plan"');
  const id = toolCalls[0]?.operationId ?? '';
  expect((await stripe.products.retrieve(product.id)).active).toBe(false);
  const undone = await purser.api<TurnResult>('POST', `/api/operations/${id}/undo?wait=true`);
  expect(undone.body).toMatchObject({ status: 'completed', text: expect.stringMatching(/^Undone\. /) });
  expect((await stripe.products.retrieve(product.id)).active).toBe(true);
  const { body } = await purser.api<Operation>('GET', `/api/operations/${id}`);
  expect(body.undoneBy).toMatchObject({ state: 'done' });
  const again = await purser.api('POST', `/api/operations/${id}/undo`);
  expect(again).toMatchObject({
    status: 409,
    body: { code: 'cannot_undo', detail: 'This was undone already.' },
  });
});

it('lets an approver lower the amount, and never raise it', async () => {
  const charge = await payer('Lola', 5000);
  await allow({ tools: { create_refund: 'ask' } });
  const { approvals } = await ask(`Refund $50 of ${charge.id}`);
  const path = `/api/approvals/${approvals[0]?.id}`;
  const raised = await purser.api('POST', path, { decision: 'approve', amount: '50.01' });
  expect(raised).toMatchObject({ status: 422, body: { errors: [{ path: 'amount' }] } });
  const lowered = await purser.api<TurnResult>('POST', `${path}?wait=true`, {
    decision: 'approve',
    amount: '20',
  });
  expect(lowered.body).toMatchObject({ status: 'completed', toolCalls: [{ status: 'completed' }] });
  expect(lowered.body.text).toContain('$20');
  expect((await stripe.refunds.list({ charge: charge.id })).data).toMatchObject([{ amount: 2000 }]);
});

it('decides several approvals at once, and finds operations by amount, customer and words', async () => {
  const charges = [await payer('Ida', 1200), await payer('Ora', 3400)];
  await allow({
    rules: [{ decision: 'ask', effects: ['money'], above: [{ amount: '5', currency: 'usd' }] }],
  });
  for (const { id } of charges) await ask(`Refund ${id}`);
  const waiting = (await purser.api<Page<Approval>>('GET', '/api/approvals?status=pending')).body.data;
  expect(waiting.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('because the amount is $34.00'),
    expect.stringContaining('because the amount is $12.00'),
  ]);
  const ids = waiting.map(({ id }) => id);
  const twice = await purser.api('POST', '/api/approvals', { ids: [ids[0], ids[0]], decision: 'approve' });
  expect(twice.status).toBe(422);
  const decided = await purser.api<Page<Approval>>('POST', '/api/approvals', { ids, decision: 'approve' });
  expect(decided.body.data.map(({ status }) => status)).toEqual(['approved', 'approved']);
  const refunded = () => stripe.refunds.list().then(({ data }) => data.map(({ amount }) => amount));
  await expect.poll(refunded, { timeout: 20_000 }).toEqual(expect.arrayContaining([1200, 3400]));
  const found = async (query: string) =>
    (await purser.api<Page<Operation>>('GET', `/api/operations?${query}`)).body.data.map(
      ({ amount }) => amount?.decimal,
    );
  expect(await found('least=30&currency=usd&effect=money')).toEqual(['34.00']);
  expect(await found(`q=${charges[0]?.id}`)).toEqual(['12.00']);
});

it('waits where Stripe itself asks for an approval, and goes on once it was given there', async () => {
  const charge = await payer('Gus', 4000);
  await allow({});
  await control(purser.sandboxUrl ?? '', apiKey, 'approval_rules', {
    action: 'refund.create',
    name: 'Refunds',
  });
  const { status, approvals, threadId } = await ask(`Refund $40 of ${charge.id}`);
  expect(status).toBe('awaiting_approval');
  expect(approvals).toMatchObject([{ outside: { id: expect.stringMatching(/^apreq_/) }, status: 'pending' }]);
  const here = await purser.api('POST', `/api/approvals/${approvals[0]?.id}`, { decision: 'approve' });
  expect(here).toMatchObject({ status: 409, body: { code: 'decided_outside' } });
  expect((await stripe.refunds.list({ charge: charge.id })).data).toEqual([]);
  const review = `approval_requests/${approvals[0]?.outside?.id}/review`;
  await control(purser.sandboxUrl ?? '', apiKey, review, { result: 'approved' });
  const thread = async () => (await purser.api<Thread>('GET', `/api/threads/${threadId}`)).body;
  await expect.poll(async () => (await thread()).status, { timeout: 20_000, interval: 200 }).toBe('idle');
  expect((await thread()).messages.at(-1)).toMatchObject({
    toolCalls: [{ name: 'create_refund', status: 'completed' }],
  });
  expect((await stripe.refunds.list({ charge: charge.id })).data).toMatchObject([{ amount: 4000 }]);
});

it('halts an agent: nothing is taken, nothing is written, until it is lifted', async () => {
  const halt = { scope: 'agent', subject: agentId, reason: 'It refunds too much.' };
  expect((await purser.api<Halt>('POST', '/api/halts', halt)).status).toBe(201);
  const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  const path = `/api/threads/${id}/messages?wait=true`;
  const refused = await purser.api('POST', path, { text: 'Create a coupon with 20% off, once' });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'halted', detail: expect.stringContaining('It refunds too much.') },
  });
  expect((await purser.api('DELETE', `/api/halts?scope=agent&subject=${agentId}`)).status).toBe(204);
  expect((await purser.api('POST', path, { text: 'What is my balance?' })).status).toBe(200);
  expect((await purser.api('POST', '/api/halts', { scope: 'agent', reason: 'x' })).status).toBe(422);
});

const soon = { timeout: 20_000, interval: 200 };

/** Asks for the erasure of somebody new whom a conversation named, at Stripe too. */
async function erase(name: string) {
  const email = `${name.toLowerCase()}@example.com`;
  await allow({ effects: { destructive: 'ask' } });
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

it('erases a customer: deletes them at Stripe once that was approved, then erases what is held here, and says what was kept', async () => {
  const { customer, email, erasure, decideAt } = await erase('Forgettable');
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

it('erases a customer, but leaves them at Stripe where the deletion was rejected, and says so', async () => {
  const { customer, email, erasure, decideAt } = await erase('Reluctant');
  await purser.api('POST', decideAt, { decision: 'reject' });
  await expect.poll(erasure, soon).toMatchObject({ state: 'done', stripe: 'kept' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ email });
  expect((await everyRow(purser))[1]).not.toMatch(/reluctant/i);
});

it('ends a turn that meets a full disk in words, goes on with it once there is room, and does nothing twice', async () => {
  await allow({});
  const database = new pg.Client({ connectionString: await postgresUrl(purser) });
  await database.connect();
  // What Postgres says when it cannot store a tool's result any more.
  await database.query(
    `create function no_room() returns trigger language plpgsql as $$ begin
       raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
     end $$;
     create trigger full_disk before insert on entries for each row when (new.kind = 'tool') execute function no_room()`,
  );
  const made = async () => {
    const { data } = await stripe.coupons.list({ limit: 100 });
    return data.filter(({ percent_off }) => percent_off === 37).length;
  };
  const failed = await ask('Create a coupon with 37% off, once');
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'disk_full', retryable: true } });
  expect(await made()).toBe(1);
  await database.query('drop trigger full_disk on entries; drop function no_room()');
  await database.end();
  const path = `/api/threads/${failed.threadId}/retry?wait=true`;
  const retried = await purser.api<TurnResult>('POST', path);
  expect(retried.body).toMatchObject({ status: 'completed', toolCalls: [{ status: 'completed' }] });
  expect(await made()).toBe(1);
});
