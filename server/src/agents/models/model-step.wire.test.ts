import type { ModelMessage } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { afterEach, describe, expect, test } from 'vitest';
import { ModelError } from './errors.ts';
import { type ModelStepRequest, modelStep } from './model-step.ts';
import { createModels, type ModelSettings } from './models.ts';
import {
  type FakeProvider,
  type FakeTurn,
  type ProtocolName,
  startFakeProvider,
} from './testing/fake-provider.ts';
import { bodiesIn, type FakeFailure } from './testing/protocol.ts';
import { fakeTools } from './testing/tools.ts';
import type { ModelStep } from './types.ts';

const protocols: ProtocolName[] = ['anthropic', 'openai', 'google', 'openai-compatible'];
const modelNames = {
  anthropic: 'claude-opus-5-5',
  openai: 'gpt-6-astra',
  google: 'gemini-4-argon',
  'openai-compatible': 'llama-4',
} as const;
const finishAtLength = {
  anthropic: 'max_tokens',
  openai: 'max_output_tokens',
  google: 'MAX_TOKENS',
  'openai-compatible': 'length',
} as const;
const quick = { backOffMs: 5, maxWaitMs: 500, idleMs: 5000 };
const question: ModelMessage[] = [{ role: 'user', content: 'Who is Bob?' }];

let fake: FakeProvider | undefined;
afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

async function prepare(name: ProtocolName, turns: readonly FakeTurn[]): Promise<FakeProvider> {
  fake = await startFakeProvider(name, turns);
  return fake;
}

function modelOf(name: ProtocolName, { baseUrl, apiKey }: { baseUrl: string; apiKey: string }) {
  const settings: ModelSettings = {
    [name === 'openai-compatible' ? 'openaiCompatible' : name]: { baseUrl, apiKey },
  };
  return createModels({ settings, builtin: new MockLanguageModelV4() }).resolve(
    `${name}/${modelNames[name]}`,
  );
}

type Asked = Partial<ModelStepRequest> & { provider?: { baseUrl: string; apiKey: string } };

async function ask(name: ProtocolName, asked: Asked = {}): Promise<{ step: ModelStep; said: string[] }> {
  const { provider = fake, ...more } = asked;
  if (provider === undefined) throw new Error('No provider was started.');
  const said: string[] = [];
  const step = await modelStep({
    model: modelOf(name, provider),
    instructions: 'Be brief.',
    messages: question,
    tools: fakeTools,
    signal: new AbortController().signal,
    onText: (delta) => void said.push(delta),
    limits: quick,
    ...more,
  });
  return { step, said };
}

async function failure(name: ProtocolName, asked: Asked = {}): Promise<ModelError> {
  const error = await ask(name, asked).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelError)) throw new Error(`Expected a ModelError, got ${error}`);
  return error;
}

function answered(step: ModelStep): ModelMessage[] {
  const content = step.calls.map((call) => ({
    type: 'tool-result' as const,
    toolCallId: call.id,
    toolName: call.name,
    output: { type: 'json' as const, value: { object: 'customer', name: call.input.customer ?? null } },
  }));
  return [...question, ...step.messages, { role: 'tool', content }];
}

