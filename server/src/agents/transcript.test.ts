import { describe, expect, test } from 'vitest';
import type { Entry, ToolStep } from './journal.ts';
import type { ModelCall, ModelStep } from './models/types.ts';
import { contextOf, messagesOf, nextAction, type RunFacts, type RunStatus } from './transcript.ts';

const at = new Date('2026-11-01T12:00:00Z');
const usage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };

function asked(text: string, runId = 'run_1'): Entry {
  return { runId, step: 0, at, kind: 'user', content: { text } };
}

function answered(step: number, text: string, calls: ModelCall[] = [], runId = 'run_1'): Entry {
  const content = [
    ...(text ? [{ type: 'text' as const, text }] : []),
    ...calls.map(({ id, name, input }) => ({
      type: 'tool-call' as const,
      toolCallId: id,
      toolName: name,
      input,
    })),
  ];
  const model: ModelStep = {
    messages: [{ role: 'assistant', content }],
    text,
    calls,
    usage,
    finishReason: calls.length > 0 ? 'tool-calls' : 'stop',
  };
  return { runId, step, at, kind: 'model', content: model };
}

function called(step: number, callId: string, result: ToolStep['result'], runId = 'run_1'): Entry {
  const times = { startedAt: '2026-11-01T12:00:00.000Z', finishedAt: '2026-11-01T12:00:00.250Z' };
  const content: ToolStep = {
    ...{ callId, name: 'get_customer', title: 'Get customer', effect: 'read', ...times },
    requestIds: ['req_1'],
    objects: [],
    result,
  };
  return { runId, step, at, kind: 'tool', content };
}

const call = (id: string): ModelCall => ({ id, name: 'get_customer', input: { customer: 'Bob' } });
const done = { status: 'completed', view: { id: 'cus_1' }, summary: 'Found Bob' } as const;
const run = (status: RunStatus, more: Partial<RunFacts> = {}): RunFacts => ({
  ...{ id: 'run_1', model: 'builtin', error: null, partial: null, createdAt: at },
  status,
  ...more,
});
const context = (runs: RunFacts[]) => ({
  runs,
  pendingApprovals: new Map([['w', { approvalId: 'apr_1', operationId: 'op_1' }]]),
  tools: () => ({ title: 'Get customer', effect: 'read' as const }),
});

test('where a card number was taken out, the thread says so and what to do instead, whatever the model says', () => {
  const entries = [asked('Charge [card number removed •••• 1111] 20 USD'), answered(1, 'For whom?')];
  const [, answer] = messagesOf(entries, context([run('completed')]));
  expect(answer?.text).toMatch(/^For whom\?\n\n\*\*A card number was taken out/);
  expect(answer?.text).toContain('payment link');
  expect(messagesOf([asked('hi'), answered(1, 'Hi.')], context([run('completed')]))[1]?.text).toBe('Hi.');
});

describe('what a run does next', () => {
  test.each<[string, Entry[], unknown]>([
    ['asks the model first', [asked('hi')], { type: 'model', step: 1 }],
    [
      'makes the calls of the last answer',
      [asked('hi'), answered(1, '', [call('a'), call('b')])],
      {
        type: 'calls',
        calls: [
          { call: call('a'), step: 2 },
          { call: call('b'), step: 3 },
        ],
      },
    ],
    [
      'makes only those that are open, under their own numbers',
      [asked('hi'), answered(1, '', [call('a'), call('b')]), called(3, 'b', done)],
      { type: 'calls', calls: [{ call: call('a'), step: 2 }] },
    ],
    [
      'asks the model again once all are made',
      [asked('hi'), answered(1, '', [call('a'), call('b')]), called(3, 'b', done), called(2, 'a', done)],
      { type: 'model', step: 4 },
    ],
    ['ends with an answer that calls nothing', [asked('hi'), answered(1, 'Hello')], { type: 'finish' }],
  ])('%s', (_name, entries, expected) => {
    expect(nextAction(entries)).toEqual(expected);
  });
});

