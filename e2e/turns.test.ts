import type {
  Agent,
  Approval,
  AuditEntry,
  Connection,
  Operation,
  Page,
  Problem,
  Thread,
  ToolCallRecord,
  TurnResult,
} from '@purser/server/api';
import { DefaultChatTransport, readUIMessageStream, type UIMessage } from 'ai';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './fixtures/eventually.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Answer, type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

let model: PuppetModel;
let purser: Purser;
/** The account of the agent below, as its owner sees it. */
let stripe: Stripe;
let agent: Agent;

beforeAll(async () => {
  model = await startPuppetModel();
  purser = await startPurser(model.settings);
  const apiKey = freshKey();
  stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  const connection = await purser.api<Connection>('POST', '/api/connections', {
    type: 'stripe',
    credentials: { apiKey },
    baseUrl: purser.sandboxUrl,
  });
  const made = await purser.api<Agent>('POST', '/api/agents', { name: 'Tess' });
  agent = (
    await purser.api<Agent>('PUT', `/api/agents/${made.body.id}/connections/${connection.body.id}`, {})
  ).body;
});
afterAll(async () => {
  await purser?.remove();
  await model?.close();
});
beforeEach(() => {
  model.override = () => undefined;
});

async function newThread(): Promise<string> {
  return (await purser.api<Thread>('POST', '/api/threads', { agentId: agent.id })).body.id;
}
function say<T = TurnResult>(threadId: string, text: string, query = '?wait=true'): Promise<Answer<T>> {
  return purser.api<T>('POST', `/api/threads/${threadId}/messages${query}`, { text });
}
const readThread = async (id: string) => (await purser.api<Thread>('GET', `/api/threads/${id}`)).body;
function decide<T = TurnResult>(
  id: string,
  decision: 'approve' | 'reject',
  reason?: string,
): Promise<Answer<T>> {
  return purser.api<T>('POST', `/api/approvals/${id}?wait=true`, { decision, ...(reason ? { reason } : {}) });
}
const customersCalled = async (email: string) => (await stripe.customers.list({ email })).data;

/** A turn that waits for the deletion of a customer of its own. */
async function awaitingDeletion(
  email: string,
): Promise<{ threadId: string; customer: string; turn: TurnResult }> {
  const customer = await stripe.customers.create({ email, name: 'Lo Blaw' });
  const threadId = await newThread();
  const turn = (await say(threadId, `delete_customer {"customer":"${customer.id}"}`)).body;
  expect(turn.status).toBe('awaiting_approval');
  return { threadId, customer: customer.id, turn };
}
const isDeleted = async (id: string) => (await stripe.customers.retrieve(id)).deleted === true;