describe.each(protocols)('%s', (name) => {
  test('streams text and counts tokens', async () => {
    await prepare(name, [{ text: ['Bob ', 'is ', 'a customer.'] }]);
    const { step, said } = await ask(name);
    expect(said.join('')).toBe('Bob is a customer.');
    expect(said.length).toBeGreaterThan(1);
    expect(step).toMatchObject({ text: 'Bob is a customer.', calls: [], finishReason: 'stop' });
    expect(step.usage).toMatchObject({ cachedInputTokens: 5, outputTokens: 15 });
    expect(step.usage.inputTokens).toBeGreaterThanOrEqual(25);
    expect(JSON.parse(JSON.stringify(step))).toEqual(step);
  });

  test('reads parallel calls with split arguments, and carries the results back in the next turn', async () => {
    const { requests } = await prepare(name, [
      {
        reasoning: { text: 'Look them up.', signature: 'c2lnbmVk' },
        text: ['Looking.'],
        calls: [
          { name: 'get_customer', input: { customer: 'Bob Loblaw' } },
          { name: 'get_customer', input: { customer: 'Ann' } },
        ],
      },
      { text: ['Both exist.'] },
    ]);
    const { step } = await ask(name);
    expect(step.calls.map(({ name: tool, input, invalid }) => ({ tool, input, invalid }))).toEqual([
      { tool: 'get_customer', input: { customer: 'Bob Loblaw' } },
      { tool: 'get_customer', input: { customer: 'Ann' } },
    ]);
    expect(step.finishReason).toBe('tool-calls');
    expect(new Set(step.calls.map((call) => call.id)).size).toBe(2);

    const { step: next } = await ask(name, { messages: answered(step) });
    expect(next.text).toBe('Both exist.');
    expectSecondRequest[name](requests[1]?.body ?? {}, step);
  });

  test('a tool that it was not told of and knows by name may be called, with arguments that are right', async () => {
    const calls = [
      { name: 'create_refund', input: { charge: 'ch_1', amount: '5' } },
      { name: 'create_refund', input: { amount: '5' } },
    ];
    await prepare(name, [{ calls }]);
    const { step } = await ask(name, { tools: fakeTools.slice(0, 1), alsoCallable: fakeTools });
    expect(step.calls[0]).toMatchObject({ name: 'create_refund', input: { charge: 'ch_1', amount: '5' } });
    expect(step.calls[0]?.invalid).toBeUndefined();
    expect(step.calls[1]?.invalid).toMatch(/charge/);
  });

  test('a call with broken arguments is answered instead of failing, and the conversation goes on', async () => {
    const broken = name === 'google' ? { customer: 5 } : '{"customer": "Bo';
    await prepare(name, [
      {
        calls: [
          { name: 'get_customer', input: broken },
          { name: 'find_human', input: {} },
        ],
      },
      { text: ['Sorry.'] },
    ]);
    const { step } = await ask(name);
    expect(step.calls[0]?.invalid).toMatch(/arguments of get_customer/);
    expect(step.calls[1]?.invalid).toMatch(/no tool called find_human/);
    const { step: next } = await ask(name, { messages: answered(step) });
    expect(next.text).toBe('Sorry.');
  });

  test.each<[FakeFailure, string, boolean]>([
    ['bad key', 'bad_key', false],
    ['key not allowed', 'key_not_allowed', false],
    ['unknown model', 'model_not_found', false],
    ['rate limit', 'rate_limited', true],
    ['quota used up', 'quota_exceeded', false],
    ['overloaded', 'overloaded', true],
    ['server error', 'provider_failed', true],
    ['context too long', 'context_too_long', false],
    ['bad request', 'request_refused', false],
  ])('%s becomes %s', async (kind, code, retryable) => {
    const { requests, apiKey } = await prepare(name, [
      { fails: kind },
      { fails: kind },
      { fails: kind },
      { fails: kind },
    ]);
    const error = await failure(name);
    expect(error.runError).toMatchObject({ code, retryable, next: expect.any(String) });
    expect(requests.length).toBe(retryable ? 3 : 1);
    expect(JSON.stringify(error) + error.stack).not.toContain(apiKey);
    expect(error.message).not.toMatch(/undefined|\[object/);
  });

  test('a failure that passes is tried again, waiting as long as the provider asks', async () => {
    const { requests } = await prepare(name, [
      { fails: 'overloaded', retryAfterSeconds: 0.2 },
      { text: ['Here.'] },
    ]);
    const startedAt = performance.now();
    const { step } = await ask(name);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(step.text).toBe('Here.');
    expect(requests.length).toBe(2);
  });

  test('a provider that asks for a long wait is not waited for', async () => {
    const { requests } = await prepare(name, [
      { status: 429, body: { error: { message: 'slow' } }, headers: { 'retry-after': '60' } },
    ]);
    const error = await failure(name);
    expect(error.runError).toMatchObject({ code: 'rate_limited', next: 'Try again in 60 seconds.' });
    expect(requests.length).toBe(1);
  });

  test('a failure in the middle of a stream is final once text was seen', async () => {
    const { requests } = await prepare(name, [
      { failsMidway: 'overloaded', after: 'Bob is' },
      { text: ['Bob is here.'] },
    ]);
    expect((await failure(name)).runError.code).toBe('overloaded');
    expect(requests.length).toBe(1);
  });

  test('with a way to take the text back, it starts over', async () => {
    await prepare(name, [{ failsMidway: 'server error', after: 'Bob is' }, { text: ['Bob is here.'] }]);
    const said: string[] = [];
    const { step } = await ask(name, {
      onText: (delta) => void said.push(delta),
      onReset: () => void said.push('|'),
    });
    expect(said.join('')).toBe('Bob is|Bob is here.');
    expect(step.text).toBe('Bob is here.');
  });

  test('a failure before the first text of a stream is tried again', async () => {
    await prepare(name, [{ failsMidway: 'overloaded' }, { text: ['Here.'] }]);
    expect((await ask(name)).step.text).toBe('Here.');
  });

  test.each(['reset', 'end'] as const)('a stream that is cut (%s) is no answer', async (how) => {
    const answer = { text: ['One ', 'two ', 'three ', 'four '] };
    await prepare(name, [{ cut: answer, afterEvents: name === 'openai' ? 6 : 4, how }]);
    expect((await failure(name)).runError).toMatchObject({ code: 'connection_lost', retryable: true });
  });

  test('a call that is cut before its arguments are complete is not made', async () => {
    const answer = { calls: [{ name: 'create_refund', input: { charge: 'ch_1', amount: '29.99' } }] };
    const afterEvents = name === 'google' ? 0 : 5;
    const { requests } = await prepare(name, [{ cut: answer, afterEvents, how: 'end' }, answer]);
    const { step } = await ask(name);
    expect(step.calls.map((call) => call.input)).toEqual([{ charge: 'ch_1', amount: '29.99' }]);
    expect(requests.length).toBe(2);
  });

  test.each(['before the headers', 'after the headers'] as const)(
    'a provider that hangs %s times out',
    async (hangs) => {
      const { requests, abandoned } = await prepare(name, [{ hangs }]);
      expect((await failure(name, { limits: { ...quick, idleMs: 100 } })).runError.code).toBe('timeout');
      await abandoned;
      expect(requests.length).toBe(1);
    },
  );

  test('stop ends the request at once, also while waiting to try again', async () => {
    const { requests, abandoned } = await prepare(name, [{ hangs: 'after the headers' }]);
    const stop = new AbortController();
    const hanging = ask(name, { signal: stop.signal });
    const refused = expect(hanging).rejects.toThrow('stopped by Bob');
    await expect.poll(() => requests.length).toBe(1);
    stop.abort(new Error('stopped by Bob'));
    await refused;
    await abandoned;

    await prepare(name, [{ fails: 'overloaded' }]);
    const again = new AbortController();
    const waiting = ask(name, {
      signal: again.signal,
      limits: { ...quick, backOffMs: 60_000, maxWaitMs: 60_000 },
    });
    setTimeout(() => again.abort(new Error('stopped by Ann')), 50);
    await expect(waiting).rejects.toThrow('stopped by Ann');
  });

  test('what a listener throws comes through unchanged and ends the request', async () => {
    const { requests, abandoned } = await prepare(name, [
      {
        cut: { text: ['One ', 'two '] },
        afterEvents: name === 'openai' ? 6 : name === 'google' ? 1 : 4,
        how: 'stall',
      },
    ]);
    await expect(
      ask(name, {
        onText: () => {
          throw new Error('the database went away');
        },
      }),
    ).rejects.toThrow('the database went away');
    await abandoned;
    expect(requests.length).toBe(1);
  });

  test.each(protocols)('goes on with a conversation begun on %s', async (other) => {
    const begun: FakeTurn = {
      reasoning: { text: 'Look him up.', signature: 'c2lnbmVk' },
      text: ['Looking.'],
      calls: [{ name: 'get_customer', input: { customer: 'Bob' } }],
    };
    await prepare(other, [begun]);
    const { step } = await ask(other);
    await fake?.close();
    const { requests } = await prepare(name, [{ text: ['Bob exists.'] }]);
    expect((await ask(name, { messages: answered(step) })).step.text).toBe('Bob exists.');
    const sent = JSON.stringify(requests[0]?.body);
    expect(sent).toContain('Looking.');
    expect(sent.match(/get_customer/g)?.length).toBeGreaterThanOrEqual(2);
    if (other !== name) expect(sent).not.toMatch(/c2lnbmVk|Look him up/);
  });

  test('an empty answer is asked for again, then said to be empty', async () => {
    const { requests } = await prepare(name, [{}, {}, {}]);
    expect((await failure(name)).runError.code).toBe('empty_answer');
    expect(requests.length).toBe(3);
  });

  test('the length limit is told, with and without text', async () => {
    const finish = finishAtLength[name];
    await prepare(name, [{ text: ['Half'], finish }, { finish }]);
    expect((await ask(name)).step).toMatchObject({ text: 'Half', finishReason: 'length' });
    expect((await failure(name)).runError.code).toBe('answer_too_long');
  });

  test('the call at which the length limit struck is not made', async () => {
    const finish = finishAtLength[name];
    const call = { name: 'get_customer', input: { customer: 'Bob' } };
    await prepare(name, [{ calls: [call, { ...call, input: { customer: 'Ann' } }], finish }]);
    const { step } = await ask(name);
    expect(step.calls.map(({ invalid }) => invalid)).toEqual([
      undefined,
      expect.stringMatching(/length limit/),
    ]);
  });

  test('a refusal of the safety filter is told', async () => {
    const finish = {
      anthropic: 'refusal',
      openai: 'content_filter',
      google: 'SAFETY',
      'openai-compatible': 'content_filter',
    }[name];
    await prepare(name, [{ finish }]);
    expect((await failure(name)).runError).toMatchObject({ code: 'refused', retryable: false });
  });

  test('a page where a stream should be is no answer', async () => {
    const page = { status: 200, body: '<html>Welcome to the proxy</html>' };
    await prepare(name, [page, page, page]);
    expect(['malformed_answer', 'connection_lost', 'empty_answer']).toContain(
      (await failure(name)).runError.code,
    );
  });

  test('an address where nothing listens is unreachable', async () => {
    const gone = await startFakeProvider(name, []);
    await gone.close();
    const { runError } = await failure(name, { provider: gone });
    expect(runError.code).toBe('unreachable');
    expect(runError.message).toContain(new URL(gone.baseUrl).host);
    expect(runError.message).toContain('ECONNREFUSED');
  });
});

type Expect = (body: { readonly [key: string]: unknown }, step: ModelStep) => void;

const expectSecondRequest: Record<ProtocolName, Expect> = {
  anthropic(body, step) {
    const [, assistant, results] = bodiesIn(body.messages);
    expect(body.system).toMatchObject([
      { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
    ]);
    expect(bodiesIn(body.tools)).toMatchObject([
      { name: 'get_customer', input_schema: { type: 'object', required: ['customer'] } },
      { name: 'create_refund' },
    ]);
    expect(bodiesIn(assistant?.content).map((block) => block.type)).toEqual([
      'thinking',
      'text',
      'tool_use',
      'tool_use',
    ]);
    expect(bodiesIn(assistant?.content)[0]).toMatchObject({
      thinking: 'Look them up.',
      signature: 'c2lnbmVk',
    });
    expect(results?.role).toBe('user');
    expect(bodiesIn(results?.content)).toMatchObject(
      step.calls.map((call) => ({
        type: 'tool_result',
        tool_use_id: call.id,
        content: expect.stringContaining('customer'),
      })),
    );
  },
  openai(body, step) {
    const input = bodiesIn(body.input);
    expect(body).toMatchObject({ store: false, stream: true, include: ['reasoning.encrypted_content'] });
    expect(input.find((item) => item.type === 'reasoning')).toMatchObject({ encrypted_content: 'c2lnbmVk' });
    expect(input.filter((item) => item.type === 'function_call').map((item) => item.call_id)).toEqual(
      step.calls.map((call) => call.id),
    );
    expect(input.filter((item) => item.type === 'function_call_output')).toMatchObject(
      step.calls.map((call) => ({ call_id: call.id, output: expect.stringContaining('customer') })),
    );
    expect(bodiesIn(body.tools)[0]).toMatchObject({
      type: 'function',
      name: 'get_customer',
      parameters: { type: 'object' },
    });
  },
  google(body) {
    const [, model, results] = bodiesIn(body.contents);
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'Be brief.' }] });
    const calls = bodiesIn(model?.parts).filter((part) => part.functionCall !== undefined);
    expect(calls[0]).toMatchObject({
      thoughtSignature: 'c2lnbmVk',
      functionCall: { name: 'get_customer', args: { customer: 'Bob Loblaw' } },
    });
    expect(calls.length).toBe(2);
    expect(bodiesIn(results?.parts)).toMatchObject([
      { functionResponse: { name: 'get_customer' } },
      { functionResponse: { name: 'get_customer' } },
    ]);
  },
  'openai-compatible'(body, step) {
    const messages = bodiesIn(body.messages);
    expect(messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool']);
    expect(bodiesIn(messages[2]?.tool_calls)).toMatchObject([
      {
        id: step.calls[0]?.id,
        type: 'function',
        function: { name: 'get_customer', arguments: '{"customer":"Bob Loblaw"}' },
      },
      { id: step.calls[1]?.id },
    ]);
    expect(messages[3]).toMatchObject({
      tool_call_id: step.calls[0]?.id,
      content: expect.stringContaining('Bob Loblaw'),
    });
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  },
};