describe('what people see', () => {
  test('text and calls in the order they happened', () => {
    const entries = [
      asked('Who is Bob?'),
      answered(1, 'Looking.', [call('a')]),
      called(2, 'a', done),
      answered(3, 'Bob is a customer.'),
    ];
    const [question, answer] = messagesOf(entries, context([run('completed')]));
    expect(question).toMatchObject({ role: 'user', text: 'Who is Bob?' });
    expect(answer?.parts).toEqual([
      { type: 'text', text: 'Looking.' },
      { type: 'tool', toolCallId: 'a' },
      { type: 'text', text: 'Bob is a customer.' },
    ]);
    expect(answer?.text).toBe('Looking.\n\nBob is a customer.');
    expect(answer?.toolCalls).toMatchObject([{ status: 'completed', summary: 'Found Bob', durationMs: 250 }]);
  });

  test('a call that waits for a person names its approval', () => {
    const entries = [asked('x'), answered(1, '', [call('w')])];
    const [, answer] = messagesOf(entries, context([run('awaiting_approval')]));
    expect(answer?.toolCalls).toMatchObject([
      { status: 'awaiting_approval', approvalId: 'apr_1', operationId: 'op_1' },
    ]);
  });

  test('a call that the turn never came to says that nothing was done', () => {
    const entries = [asked('x'), answered(1, '', [call('a')])];
    const [, answer] = messagesOf(entries, context([run('cancelled')]));
    expect(answer?.toolCalls).toMatchObject([{ status: 'failed', error: { code: 'not_executed' } }]);
  });

  test('the text being written is the last part', () => {
    const [, answer] = messagesOf(
      [asked('x')],
      context([run('running', { partial: { step: 1, text: 'Let me' } })]),
    );
    expect(answer?.parts).toEqual([{ type: 'text', text: 'Let me' }]);
  });
});

describe('what a model is given', () => {
  test('every call has a result, also those that were never made, failed or were refused', () => {
    const entries = [
      asked('x'),
      answered(1, '', [call('a'), call('b'), call('c'), call('d')]),
      called(2, 'a', done),
      called(3, 'b', {
        status: 'failed',
        error: { code: 'not_found', message: 'No Bob.', details: { near: ['Rob'] } },
      }),
      called(4, 'c', { status: 'rejected', reason: 'Wrong customer.' }),
    ];
    const results = contextOf(entries, { characters: 1_000_000, folds: false }).at(-1);
    expect(results).toMatchObject({
      role: 'tool',
      content: [
        { toolCallId: 'a', output: { type: 'json', value: { id: 'cus_1' } } },
        {
          toolCallId: 'b',
          output: { type: 'error-json', value: { error: { code: 'not_found', near: ['Rob'] } } },
        },
        { toolCallId: 'c', output: { type: 'execution-denied', reason: 'Wrong customer.' } },
        { toolCallId: 'd', output: { type: 'error-json', value: { error: { code: 'not_executed' } } } },
      ],
    });
  });

  test('the same id in two runs keeps each its own result', () => {
    const entries = [
      ...[asked('x'), answered(1, '', [call('a')]), called(2, 'a', done), answered(3, 'ok')],
      ...[asked('y', 'run_2'), answered(1, '', [call('a')], 'run_2')],
    ];
    expect(contextOf(entries, { characters: 1_000_000, folds: false }).at(-1)).toMatchObject({
      content: [{ output: { type: 'error-json' } }],
    });
  });

  test('old runs are left out whole when the text grows too long, the newest never', () => {
    const entries = [asked('a'.repeat(500)), answered(1, 'ok'), asked('b'.repeat(500), 'run_2')];
    expect(contextOf(entries, { characters: 700, folds: false })).toEqual([
      { role: 'user', content: 'b'.repeat(500) },
    ]);
    expect(contextOf(entries, { characters: 10, folds: false })).toHaveLength(1);
  });
});