describe('a turn', () => {
  it('answers with text and tool calls once it rests', async () => {
    const threadId = await newThread();
    const { status, body } = await say(threadId, 'create_customer {"email":"one@example.com","name":"One"}');
    expect(status).toBe(200);
    expect(body).toMatchObject({ runId: expect.stringMatching(/^run_/), status: 'completed', approvals: [] });
    expect(body.text).toContain('Done.');
    const [call] = body.toolCalls;
    const [customer] = await customersCalled('one@example.com');
    expect(call).toMatchObject({
      name: 'create_customer',
      effect: 'write',
      input: { email: 'one@example.com', name: 'One' },
      status: 'completed',
      summary: expect.stringContaining('One'),
      output: { id: customer?.id },
      requestIds: [expect.stringMatching(/^req_/)],
      durationMs: expect.any(Number),
    });
    const record = await purser.api<ToolCallRecord>('GET', `/api/threads/${threadId}/tool-calls/${call?.id}`);
    expect(record.body.record).toMatchObject({ object: 'customer', id: customer?.id });

    const thread = await readThread(threadId);
    expect(thread.status).toBe('idle');
    expect(thread.title).not.toBe('New thread');
    expect(thread.messages.map(({ role, runId }) => [role, runId])).toEqual([
      ['user', body.runId],
      ['assistant', body.runId],
    ]);
    expect(thread.messages[1]).toMatchObject({ text: body.text, toolCalls: body.toolCalls });
  });

  it('streams what the AI SDK reads, to the same message', async () => {
    const threadId = await newThread();
    const transport = new DefaultChatTransport({
      api: `${purser.url}/api/threads/${threadId}/messages`,
      headers: { authorization: `Bearer ${purser.token}` },
      prepareSendMessagesRequest: ({ messages }) => ({
        body: {
          text: messages
            .at(-1)
            ?.parts.map((part) => (part.type === 'text' ? part.text : ''))
            .join(''),
        },
      }),
    });
    const text = 'create_customer {"email":"two@example.com"}\nlist_customers {"limit":1}';
    const stream = await transport.sendMessages({
      chatId: threadId,
      messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text }] }],
      trigger: 'submit-message',
      messageId: undefined,
      abortSignal: undefined,
    });
    let last: UIMessage | undefined;
    let versions = 0;
    for await (const message of readUIMessageStream({ stream })) {
      last = message;
      versions += 1;
    }
    expect(versions).toBeGreaterThan(4);
    const answer = (await readThread(threadId)).messages[1];
    expect(last?.id).toBe(answer?.id);
    const texts = last?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? [];
    expect(texts.join('\n\n')).toBe(answer?.text);
    const tools = last?.parts.filter((part) => part.type.startsWith('tool-')) ?? [];
    expect(tools).toMatchObject([
      { type: 'tool-create_customer', state: 'output-available', output: { object: 'customer' } },
      { type: 'tool-list_customers', state: 'output-available' },
    ]);
  });

  it('streams the request for an approval, and what went wrong', async () => {
    const customer = await stripe.customers.create({ email: 'stream@example.com' });
    const asked = await say(await newThread(), `delete_customer {"customer":"${customer.id}"}`, '');
    expect(asked.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(asked.text).toContain('"tool-approval-request"');
    expect(asked.text.trimEnd()).toMatch(/data: \[DONE\]$/);

    model.override = () => ({ fails: 'bad key' });
    const failed = await say(await newThread(), 'Hello', '');
    expect(failed.text).toContain('"type":"error"');
  });

  it('uses new instructions from the next message on', async () => {
    const threadId = await newThread();
    await say(threadId, 'Hello');
    await purser.api('PATCH', `/api/agents/${agent.id}`, { instructions: 'We sell only blue kites.' });
    await say(threadId, 'Hello again');
    const [before, after] = model.steps.slice(-2);
    expect(before?.instructions).not.toContain('blue kites');
    expect(after?.instructions).toContain('We sell only blue kites.');
  });

  it('fails in plain words where the model does, and goes on when asked again', async () => {
    const threadId = await newThread();
    model.override = ({ answered }) => (answered === 1 ? { fails: 'context too long' } : undefined);
    const text = 'create_customer {"email":"retry@example.com"}';
    const failed = (await say(threadId, text)).body;
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: expect.any(String), message: /\w+ \w+/ },
    });
    expect((await readThread(threadId)).status).toBe('failed');

    model.override = () => undefined;
    const again = await purser.api<TurnResult>('POST', `/api/threads/${threadId}/retry?wait=true`, {});
    expect(again.body).toMatchObject({ runId: failed.runId, status: 'completed' });
    expect(again.body.text).toContain('Done.');
    expect(await customersCalled('retry@example.com')).toHaveLength(1);
    expect((await say<Problem>(threadId, 'Next')).status).toBe(200);
  });

  it('never stores or passes on a card number somebody types', async () => {
    const threadId = await newThread();
    await say(threadId, 'Here is my card: 4539 1488 0343 6467');
    expect(model.steps.at(-1)?.message).toMatch(/^Here is my card: /);
    expect(model.steps.at(-1)?.message).not.toContain('1488 0343');
    expect(JSON.stringify(await readThread(threadId))).not.toContain('1488 0343');
  });
});

describe('one run at a time', () => {
  it('refuses a message while one runs, stops it, and takes the next', async () => {
    const threadId = await newThread();
    model.override = ({ message }) => (message === 'Hang' ? { hangs: 'after the headers' } : undefined);
    const hanging = say(threadId, 'Hang');
    await eventually('the model was asked', () => model.steps.at(-1)?.message === 'Hang');
    expect(await readThread(threadId)).toMatchObject({ status: 'running' });
    for (const query of ['', '?wait=true'])
      expect(await say<Problem>(threadId, 'Me too', query)).toMatchObject({
        status: 409,
        body: { code: 'run_active' },
      });
    const stopped = await purser.api('POST', `/api/threads/${threadId}/cancel`);
    expect(stopped.body).toEqual({ cancelled: true });
    expect((await hanging).body.status).toBe('cancelled');
    const messages = (await readThread(threadId)).messages.map(({ text }) => text);
    expect(messages).not.toContain('Me too');
    expect((await say(threadId, 'Now me')).body.text).toBe('Heard: Now me');
  });

  it('takes one of twenty messages sent at once', async () => {
    const threadId = await newThread();
    model.override = () => ({ hangs: 'before the headers' });
    const sent = Array.from({ length: 20 }, (_, n) => say(threadId, `Number ${n}`, '?wait=false'));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    await purser.api('POST', `/api/threads/${threadId}/cancel`);
    await eventually('it stopped', async () => (await readThread(threadId)).status === 'idle');
    expect((await readThread(threadId)).messages.filter(({ role }) => role === 'user')).toHaveLength(1);
  });

  it('runs several threads side by side', async () => {
    model.override = ({ message }) => (/^Wait/.test(message) ? { hangs: 'before the headers' } : undefined);
    const threads = await Promise.all([newThread(), newThread(), newThread()]);
    const turns = threads.map((id, n) => say(id, `Wait ${n}`));
    await eventually('all are at work', () =>
      [0, 1, 2].every((n) => model.steps.some(({ message }) => message === `Wait ${n}`)),
    );
    expect((await say(await newThread(), 'Quick one')).body.text).toBe('Heard: Quick one');
    for (const id of threads) await purser.api('POST', `/api/threads/${id}/cancel`);
    for (const turn of turns) expect((await turn).body.status).toBe('cancelled');
  });
});