test('a server that counts its calls anew in each answer still gets unique ids', async () => {
  const call = { id: 'call_0', name: 'get_customer', input: { customer: 'Bob' } };
  await prepare('openai-compatible', [
    { calls: [call, { ...call, input: { customer: 'Ann' } }] },
    { calls: [call] },
  ]);
  const { step } = await ask('openai-compatible');
  const { step: next } = await ask('openai-compatible', { messages: answered(step) });
  const ids = [...step.calls, ...next.calls].map((each) => each.id);
  expect(ids.length).toBe(3);
  expect(new Set(ids).size).toBe(3);
});

test('the built-in model is told how people speak of each tool', async () => {
  const builtin = new MockLanguageModelV4({
    provider: 'builtin',
    doStream: {
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: [] });
          controller.enqueue({ type: 'text-start', id: '1' });
          controller.enqueue({ type: 'text-delta', id: '1', delta: 'Hello' });
          controller.enqueue({ type: 'text-end', id: '1' });
          controller.enqueue({
            type: 'finish',
            finishReason: { unified: 'stop', raw: 'stop' },
            usage: {
              inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
              outputTokens: { total: 0, text: 0, reasoning: 0 },
            },
          });
          controller.close();
        },
      }),
    },
  });
  await modelStep({
    model: builtin,
    instructions: 'Be brief.',
    messages: question,
    tools: fakeTools,
    signal: new AbortController().signal,
    onText: () => {},
  });
  expect(builtin.doStreamCalls[0]?.tools?.[0]).toMatchObject({
    type: 'function',
    name: 'get_customer',
    providerOptions: {
      builtin: {
        action: 'get',
        object: 'customer',
        synonyms: ['client'],
        effect: 'read',
        title: 'Get customer',
      },
    },
  });
  expect(builtin.doStreamCalls[0]?.prompt.map((message) => message.role)).toEqual(['system', 'user']);
});
