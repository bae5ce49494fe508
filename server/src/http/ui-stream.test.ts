import type { UIMessageChunk } from 'ai';
import { expect, test } from 'vitest';
import type { Message, RunStatus, ToolCall } from '../agents/transcript.ts';
import type { LiveEvent } from '../agents/watch.ts';
import { createUiStream } from './ui-stream.ts';

const id = 'msg_a1';
const running: ToolCall = {
  ...{ id: 'a', name: 'x', title: 'X', effect: 'read', input: {} },
  ...{ objects: [], requestIds: [], startedAt: '', finishedAt: null, durationMs: null },
  status: 'running',
};
const completed: ToolCall = { ...running, status: 'completed', output: { ok: true } };

function message(status: RunStatus, texts: string[], toolCalls: ToolCall[] = []): LiveEvent {
  const parts = [
    ...toolCalls.map((call) => ({ type: 'tool' as const, toolCallId: call.id })),
    ...texts.map((text) => ({ type: 'text' as const, text })),
  ];
  const made: Message = {
    id,
    role: 'assistant',
    text: '',
    createdAt: '',
    runId: 'run_1',
    parts,
    toolCalls,
    status,
  };
  return { type: 'message', threadId: 't', message: made };
}

const delta = (part: number, offset: number, text: string): LiveEvent => ({
  ...{ type: 'delta', threadId: 't', messageId: id, part, offset, text },
});

function play(events: LiveEvent[]): UIMessageChunk[] {
  const stream = createUiStream('run_1');
  return events.flatMap((event) => stream.chunksOf(event).chunks);
}

const textOf = (chunks: UIMessageChunk[]) =>
  chunks.flatMap((chunk) => (chunk.type === 'text-delta' ? [chunk.delta] : [])).join('');

test('text that trickles in and a message read whole give the same text, each letter once', () => {
  const chunks = play([
    message('running', []),
    delta(0, 0, 'Hel'),
    delta(0, 0, 'Hel'),
    message('running', ['Hello']),
    delta(0, 3, 'lo, '),
    delta(0, 7, 'Bob'),
    message('completed', ['Hello, Bob']),
  ]);
  expect(textOf(chunks)).toBe('Hello, Bob');
  expect(chunks.map(({ type }) => type)).toEqual([
    ...['start', 'start-step', 'text-start', 'text-delta', 'text-delta', 'text-delta', 'text-delta'],
    ...['text-end', 'finish-step', 'finish'],
  ]);
});

test('a missed delta is made up for by the next whole message', () => {
  expect(textOf(play([delta(0, 0, 'a'), delta(0, 5, 'f'), message('completed', ['abcdef'])]))).toBe('abcdef');
});

test('a call is told once when it begins and once when it ends', () => {
  const chunks = play([
    message('running', [], [running]),
    message('running', [], [running]),
    message('running', [], [completed]),
    message('completed', ['Done'], [completed]),
  ]);
  expect(chunks.map(({ type }) => type)).toEqual([
    ...['start', 'start-step', 'tool-input-available', 'tool-output-available', 'text-start', 'text-delta'],
    ...['text-end', 'finish-step', 'finish'],
  ]);
});

test('a run that waits for a person ends the stream with the request', () => {
  const waiting: ToolCall = { ...running, status: 'awaiting_approval', approvalId: 'apr_1' };
  const chunks = play([message('awaiting_approval', [], [waiting])]);
  expect(chunks).toContainEqual({ type: 'tool-approval-request', toolCallId: 'a', approvalId: 'apr_1' });
  expect(chunks.at(-1)).toEqual({ type: 'finish' });
});