describe('approvals', () => {
  it('show what would happen, and it happens when approved', async () => {
    const { threadId, customer, turn } = await awaitingDeletion('approve@example.com');
    const [approval] = turn.approvals;
    expect(approval).toMatchObject({
      id: expect.stringMatching(/^apr_/),
      toolCallId: turn.toolCalls[0]?.id,
      tool: 'delete_customer',
      effect: 'destructive',
      mode: 'test',
      status: 'pending',
      summary: expect.stringContaining('Lo Blaw'),
      input: { customer },
    });
    expect(await readThread(threadId)).toMatchObject({ status: 'awaiting_approval', approvals: [approval] });
    const pending = await purser.api<Page<Approval>>('GET', '/api/approvals?status=pending');
    expect(pending.body.data).toContainEqual(approval);
    expect(await isDeleted(customer)).toBe(false);

    const { body } = await decide(approval?.id ?? '', 'approve');
    expect(body).toMatchObject({ runId: turn.runId, status: 'completed', approvals: [] });
    expect(body.toolCalls).toMatchObject([{ status: 'completed' }]);
    expect(await isDeleted(customer)).toBe(true);
    expect(await decide<Problem>(approval?.id ?? '', 'reject')).toMatchObject({ status: 409 });
  });

  it('tell the agent why not, when rejected', async () => {
    const { customer, turn } = await awaitingDeletion('reject@example.com');
    const { body } = await decide(turn.approvals[0]?.id ?? '', 'reject', 'She is our best customer');
    expect(body).toMatchObject({ status: 'completed', toolCalls: [{ status: 'rejected' }] });
    expect(model.steps.at(-1)?.lastResult).toContain('She is our best customer');
    expect(await isDeleted(customer)).toBe(false);
  });

  it('are worth nothing once things have changed', async () => {
    const { customer, turn } = await awaitingDeletion('drift@example.com');
    await stripe.customers.update(customer, { name: 'Somebody Else' });
    const { body } = await decide(turn.approvals[0]?.id ?? '', 'approve');
    expect(body.toolCalls).toMatchObject([{ status: 'failed', error: { code: 'approval_void' } }]);
    expect(await isDeleted(customer)).toBe(false);
  });

  it('are void when the turn is stopped', async () => {
    const { threadId, customer, turn } = await awaitingDeletion('void@example.com');
    expect(await say<Problem>(threadId, 'Well?')).toMatchObject({
      status: 409,
      body: { code: 'run_active' },
    });
    await purser.api('POST', `/api/threads/${threadId}/cancel`);
    expect(await decide<Problem>(turn.approvals[0]?.id ?? '', 'approve')).toMatchObject({ status: 409 });
    expect((await readThread(threadId)).status).toBe('idle');
    expect(await isDeleted(customer)).toBe(false);
  });

  it('given fifty times at once count once', async () => {
    const email = 'fifty@example.com';
    const policy = { tools: { create_customer: 'ask' } };
    const path = `/api/agents/${agent.id}/connections/${agent.connections[0]?.connectionId}`;
    await purser.api('PUT', path, { policy });
    const turn = (await say(await newThread(), `create_customer {"email":"${email}"}`)).body;
    await purser.api('PUT', path, { policy: {} });
    const id = turn.approvals[0]?.id ?? '';
    const given = Array.from({ length: 50 }, () => decide(id, 'approve'));
    const statuses = (await Promise.all(given)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(49).fill(409)]);
    expect(await customersCalled(email)).toHaveLength(1);
  });
});

describe('the record', () => {
  it('has an operation for each write, with its key, request ids and object', async () => {
    const turn = (await say(await newThread(), 'create_customer {"email":"op@example.com"}')).body;
    const { body: listed } = await purser.api<Page<Operation>>('GET', '/api/operations?state=done&limit=1');
    const [operation] = listed.data;
    expect(operation).toMatchObject({
      id: turn.toolCalls[0]?.operationId,
      tool: 'create_customer',
      state: 'done',
      mode: 'test',
      runId: turn.runId,
      idempotencyKey: turn.toolCalls[0]?.operationId,
      requestIds: turn.toolCalls[0]?.requestIds,
    });
    const [customer] = await customersCalled('op@example.com');
    expect(customer?.metadata.purser_op).toBe(operation?.id);
    const audit = await purser.api<Page<AuditEntry>>('GET', `/api/audit?subject=${operation?.id}`);
    expect(audit.body.data.map(({ action }) => action)).toEqual(['operation.done', 'operation.approved']);
  });

  it('shows a window what happens in a thread as it happens', async () => {
    const threadId = await newThread();
    const abort = new AbortController();
    const response = await fetch(`${purser.url}/api/live?thread=${threadId}`, {
      headers: { authorization: `Bearer ${purser.token}` },
      signal: abort.signal,
    });
    let seen = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) seen += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    await eventually('the thread', () => /^event: thread$/m.test(seen));
    await say(threadId, 'Live from here');
    await eventually('the answer', () => seen.includes('Heard: Live from here'));
    expect(seen).toMatch(/^event: message$/m);
    expect(seen).toMatch(/^event: thread_summary$/m);
    abort.abort();
    await reading;
  });
});
