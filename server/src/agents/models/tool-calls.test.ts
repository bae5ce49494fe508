import type { ModelMessage } from 'ai';
import { expect, test } from 'vitest';
import { fakeTools } from './testing/tools.ts';
import { readCalls } from './tool-calls.ts';

type Call = { id: string; name?: string; input?: unknown };

function assistant(...calls: Call[]): ModelMessage {
  const content = calls.map(({ id, name = 'get_customer', input = { customer: 'Bob' } }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    input,
    providerOptions: { google: { thoughtSignature: 'sig' } },
  }));
  return { role: 'assistant', content };
}

const read = (answer: ModelMessage[], more: { earlier?: ModelMessage[]; unread?: [number, string][] } = {}) =>
  readCalls(answer, { tools: fakeTools, earlier: more.earlier ?? [], unread: new Map(more.unread) });

/** Messages and calls must agree: a result for each call has to find it in the messages. */
function callsIn(messages: readonly ModelMessage[]): unknown[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) =>
          part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, input: part.input }] : [],
        ),
  );
}

test('a good call passes unchanged, with what the provider wants back', async () => {
  const answer = [assistant({ id: 'toolu_1' })];
  const { messages, calls } = await read(answer);
  expect(messages).toEqual(answer);
  expect(calls).toEqual([{ id: 'toolu_1', name: 'get_customer', input: { customer: 'Bob' } }]);
});

test('ids that repeat, are missing or would be refused elsewhere become unique in messages and calls alike', async () => {
  const long = `call_${'x'.repeat(100)}`;
  const answer = [assistant({ id: 'call_0' }, { id: 'call_0' }, { id: '' }, { id: 'a.b:c' }, { id: long })];
  const { messages, calls } = await read(answer, { earlier: [assistant({ id: 'call_0' })] });
  expect(callsIn(messages)).toEqual(calls);
  expect(calls.map((call) => call.id).slice(0, 4)).toEqual(['call_0_2', 'call_0_3', 'call', 'a_b_c']);
  for (const { id } of calls) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

test('an unknown tool is answered with the names of those there are', async () => {
  const { messages, calls } = await read([assistant({ id: '1', name: 'functions.get customer' })]);
  expect(calls[0]?.invalid).toMatch(/no tool called functions\.get customer.*get_customer, create_refund/);
  expect(calls[0]?.name).toBe('functions_get_customer');
  expect(callsIn(messages)).toEqual([
    { id: '1', name: 'functions_get_customer', input: { customer: 'Bob' } },
  ]);
});

test('arguments that are not a JSON object are answered, and never sent back to a provider', async () => {
  const inputs = ['{"customer": "Bo', ['Bob'], 7, null];
  const answer = [assistant(...inputs.map((input, i) => ({ id: `c${i}`, input })))];
  const { messages, calls } = await read(answer, { unread: [[0, '{"customer": "Bo']] });
  expect(calls.map((call) => call.input)).toEqual([{}, {}, {}, {}]);
  expect(calls[0]?.invalid).toContain('{"customer": "Bo');
  for (const call of calls) expect(call.invalid).toMatch(/not a JSON object/);
  expect(callsIn(messages)).toEqual(calls.map(({ id, name, input }) => ({ id, name, input })));
});

test('arguments that break the schema are kept and the answer says which and why', async () => {
  const { calls } = await read([
    assistant({ id: '1', name: 'create_refund', input: { charge: 5, amount: '1' } }),
  ]);
  expect(calls[0]?.input).toEqual({ charge: 5, amount: '1' });
  expect(calls[0]?.invalid).toMatch(/charge: .*expected string/i);
});

test('null for an argument that may be left out leaves it out, for one that is needed it is an error', async () => {
  const { messages, calls } = await read([
    assistant(
      { id: '1', name: 'create_refund', input: { charge: 'ch_1', amount: null } },
      { id: '2', name: 'create_refund', input: { charge: null, amount: '1' } },
    ),
  ]);
  expect(calls[0]).toEqual({ id: '1', name: 'create_refund', input: { charge: 'ch_1' } });
  expect(calls[1]?.invalid).toMatch(/charge/);
  expect(callsIn(messages)).toEqual(calls.map(({ id, name, input }) => ({ id, name, input })));
});

test('a text answer has no calls, and messages of other roles are left out', async () => {
  const text: ModelMessage = { role: 'assistant', content: 'Hello' };
  expect(await read([text, { role: 'tool', content: [] }])).toEqual({ messages: [text], calls: [] });
});
